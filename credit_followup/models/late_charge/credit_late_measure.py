from dataclasses import dataclass, field
from datetime import date as Date
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL, float_round, format_date, formatLang

from ...rules.interest import (
    Debt,
    Interest,
    Terms,
    fixed_fee,
    late_amount,
    measure_interest,
    overcharged,
    what_is_left,
)

#: debtor type of a customer ``p`` with the credit file ``f``: from the file, otherwise from the contact's data
DEBTOR_TYPE = SQL(
    """COALESCE(f.debtor_type, CASE WHEN p.is_company OR COALESCE(p.vat, '') NOT IN ('', '/')
                                    OR COALESCE(p.company_registry, '') NOT IN ('', '/')
                                  THEN 'business' ELSE 'consumer' END)"""
)

#: day on which the counterpart ``m`` settled the debt ``l``: an amount credited was never due, and an exchange
#: difference counts on the day of its payment, whatever its own date
PAID_ON = SQL(
    """CASE WHEN m.move_type = 'out_refund' THEN LEAST(COALESCE(l.date_maturity, l.date), r.max_date)
            ELSE COALESCE((SELECT MIN(x.max_date) FROM account_partial_reconcile x
                            WHERE x.exchange_move_id = m.id AND x.debit_move_id = l.id), r.max_date) END"""
)


#: what the queries of :class:`CreditLateMeasure` read
_READ = {
    "account.account": ["doubtful_customers"],
    "account.move": ["late_charge_is_note", "move_type", "state"],
    "account.move.line": [
        "account_id",
        "amount_residual",
        "balance",
        "date",
        "date_maturity",
        "parent_state",
        "partner_id",
    ],
    "account.partial.reconcile": [
        "amount",
        "credit_move_id",
        "debit_move_id",
        "exchange_move_id",
        "max_date",
    ],
    "credit.followup.notice": ["date", "received_date", "stage", "state"],
    "credit.followup.notice.line": ["cancelled", "item_id", "notice_id"],
    "credit.late.charge": [
        "amount",
        "correction_amount",
        "credited_amount",
        "date_from",
        "date_to",
        "item_id",
        "kind",
        "segments",
        "state",
        "waived_amount",
    ],
    "credit.profile": [
        "insolvency_date",
        "insolvency_kind",
        "debtor_type",
        "late_policy_id",
        "status",
    ],
    "credit.risk.class": ["late_policy_id"],
    "res.partner": ["commercial_partner_id", "company_registry", "is_company", "vat"],
}


@dataclass(frozen=True)
class Measured:
    """Charges claimable on an item as of a day, neither invoiced nor waived, in the root company's currency.

    ``missing``: a sentence if some rates are not known; the interest then leaves those days out.
    ``segments``, ``date_from``, ``date_to``: details of the interest. ``owed``: open amount when the item became late.
    ``correction``: overcharge of earlier debit notes, deducted here; ``excess``: overcharge still to be deducted.
    ``nothing``: why nothing is owed, a key of :meth:`credit.late.measure._explain_nothing`.
    ``held``: why charges owed are not claimed, a key of :meth:`credit.late.measure._explain_held`.
    """

    interest: float = 0.0
    indemnity: float = 0.0
    missing: str = ""
    segments: tuple = ()
    date_from: Date | None = None
    date_to: Date | None = None
    owed: float = 0.0
    debtor_type: str = ""
    policy_id: int = 0
    nothing: str = ""
    held: str = ""
    correction: float = 0.0
    excess: float = 0.0


@dataclass(frozen=True)
class Left:
    """The current amount of a claim, waived part included; never more than was claimed.

    ``segments``: details of the interest. ``owed`` and ``nothing``: as in :class:`Measured`.
    """

    amount: float = 0.0
    segments: tuple = ()
    owed: float = 0.0
    nothing: str = ""
    correction: float = 0.0


@dataclass(frozen=True)
class Invoiced:
    """Interest invoiced on a debit note; ``spared``: the part waived or credited."""

    segments: tuple
    spared: float


@dataclass
class Facts:
    """Facts read about an item before it is measured.

    ``moved_on``: the day on which an entry transferred the debt from another account of the customer, where it was
    due on ``first_due``; ``unmatched``: the part not yet reconciled on that other account. ``instalments``: the debts
    of its entry.
    ``counted``: days already invoiced or waived; ``claimed_days``, ``corrected``: of the open claim; ``deducted``:
    reductions of settled charges.
    """

    company_id: int
    move_id: int
    is_invoice: bool
    due: Date
    amount: float
    is_doubtful: bool
    debtor_type: str
    file_policy_id: int | None
    class_policy_id: int | None
    barred_from: Date | None
    held: str
    moved_on: Date | None
    first_due: Date | None
    unmatched: float
    instalments: dict = field(default_factory=dict, repr=False)
    payments: list = field(default_factory=list)
    notified: Date | None = None
    counted: list = field(default_factory=list)
    invoiced: list = field(default_factory=list)
    claimed_days: tuple = ()
    corrected: float = 0.0
    deducted: float = 0.0
    fee_settled: bool = False
    claimed: dict = field(default_factory=lambda: {"interest": 0.0, "indemnity": 0.0})
    waived: dict = field(default_factory=lambda: {"interest": 0.0, "indemnity": 0.0})

    @property
    def policy_key(self):
        """Items with the same key share a policy."""
        return self.company_id, self.debtor_type, self.file_policy_id, self.class_policy_id

    @property
    def has_fee(self):
        """Its fixed sum is already claimed or settled."""
        return self.fee_settled or bool(self.claimed["indemnity"])

    def get_last_day(self, day):
        """The last interest-bearing day up to a day."""
        return self.barred_from - timedelta(1) if self.is_barred(day) else day

    def is_barred(self, day):
        """Late charges are barred by law on a day."""
        return bool(self.barred_from and day >= self.barred_from)

    def bears_fee(self, terms):
        """A debt already late before its transfer owed its fixed sum on the former account."""
        if self.moved_on and self.first_due:
            return self.moved_on <= self.first_due + timedelta(terms.grace_days)
        return not self.is_doubtful

    def to_debt(self, disputed=0.0, **values):
        """:rtype: Debt"""
        return Debt(
            self.amount,
            self.due,
            tuple(self.payments),
            disputed=disputed + self.unmatched,
            runs_after=max(
                filter(None, (self.moved_on, values.pop("runs_after", None))), default=None
            ),
            **values,
        )


@dataclass(frozen=True)
class Rules:
    """A policy as it applies to a company on a day."""

    policy: models.BaseModel
    terms: Terms
    tiers: tuple
    rounding: float


@dataclass(frozen=True)
class LateTerms:
    """A customer's debtor type, applicable policy, and the date from which late charges are barred."""

    debtor_type: str
    policy: models.BaseModel
    barred_from: Date | None


class CreditLateMeasure(models.AbstractModel):
    """Measures late charges from the ledger, with a constant number of queries for any number of items."""

    _name = "credit.late.measure"
    _description = "Late Charges of Items"

    @api.model
    def _measure(self, items, date):
        """Charges due on items, neither invoiced nor waived.

        :param items: ``account.move.line``; items that bear no late charges get an empty result
        :param date: as of the end of this day
        :rtype: dict[int, Measured]
        """
        facts = self.sudo()._read_facts(items) if items.ids else {}
        rules = self.sudo()._get_rules({fact.policy_key for fact in facts.values()}, date)
        disputed = self._get_disputed(items.browse(facts) | items)
        measured = dict.fromkeys(items.ids, Measured(nothing="not_posted"))
        for item_id in measured.keys() & facts.keys():
            fact = facts[item_id]
            rule = rules[fact.policy_key]
            measured[item_id] = (
                self._measure_item(item_id, facts, rule, date, disputed)
                if rule
                else Measured(nothing="no_policy")
            )
        return measured

    @api.model
    def _get_disputed(self, items):
        """``{item id: amount}`` in dispute, which bears no charges. Extend in add-ons that record disputes."""
        return {}

    # === ONE ITEM === #

    def _measure_item(self, item_id, facts, rule, date, disputed):
        """:rtype: Measured"""
        fact, part = facts[item_id], disputed.get(item_id, 0.0)
        until = fact.get_last_day(date)
        owed = late_amount(fact.to_debt(part), rule.terms, until)
        fee = self._get_fee(item_id, facts, rule, date, disputed)
        interest = self._measure_interest(fact, part, rule, until)
        excess = self._get_excess(fact, rule)
        correction = min(excess, interest.amount)
        segments = interest.segments if interest.amount else ()
        return Measured(
            interest=max(interest.amount - correction - fact.waived["interest"], 0.0),
            indemnity=0.0 if fact.fee_settled else max(fee - fact.waived["indemnity"], 0.0),
            missing=self._explain_missing(rule.policy, interest),
            segments=segments,
            date_from=segments[0].first if segments else None,
            date_to=segments[-1].last if segments else None,
            owed=owed,
            debtor_type=fact.debtor_type,
            policy_id=rule.policy.id,
            nothing="" if owed else "barred" if fact.is_barred(date) else "not_late",
            held=fact.held,
            correction=correction,
            excess=excess - correction,
        )

    def _measure_interest(self, fact, disputed, rule, until):
        """The interest of days not counted before. Days claimed at a rate that is no longer known keep it.

        :rtype: Interest
        """
        debt = self._get_bearing(fact, disputed, rule, counted=tuple(fact.counted))
        if not debt:
            return Interest()
        interest = measure_interest(debt, rule.terms, until, rule.rounding)
        lost = any(
            first <= part.last and part.first <= last
            for first, last in interest.missing
            for part in fact.claimed_days
        )
        if not lost:
            return interest
        return Interest(
            fact.claimed["interest"] + fact.corrected, fact.claimed_days, interest.missing
        )

    def _get_bearing(self, fact, disputed, rule, **values):
        """The debt with its first interest day; ``None`` if it bears no interest."""
        if rule.policy.runs_from != "formal_notice":
            return fact.to_debt(disputed, **values)
        return fact.to_debt(disputed, runs_after=fact.notified, **values) if fact.notified else None

    def _get_fee(self, item_id, facts, rule, date, disputed):
        """The fixed sum of an item: for each late debt or, by policy, once per invoice on its first late instalment."""
        fact = facts[item_id]
        if fact.is_barred(date):
            return 0.0
        once = rule.policy.fee_per == "invoice" and fact.is_invoice
        debts = fact.instalments if once else {item_id: fact}
        late = {
            number: amount
            for number, debt in debts.items()
            if debt.bears_fee(rule.terms)
            and (amount := late_amount(debt.to_debt(disputed.get(number, 0.0)), rule.terms, date))
        }
        bearer = min(
            late,
            key=lambda number: (not debts[number].has_fee, debts[number].due, number),
            default=0,
        )
        return fixed_fee(sum(late.values()), rule.tiers) if bearer == item_id else 0.0

    def _get_excess(self, fact, rule):
        """The overcharge of an item's debit notes, given its known payments and credit notes, not yet deducted by a
        claim.
        """
        if not fact.invoiced:
            return 0.0
        debt = self._get_bearing(fact, 0.0, rule)
        until = fact.barred_from and fact.barred_from - timedelta(1)
        more = [
            overcharged(note.segments, debt, rule.terms, until, rule.rounding) - note.spared
            for note in fact.invoiced
            if debt
        ]
        excess = sum(part for part in more if part > 0) - fact.deducted
        return max(float_round(excess, precision_rounding=rule.rounding), 0.0)

    def _explain_missing(self, policy, interest):
        if not interest.missing:
            return ""
        words = {
            "series": policy.series_id.name,
            "first": format_date(self.env, interest.missing[0][0]),
            "last": format_date(self.env, interest.missing[-1][1]),
        }
        if not interest.segments:
            return self.env._(
                "The interest cannot be calculated yet: %(series)s is not known from %(first)s to %(last)s. Ask a credit manager to enter it in Credit > Configuration > Interest Rates.",
                **words,
            )
        return self.env._(
            "The interest is calculated to %(known)s: %(series)s is not known from %(first)s to %(last)s. Ask a credit manager to enter it in Credit > Configuration > Interest Rates; these days can then be claimed.",
            known=format_date(self.env, interest.segments[-1].last),
            **words,
        )

    # === CLAIMS MADE BEFORE === #

    @api.model
    def _measure_again(self, charges):
        """Claims measured again for their own days: backdated payments, credit notes and disputes reduce them. A
        claim whose rates are no longer known does not change.

        :param charges: ``credit.late.charge``
        :return: ``{charge id: Left}``
        """
        items = charges.item_id
        facts = self.sudo()._read_facts(items) if items else {}
        policies = self.sudo()._choose_policies({fact.policy_key for fact in facts.values()})
        disputed = self._get_disputed(items.browse(facts) | items)
        left, rules = {}, {}
        for charge in charges.sudo():
            fact = facts.get(charge.item_id.id)
            policy = fact and policies[fact.policy_key]
            if not policy:
                left[charge.id] = Left(nothing="no_policy" if fact else "not_posted")
                continue
            key = fact.policy_key, charge.date_to
            if key not in rules:
                company = self.env["res.company"].browse(fact.company_id)
                rules[key] = policy._to_rules(company, charge.date_to)
            left[charge.id] = self._measure_claim(charge, facts, rules[key], disputed)
        return left

    def _measure_claim(self, charge, facts, rule, disputed):
        """:rtype: Left"""
        fact, part = facts[charge.item_id.id], disputed.get(charge.item_id.id, 0.0)
        until = fact.get_last_day(charge.date_to)
        owed = late_amount(fact.to_debt(part), rule.terms, until)
        nothing = "barred" if fact.is_barred(charge.date_to) else "not_late"
        if charge.kind == "indemnity":
            fee = self._get_fee(charge.item_id.id, facts, rule, charge.date_to, disputed)
            amount = min(charge.amount, fee)
            return Left(amount, (), owed, "" if amount else nothing)
        found = self._measure_claimed_days(charge, fact, part, rule, until)
        whole = found.amount + charge.correction_amount if found.segments else 0.0
        correction = min(max(self._get_excess(fact, rule), charge.correction_amount), whole)
        amount = whole - correction
        if whole and not amount:
            nothing = "corrected"
        return Left(amount, found.segments, owed, "" if amount else nothing, correction)

    def _measure_claimed_days(self, charge, fact, disputed, rule, until):
        """:rtype: Interest"""
        debt = self._get_bearing(fact, disputed, rule)
        if not debt:
            return Interest()
        claimed = charge._get_segments()
        return what_is_left(charge.amount, claimed, debt, rule.terms, until, rule.rounding)

    def _explain_nothing(self, reason):
        """Why a claim was withdrawn, a sentence."""
        return {
            "not_late": self.env._(
                "The debt was paid or credited in time, or is disputed: nothing was late."
            ),
            "barred": self.env._("The law bars late charges: the customer is insolvent."),
            "no_policy": self.env._("No late charge policy applies to the customer any more."),
            "not_posted": self.env._("The invoice is not posted any more."),
            "corrected": self.env._(
                "It is less than what earlier debit notes overcharged: a payment or a credit note with an earlier date was entered after them."
            ),
        }[reason]

    def _explain_held(self, reason):
        """Why charges owed are not claimed, a sentence; empty if they are claimed."""
        return {
            "": "",
            "insolvent": self.env._(
                "The customer is insolvent: late charges are not claimed from the customer. Declare them in the proceedings; interest stopped on the date of the judgment."
            ),
            "legal": self.env._(
                "The customer is in litigation: late charges are claimed in court. To claim them here, remove the status Litigation from the credit file."
            ),
        }[reason]

    def _explain_excess(self, amount, company):
        """The overcharge and how to correct it; empty if there is none."""
        if not amount:
            return ""
        return self.env._(
            "Debit notes overcharge %s: a payment or a credit note with an earlier date was entered after them. The next claim deducts it; or credit the debit note.",
            formatLang(self.env, amount, currency_obj=company.currency_id),
        )

    # === POLICIES === #

    @api.model
    def _get_late_terms(self, partner, company):
        """The terms that apply to a customer of a company, for the texts of a letter.

        :rtype: LateTerms
        """
        customer, root = partner.commercial_partner_id, company.root_id
        profile = (
            self.env["credit.profile"]
            .sudo()
            .search([("partner_id", "=", customer.id), ("company_id", "=", root.id)])
        )
        debtor_type = profile.debtor_type or customer.sudo()._get_debtor_type()
        key = (
            root.id,
            debtor_type,
            profile.late_policy_id.id,
            profile.risk_class_id.late_policy_id.id,
        )
        policy = self.sudo()._choose_policies({key})[key]
        return LateTerms(debtor_type, policy, profile.late_charges_barred_from or None)

    def _get_rules(self, keys, date):
        """``{policy key: Rules or none}``."""
        companies = self.env["res.company"]
        return {
            key: policy and policy._to_rules(companies.browse(key[0]), date)
            for key, policy in self._choose_policies(keys).items()
        }

    def _choose_policies(self, keys):
        """``{policy key: policy or none}``: from the credit file, its risk class, the company or its country.

        The first one for the customer's debtor type applies, so that a consumer never falls under business-to-business law.
        """
        policies = self.env["credit.late.policy"]
        general = {
            company.id: company.credit_late_policy_id | policies._get_of_country(company)
            for company in self.env["res.company"].browse({key[0] for key in keys})
        }
        found = {}
        for key in keys:
            company_id, debtor_type, *named = key
            candidates = policies.browse(filter(None, named)) | general[company_id]
            found[key] = policies._choose(debtor_type, candidates._usable_by(company_id))
        return found

    # === FACTS === #

    def _read_facts(self, items):
        """``{item id: Facts}`` of items that can bear late charges: customers' debts, except debit notes of late
        charges.
        """
        self._flush_facts()
        facts = {
            item_id: Facts(*values)
            for item_id, *values in self.env.execute_query(self._query_items(tuple(items.ids)))
        }
        item_ids = tuple(facts) or (0,)
        moves = {}
        for item_id, fact in facts.items():
            fact.instalments = moves.setdefault(fact.move_id, {})
            fact.instalments[item_id] = fact
        for item_id, paid_on, amount in self.env.execute_query(self._query_payments(item_ids)):
            if item_id in facts:
                facts[item_id].payments.append((paid_on, float(amount)))
        for item_id, notified in self.env.execute_query(self._query_formal_notices(item_ids)):
            if item_id in facts:
                facts[item_id].notified = notified
        for item_id, kind, state, *charge in self.env.execute_query(self._query_charges(item_ids)):
            if item_id in facts:
                self._add_charge(facts[item_id], kind, state, charge)
        return facts

    def _add_charge(self, fact, kind, state, charge):
        """Add a charge to the facts of its item: invoiced and waived days are not claimed again; an open claim may be
        waived in part.

        :param charge: the columns of :meth:`_query_charges` after the state
        """
        amount, waived, credited, correction = (float(each or 0.0) for each in charge[:4])
        date_from, date_to, parts = charge[4:]
        if state == "claimed":
            fact.claimed[kind], fact.waived[kind] = amount, waived
        if kind == "indemnity":
            fact.fee_settled = fact.fee_settled or state != "claimed"
            return
        segments = self.env["credit.late.charge"]._to_segments(parts)
        if state == "claimed":
            fact.claimed_days, fact.corrected = segments, correction
            return
        fact.counted += [(part.first, part.last) for part in segments] or [
            (date_from or date_to, date_to)
        ]
        fact.deducted += correction
        if state == "invoiced":
            fact.invoiced.append(Invoiced(segments, waived + credited))

    def _flush_facts(self):
        """Flush everything that the queries read."""
        for model, names in _READ.items():
            self.env[model].flush_model(names)

    def _query_items(self, item_ids):
        """The items and the other instalments of their invoices."""
        accounts = self.env["account.account"]._get_exposure_account_ids()
        return SQL(
            """SELECT l.id, o.id, l.move_id, i.move_type = 'out_invoice', COALESCE(l.date_maturity, l.date), l.balance::float,
                      a.doubtful_customers IS TRUE, %(debtor_type)s, f.late_policy_id, k.late_policy_id,
                      CASE WHEN %(insolvent)s THEN f.insolvency_date END,
                      CASE WHEN %(insolvent)s THEN 'insolvent' WHEN f.status = 'legal' THEN 'legal' ELSE '' END,
                      CASE WHEN moved.is_transfer THEN l.date END, moved.first_due,
                      CASE WHEN moved.is_transfer THEN COALESCE(moved.unmatched * l.balance / moved.debit, 0) ELSE 0 END::float
                 FROM account_move_line l
                 JOIN account_move i ON i.id = l.move_id
                 JOIN account_account a ON a.id = l.account_id
                 JOIN res_company c ON c.id = l.company_id
                 JOIN res_company o ON o.id = split_part(c.parent_path, '/', 1)::int
                 JOIN res_partner x ON x.id = l.partner_id
                 JOIN res_partner p ON p.id = x.commercial_partner_id
                 LEFT JOIN credit_profile f ON f.partner_id = p.id AND f.company_id = o.id
                 LEFT JOIN credit_risk_class k ON k.id = f.risk_class_id
                 LEFT JOIN LATERAL (%(moved)s) moved ON TRUE
                WHERE l.move_id IN (SELECT s.move_id FROM account_move_line s WHERE s.id IN %(items)s)
                  AND (i.move_type = 'out_invoice' OR l.id IN %(items)s)
                  AND l.parent_state = 'posted' AND l.balance > 0
                  AND l.account_id IN %(accounts)s AND i.late_charge_is_note IS NOT TRUE""",
            debtor_type=DEBTOR_TYPE,
            insolvent=SQL(
                "(%s OR moved.first_date <= f.insolvency_date)",
                self.env["credit.profile"]._insolvent_sql(),
            ),
            moved=self._query_transfer(accounts),
            items=item_ids,
            accounts=accounts,
        )

    def _query_transfer(self, accounts):
        """Whether the entry ``i`` of a debt ``l`` of a customer ``p`` transfers debts between accounts of the
        customer (to doubtful debts or bills receivable), when they were due, and the amount not yet reconciled with
        them.
        """
        return SQL(
            """SELECT COUNT(*) > 1 AND SUM(e.balance) = 0 AS is_transfer, SUM(e.balance) FILTER (WHERE e.balance > 0) AS debit,
                      -SUM(e.amount_residual) FILTER (WHERE e.balance < 0) AS unmatched,
                      MIN(debt.due) AS first_due, MIN(debt.date) AS first_date
                 FROM account_move_line e
                 JOIN res_partner y ON y.id = e.partner_id AND y.commercial_partner_id = p.id
                 LEFT JOIN LATERAL (
                      SELECT MIN(COALESCE(d.date_maturity, d.date)) AS due, MIN(d.date) AS date
                        FROM account_partial_reconcile r JOIN account_move_line d ON d.id = r.debit_move_id
                       WHERE r.credit_move_id = e.id
                 ) debt ON TRUE
                WHERE i.move_type = 'entry' AND e.move_id = l.move_id AND e.account_id IN %s""",
            accounts,
        )

    def _query_payments(self, item_ids):
        return SQL(
            """SELECT r.debit_move_id, %(paid_on)s, r.amount
                 FROM account_partial_reconcile r
                 JOIN account_move_line l ON l.id = r.debit_move_id
                 JOIN account_move_line e ON e.id = r.credit_move_id
                 JOIN account_move m ON m.id = e.move_id AND m.state = 'posted'
                WHERE r.debit_move_id IN %(items)s
                ORDER BY r.id""",
            paid_on=PAID_ON,
            items=item_ids,
        )

    def _query_formal_notices(self, item_ids):
        """The receipt date of the first formal notice listing the item, or its sending date if no receipt is known."""
        return SQL(
            """SELECT n.item_id, MIN(COALESCE(s.received_date, s.date))
                 FROM credit_followup_notice_line n
                 JOIN credit_followup_notice s ON s.id = n.notice_id
                WHERE n.item_id IN %(items)s AND n.cancelled IS NOT TRUE AND n.occurrence > 0
                  AND s.stage = 'formal_notice' AND s.state = 'sent'
                GROUP BY n.item_id""",
            items=item_ids,
        )

    def _query_charges(self, item_ids):
        return SQL(
            """SELECT item_id, kind, state, amount, waived_amount, credited_amount, correction_amount, date_from, date_to, segments
                 FROM credit_late_charge
                WHERE item_id IN %(items)s AND state <> 'cancelled'""",
            items=item_ids,
        )

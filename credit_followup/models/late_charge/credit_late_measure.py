from dataclasses import dataclass, field, replace
from datetime import date as Date
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL, format_date

from ...rules.interest import (
    Debt,
    Interest,
    Terms,
    fixed_fee,
    late_amount,
    measure_interest,
    what_is_left,
)

#: of a customer ``p`` with the credit file ``f``: what it is in law, unless the file says so
KIND = SQL(
    """COALESCE(f.late_kind, CASE WHEN p.is_company OR COALESCE(p.vat, '') NOT IN ('', '/')
                                    OR COALESCE(p.company_registry, '') NOT IN ('', '/')
                                  THEN 'business' ELSE 'consumer' END)"""
)

#: when the counterpart ``m`` of the debt ``l`` settled it: what a credit note took off was never due, and an exchange
#: difference was settled by the payment that it came with, whatever day it was booked on
PAID_ON = SQL(
    """CASE WHEN m.move_type = 'out_refund' THEN LEAST(COALESCE(l.date_maturity, l.date), r.max_date)
            ELSE COALESCE((SELECT MIN(x.max_date) FROM account_partial_reconcile x
                            WHERE x.exchange_move_id = m.id AND x.debit_move_id = l.id), r.max_date) END"""
)


@dataclass(frozen=True)
class Measured:
    """What can be claimed on an item as of a day and was neither invoiced nor waived; the root company's currency.

    ``missing``: a sentence when the rate of some day is not known; then the interest is what was claimed before, as it was.
    ``segments``, ``date_from``, ``date_to``: what the interest consists of. ``owed``: what was open when the item became late.
    ``nothing``: why nothing is owed at all, a key of :meth:`credit.late.measure._explain_nothing`.
    """

    interest: float = 0.0
    indemnity: float = 0.0
    missing: str = ""
    segments: tuple = ()
    date_from: Date | None = None
    date_to: Date | None = None
    owed: float = 0.0
    kind: str = ""
    policy_id: int = 0
    nothing: str = ""


@dataclass(frozen=True)
class Left:
    """What a claim comes to now, what was waived of it included; never more than it was claimed for.

    ``segments``: of the interest. ``owed``: what was open when the item became late. ``nothing``: as in :class:`Measured`.
    """

    amount: float = 0.0
    segments: tuple = ()
    owed: float = 0.0
    nothing: str = ""


@dataclass
class Facts:
    """What is read of an item before it is measured."""

    company_id: int
    due: Date
    amount: float
    bears_fee: bool
    kind: str
    file_policy_id: int | None
    class_policy_id: int | None
    barred_from: Date | None
    payments: list = field(default_factory=list)
    notified: Date | None = None
    counted_to: Date | None = None
    fee_settled: bool = False
    claimed: dict = field(default_factory=lambda: {"interest": 0.0, "indemnity": 0.0})
    waived: dict = field(default_factory=lambda: {"interest": 0.0, "indemnity": 0.0})

    @property
    def policy_key(self):
        """Items with the same key have the same policy."""
        return self.company_id, self.kind, self.file_policy_id, self.class_policy_id


@dataclass(frozen=True)
class Rules:
    """A policy as it counts for a company on a day."""

    policy: models.BaseModel
    terms: Terms
    tiers: tuple
    rounding: float


@dataclass(frozen=True)
class LateStanding:
    """What a customer is in law, which policy counts, and from when the law bars late charges."""

    kind: str
    policy: models.BaseModel
    barred_from: Date | None


class CreditLateMeasure(models.AbstractModel):
    """Late charges of items, read from the ledger each time: a constant number of queries for any number of items."""

    _name = "credit.late.measure"
    _description = "Late Charges of Items"

    @api.model
    def _measure(self, items, date):
        """What is due on items and was neither invoiced nor waived.

        :param items: ``account.move.line``; those that bear no late charges come out with nothing
        :param date: as of the end of this day
        :rtype: dict[int, Measured]
        """
        facts = self.sudo()._read_facts(items) if items.ids else {}
        rules = self.sudo()._get_rules({fact.policy_key for fact in facts.values()}, date)
        disputed = self._get_disputed(items)
        measured = dict.fromkeys(items.ids, Measured(nothing="not_posted"))
        for item_id, fact in facts.items():
            rule = rules[fact.policy_key]
            measured[item_id] = (
                self._measure_item(fact, rule, date, disputed.get(item_id, 0.0))
                if rule
                else Measured(nothing="no_policy")
            )
        return measured

    @api.model
    def _get_disputed(self, items):
        """``{item id: amount}`` that bears no charge while it is disputed. Extend where disputes are known."""
        return {}

    # === ONE ITEM === #

    def _measure_item(self, fact, rule, date, disputed):
        """:rtype: Measured"""
        barred = fact.barred_from and date >= fact.barred_from
        until = fact.barred_from - timedelta(1) if barred else date
        debt = Debt(
            amount=fact.amount,
            due=fact.due,
            payments=tuple(fact.payments),
            disputed=disputed,
            counted_to=fact.counted_to,
        )
        owed = late_amount(debt, rule.terms, until)
        fee = 0.0 if barred or not fact.bears_fee else fixed_fee(owed, rule.tiers)
        interest = self._measure_interest(fact, debt, rule, until)
        amount = fact.claimed["interest"] if interest.missing else interest.amount
        segments = interest.segments if interest.amount else ()
        return Measured(
            interest=max(amount - fact.waived["interest"], 0.0),
            indemnity=0.0 if fact.fee_settled else max(fee - fact.waived["indemnity"], 0.0),
            missing=self._explain_missing(rule.policy, interest.missing),
            segments=segments,
            date_from=segments[0].first if segments else None,
            date_to=segments[-1].last if segments else None,
            owed=owed,
            kind=fact.kind,
            policy_id=rule.policy.id,
            nothing="" if owed else "barred" if barred else "not_late",
        )

    def _measure_interest(self, fact, debt, rule, until):
        """:rtype: Interest"""
        debt = self._get_bearing(debt, fact, rule)
        return measure_interest(debt, rule.terms, until, rule.rounding) if debt else Interest()

    def _get_bearing(self, debt, fact, rule):
        """The debt with the day from which it bears interest; none while it bears none."""
        if rule.policy.runs_from != "formal_notice":
            return debt
        return replace(debt, runs_after=fact.notified) if fact.notified else None

    def _explain_missing(self, policy, missing):
        if not missing:
            return ""
        return self.env._(
            "The interest cannot be measured: %(series)s is not known from %(first)s to %(last)s."
            " A credit manager enters it in Credit > Configuration > Interest Rates.",
            series=policy.series_id.name,
            first=format_date(self.env, missing[0][0]),
            last=format_date(self.env, missing[-1][1]),
        )

    # === CLAIMS MADE BEFORE === #

    @api.model
    def _measure_again(self, charges):
        """What is left of claims, each measured again up to its own last day and for its own days: what was paid with an
        earlier date, credited or disputed since makes it less. A claim whose rates are not known any more stays as it was.

        :param charges: ``credit.late.charge``
        :return: ``{charge id: Left}``
        """
        items = charges.item_id
        facts = self.sudo()._read_facts(items) if items else {}
        policies = self.sudo()._choose_policies({fact.policy_key for fact in facts.values()})
        disputed = self._get_disputed(items)
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
            left[charge.id] = self._measure_claim(
                charge, fact, rules[key], disputed.get(charge.item_id.id, 0.0)
            )
        return left

    def _measure_claim(self, charge, fact, rule, disputed):
        """:rtype: Left"""
        barred = fact.barred_from and charge.date_to >= fact.barred_from
        until = fact.barred_from - timedelta(1) if barred else charge.date_to
        debt = Debt(fact.amount, fact.due, tuple(fact.payments), disputed)
        owed = late_amount(debt, rule.terms, until)
        if charge.kind == "indemnity":
            fee = 0.0 if barred or not fact.bears_fee else fixed_fee(owed, rule.tiers)
            amount, segments = min(charge.amount, fee), ()
        else:
            claimed = charge._get_segments()
            debt = self._get_bearing(debt, fact, rule)
            found = debt and what_is_left(
                charge.amount, claimed, debt, rule.terms, until, rule.rounding
            )
            amount, segments = (found.amount, found.segments) if found else (0.0, ())
        return Left(amount, segments, owed, "" if amount else "barred" if barred else "not_late")

    def _explain_nothing(self, reason):
        """Why a claim was taken back, a sentence."""
        return {
            "not_late": self.env._(
                "The debt turned out to be paid or credited in time, or is disputed: nothing of it was late."
            ),
            "barred": self.env._("The law bars late charges: the customer is insolvent."),
            "no_policy": self.env._("No late charge policy counts for the customer any more."),
            "not_posted": self.env._("The invoice is not posted any more."),
        }[reason]

    # === POLICIES === #

    @api.model
    def _get_standing(self, partner, company):
        """What counts for a customer of a company, for the texts of a letter.

        :rtype: LateStanding
        """
        customer, root = partner.commercial_partner_id, company.root_id
        profile = (
            self.env["credit.profile"]
            .sudo()
            .search([("partner_id", "=", customer.id), ("company_id", "=", root.id)])
        )
        kind = profile.late_kind or customer.sudo()._get_late_kind()
        key = (root.id, kind, profile.late_policy_id.id, profile.risk_class_id.late_policy_id.id)
        policy = self.sudo()._choose_policies({key})[key]
        return LateStanding(kind, policy, profile.late_charges_barred_from or None)

    def _get_rules(self, keys, date):
        """``{policy key: Rules or none}``."""
        companies = self.env["res.company"]
        return {
            key: policy and policy._to_rules(companies.browse(key[0]), date)
            for key, policy in self._choose_policies(keys).items()
        }

    def _choose_policies(self, keys):
        """``{policy key: policy or none}``: of the credit file, its class, the company, its country.

        The first of them that is for the kind of customer counts, so that a consumer never comes under the law between businesses.
        """
        policies = self.env["credit.late.policy"]
        general = {
            company.id: company.credit_late_policy_id | policies._get_of_country(company)
            for company in self.env["res.company"].browse({key[0] for key in keys})
        }
        found = {}
        for key in keys:
            company_id, kind, *named = key
            candidates = policies.browse(filter(None, named)) | general[company_id]
            found[key] = policies._choose(kind, candidates._usable_by(company_id))
        return found

    # === FACTS === #

    def _read_facts(self, items):
        """``{item id: Facts}`` of those that can bear late charges: debts of customers, no debit notes of late charges."""
        self._flush_facts()
        item_ids = tuple(items.ids)
        facts = {
            item_id: Facts(*values)
            for item_id, *values in self.env.execute_query(self._query_items(item_ids))
        }
        for item_id, paid_on, amount in self.env.execute_query(self._query_payments(item_ids)):
            if item_id in facts:
                facts[item_id].payments.append((paid_on, float(amount)))
        for item_id, notified in self.env.execute_query(self._query_formal_notices(item_ids)):
            if item_id in facts:
                facts[item_id].notified = notified
        for item_id, *charge in self.env.execute_query(self._query_charges(item_ids)):
            if item_id in facts:
                self._take_charge(facts[item_id], *charge)
        return facts

    def _take_charge(self, fact, kind, state, date_to, amount, waived):
        """What was invoiced or waived is not claimed again; of what is claimed, a part may be waived."""
        if state == "claimed":
            fact.claimed[kind] = float(amount or 0.0)
            fact.waived[kind] = float(waived or 0.0)
        elif kind == "indemnity":
            fact.fee_settled = True
        else:
            fact.counted_to = max(fact.counted_to or date_to, date_to)

    def _flush_facts(self):
        """What the queries read, as this transaction left it."""
        for model, names in (
            ("account.account", ["doubtful_customers"]),
            ("account.move", ["late_charge_is_note", "move_type"]),
            (
                "account.move.line",
                ["account_id", "balance", "date", "date_maturity", "parent_state", "partner_id"],
            ),
            (
                "account.partial.reconcile",
                ["amount", "debit_move_id", "exchange_move_id", "max_date"],
            ),
            ("credit.followup.notice", ["date", "received_date", "stage", "state"]),
            ("credit.followup.notice.line", ["cancelled", "item_id", "notice_id"]),
            (
                "credit.late.charge",
                ["amount", "date_to", "item_id", "kind", "state", "waived_amount"],
            ),
            ("credit.profile", ["insolvency_date", "late_kind", "late_policy_id"]),
            ("credit.risk.class", ["late_policy_id"]),
            ("res.partner", ["commercial_partner_id", "company_registry", "is_company", "vat"]),
        ):
            self.env[model].flush_model(names)

    def _query_items(self, item_ids):
        accounts = self.env["account.account"]._get_exposure_account_ids()
        return SQL(
            """SELECT l.id, o.id, COALESCE(l.date_maturity, l.date), l.balance::float, a.doubtful_customers IS NOT TRUE,
                      %(kind)s, f.late_policy_id, k.late_policy_id, f.insolvency_date
                 FROM account_move_line l
                 JOIN account_move i ON i.id = l.move_id
                 JOIN account_account a ON a.id = l.account_id
                 JOIN res_company c ON c.id = l.company_id
                 JOIN res_company o ON o.id = split_part(c.parent_path, '/', 1)::int
                 JOIN res_partner x ON x.id = l.partner_id
                 JOIN res_partner p ON p.id = x.commercial_partner_id
                 LEFT JOIN credit_profile f ON f.partner_id = p.id AND f.company_id = o.id
                 LEFT JOIN credit_risk_class k ON k.id = f.risk_class_id
                WHERE l.id IN %(items)s AND l.parent_state = 'posted' AND l.balance > 0
                  AND l.account_id IN %(accounts)s AND i.late_charge_is_note IS NOT TRUE""",
            kind=KIND,
            items=item_ids,
            accounts=accounts,
        )

    def _query_payments(self, item_ids):
        return SQL(
            """SELECT r.debit_move_id, %(paid_on)s, r.amount
                 FROM account_partial_reconcile r
                 JOIN account_move_line l ON l.id = r.debit_move_id
                 JOIN account_move_line e ON e.id = r.credit_move_id
                 JOIN account_move m ON m.id = e.move_id
                WHERE r.debit_move_id IN %(items)s
                ORDER BY r.id""",
            paid_on=PAID_ON,
            items=item_ids,
        )

    def _query_formal_notices(self, item_ids):
        """Receipt of the first formal notice that names the item; the day it was sent where no receipt is known."""
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
            """SELECT item_id, kind, state, date_to, amount, waived_amount FROM credit_late_charge
                WHERE item_id IN %(items)s AND state <> 'cancelled'""",
            items=item_ids,
        )

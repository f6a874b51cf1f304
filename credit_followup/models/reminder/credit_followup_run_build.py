from collections import defaultdict
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from psycopg2 import OperationalError

from ...rules import steps
from ...rules.recipients import Recipients, choose_channel
from ...sql_array import sql_array
from ...sql_relation import sql_relation
from .credit_followup_item import History

#: minutes before the scheduler retries a company for which a user is preparing a run
_COME_BACK = 10

#: minutes before it checks the bank statements again
_LOOK_AT_BANK = 60

_NO_REASONS = {}
_NEVER_NAMED = History()


@dataclass(slots=True)
class Customer:
    """The recipients of a customer and what the decision needs; record ids."""

    id: int
    procedure_id: int
    user_id: int
    recipients: Recipients


@dataclass(slots=True)
class Batch:
    """The rows that one transaction adds to a run, in column order."""

    notices: list
    lines: list
    contacts: list
    exclusions: dict


class CreditFollowupRun(models.Model):
    """Prepares a run: reads, decides and writes batches of customers with a few queries each."""

    _inherit = "credit.followup.run"

    #: items after which a batch ends with the current customer; items prepared while the user waits
    _batch_items = 5000
    _direct_items = 5000

    # === STEPS OF THE PREPARATION === #

    def _prepare(self, today):
        """Prepare the run as of a day, in this transaction."""
        self.check_access("write")
        run = self.sudo()
        run._start(today)
        for _count in run._build():
            pass
        return True

    def _start(self, today):
        """Fix the date of the run and delete earlier proposals; the caller has ``sudo``. Rejected notices stay, with
        their reason.
        """
        self._check_may_start()
        self.notice_ids.filtered(lambda notice: notice.state == "proposed").unlink()
        self.exclusion_ids.unlink()
        self.write(
            {
                "state": "building",
                "date": today,
                "former_notice_id": max(self.notice_ids.ids, default=0),
            }
        )
        self.flush_recordset()
        self._cancel_former_proposals()
        self.customer_total = len(self._read_customer_sizes())

    def _check_may_start(self):
        building = [("company_id", "=", self.company_id.id), ("state", "=", "building")]
        if not self._try_lock_company() or self.search_count(building, limit=1):
            raise UserError(
                self.env._(
                    "Another run of %s is being prepared. Wait until it is ready, or cancel it.",
                    self.company_id.name,
                )
            )
        if self.state not in ("draft", "waiting", "ready", "done") or self.notice_ids.filtered(
            lambda notice: notice.state not in ("proposed", "cancelled")
        ):
            raise UserError(
                self.env._(
                    "Notices of this run are already approved. Start a new run for what has fallen due since."
                )
            )

    def _cancel_former_proposals(self):
        """Cancel unapproved notices of earlier runs: proposals are valid on their day only."""
        former = self.env["credit.followup.notice"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "proposed"),
                ("date", "<", self.date),
            ]
        )
        former.with_context(tracking_disable=True)._cancel(
            self.env._("Not approved in time: replaced by a later run.")
        )

    def _build(self):
        """Prepare the remaining customers in batches; the caller may commit between two batches.

        :return: generator of the number of customers done
        """
        for customer_ids in self._batches():
            self._build_batch(customer_ids)
            yield len(customer_ids)
        self._finish()

    def _build_batch(self, customer_ids):
        self.env["credit.followup.item"]._flush_facts()
        self._insert(self._decide(customer_ids))

    def _finish(self):
        self.state = "ready"
        if self.unattended:
            self._approve_automatic()
        self._update_state()

    def _approve_automatic(self):
        """Approve the proposals whose levels are all automatic.

        Their date does not matter: the run may have ended after midnight or after a crash, and notices are updated
        when sent.
        """
        proposals = self.env["credit.followup.notice"].search(
            [("run_id", "=", self.id), ("state", "=", "proposed")]
        )
        manual = proposals.search(
            [
                ("id", "in", proposals.ids),
                (
                    "line_ids",
                    "any",
                    [("occurrence", ">", 0), ("level_id.automatic", "=", False)],
                ),
            ]
        )
        if automatic := proposals - manual:
            automatic.with_context(tracking_disable=True)._lock_in_state("proposed")._approve()

    # === WHOM === #

    def _batches(self):
        """Lists of the remaining customers, each with about one batch of items."""
        batch, size = [], 0
        for customer_id, count in self._read_customer_sizes():
            batch.append(customer_id)
            size += count
            if size >= self._batch_items:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _count_items(self):
        return sum(count for _customer, count in self._read_customer_sizes())

    def _read_customer_sizes(self):
        """Pairs of remaining customer and number of items that may be due on the day."""
        only = self.partner_ids.commercial_partner_id.ids
        self.env["credit.followup.item"]._flush_facts()
        return self.env.execute_query(
            SQL(
                """SELECT p.commercial_partner_id, COUNT(*)
                     FROM account_move_line l JOIN res_partner p ON p.id = l.partner_id
                    WHERE %s AND l.amount_residual > 0 AND p.commercial_partner_id > %s %s
                    GROUP BY 1 ORDER BY 1""",
                self._scope_sql(),
                self._read_last_customer(),
                SQL("AND p.commercial_partner_id = ANY(%s)", only) if only else SQL(),
            )
        )

    def _read_last_customer(self):
        """The last customer processed; earlier ones with neither a notice nor an exclusion need none."""
        [[last]] = self.env.execute_query(
            SQL(
                """SELECT GREATEST((SELECT MAX(partner_id) FROM credit_followup_notice
                                     WHERE run_id = %(run)s AND id > %(former)s),
                                   (SELECT MAX(partner_id) FROM credit_followup_exclusion WHERE run_id = %(run)s), 0)""",
                run=self.id,
                former=self.former_notice_id,
            )
        )
        return last

    def _count_done(self):
        """The approximate number of customers processed."""
        [[count]] = self.env.execute_query(
            SQL(
                """SELECT COUNT(*) FROM (SELECT partner_id FROM credit_followup_notice
                                           WHERE run_id = %(run)s AND id > %(former)s
                                          UNION SELECT partner_id FROM credit_followup_exclusion WHERE run_id = %(run)s) c""",
                run=self.id,
                former=self.former_notice_id,
            )
        )
        return min(count, self.customer_total)

    def _scope_sql(self):
        """Condition for the journal items ``l`` that this run examines: open, of the company, and credits or due soon
        enough.
        """
        ahead = max([0, *(-level.days for level in self._get_levels())])
        return SQL(
            """%s AND l.company_id IN %s
               AND (l.amount_residual < 0 OR COALESCE(l.date_maturity, l.date) <= %s::date + %s)""",
            self.env["credit.followup.item"]._open_sql(),
            tuple(self.company_id._get_credit_tree().ids),
            self.date,
            ahead,
        )

    def _get_levels(self):
        levels = self.env["credit.followup.level"].sudo()
        return levels.search([("procedure_id.active", "=", True)])

    # === FACTS === #

    def _read_customers(self, customer_ids):
        """``{customer id: Customer}``: procedure, collector, recipients and their channels."""
        found = self.env["credit.followup.recipients"]._read(customer_ids, self.company_id)
        substitute = self.env["credit.followup.recipients"]._get_substitute(self.user_id).id
        procedures = self._read_procedures(customer_ids)
        return {
            customer_id: Customer(
                customer_id, procedures[customer_id], recipients.user_id or substitute, recipients
            )
            for customer_id, recipients in found.items()
        }

    def _read_procedures(self, customer_ids):
        """``{customer id: id of its procedure or None}``"""
        procedure = self.env["credit.followup.item"]._procedure_sql(
            SQL("k.id"), SQL("%s", self.company_id.id)
        )
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT k.id, %s FROM UNNEST(%s::int[]) k(id)",
                    procedure,
                    sql_array(customer_ids),
                )
            )
        )

    def _read_items(self, customer_ids):
        """Open items of customers: ``{customer id: [(item id, due, amount to claim, open amount)]}``, credits below zero."""
        found = defaultdict(list)
        customers = self._read_partners(customer_ids)
        for partner_id, *item in self.env.execute_query(
            SQL(
                """SELECT l.partner_id, l.id, COALESCE(l.date_maturity, l.date), %s::float, l.amount_residual::float
                     FROM account_move_line l
                    WHERE l.partner_id = ANY(%s::int[]) AND %s
                    ORDER BY 3, 2""",
                self.env["credit.followup.item"]._asked_sql(self.date)[0],
                sql_array(customers),
                self._scope_sql(),
            )
        ):
            found[customers[partner_id]].append(item)
        return found

    def _read_partners(self, customer_ids):
        """``{contact or address id: customer id}``"""
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, commercial_partner_id FROM res_partner WHERE commercial_partner_id = ANY(%s::int[])",
                    sql_array(customer_ids),
                )
            )
        )

    # === DECISIONS === #

    def _decide(self, customer_ids):
        """Decide what to send to these customers, and the reasons for what is left out.

        :rtype: Batch
        """
        facts = self.env["credit.followup.item"]
        customers = self._read_customers(customer_ids)
        items = self._read_items(customer_ids)
        item_ids = [item[0] for found in items.values() for item in found]
        left_out = facts._read_left_out(item_ids, self.date)
        histories = facts._read_histories(item_ids)
        company_id = self.company_id.id
        contacts = facts._read_last_contacts(customer_ids, company_id)
        failed = facts._read_failed({(customer, company_id) for customer in customer_ids})
        rules, stoppers = facts._get_all_rules(), facts._get_credit_stoppers()
        batch, only = Batch([], [], [], {}), self.procedure_ids.ids
        for customer_id in customer_ids:
            customer = customers[customer_id]
            if only and customer.procedure_id not in only:
                continue
            rule = rules.get(customer.procedure_id) or steps.Procedure(0)
            free, credits_, held = self._sort_items(
                items[customer_id], left_out, histories, stoppers
            )
            if (customer_id, company_id) in failed:
                free, held = [], held + [steps.Left(item, "failed") for item in free]
            self._exclude(batch, customer, held)
            decision = steps.decide(
                free,
                rule,
                self.date,
                credit=sum(amount for _id, _due, amount in credits_),
                last_contact=contacts.get(customer_id),
            )
            self._record(batch, customer, decision, credits_, histories)
        return batch

    def _sort_items(self, rows, left_out, histories, stoppers):
        """Split one customer's items: free items, deductible credits, and the others with their reason.

        :param stoppers: reasons that keep a credit from being deducted
        """
        free, credits_, held = [], [], []
        for item_id, date_due, amount, open_amount in rows:
            reasons = left_out.get(item_id, _NO_REASONS)
            if amount < 0:
                if stoppers.isdisjoint(reasons):
                    credits_.append((item_id, date_due, amount))
                continue
            history = histories.get(item_id, _NEVER_NAMED)
            item = steps.Item(item_id, date_due, open_amount if reasons else amount, history.named)
            if history.proposed:
                held.append(steps.Left(item, "other_run"))
            elif reasons:
                reason, until = next(iter(reasons.items()))
                held.append(steps.Left(item, reason, until and fields.Date.add(until, days=1)))
            else:
                free.append(item)
        return free, credits_, held

    def _record(self, batch, customer, decision, credits_, histories):
        """Add the customer's notice, or the reason for none, to the batch."""
        self._exclude(batch, customer, decision.left)
        if not decision.named:
            return
        level, channel = self._get_level_and_channel(customer, decision)
        if not channel:
            self._exclude(
                batch,
                customer,
                [steps.Left(item, "no_address") for item, _level in decision.named],
                self._explain_address(level),
            )
            return
        number = len(batch.notices)
        total = sum(item.amount for item, _level in decision.named)
        total += sum(amount for _id, _due, amount in credits_)
        batch.notices.append(
            (
                customer.id,
                customer.procedure_id,
                level.id,
                level.stage,
                channel,
                customer.recipients.lang,
                customer.user_id or None,
                total,
            )
        )
        batch.contacts += [(number, contact_id) for contact_id in customer.recipients.contact_ids]
        for item, taken in decision.named:
            times = histories[item.id].times if item.id in histories else {}
            batch.lines.append((number, item.id, taken.id, taken.days, times.get(taken.id, 0) + 1))
        batch.lines += [(number, item_id, None, None, None) for item_id, _due, _amount in credits_]

    def _get_level_and_channel(self, customer, decision):
        """The level that sets the tone, and its channel; no channel if the customer cannot be reached."""
        level = self.env["credit.followup.level"].browse(decision.level.id)
        contacts = customer.recipients.contacts
        return level, choose_channel(level.channel, contacts, level.letter_without_email)

    def _explain_address(self, level):
        """Which contact details to enter."""
        if level.channel == "email":
            return self.env._(
                "Enter an e-mail address for the customer or for the recipient of its reminders"
            )
        return self.env._(
            "Enter the street and city of the customer or of the recipient of its reminders"
        )

    def _exclude(self, batch, customer, left, detail=None):
        """Add left-out items to the customer's exclusions."""
        for item, reason, until in ((one.item, one.reason, one.until) for one in left):
            known = batch.exclusions.setdefault(
                (customer.id, reason), [0, 0.0, None, detail or self._explain(customer, reason)]
            )
            known[0] += 1
            known[1] += item.amount
            if until:
                known[2] = min(known[2] or until, until)

    def _explain(self, customer, reason):
        """What to do, if the reason alone is not enough."""
        if reason != "no_procedure":
            return None
        if customer.procedure_id:
            procedure = self.env["credit.followup.procedure"].browse(customer.procedure_id)
            return self.env._("The procedure %s has no level", procedure.name)
        return self.env._(
            "Neither the credit file, nor the risk class, nor the company names a procedure"
        )

    # === WRITING === #

    def _insert(self, batch):
        """Insert a batch: three statements for the notices, one for the exclusions."""
        if batch.notices:
            notice_ids = self._insert_notices(batch.notices)
            with self.env["credit.followup.item"]._by_index():
                self._insert_lines(batch.lines, notice_ids)
                self._insert_contacts(batch.contacts, notice_ids)
        if batch.exclusions:
            self._insert_exclusions(batch.exclusions)
        self.env["credit.followup.notice"].invalidate_model()
        self.env["credit.followup.notice.line"].invalidate_model()
        self.env["credit.followup.exclusion"].invalidate_model()
        self.invalidate_recordset(["notice_ids", "proposal_ids", "exclusion_ids"])

    def _insert_notices(self, notices):
        """:return: their ids, in the order given"""
        round_amount = self.currency_id.round
        partners, procedures, levels, stages, channels, langs, users, amounts = zip(
            *notices, strict=True
        )
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO credit_followup_notice (
                          partner_id, procedure_id, level_id, stage, channel, lang, user_id, amount,
                          run_id, company_id, date, state, interest, indemnity, %(stamp)s)
                   SELECT a.*, %(run)s, %(company)s, %(date)s, 'proposed', 0, 0, %(stamps)s
                     FROM UNNEST(%(partners)s::int[], %(procedures)s::int[], %(levels)s::int[], %(stages)s::text[],
                                 %(channels)s::text[], %(langs)s::text[], %(users)s::int[], %(amounts)s::numeric[]) a
                RETURNING partner_id, id""",
                run=self.id,
                company=self.company_id.id,
                date=self.date,
                partners=list(partners),
                procedures=list(procedures),
                levels=list(levels),
                stages=list(stages),
                channels=list(channels),
                langs=list(langs),
                users=list(users),
                amounts=[round_amount(amount) for amount in amounts],
                **self._stamps_sql(),
            )
        )
        ids = dict(rows)
        return [ids[partner] for partner in partners]

    def _insert_lines(self, lines, notice_ids):
        """Dates and amounts come from the ledger, which this transaction sees as it was for the decision."""
        numbers, *columns = zip(*lines, strict=True)
        items, levels, days, occurrences = map(sql_array, columns)
        asked, asked_currency = self.env["credit.followup.item"]._asked_sql(self.date)
        self.env.execute_query(
            SQL(
                """INSERT INTO credit_followup_notice_line (
                          notice_id, item_id, level_id, level_days, occurrence, date_due, currency_id,
                          amount, amount_currency, date, cancelled, %(stamp)s)
                   SELECT a.*, COALESCE(l.date_maturity, l.date), l.currency_id,
                          %(asked)s, %(asked_currency)s, %(date)s, FALSE, %(stamps)s
                     FROM UNNEST(%(notices)s::int[], %(items)s::int[], %(levels)s::int[], %(days)s::int[],
                                 %(occurrences)s::int[]) a(notice_id, item_id, level_id, level_days, occurrence)
                     JOIN account_move_line l ON l.id = a.item_id""",
                asked=asked,
                asked_currency=asked_currency,
                date=self.date,
                notices=sql_array([notice_ids[number] for number in numbers]),
                items=items,
                levels=levels,
                days=days,
                occurrences=occurrences,
                **self._stamps_sql(),
            )
        )

    def _insert_contacts(self, contacts, notice_ids):
        numbers, contact_ids = zip(*contacts, strict=True)
        self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s, %s) SELECT * FROM UNNEST(%s::int[], %s::int[])",
                *sql_relation(self.env["credit.followup.notice"]._fields["contact_ids"]),
                sql_array([notice_ids[number] for number in numbers]),
                sql_array(contact_ids),
            )
        )

    def _insert_exclusions(self, exclusions):
        partners, reasons = zip(*exclusions, strict=True)
        counts, amounts, untils, details = zip(*exclusions.values(), strict=True)
        sources = self.env["credit.followup.item"]._left_out_sources()
        advices = [sources[reason].advice or None for reason in reasons]
        self.env.execute_query(
            SQL(
                """INSERT INTO credit_followup_exclusion (
                          partner_id, reason, item_count, amount, until, detail, run_id, %(stamp)s)
                   SELECT a.*, %(run)s, %(stamps)s
                     FROM UNNEST(%(partners)s::int[], %(reasons)s::text[], %(counts)s::int[], %(amounts)s::numeric[],
                                 %(untils)s::date[], %(details)s::text[]) a""",
                run=self.id,
                partners=list(partners),
                reasons=list(reasons),
                counts=list(counts),
                amounts=[self.currency_id.round(amount) for amount in amounts],
                untils=list(untils),
                details=[detail or advice for detail, advice in zip(details, advices, strict=True)],
                **self._stamps_sql(),
            )
        )

    def _stamps_sql(self):
        """Audit columns and their values."""
        now = self.env.cr.now()
        return {
            "stamp": SQL("create_uid, create_date, write_uid, write_date"),
            "stamps": SQL(
                "%s, %s::timestamp, %s, %s::timestamp", self.env.uid, now, self.env.uid, now
            ),
        }

    # === SCHEDULER === #

    @api.model
    def _cron_run(self):
        """Continue runs in preparation, then do the day's unattended runs, company by company."""
        self.env["credit.followup.pause"]._cron_watch()
        self.search([("state", "=", "sending")])._update_state()
        self.env["ir.cron"]._commit_progress()
        for run in self.search([("state", "=", "building")], order="id"):
            if not self._work_safely(run.company_id, run._build_alone):
                return
        for company in self._get_unattended_companies():
            if not self._work_safely(company, lambda c=company: self._run_unattended(c)):
                return

    def _run_unattended(self, company):
        """:return: whether there is time left"""
        today = company._get_credit_today()
        run = self._get_waiting(company)
        if reason := company._explain_bank(today):
            run._wait_for_bank(today, reason)
            return bool(self.env["ir.cron"]._commit_progress())
        if not run._try_lock_company():
            run.filtered(lambda run: run.state == "draft").unlink()
            self._come_back()
            return True
        run._end_waiting()
        run._start(today)
        return run._build_alone()

    def _get_waiting(self, company):
        """The company's unattended run that waits for the bank, or a new one."""
        waiting = self.search([("company_id", "=", company.id), ("state", "=", "waiting")], limit=1)
        return waiting or self.create({"company_id": company.id, "unattended": True})

    def _wait_for_bank(self, today, reason):
        """Store why the run waits, notify a credit manager once, and schedule a retry."""
        self.write({"state": "waiting", "date": today, "failure": reason})
        manager = self.company_id._get_credit_managers()
        summary = self.env._("Reminders are waiting: update the bank statements")
        if manager and summary not in self.activity_ids.mapped("summary"):
            self.activity_schedule(
                "credit_management.mail_activity_type_credit",
                summary=summary,
                note=reason,
                user_id=manager.id,
            )
        soon = fields.Datetime.add(fields.Datetime.now(), minutes=_LOOK_AT_BANK)
        self.env.ref("credit_followup.ir_cron_run")._trigger(at=soon)

    def _end_waiting(self):
        """Clear the waiting state: the bank is up to date, or a user starts the run anyway."""
        self.filtered("failure").failure = False
        self.activity_unlink(["credit_management.mail_activity_type_credit"])

    def _come_back(self):
        """Schedule a retry because a user is working on a run of the company."""
        soon = fields.Datetime.add(fields.Datetime.now(), minutes=_COME_BACK)
        self.env.ref("credit_followup.ir_cron_run")._trigger(at=soon)

    @api.model
    def _work_safely(self, company, work):
        """Do the work of a company in separate transactions; an error is reported to its manager and does not stop
        the others.

        :return: whether there is time left
        """
        try:
            left = work()
            self.env.flush_all()
        except OperationalError:
            # a concurrent update: the run continues from where it was
            self.env.cr.rollback()
            self._come_back()
        except Exception as error:  # noqa: BLE001 – add-ons and users' data have a say in it
            self.env.cr.rollback()
            self._stop(company, error)
        else:
            return left
        return bool(self.env["ir.cron"]._commit_progress())

    @api.model
    def _stop(self, company, error):
        """Stop the run in preparation, or the unattended run of the day, and store the reason."""
        run = self.search([("company_id", "=", company.id), ("state", "=", "building")])
        run = run or self.create({"company_id": company.id, "unattended": True})
        values = {"state": "cancelled", "failure": company._explain_error(error)}
        if not run.customer_total:
            values["date"] = company._get_credit_today()
        run.write(values)
        run._call_off()
        company._notify_manager(run, self.env._("Reminders of %s stopped", company.name), error)

    def _build_alone(self):
        """Prepare this run with one transaction per batch; a cancellation takes effect between two.

        :return: whether there is time left
        """
        cron = self.env["ir.cron"]
        left = cron._commit_progress(remaining=max(self.customer_total, 1))
        build = self._build()
        while left and self._is_building_alone():
            count = next(build, None)
            left = cron._commit_progress(count or 0)
        if self.state == "cancelled":
            self._call_off()
            left = cron._commit_progress()
        return bool(left)

    def _is_building_alone(self):
        """Whether the run still waits and no other process works on it; locked until the end of the transaction."""
        self.invalidate_recordset()
        return bool(self.exists()) and self._try_lock_company() and self.state == "building"

    def _try_lock_company(self):
        """Lock the preparation of runs of this company until the end of the transaction; false if another process has
        it. An advisory lock, not a row lock, so that users can cancel the run meanwhile.
        """
        [[alone]] = self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)", self._name, self.company_id.id
            )
        )
        return alone

    def _get_unattended_companies(self):
        """Companies whose unattended run of the day is pending and where no run is in preparation."""
        companies = self.env["res.company"].search(
            [("credit_followup_unattended", "=", True), ("parent_id", "=", False)], order="id"
        )
        return companies.filtered(lambda company: not self._is_done_today(company))

    def _is_done_today(self, company):
        today = company._get_credit_today()
        return bool(
            self.search_count(
                [
                    ("company_id", "=", company.id),
                    ("state", "!=", "waiting"),
                    "|",
                    ("state", "=", "building"),
                    "&",
                    ("unattended", "=", True),
                    ("date", "=", today),
                ],
                limit=1,
            )
        )

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_amount

_logger = logging.getLogger(__name__)

#: contested lines listed in a message
_NAMED_LINES = 20


class CreditCommissionStatement(models.Model):
    """Life cycle of a statement: prepared, sent, agreed or contested, closed."""

    _inherit = "credit.commission.statement"

    # === PREPARE === #

    @api.model
    def _prepare_period(self, company, date_from, date_to, persons=None):
        """Prepare statements for everybody with open entries or a balance to carry over.

        Existing drafts are updated; sent statements do not change. Persons with a later statement get none: late
        entries are on that later one.

        :param persons: restrict to these persons
        :return: the statements of the period
        """
        self._earn_until(company, date_to)
        found = self.search([("company_id", "=", company.id), ("date_to", "=", date_to)])
        later = self.search([("company_id", "=", company.id), ("date_to", ">", date_to)])
        due = self._find_persons_due(company, date_to) - found.person_id - later.person_id
        if persons is not None:
            due, found = due & persons, found.filtered(lambda one: one.person_id in persons)
        before = self._find_latest(company, date_from, due)
        payouts = due._get_commission_payouts()
        created = self.create(
            [
                {
                    "company_id": company.id,
                    "person_id": person.id,
                    "date_from": date_from,
                    "date_to": date_to,
                    "previous_id": before.get(person),
                    "payout": payouts[person],
                }
                for person in due
            ]
        )
        drafts = created | found.filtered(lambda one: one.state == "draft")
        drafts._add_open_entries()
        return created | found

    @api.model
    def _earn_until(self, company, date_to):
        """Update the log of collections and the company's entries."""
        plans = (
            self.env["credit.commission.plan"]
            .with_context(active_test=False)
            .search([("company_id", "=", company.id), ("state", "!=", "draft")])
        )
        if plans:
            plans._compute_entries(date_to)

    @api.model
    def _find_persons_due(self, company, date_to):
        """Persons with entries or advances up to the day on no statement, or with a negative balance carried over."""
        groups = self.env["credit.commission.entry"]._read_group(
            self._get_free_entries_domain(company, date_to), ["person_id"]
        )
        advances = self.env["credit.commission.advance"]._read_group(
            self.env["credit.commission.advance"]._get_free_domain(company, date_to), ["person_id"]
        )
        persons = self.env["res.partner"].union(*(person for (person,) in groups + advances))
        latest = self._find_latest(company, date_to)
        owing = self.browse(latest.values()).filtered(lambda one: one.carried < 0)
        return persons | owing.person_id

    @api.model
    def _get_free_entries_domain(self, company, date_to):
        return [
            ("company_id", "=", company.id),
            ("statement_id", "=", False),
            ("date", "<=", date_to),
        ]

    @api.model
    def _find_latest(self, company, before, persons=None):
        """``{person: id}`` of the last statement ended before the day."""
        domain = Domain("company_id", "=", company.id) & Domain("date_to", "<", before)
        if persons is not None:
            domain &= Domain("person_id", "in", persons.ids)
        rows = self._read_group(domain, ["person_id"], ["id:recordset"])
        return {person: max(found, key=lambda one: one.date_to).id for person, found in rows}

    def _add_open_entries(self):
        """Add open entries and advances up to their last day to these drafts.

        One SQL statement per last day, earliest first: an entry goes to the first draft that fits.
        """
        self.env["credit.commission.advance"]._put_on(self)
        self.flush_recordset()
        self.env["credit.commission.entry"].flush_model()
        for date_to, statements in sorted(self.grouped("date_to").items()):
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE credit_commission_entry entry
                       SET statement_id = statement.id
                      FROM credit_commission_statement statement
                     WHERE statement.id IN %(statements)s
                       AND entry.statement_id IS NULL
                       AND entry.company_id = statement.company_id
                       AND entry.person_id = statement.person_id
                       AND entry.date <= %(date_to)s
                    """,
                    statements=tuple(statements.ids),
                    date_to=date_to,
                )
            )
        self.env["credit.commission.entry"].invalidate_model(["statement_id"])
        self.invalidate_recordset(["entry_ids"])
        self.modified(["entry_ids"])

    # === ACTIONS OF THE MANAGER === #

    def action_refresh(self):
        """Update drafts with later collections."""
        self._check_manager()
        drafts = self.sudo()._check_state("draft")
        for company, statements in drafts.grouped("company_id").items():
            self.sudo()._earn_until(company, max(statements.mapped("date_to")))
        for statement in drafts:
            statement.payout = statement.person_id._get_commission_payouts()[statement.person_id]
        drafts._add_open_entries()

    def action_preview(self):
        """Preview the PDF as the person will receive it."""
        self.check_access("read")
        return self.env.ref("credit_commission.action_report_statement").report_action(self)

    def action_send(self):
        """Queue the statements by e-mail, in each person's language.

        :raise UserError: naming persons without an e-mail address
        """
        self._check_manager()
        statements = self.sudo()._check_state("draft")
        lost = statements.person_id.filtered(lambda person: not person.email)
        if lost:
            raise UserError(
                self.env._(
                    "Enter the e-mail address of %(persons)s, or print the statement and mark it as sent.",
                    persons=", ".join(lost.mapped("name")),
                )
            )
        self._mark_sent(is_mail_due=True)
        self.env.ref("credit_commission.ir_cron_send_statements").sudo()._trigger()

    def action_mark_sent(self):
        """Mark as sent on paper."""
        self._check_manager()
        self._mark_sent(is_mail_due=False)

    def _mark_sent(self, **values):
        statements = self.sudo()._check_state("draft")
        for statement in statements.filtered(lambda one: one.name == "/"):
            statement.name = (
                self.env["ir.sequence"]
                .sudo()
                .next_by_code(statement._name, sequence_date=statement.date_to)
            )
        statements.write(
            {
                "state": "sent",
                "sent_by": self.env.uid,
                "sent_at": fields.Datetime.now(),
                **values,
            }
        )
        for statement in statements:
            statement.message_subscribe(statement.person_id.ids)
        statements._update_review_state()

    def action_draft(self):
        """Reset an open statement to draft to update it; the person's reviews are kept."""
        self._check_manager()
        self.sudo()._check_state("sent", "contested", "agreed").write(
            {"state": "draft", "is_mail_due": False, "agreed_at": False}
        )

    def action_close(self):
        """Freeze the statements for payment; later reversals go to the next ones.

        :raise UserError: if a line is contested, a statement was not sent or an earlier one is open
        """
        self._check_manager()
        statements = self.sudo().try_lock_for_update() if self else self
        if len(statements) < len(self):
            raise UserError(
                self.env._("Another user is working on these statements. Try again in a moment.")
            )
        statements._check_closable()
        statements.write(
            {"state": "closed", "closed_by": self.env.uid, "closed_at": fields.Datetime.now()}
        )

    def _check_closable(self):
        self._check_nothing_contested()
        self._check_state("sent", "agreed")
        earlier = self.search(
            [
                ("company_id", "in", self.company_id.ids),
                ("person_id", "in", self.person_id.ids),
                ("date_to", "<", max(self.mapped("date_to"), default=False)),
                ("state", "!=", "closed"),
                ("id", "not in", self.ids),
            ],
            limit=1,
        )
        if earlier:
            raise UserError(
                self.env._(
                    "Close the previous statement first, because its balance is carried over: %(statement)s.",
                    statement=earlier.display_name,
                )
            )

    def _check_nothing_contested(self):
        if contested := self._find_contested():
            raise UserError(
                self.env._(
                    "A period with contested lines cannot be closed. Answer these first:\n%(lines)s",
                    lines=contested._describe_contests(),
                )
            )

    def _find_contested(self):
        """Description of the first contested lines of these statements."""
        return self.env["credit.commission.entry"].search(
            [("statement_id", "in", self.ids), ("review", "=", "contested")], limit=_NAMED_LINES
        )

    def _check_state(self, *states):
        """Check that all statements are in one of the states.

        :raise UserError: naming the first that is not
        """
        wrong = self.filtered(lambda one: one.state not in states)[:1]
        if wrong:
            selection = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "This action needs statements that are %(wanted)s; %(statement)s is %(state)s. Choose other statements.",
                    wanted=" / ".join(selection[state] for state in states),
                    statement=wrong.display_name,
                    state=selection[wrong.state],
                )
            )
        return self

    # === ACTIONS OF THE PERSON === #

    def action_agree(self):
        """Agree to the whole statement.

        :raise UserError: while lines are contested
        """
        self._check_own()
        statements = self.sudo()._check_state("sent", "contested")
        statements._check_none_open()
        entries = self.env["credit.commission.entry"].sudo()
        entries.search([("statement_id", "in", self.ids), ("review", "=", False)]).review = "agreed"
        statements.write({"state": "agreed", "agreed_at": fields.Datetime.now()})
        for statement in statements:
            statement.message_post(
                body=self.env._(
                    "Agreed: %(total)s.",
                    total=format_amount(self.env, statement.total, statement.currency_id),
                ),
                author_id=self.env.user.partner_id.id,
            )

    def _check_none_open(self):
        if contested := self._find_contested():
            raise UserError(
                self.env._(
                    "You contest lines of this statement. Withdraw them, or wait for the answer:\n%(lines)s",
                    lines=contested._describe_contests(),
                )
            )

    def _update_review_state(self):
        """Set the state: contested while a line is, agreed once all lines are."""
        rows = self.env["credit.commission.entry"]._read_group(
            [("statement_id", "in", self.ids)], ["statement_id"], ["review:array_agg_distinct"]
        )
        reviews = dict(rows)
        for statement in self.filtered(lambda one: one.state in ("sent", "contested", "agreed")):
            state = self._get_review_state(reviews.get(statement, []))
            if state != "contested":
                statement.activity_unlink(["mail.mail_activity_data_todo"])
            now = statement.agreed_at or fields.Datetime.now()
            statement.write({"state": state, "agreed_at": now if state == "agreed" else False})

    @api.model
    def _get_review_state(self, reviews):
        if "contested" in reviews:
            return "contested"
        return "agreed" if set(reviews) == {"agreed"} else "sent"

    def _ask_for_answer(self):
        """Give the sender of the statement one activity, however many lines are contested."""
        for statement in self:
            statement.activity_unlink(["mail.mail_activity_data_todo"])
            statement.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=statement.env._("Answer the contested lines"),
                user_id=statement.sent_by.id or self.env.uid,
            )

    # === MAIL === #

    @api.model
    def _cron_send(self):
        """E-mail queued statements, one per transaction, so that one failure does not stop the others."""
        domain = Domain("is_mail_due", "=", True)
        todo = self.search(domain, order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(todo))
        for statement in todo:
            locked = statement.try_lock_for_update().filtered_domain(domain)
            locked._send_mail_or_tell()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _send_mail_or_tell(self):
        """E-mail the statement; on failure, give its sender an activity."""
        for statement in self:
            try:
                with self.env.cr.savepoint():
                    statement._send_mail()
            except Exception:
                _logger.exception("Commission statement %s was not mailed", statement.id)
                statement.is_mail_due = False
                statement.activity_schedule(
                    "mail.mail_activity_data_warning",
                    summary=statement.env._(
                        "The statement could not be e-mailed. Send it by hand."
                    ),
                    user_id=statement.sent_by.id,
                )

    def _send_mail(self):
        template = self.env.ref("credit_commission.mail_template_statement")
        template.send_mail_batch(self.ids, email_layout_xmlid="mail.mail_notification_light")
        self.is_mail_due = False

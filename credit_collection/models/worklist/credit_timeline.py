from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

KINDS = [
    ("contact", "Contact"),
    ("notice", "Reminder"),
    ("message", "Message"),
    ("payment", "Payment"),
    ("promise", "Promise"),
    ("dispute", "Dispute"),
    ("plan", "Payment Plan"),
    ("hold", "Order Held"),
]
#: room for the kinds in an id
_STEP = 16


class CreditTimeline(models.Model):
    """What happened with a customer in the last twelve months, newest first.

    No table: each kind of event is a query of its own; conditions on the customer sink into each.
    """

    _name = "credit.timeline"
    _description = "Event of a Customer"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "kind"

    profile_id = fields.Many2one("credit.profile", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    amount = fields.Monetary(readonly=True)
    detail = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", string="By", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    text = fields.Char(string="What", compute="_compute_text")

    @property
    def _table_query(self):
        today = self.env["res.company"]._get_credit_today()
        sources = self._get_sources(today - timedelta(365))
        return SQL(" UNION ALL ").join(
            SQL(
                """SELECT q.id * %(step)s + %(rank)s AS id, q.profile_id, q.company_id, q.date, %(kind)s::varchar AS kind, q.amount::numeric AS amount,
                          q.detail::varchar AS detail, q.user_id, %(model)s::varchar AS res_model, q.id AS res_id
                     FROM (%(rows)s) q""",
                step=_STEP,
                rank=rank,
                kind=kind,
                model=model,
                rows=rows,
            )
            for rank, (kind, (model, rows)) in enumerate(sources.items())
        )

    @api.model
    def _get_sources(self, first):
        """``{kind: (model, query)}`` of ``id, profile_id, company_id, date, amount, detail, user_id`` since a day. Extend."""
        return {
            "contact": (
                "credit.contact.log",
                SQL(
                    """SELECT g.id, g.profile_id, g.company_id, g.date::date AS date, g.amount, g.channel AS detail, g.user_id
                         FROM credit_contact_log g WHERE g.date >= %s""",
                    first,
                ),
            ),
            "notice": (
                "credit.followup.notice",
                SQL(
                    """SELECT n.id, f.id AS profile_id, n.company_id, n.date, n.amount, n.channel AS detail, n.user_id
                         FROM credit_followup_notice n
                         JOIN credit_profile f ON f.partner_id = n.partner_id AND f.company_id = n.company_id
                        WHERE n.state = 'sent' AND n.date >= %s""",
                    first,
                ),
            ),
            "message": (
                "mail.message",
                SQL(
                    """SELECT m.id, f.id AS profile_id, f.company_id, m.date::date AS date, NULL::numeric AS amount, m.subject AS detail, u.id AS user_id
                         FROM mail_message m
                         JOIN credit_profile f ON f.id = m.res_id
                         LEFT JOIN res_users u ON u.partner_id = m.author_id
                        WHERE m.model = 'credit.profile' AND m.message_type IN ('email', 'comment', 'email_outgoing') AND m.date >= %s""",
                    first,
                ),
            ),
            "payment": (
                "account.payment",
                SQL(
                    """SELECT y.id, f.id AS profile_id, f.company_id, y.date, y.amount_company_currency_signed AS amount, y.memo AS detail, NULL::int AS user_id
                         FROM account_payment y
                         JOIN res_partner p ON p.id = y.partner_id
                         JOIN credit_profile f ON f.partner_id = p.commercial_partner_id AND f.company_id = %s
                        WHERE y.partner_type = 'customer' AND y.payment_type = 'inbound' AND y.state IN ('in_process', 'paid')
                          AND y.date >= %s""",
                    self.env["credit.exposure"]._roots_sql(SQL("y.company_id"))[0],
                    first,
                ),
            ),
            "promise": self._answer_source("credit.promise", SQL("date_made"), first),
            "dispute": self._answer_source("credit.dispute", SQL("date"), first),
            "plan": self._answer_source("credit.payment.plan", SQL("date"), first),
            "hold": (
                "credit.hold",
                SQL(
                    """SELECT h.id, h.profile_id, f.company_id, h.create_date::date AS date, h.amount, h.state AS detail, h.decided_by AS user_id
                         FROM credit_hold h JOIN credit_profile f ON f.id = h.profile_id
                        WHERE h.create_date >= %s""",
                    first,
                ),
            ),
        }

    def _answer_source(self, model, day, first):
        """Answers of a model by the day in a column."""
        rows = SQL(
            """SELECT y.id, f.id AS profile_id, f.company_id, y.%(day)s AS date, y.amount, y.state AS detail, y.user_id
                 FROM %(table)s y
                 JOIN credit_profile f ON f.partner_id = y.partner_id AND f.company_id = y.company_id
                WHERE y.%(day)s >= %(first)s""",
            table=SQL.identifier(self.env[model]._table),
            day=day,
            first=first,
        )
        return model, rows

    @api.depends("kind", "detail", "res_model", "res_id")
    @api.depends_context("lang")
    def _compute_text(self):
        """Description of the event, from its record."""
        for kind, events in self.grouped("kind").items():
            words = self._get_words(kind, events)
            for event in events:
                event.text = words.get(event.res_id) or event.detail

    def _get_words(self, kind, events):
        """``{record id: text}`` of events of one kind."""
        records = self.env[events[0].res_model].sudo().browse(events.mapped("res_id")).exists()
        describe = {
            "contact": lambda log: " – ".join(
                filter(None, (log.outcome_id.name, log.contact_id.name, log.note))
            ),
            "notice": lambda notice: notice.level_id.name,
            "message": lambda message: message.subject or message.preview,
            "payment": lambda payment: " – ".join(filter(None, (payment.name, payment.memo))),
            "hold": lambda hold: hold.name,
        }.get(kind, lambda record: record.display_name)
        return {record.id: describe(record) for record in records}

    @api.readonly
    def action_open(self):
        """Open the record of the event if the user may read it."""
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id)
        record.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": record.display_name,
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

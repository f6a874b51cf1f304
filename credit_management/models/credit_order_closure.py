from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang


class CreditOrderClosure(models.Model):
    """A decision that nothing more will be invoiced on an order: goods credited for good, or a remainder nobody wants.

    It covers the order as it was then. Anything ordered or delivered afterwards counts again, and so does the whole
    order once the decision is undone.
    """

    _name = "credit.order.closure"
    _description = "Order Closed without an Invoice"
    _order = "id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, help="Customer to be invoiced"
    )
    reason = fields.Text(required=True)
    state = fields.Selection(
        [("closed", "Closed"), ("undone", "Undone")], default="closed", required=True, readonly=True
    )
    amount = fields.Monetary(readonly=True, help="Exposure of the order until then")
    content = fields.Json(
        readonly=True,
        help="What was ordered and delivered then, by line: the decision is about that",
    )
    decided_by = fields.Many2one("res.users", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    undone_by = fields.Many2one("res.users", readonly=True)
    undone_at = fields.Datetime(readonly=True)

    _one_open = models.UniqueIndex(
        "(order_id) WHERE state = 'closed'", "This order has already been closed."
    )

    # === COMPUTE METHODS === #

    @api.depends("order_id")
    def _compute_display_name(self):
        # the order may be a branch's: whoever may see the row sees its name
        for row in self:
            row.display_name = row.sudo().order_id.display_name

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        closures = super().create(
            [{"order_id": vals.get("order_id"), "reason": vals.get("reason")} for vals in vals_list]
        )
        closures._decide()
        return closures

    def write(self, vals):
        if not self.env.su:
            raise AccessError(
                self.env._("A decision cannot be edited. Undo it, then decide again.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_by_a_person(self):
        if not self.env.su:
            raise AccessError(self.env._("A decision cannot be deleted. Undo it instead."))

    # === ACTIONS === #

    def action_undo(self):
        """Undo the decision: the open part of the order counts again."""
        for closure in self.filtered(lambda closure: closure.state == "closed"):
            closure.order_id.check_access("read")
            closure._check_may_decide()
            closure.sudo()._end()
            closure._note(
                self.env._("Undone: more may be invoiced, so the order counts as exposure again.")
            )
        return True

    # === DECIDING === #

    def _decide(self):
        for closure in self:
            order = closure.order_id
            order.check_access("read")
            closure._check_may_decide()
            if order.state != "sale":
                raise UserError(
                    self.env._(
                        "%s is not a confirmed order, so it is not part of the exposure.",
                        order.name,
                    )
                )
            closure.sudo().write(closure._prepare_figures())
            closure._note(self.env._("Nothing more will be invoiced: %s", closure.reason))
        self.order_id._reassess_credit_soon()

    def _check_may_decide(self):
        """Only credit users who do not sell the order: the decision frees credit."""
        if self.env.su:
            return
        if not self.env.user.has_group("credit_management.group_credit_user"):
            raise AccessError(
                self.env._(
                    "Only credit control can decide that nothing more will be invoiced. Ask a credit controller."
                )
            )
        if self.env.user in self.order_id.sudo()._get_credit_requesters():
            raise UserError(
                self.env._(
                    "You are the salesperson of %s. Ask somebody else in credit control to decide that nothing more will be invoiced.",
                    self.order_id.name,
                )
            )

    def _prepare_figures(self):
        order = self.order_id.sudo()
        [[amount]] = (
            self.env["credit.exposure"]
            .sudo()
            ._read_group(
                [("res_model", "=", "sale.order"), ("res_id", "=", order.id)],
                aggregates=["amount:sum"],
            )
        )
        return {
            "amount": amount,
            "partner_id": order.partner_invoice_id.commercial_partner_id.id,
            "currency_id": order.company_id.root_id.currency_id.id,
            "content": {
                str(line.id): line._get_closed_content() for line in order._get_ordering_lines()
            },
            "decided_by": self.env.uid,
            "decided_at": fields.Datetime.now(),
        }

    def _covers(self):
        """The order is the same customer's, and no line of it is another or has grown since."""
        order = self.order_id
        content = self.content or {}
        return (
            self.state == "closed"
            and order.partner_invoice_id.commercial_partner_id == self.partner_id
            and all(
                line._is_closed_with(content.get(str(line.id)))
                for line in order._get_ordering_lines()
            )
        )

    def _end(self):
        """End the decision: undone, or the order was cancelled or reset."""
        self.filtered(lambda closure: closure.state == "closed").write(
            {"state": "undone", "undone_by": self.env.uid, "undone_at": fields.Datetime.now()}
        )

    def _note(self, sentence):
        amount = formatLang(self.env, self.amount, currency_obj=self.currency_id)
        self.order_id.sudo().message_post(
            body=self.env._(
                "%(decision)s (exposure of the order: %(amount)s)", decision=sentence, amount=amount
            ),
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html
from odoo.tools.sql import column_exists, create_column


class StockPicking(models.Model):
    """A delivery to a customer passes the credit gate before it leaves.

    Only the step that reaches the customer is asked. Receipts, returns, internal transfers, what a supplier ships
    and what belongs to no order pass. An order counts in the exposure before it is delivered, so a delivery is
    judged by the exposure as it stands.
    """

    _inherit = "stock.picking"

    credit_hold_ids = fields.One2many(
        "credit.hold",
        "picking_id",
        string="Credit Holds",
        copy=False,
        groups="sales_team.group_sale_salesman,credit_management.group_credit_user",
    )
    credit_state = fields.Selection(
        [("held", "On credit hold"), ("refused", "Refused"), ("released", "Released")],
        compute="_compute_credit_state",
        store=True,
        string="Credit",
        groups="base.group_user",
        help="Held: leaves once credit control releases it. Released: may be validated.",
    )
    credit_notice = fields.Text(
        compute="_compute_credit_notice", compute_sudo=True, groups="base.group_user"
    )

    def _auto_init(self):
        # no delivery is held when the column is made: nothing to compute on a table that may be large
        if not column_exists(self.env.cr, self._table, "credit_state"):
            create_column(self.env.cr, self._table, "credit_state", "varchar")
        return super()._auto_init()

    # === COMPUTE METHODS === #

    @api.depends("credit_hold_ids.state")
    def _compute_credit_state(self):
        states = {"pending": "held", "refused": "refused", "released": "released"}
        for picking in self:
            last = picking.credit_hold_ids.sorted("id")[-1:]
            picking.credit_state = states.get(last.state, False)

    @api.depends("credit_hold_ids.state", "credit_hold_ids.reason_ids")
    @api.depends_context("uid", "lang")
    def _compute_credit_notice(self):
        for picking in self:
            hold = picking.credit_hold_ids._get_pending()
            picking.credit_notice = picking._get_credit_notice(hold) if hold else False

    def _get_credit_notice(self, hold):
        """What the current user reads on a delivery held: the reasons with their figures if they may read them."""
        lines = [
            self.env._("This delivery waits for credit control. It may leave once it is released.")
        ]
        if hold.with_env(self.env(su=False)).has_access("read"):
            lines += [hold.reason_summary, hold.way_out]
        return "\n".join(filter(None, lines))

    # === ACTIONS === #

    def button_validate(self):
        # EXTENDS 'stock': what is held stays as it was, what passes goes on
        self.check_access("write")
        held = self._hold_failing_credit()
        if not held:
            return super().button_validate()
        passing = self - held
        result = super(StockPicking, passing).button_validate() if passing else True
        return result if isinstance(result, dict) else held._get_held_notification()

    @api.readonly
    def action_request_credit_release(self):
        """Ask for the release of the hold, with what speaks for it."""
        self.ensure_one()
        return self.credit_hold_ids._get_pending().action_open_request()

    def action_cancel(self):
        # EXTENDS 'stock'
        result = super().action_cancel()
        self.filtered(lambda picking: picking.state == "cancel").sudo().credit_hold_ids._cancel()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_cancel_credit_holds(self):
        self.sudo().credit_hold_ids._cancel()

    def _get_held_notification(self):
        """What the one who pressed Validate is told about the deliveries held."""
        return self.env["credit.hold"]._get_held_notification(
            self.env._(
                "These deliveries stay here until credit control releases them: %s.",
                ", ".join(self.mapped("name")),
            )
        )

    # === THE GATE === #

    def _hold_failing_credit(self):
        """Judge the deliveries at the gate and hold those that fail.

        :return: the deliveries held
        """
        deliveries = self.filtered(lambda picking: picking._is_credit_delivery())
        held = self.browse()
        for picking, assessment in deliveries._assess_at_gate().items():
            if assessment.verdict == "hold":
                picking._hold_for_credit(assessment)
                held |= picking
        (deliveries - held).sudo().credit_hold_ids._cancel()
        return held

    def _check_credit_passed(self):
        """The second line: a delivery that ships by another way than the button is judged here.

        :raise UserError: where the gate would have held it; nothing of it is kept
        """
        deliveries = self.filtered(lambda picking: picking._is_credit_delivery())
        unknown = deliveries.filtered(lambda picking: not picking._has_passed_credit_gate())
        for picking, assessment in unknown._assess_at_gate().items():
            if assessment.verdict == "hold":
                raise UserError(
                    self.env._(
                        "%s cannot leave: credit control would hold it."
                        " Validate the transfer by its button, and it waits for a release.",
                        picking.name,
                    )
                )

    def _is_credit_delivery(self):
        """Whether validating it ships something of an order to a customer."""
        return any(move._get_credit_quantity() for move in self._get_credit_moves())

    def _get_credit_moves(self):
        moves = self.sudo().move_ids.filtered(lambda move: move._ships_to_customer())
        return moves.filtered("picked") or moves

    def _get_credit_orders(self):
        return self._get_credit_moves().sale_line_id.order_id or self.sudo().sale_id

    def _has_passed_credit_gate(self):
        """This transaction let the delivery pass, for no less than it ships now."""
        passed = self.env["credit.gate"]._get_passed().get(self._credit_key())
        if not passed:
            return False
        demand = self._get_credit_demand()
        return passed.customer == demand.customer and demand.amount <= passed.amount + 0.01

    def _assess_at_gate(self):
        """``{picking: Assessment}`` of the deliveries that no release covers and no recent passage of their order."""
        self._load_credit()
        asked = self._filter_asked_for_credit()
        demands = {picking: picking._get_credit_demand() for picking in asked}
        gate = self.env["credit.gate"].sudo()
        days = self._get_checkpoint_days({demand.customer for demand in demands.values()})
        free = asked.filtered(
            lambda picking: picking._is_free_of_credit(
                demands[picking], days.get(demands[picking].customer, 0)
            )
        )
        gate._remember_passed(demands[picking] for picking in free)
        judged = {picking: demands[picking] for picking in asked - free}
        return gate._judge(judged, fields.Date.context_today(self)) if judged else {}

    def _load_credit(self):
        """Read at once what the demands of many deliveries are made of."""
        orders = self.sudo().move_ids.sale_line_id.order_id
        for path in (
            "credit_hold_ids.state",
            "transaction_ids.state",
            "order_line.invoice_lines.move_id.amount_residual",
            "partner_invoice_id.commercial_partner_id",
        ):
            orders.mapped(path)

    def _filter_asked_for_credit(self):
        """Those for which there is something to ask: a rule for deliveries, or an order held by hand."""
        rules = self.env["credit.policy.rule"].sudo()
        has_rules = rules.search_count([("checkpoint", "=", "delivery")], limit=1)
        return self.filtered(
            lambda picking: (
                picking._get_credit_orders().partner_invoice_id
                and (has_rules or picking._get_credit_manual_reason())
            )
        )

    @api.model
    def _get_checkpoint_days(self, customers):
        """``{customer: days}`` after the passage of an order in which its deliveries are not asked; none without days."""
        policies = self.env["credit.policy"].sudo()
        if not policies.search_count([("checkpoint_days", ">", 0)], limit=1):
            return {}
        profiles = self.env["credit.profile"].sudo()._find(customers)
        found = {profile._get_customer(): profile.effective_policy_id for profile in profiles}
        companies = self.env["res.company"].sudo()
        return {
            customer: (
                found.get(customer) or companies.browse(customer[1]).credit_management_policy_id
            ).checkpoint_days
            for customer in customers
        }

    def _get_credit_manual_reason(self):
        """Why credit control holds an order of the delivery by hand, or an empty text."""
        orders = self._get_credit_orders()
        return next(filter(None, (o.credit_hold_ids._get_manual_reason() for o in orders)), "")

    def _is_free_of_credit(self, demand, days):
        """A release covers the delivery, or its orders passed the gate so few days ago that the policy asks nothing."""
        if self._get_credit_release():
            return True
        orders = self._get_credit_orders()
        if demand.manual:
            return False
        return all(order._get_credit_release() or order._has_fresh_credit(days) for order in orders)

    def _hold_for_credit(self, assessment):
        """Leave the delivery as it is, with a hold; who works in the warehouse reads no figure."""
        new = not self.sudo().credit_hold_ids._get_pending()
        self.env["credit.hold"].sudo()._hold(self.sudo(), assessment)
        if new:
            body = self.env._("Held by credit control: it may leave once it is released.")
            self.sudo().message_post(body=plaintext2html(body), subtype_xmlid="mail.mt_note")

    # === A DOCUMENT OF CREDIT === #

    def _credit_key(self):
        return self._name, self.id

    def _get_credit_demand(self):
        """What the delivery ships, as the orders price it and as far as it is not paid.

        :rtype: Demand
        """
        self.ensure_one()
        orders = self._get_credit_orders()
        order = orders[:1]
        return self.env["credit.profile"]._demand(
            order.partner_invoice_id,
            order.company_id,
            sum(self._get_credit_shipped(order) for order in orders),
            checkpoint="delivery",
            document=self._credit_key(),
            payment_days=order.payment_term_id._get_credit_days(),
            schedule=self._get_credit_schedule(),
            manual=self._get_credit_manual_reason(),
            source=self._get_credit_source(),
        )

    def _get_credit_shipped(self, order):
        """What ships of an order and is not paid; the company's currency at the order's rate, taxes included."""
        lines = self._get_credit_moves().grouped("sale_line_id").items()
        shipped = sum(
            line._get_credit_shipped(moves) for line, moves in lines if line.order_id == order
        )
        return min(shipped, order._get_credit_unpaid())

    def _get_credit_schedule(self):
        """When the exposure expects what ships, ``((day, amount), …)``: an order beyond the horizon is not in it yet.

        Empty where no policy has a horizon.
        """
        if not self.env["credit.policy"]._get_countings().has_horizon:
            return ()
        return tuple(
            (line._get_credit_day(), line._get_credit_shipped(moves))
            for line, moves in self._get_credit_moves().grouped("sale_line_id").items()
        )

    def _get_held_demand(self, hold):
        return self._get_credit_demand()

    def _get_credit_release(self):
        """The release that covers the delivery as it is now, or one that it is the rest of.

        What was released before somebody held the order by hand does not cover it any more.
        """
        today = fields.Date.context_today(self)
        holds = self._get_whole_delivery().sudo().credit_hold_ids
        releases = holds.filtered(
            lambda hold: hold.state == "released" and hold.released_until >= today
        )
        if not releases:
            return releases
        demand = self._get_credit_demand()
        return releases.filtered(
            lambda hold: (
                (hold.partner_id.id, hold.company_id.id) == demand.customer
                and hold.currency_id.compare_amounts(demand.amount, hold.released_amount) <= 0
                and demand.manual in ("", hold.manual_reason)
            )
        )[:1]

    def _get_whole_delivery(self):
        """The delivery and those it is a backorder of."""
        whole = self
        while earlier := whole.backorder_id - whole:
            whole |= earlier
        return whole

    def _get_credit_requesters(self):
        return self.sudo().sale_id._get_credit_requesters()

    def _get_credit_source(self):
        return "ordered"

    def _may_release_by_itself(self):
        return self.state not in ("done", "cancel")

    def _confirm_released(self):
        """A release ships nothing: the warehouse validates."""

    def _note_credit_decision(self, state):
        """Tell the warehouse, without the reasons; the caller has ``sudo``."""
        sentence = {
            "released": self.env._("Released by credit control: it may be validated."),
            "refused": self.env._("Credit control refused the release: it stays here."),
        }[state]
        self.sudo().message_post(body=sentence, subtype_xmlid="mail.mt_note")

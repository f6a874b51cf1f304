from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.sql import column_exists, create_column


class StockPicking(models.Model):
    """A delivery to a customer passes the credit gate before it leaves.

    It is checked when reserved and printed, to avoid picking in vain, and bindingly when validated. Receipts, returns,
    internal transfers and moves without an order pass. An order is exposure before it is delivered, so a delivery is
    checked against the exposure as it stands.
    """

    _name = "stock.picking"
    _inherit = ["stock.picking", "credit.document.mixin"]

    _credit_salesperson_path = "sale_id.user_id"
    # written by the button *Cancel* of a delivery without moves
    _written_by_odoo = frozenset({"state"})

    credit_hold_ids = fields.One2many(
        "credit.hold",
        "picking_id",
        string="Credit Holds",
        copy=False,
        groups="sales_team.group_sale_salesman,credit_management.group_credit_user",
    )
    credit_state = fields.Selection(
        [("held", "On credit hold"), ("refused", "Release refused"), ("released", "Released")],
        compute="_compute_credit_state",
        store=True,
        string="Credit",
        groups="base.group_user",
        help="Held: cannot leave until credit control releases it. Released: can be validated.",
    )
    credit_notice = fields.Text(
        compute="_compute_credit_notice", compute_sudo=True, groups="base.group_user"
    )

    # === COMPUTE METHODS === #

    @api.depends("credit_hold_ids.state")
    def _compute_credit_state(self):
        states = {"pending": "held", "refused": "refused", "released": "released"}
        for picking in self:
            last = picking.credit_hold_ids.sorted("id")[-1:]
            picking.credit_state = states.get(last.state, False)

    @api.depends("credit_hold_ids.state", "credit_hold_ids.reason_ids", "sale_id.credit_hold_ids")
    @api.depends_context("uid", "lang")
    def _compute_credit_notice(self):
        for picking in self:
            hold = picking.credit_hold_ids._get_pending()
            waits = picking._get_growth_sentence()
            picking.credit_notice = picking._get_credit_notice(hold) if hold else waits

    def _get_credit_notice(self, hold):
        """Text shown on a held delivery: reasons with figures if the user may read them, otherwise a sentence."""
        lines = [
            self.env._("This delivery is waiting for credit control. It can leave once released.")
        ]
        if hold.with_env(self.env(su=False)).has_access("read"):
            lines += [hold.reason_summary, hold.way_out]
        return "\n".join(filter(None, lines))

    # === CRUD === #

    @api.model
    def _get_derived_fields(self, creating):
        # EXTENDS 'credit_management'
        return super()._get_derived_fields(creating) | {"credit_state"}

    def write(self, vals):
        # EXTENDS 'stock'
        if vals.get("state") == "done" and not self.env.su:
            self._check_credit_passed()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_cancel_credit_holds(self):
        self.sudo().credit_hold_ids._cancel()

    # === ACTIONS === #

    def button_validate(self):
        # EXTENDS 'stock': held deliveries stay unchanged, the others proceed
        self.check_access("write")
        waited = self.filtered(lambda picking: picking.credit_state == "held")
        held = self._hold_failing()
        passing = self - held
        (waited & passing)._reserve_late()
        if not held:
            return super().button_validate()
        result = super(StockPicking, passing).button_validate() if passing else True
        return result if isinstance(result, dict) else held._get_held_notification()

    def action_assign(self):
        # EXTENDS 'stock'
        self.check_access("write")
        held = self._hold_foreseen()
        if passing := self - held:
            super(StockPicking, passing).action_assign()
        return held._get_held_notification() if held else True

    def do_print_picking(self):
        # EXTENDS 'stock': nobody picks what may not leave
        self.check_access("write")
        held = self._hold_foreseen()
        if not held:
            return super().do_print_picking()
        passing = self - held
        return (
            super(StockPicking, passing).do_print_picking()
            if passing
            else held._get_held_notification()
        )

    def action_cancel(self):
        # EXTENDS 'stock'
        result = super().action_cancel()
        self.filtered(lambda picking: picking.state == "cancel").sudo().credit_hold_ids._cancel()
        return result

    def _get_held_sentence(self):
        names = ", ".join(self.mapped("name"))
        sentence = self.env._(
            "These deliveries cannot leave until credit control releases them: %s.", names
        )
        return "\n".join(filter(None, (sentence, self._get_growth_sentence())))

    # === BUSINESS METHODS === #

    def _auto_init(self):
        # EXTENDS 'base': no delivery is held when the column is created, so nothing is computed on a possibly large
        # table
        if not column_exists(self.env.cr, self._table, "credit_state"):
            create_column(self.env.cr, self._table, "credit_state", "varchar")
        return super()._auto_init()

    # === THE GATE === #

    def _hold_failing(self):
        deliveries = self._filter_deliveries()
        waiting = deliveries.filtered(lambda picking: picking._get_grown_orders())
        return waiting | super(StockPicking, deliveries - waiting)._hold_failing()

    def _hold_foreseen(self):
        """Hold deliveries that would fail now, without locks; passing here is not binding.

        :return: the deliveries held
        """
        deliveries = self.filtered(lambda picking: picking._get_credit_moves())
        waiting = deliveries.filtered(lambda picking: picking._get_grown_orders())
        asked = (deliveries - waiting)._filter_asked_for_credit()
        requests = {picking: picking._get_credit_request() for picking in asked}
        judged = asked - asked._filter_free(requests) if asked else asked
        today = self.company_id._get_credit_today()
        verdicts = self.env["credit.profile"].sudo()._assess([requests[p] for p in judged], today)
        failing = judged.filtered(lambda p: verdicts[requests[p]].verdict == "hold")
        for picking in failing:
            picking._hold_for_credit(verdicts[requests[picking]])
        return waiting | failing

    def _check_credit_passed(self, counted=False):
        for picking in self._filter_deliveries():
            if sentence := picking._get_growth_sentence():
                raise UserError(sentence)
        return super(StockPicking, self._filter_deliveries())._check_credit_passed(counted)

    def _get_refusal_sentence(self, assessment):
        return self.env._(
            "%s cannot leave: credit control would hold it. Press Validate on the transfer: it will then wait for a release.",
            self.name,
        )

    def _filter_deliveries(self):
        """Transfers whose validation ships to a customer, including held ones, which were not reserved."""
        return self.filtered(
            lambda picking: (
                picking._is_credit_delivery()
                or (picking._get_credit_moves() and picking.sudo().credit_hold_ids._get_pending())
            )
        )

    def _reserve_late(self):
        """Reserve what was not reserved while held."""
        waiting = self.filtered(lambda picking: not any(picking.move_ids.mapped("quantity")))
        waiting.move_ids.filtered(
            lambda move: move.state not in ("draft", "cancel", "done")
        )._action_assign()

    def _get_grown_orders(self):
        """Orders of which it would ship an unreleased increase."""
        return self.env["sale.order"].union(
            *(
                line.order_id
                for line, moves in self._get_credit_moves().grouped("sale_line_id").items()
                if line._is_growth_shipped(moves)
            )
        )

    def _get_growth_sentence(self):
        """Why goods wait for a decision on the order rather than on the delivery, and what to do, or ``False``."""
        orders = self._filter_deliveries()._get_grown_orders() if self else self.env["sale.order"]
        if not orders:
            return False
        return self.env._(
            "%s was increased, and credit control has not released the increase. Deliver only what was approved before, or wait for the release.",
            ", ".join(orders.mapped("name")),
        )

    def _is_credit_delivery(self):
        """Whether validating it ships goods of an order to a customer."""
        return any(move.quantity or move.state == "draft" for move in self._get_credit_moves())

    def _get_credit_moves(self):
        """Moves it ships: picked, otherwise reserved, otherwise all."""
        moves = self.sudo().move_ids.filtered(lambda move: move._ships_to_customer())
        reserved = moves.filtered("quantity")
        return reserved.filtered("picked") or reserved or moves

    def _get_credit_orders(self):
        return self._get_credit_moves().sale_line_id.order_id or self.sudo().sale_id

    def _load_credit(self):
        """Prefetch what the requests of many deliveries need."""
        orders = self.sudo().move_ids.sale_line_id.order_id
        for path in (
            "credit_hold_ids.state",
            "transaction_ids.state",
            "order_line.invoice_lines.move_id.amount_residual",
            "partner_invoice_id.commercial_partner_id",
        ):
            orders.mapped(path)

    def _filter_asked_for_credit(self):
        """Deliveries that need a check: there is a delivery rule, or their order is held manually."""
        self._load_credit()
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
        """``{customer: days}`` during which deliveries are not checked after their order passed; without customers
        whose policy has none."""
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
        """Reason of a manual hold on an order of the delivery, or an empty text."""
        orders = self._get_credit_orders()
        return next(filter(None, (o.credit_hold_ids._get_manual_reason() for o in orders)), "")

    def _filter_free(self, requests):
        # EXTENDS 'credit_management': also if their orders passed the gate recently enough for the policy
        free = super()._filter_free(requests)
        days = self._get_checkpoint_days({request.customer for request in requests.values()})
        return free | (self - free).filtered(
            lambda picking: (
                not requests[picking].manual
                and picking._has_fresh_credit(days.get(requests[picking].customer, 0))
            )
        )

    def _has_fresh_credit(self, days):
        return all(
            order._get_credit_release() or order._has_fresh_credit(days)
            for order in self._get_credit_orders()
        )

    def _note_hold(self, hold, is_new):
        """Post without figures, for the warehouse."""
        if is_new:
            body = self.env._("Held by credit control. It can leave once released.")
            self.sudo().message_post(body=body, subtype_xmlid="mail.mt_note")

    # === A DOCUMENT OF CREDIT === #

    def _get_credit_request(self):
        """The delivery as a request: what it ships, at the orders' prices, less what is paid.

        :rtype: CreditRequest
        """
        self.ensure_one()
        orders = self._get_credit_orders()
        order = orders[:1]
        return self.env["credit.profile"]._request(
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
        """Unpaid amount shipped of an order, in the company's currency at the order's rate, taxes included."""
        lines = self._get_credit_moves().grouped("sale_line_id").items()
        shipped = sum(
            line._get_credit_shipped(moves) for line, moves in lines if line.order_id == order
        )
        return min(shipped, order._get_credit_unpaid())

    def _get_credit_schedule(self):
        """Expected delivery dates of what ships, ``((day, amount), …)``: an order beyond the horizon is not in the
        exposure yet.

        Empty if no policy has a horizon.
        """
        if not self.env["credit.policy"]._get_scopes().has_horizon:
            return ()
        return tuple(
            (line._get_credit_day(), line._get_credit_shipped(moves))
            for line, moves in self._get_credit_moves().grouped("sale_line_id").items()
        )

    def _get_credit_covering(self):
        """Also the deliveries it is a backorder of, and the orders."""
        return self._get_whole_delivery()

    def _get_whole_delivery(self):
        """The delivery and the deliveries it is a backorder of."""
        whole = self
        while earlier := whole.backorder_id - whole:
            whole |= earlier
        return whole

    def _get_credit_requesters(self):
        return self.sudo().sale_id._get_credit_requesters()

    def _get_credit_source(self):
        return "ordered"

    def _is_gone(self):
        return self.state in ("done", "cancel")

    def _may_release_by_itself(self):
        return not self._is_gone()

    @api.model
    def _get_passed_domain(self):
        return Domain("state", "=", "done")

    def _confirm_released(self):
        # shipping is left to the warehouse; only the reservation is made up for
        self._reserve_late()
        return True

    def _get_news_document(self):
        return self.sale_id

    def _note_credit_decision(self, state):
        # EXTENDS 'credit_management': the warehouse reads the decision, not the reasons
        sentence = {
            "released": self.env._("Released by credit control: it can be validated."),
            "refused": self.env._("Credit control refused the release: the delivery cannot leave."),
        }[state]
        self.sudo().message_post(body=sentence, subtype_xmlid="mail.mt_note")

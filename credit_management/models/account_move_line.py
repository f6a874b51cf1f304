from odoo import api, models
from odoo.exceptions import UserError


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "credit.derived.mixin"]

    # The account leads: "not reconciled" is also true of every income line, and the planner
    # descends once for each of the few receivable accounts instead of filtering them out.
    _credit_exposure_idx = models.Index(
        "(account_id, partner_id) INCLUDE (company_id, amount_residual, date_maturity, date, move_id, id)"
        " WHERE parent_state = 'posted' AND reconciled IS NOT TRUE AND amount_residual <> 0"
    )

    # documents reset to draft that are still matched: few, so all of them are read
    _credit_reopened_idx = models.Index(
        "(id) WHERE parent_state = 'draft' AND matching_number IS NOT NULL"
    )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'account'
        lines = super().create(vals_list)
        if self.env.su:
            return lines
        for line, vals in zip(lines, vals_list, strict=True):
            if vals.get("sale_line_ids"):
                line._check_new_links(line.sudo().sale_line_ids)
            if vals.get("partner_id"):
                line._check_debtor()
        return lines

    def write(self, vals):
        # EXTENDS 'account'
        guarded = {"sale_line_ids", "partner_id"} & vals.keys() if not self.env.su else ()
        linked = {line: line.sudo().sale_line_ids for line in self} if guarded else {}
        with self.move_id._keep_debts(vals):
            result = super().write(vals)
        for line, before in linked.items():
            line._check_new_links(line.sudo().sale_line_ids - before)
        if "partner_id" in guarded:
            self._check_debtor()
        return result

    # === WHOSE DEBT, AND OF WHICH ORDER === #

    def _check_debtor(self):
        """:raise UserError: where the customer of an invoice would not be who owes it"""
        for line in self:
            move = line.move_id
            if (
                line.account_id.account_type == "asset_receivable"
                and move.is_sale_document(include_receipts=True)
                and line.partner_id.commercial_partner_id != move.commercial_partner_id
                and move._is_credit_watched()
            ):
                raise UserError(
                    self.env._(
                        "%s is owed by its customer. Reset it to draft and change the customer of the invoice.",
                        move.display_name,
                    )
                )

    def _check_new_links(self, order_lines):
        """An order is open until its own invoice is posted: nothing that was posted before is passed off as that.

        :param order_lines: linked just now
        """
        posted = self.filtered(lambda line: line.parent_state == "posted")
        if order_lines and posted:
            posted._refuse_link(order_lines)
        self._check_links(order_lines)

    def _check_links(self, order_lines):
        """:raise UserError: where an order would be invoiced to somebody else than its customer"""
        for line in self:
            foreign = order_lines.sudo().filtered(lambda link, line=line: line._is_foreign(link))
            if foreign:
                line._refuse_link(foreign)

    def _refuse_link(self, order_lines):
        if self.move_id[:1]._is_credit_watched():
            raise UserError(
                self.env._(
                    "%(invoice)s is no invoice of %(order)s. Change the invoice address of the order first, then press"
                    " Create Invoice there.",
                    invoice=self.move_id[:1].display_name,
                    order=order_lines[:1].sudo().order_id.name,
                )
            )

    def _is_foreign(self, order_line):
        """The order is another customer's, and was never invoiced to the one of this line."""
        customer = self.sudo().move_id.commercial_partner_id
        posted = order_line.invoice_lines.filtered(lambda line: line.parent_state == "posted")
        known = order_line.order_id.partner_invoice_id | posted.move_id.partner_id
        return customer not in known.commercial_partner_id

    # === WHAT INVOICES TAKE OF AN ORDER === #

    def _sum_price_in(self, order):
        """Of invoices less credit notes, taxes included, in the order's currency at the rate of each."""
        return sum(
            line.price_total * -line.move_id.direction_sign * line.move_id._get_rate_of(order)
            for line in self
        )

    def _sum_quantity_in(self, unit):
        """Of invoices less credit notes, in a unit."""
        return sum(
            line.product_uom_id._compute_quantity(line.quantity, unit)
            * -line.move_id.direction_sign
            for line in self
        )

    def _sale_create_reinvoice_sale_line(self):
        # EXTENDS 'sale': a cost booked on an order was requested by nobody and must be booked
        orders = self.env["sale.order"].union(*filter(None, self._sale_determine_order().values()))
        with orders.sudo()._watch_growth():
            return super()._sale_create_reinvoice_sale_line()

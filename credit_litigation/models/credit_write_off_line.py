from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..rules.provision import net_share
from ..rules.write_off import split_loss
from .credit_litigation_mixin import OWED_ITEMS


class CreditWriteOffLine(models.Model):
    """An item that is lost, in whole or in part."""

    _name = "credit.write.off.line"
    _description = "Item Written Off"
    _inherit = ["credit.owned.mixin"]
    _order = "id"
    _company_path = "write_off_id.company_id"

    write_off_id = fields.Many2one(
        "credit.write.off", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="write_off_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    item_id = fields.Many2one(
        "account.move.line",
        required=True,
        index=True,
        ondelete="restrict",
        domain=OWED_ITEMS,
    )
    residual = fields.Monetary(string="Still Owed", related="item_id.amount_residual")
    amount = fields.Monetary(
        string="Lost", compute="_compute_amount", store=True, readonly=False, precompute=True
    )

    _positive = models.Constraint("CHECK(amount > 0)", "Enter a lost amount above zero.")
    _item_once = models.UniqueIndex(
        "(write_off_id, item_id)", "An item is on two lines. Keep one of them."
    )

    @api.depends("item_id")
    def _compute_amount(self):
        for line in self:
            line.amount = line.amount or line.item_id.amount_residual

    @api.constrains("amount", "item_id")
    def _check_amount(self):
        accounts = self.env["account.account"]._get_exposure_account_ids()
        for line in self:
            item, loss = line.item_id, line.write_off_id
            if (
                item.partner_id.commercial_partner_id != loss.partner_id.commercial_partner_id
                or item.company_id.root_id != loss.company_id
                or item.account_id.id not in accounts
            ):
                raise ValidationError(
                    self.env._(
                        "%(item)s is not owed by %(customer)s to %(company)s. Choose the customer and company of the item.",
                        item=item.move_id.display_name,
                        customer=loss.partner_id.display_name,
                        company=loss.company_id.name,
                    )
                )
            if item.currency_id != line.currency_id:
                raise ValidationError(
                    self.env._(
                        "%s is in another currency. Post its loss as an entry.",
                        item.move_id.display_name,
                    )
                )
            if line.currency_id.compare_amounts(line.amount, item.amount_residual) > 0:
                raise ValidationError(
                    self.env._(
                        "%(item)s: only %(open)s is still owed. Enter that amount or less.",
                        item=item.move_id.display_name,
                        open=line.currency_id.format(item.amount_residual),
                    )
                )

    def _prepare_entry_lines(self):
        """The loss without taxes, the tax recovered, and the credit of the item."""
        item, loss = self.item_id, self.write_off_id
        move, tax_lines = item.move_id, item.move_id.line_ids.browse()
        if loss.recover_tax and move.is_invoice():
            tax_lines = move.line_ids.filtered("tax_line_id")
        net, taxes = split_loss(
            self.amount,
            net_share(abs(move.amount_untaxed_signed), abs(move.amount_total_signed)),
            tuple(abs(line.balance) for line in tax_lines),
            self.currency_id.decimal_places,
        )
        label = self.env._("Loss on %s", move.name)
        account = loss.company_id._get_loss_account(item.date, loss.date)
        return [
            {
                "account_id": account.id,
                "balance": net,
                "name": label,
                "partner_id": item.partner_id.id,
            },
            *(
                {"account_id": line.account_id.id, "balance": tax, "name": label}
                for line, tax in zip(tax_lines, taxes, strict=True)
                if tax
            ),
            {
                "account_id": item.account_id.id,
                "balance": -self.amount,
                "name": label,
                "partner_id": item.partner_id.id,
            },
        ]

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_draft()
        return lines

    def write(self, vals):
        self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_requested(self):
        self._check_draft()

    def _check_draft(self):
        """Nothing is added to a loss that somebody approved, nor taken from it."""
        if not self.env.su:
            self.write_off_id._check_state("draft")

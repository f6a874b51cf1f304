from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class AccountMove(models.Model):
    _inherit = "account.move"

    credit_commission_statement_id = fields.Many2one(
        "credit.commission.statement",
        string="Commission Statement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The statement that this bill pays.",
    )
    # avoids a search for paid statements at each change of any entry
    credit_commission_statement_ids = fields.One2many(
        "credit.commission.statement",
        "bill_id",
        "Commission Statements",
        readonly=True,
        copy=False,
        groups="credit_commission.group_commission_manager,credit_commission.group_commission_reader,"
        "account.group_account_invoice",
    )

    def button_draft(self):
        # EXTENDS 'account': a draft counts neither as money nor as a sale, but keeps its reconciliations
        result = super().button_draft()
        credits_ = self.filtered(lambda move: move.move_type == "out_refund").line_ids
        ids = self._get_partial_ids() + [-id_ for id_ in credits_.ids]
        self.env["credit.commission.collection"].sudo()._log_undone(ids)
        return result

    def _post(self, soft=True):
        # EXTENDS 'account': reconciliations kept by the draft count again; a commission is billed only once
        self.filtered("credit_commission_statement_id")._pay_commission_once()
        posted = super()._post(soft=soft)
        posted._log_commission_costs()
        matched = posted.line_ids.filtered("matching_number").move_id
        if partial_ids := matched._get_partial_ids():
            self.env["credit.commission.collection"].sudo()._log_again(partial_ids)
        return posted

    def _log_commission_costs(self):
        """Log product costs at the time of sale, for margins."""
        sales = self.filtered(lambda move: move.is_sale_document(include_receipts=True))
        if sales:
            sales.flush_recordset()
            sales.line_ids.flush_recordset()
            self.env["credit.commission.cost"].sudo()._log_invoices(sales)

    def _pay_commission_once(self):
        """Let a restored bill pay its statement again, unless another document does.

        :raise UserError: if another bill or payroll pays the statement
        """
        for bill in self:
            statement = bill.sudo().credit_commission_statement_id
            if statement.bill_id == bill:
                continue
            if payer := statement._get_payer():
                raise UserError(
                    self.env._(
                        "%(statement)s is paid by %(document)s. Cancel that document before you post this bill, or leave this bill cancelled.",
                        statement=statement.display_name,
                        document=payer.display_name,
                    )
                )
            statement.bill_id = bill

    def _get_partial_ids(self):
        """Ids of the reconciliations of the items of these entries."""
        if not self:
            return []
        self.env["account.partial.reconcile"].flush_model(["debit_move_id", "credit_move_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT p.id FROM account_move_line l JOIN account_partial_reconcile p ON p.debit_move_id = l.id
                    WHERE l.move_id = ANY(%(ids)s)
                   UNION
                   SELECT p.id FROM account_move_line l JOIN account_partial_reconcile p ON p.credit_move_id = l.id
                    WHERE l.move_id = ANY(%(ids)s)""",
                ids=self.ids,
            )
        )
        return [id_ for (id_,) in rows]

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CreditCommissionStatement(models.Model):
    """Bills of agents, issued by the company (self-billing)."""

    _inherit = "credit.commission.statement"

    # === ACTIONS === #

    def action_bill(self):
        """Create a draft vendor bill for each closed statement of an agent, with the taxes of the commission product.

        :raise AccessError: if the user is not an accountant
        :raise UserError: if a statement is already paid, not closed or has nothing to pay, or without product or account
        """
        self._check_accountant()
        statements = self.sudo()._lock_to_pay("bill")
        for statement in statements:
            bill = self.env["account.move"].with_company(statement.company_id)
            statement.bill_id = bill.create(statement._prepare_bill())
            statement.bill_id.message_post(
                body=self.env._("Bill of %(statement)s.", statement=statement._get_html_link())
            )
        return statements.with_env(self.env).action_view_bill()

    def _lock_to_pay(self, payout):
        """Lock these statements after checking that each is unpaid and is paid this way.

        :raise UserError: naming the first that fails
        """
        statements = self.try_lock_for_update()
        if len(statements) < len(self):
            raise UserError(self.env._("Another user is paying these statements. Reload the page."))
        statements.invalidate_recordset(["bill_id", "payroll_id", "state", "payment_state"])
        for statement in statements:
            statement._check_payable(payout)
        return statements

    def action_view_bill(self):
        """Open the bills."""
        self.check_access("read")
        bills = self.bill_id
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("account.action_move_in_invoice_type"),
            "domain": [("id", "in", bills.ids)],
            **(
                {"res_id": bills.id, "view_mode": "form", "views": [(False, "form")]}
                if len(bills) == 1
                else {}
            ),
        }

    # === BUSINESS METHODS === #

    def _get_payer(self):
        """The payroll export or bill that pays it, if any."""
        if self.payroll_id.state == "done":
            return self.payroll_id
        return self.bill_id if self._has_live_bill() else self.bill_id.browse()

    def _check_payable(self, payout):
        self.ensure_one()
        if payer := self._get_payer():
            raise UserError(
                self.env._(
                    "%(statement)s is already paid by %(document)s. Cancel that document first to pay it differently.",
                    statement=self.display_name,
                    document=payer.display_name,
                )
            )
        self._check_state("closed")
        if self.payout != payout:
            ways = dict(self._fields["payout"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(statement)s is paid by: %(way)s. Use that action.",
                    statement=self.display_name,
                    way=ways[self.payout],
                )
            )
        if not self.payable:
            raise UserError(
                self.env._(
                    "%(statement)s has nothing to pay: negative totals are carried over to the next statement. Choose other statements.",
                    statement=self.display_name,
                )
            )

    def _prepare_bill(self):
        """Values of the bill for the payable total without taxes, in the company's currency."""
        self.ensure_one()
        company, payee = self.company_id, self.person_id
        words = self.with_context(lang=payee.lang or self.env.lang)
        today = fields.Date.context_today(self)
        journal = company._get_commission_journal("credit_commission_journal_id", "purchase")
        return {
            "move_type": "in_invoice",
            "credit_commission_statement_id": self.id,
            "company_id": company.id,
            "journal_id": journal.id,
            "partner_id": payee.id,
            "currency_id": self.currency_id.id,
            "invoice_date": today,
            "invoice_payment_term_id": False,
            "invoice_date_due": max(self.date_due, today),
            "ref": self.name,
            "invoice_origin": self.name,
            "narration": words._get_bill_note() if journal.is_self_billing else False,
            "invoice_line_ids": [Command.create(words._prepare_bill_line())],
        }

    def _prepare_bill_line(self):
        company = self.company_id
        product = company._get_commission_product()
        if not product:
            raise UserError(
                self.env._(
                    "Choose the commission product in the commission settings of %(company)s: it sets the taxes of the agents' bills.",
                    company=company.name,
                )
            )
        position = (
            self.env["account.fiscal.position"]
            .with_company(company)
            ._get_fiscal_position(self.person_id)
        )
        account = company._get_commission_account("credit_commission_agent_expense_id")
        return {
            "product_id": product.id,
            "name": self.env._(
                "Commission %(period)s, statement %(number)s",
                period=self._get_period_name(),
                number=self.name,
            ),
            "quantity": 1.0,
            "price_unit": self._get_bill_price(),
            "account_id": position.map_account(account).id,
        }

    def _get_bill_price(self):
        """The unit price that gives the payable total without taxes, allowing for price-included taxes."""
        taxes = self._compute_bill_taxes()["taxes"]
        included = (tax["amount"] for tax in taxes if tax["price_include"])
        return self.currency_id.round(sum(included, self.payable))

    def _get_bill_tax(self):
        """The taxes of the agent's bill, in the company's currency."""
        sums = self._compute_bill_taxes()
        return self.currency_id.round(sums["total_included"] - self.payable)

    def _compute_bill_taxes(self):
        payee = self.person_id
        return self.company_id._get_commission_taxes(payee).compute_all(
            self.payable, currency=self.currency_id, partner=payee, handle_price_include=False
        )

    def _get_bill_note(self):
        return self.env._(
            "Self-billing: issued by %(company)s in the name and on behalf of %(agent)s.",
            company=self.company_id.name,
            agent=self.person_id.commercial_partner_id.name,
        )

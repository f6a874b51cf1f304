"""Accountants: late charges from Invoicing, commissions of the month, an agent's bill."""


def invoices_late_charges(stage):
    """Reached from Invoicing, without being a credit user."""
    accountant = stage.person("accountant")
    accountant.menu("credit_followup.menu_account_late_charges").picture("late_charges")
    accountant.row("").picture("late_charge")


def accrues_commissions(stage):
    """The entry of the month's end, typed from the empty form."""
    accountant = stage.person("accountant")
    accountant.menu("credit_commission.menu_commission_accruals").picture("accruals")
    accountant.new()
    accountant.picture("empty_accrual")
    accountant.press("action_compute").picture("accrual")


JOBS = invoices_late_charges, accrues_commissions

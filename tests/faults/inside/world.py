"""A company at work, small: customers who owe, orders that wait, money that came in. `prepare` makes it, once."""

from datetime import timedelta

from odoo.fields import Command

BUYERS, LIMIT, ORDER = 10, 500.0, 120.0


def prepare(env, customers, orders):
    """Everything that the work of `work.py` finds to do.

    :param customers: how many owe something, of which a third has just paid
    :param orders: how many quotations wait for each of the buyers, who owe nothing
    """
    env["ir.cron"].search([]).active = False
    company, today = env.company, env.company._get_credit_today()
    _use_rules(env, company)
    partners = _customers(env, "Debtor", customers)
    invoices = _invoices(env, partners, today)
    _claim(env, partners)
    _pay(env, invoices[::3])
    _quotations(env, _customers(env, "Buyer", BUYERS), orders)
    env.cr.commit()


def _customers(env, name, number):
    values = {"is_company": True, "lang": "en_US"}
    names = [f"{name}{n:03}" for n in range(number)]
    return env["res.partner"].create(
        [{**values, "name": each, "email": f"{each}@customers.example"} for each in names]
    )


def _use_rules(env, company):
    """A policy, a procedure, late charges and a plan on collected revenue are in use."""
    procedure = env.ref("credit_followup.procedure_systematic")
    procedure.write({"weekdays_only": False, "hour_from": 0, "hour_to": 24, "gap_days": 0})
    env["credit.followup.level"].search([]).with_invoices = False
    env["credit.authority"].search([]).allow_own = True
    account = env["account.account"].search([("internal_group", "=", "income")], limit=1)
    terms = {"name": "12 %", "company_id": company.id, "rate_basis": "own", "own_rate": 12}
    company.write(
        {
            "email": "company@example.com",
            "credit_management_policy_id": env.ref("credit_management.credit_policy_standard").id,
            "credit_followup_procedure_id": procedure.id,
            "credit_late_policy_id": env["credit.late.policy"].create(terms).id,
            "credit_late_date_start": "2020-01-01",
            "credit_late_interest_account_id": account.id,
            "credit_late_indemnity_account_id": account.id,
        }
    )
    rule = {"name": "All sales", "earning": "percent", "percent": 5.0}
    plan = {"name": "Collected", "company_id": company.id, "date_from": "2020-01-01"}
    parts = {"rule_ids": [Command.create(rule)], "agent_ids": [Command.create({})]}
    env["credit.commission.plan"].create(plan | parts).action_activate()


def _invoices(env, partners, today):
    """Two of each customer, 20 and 45 days late."""
    invoices = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_user_id": env.user.id,
                "invoice_date": today - timedelta(days),
                "invoice_date_due": today - timedelta(days),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Goods", "price_unit": 100.0 + n, "tax_ids": False})
                ],
            }
            for n, partner in enumerate(partners)
            for days in (20, 45)
        ]
    )
    invoices.action_post()
    return invoices


def _claim(env, partners):
    env["credit.late.item"].search([("partner_id", "in", partners.ids)]).action_claim()


def _pay(env, invoices):
    context = {"active_model": "account.move", "active_ids": invoices.ids}
    env["account.payment.register"].with_context(**context).create({}).action_create_payments()


def _quotations(env, partners, orders):
    service = env["product.product"].create(
        {"name": "Service", "type": "service", "taxes_id": False, "invoice_policy": "order"}
    )
    for partner in partners:
        file = env["credit.profile"].sudo()._ensure(partner, env.company)
        file.write({"credit_mode": "limited"})
        asked = {"profile_id": file.id, "amount": LIMIT, "reason": "Test"}
        limit = env["credit.limit"].create(asked)
        limit.action_request()
        if limit.state != "approved":
            limit.action_approve()
    line = {"product_id": service.id, "price_unit": ORDER, "tax_ids": False}
    env["sale.order"].create(
        [
            {"partner_id": partner.id, "order_line": [Command.create(line)]}
            for _number in range(orders)
            for partner in partners
        ]
    )

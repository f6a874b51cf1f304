"""Installation on an existing database."""


def post_init_hook(env):
    """Set a policy and accounts on French companies that have none. This claims nothing: reminders or users do."""
    companies = env["res.company"].with_context(active_test=False)
    for company in companies.search([("parent_id", "=", False)]):
        if company.account_fiscal_country_id.code == "FR":
            company._set_french_late_charges()

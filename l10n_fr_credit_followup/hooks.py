"""Installation on a database in use."""


def post_init_hook(env):
    """French companies get a policy and accounts where they have none. Nothing is claimed by that: reminders or people claim."""
    companies = env["res.company"].with_context(active_test=False)
    for company in companies.search([("parent_id", "=", False)]):
        if company.account_fiscal_country_id.code == "FR":
            company._set_french_late_charges()

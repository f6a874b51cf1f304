"""Installation on an existing database."""


def post_init_hook(env):
    """Set the accounts of provisions of French companies that have none. This posts nothing: accountants do."""
    companies = env["res.company"].with_context(active_test=False)
    for company in companies.search([("parent_id", "=", False)]):
        if company.account_fiscal_country_id.code == "FR":
            company._set_french_provisions()

"""Directors: what is owed and late, by customer and by salesperson; commissions of everybody."""


def looks_at_the_company(stage):
    """Customers, exposure and commissions, from the menus."""
    director = stage.person("director")
    for menu in (
        "credit_management.menu_credit_customers",
        "credit_management.menu_credit_exposure",
        "credit_commission.menu_commission_board",
    ):
        director.menu(menu).picture(menu.partition(".")[2])


def closes_a_period(stage):
    """Statements of commission of the month, prepared from the empty window."""
    director = stage.person("director")
    director.menu("credit_commission.menu_commission_period").picture("period")
    director.press("action_prepare").picture("prepared")


JOBS = looks_at_the_company, closes_a_period

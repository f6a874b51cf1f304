"""Credit managers: what waits for a decision, limits, the policy and what it would have held."""


def decides_a_hold(stage):
    """The first hold of the list, released with a note."""
    manager = stage.person("manager")
    manager.menu("credit_management.menu_credit_holds").picture("holds")
    waiting = manager.rows()
    stage.check(waiting > 0, "the demo has holds to decide")
    manager.row("").picture("hold")
    manager.press("action_open_decision").picture("decision")
    manager.type("note", stage.say("Acompte reçu ce matin", "Deposit received this morning"))
    manager.picture("note")
    manager.press("action_release").picture("released")
    manager.menu("credit_management.menu_credit_holds")
    stage.check(manager.rows() < waiting, "a decided hold waits no more")


def changes_a_limit(stage):
    """From the credit file of a customer: ask for a limit, and see that nobody approves their own."""
    manager = stage.person("manager")
    manager.menu("credit_management.menu_credit_customers").picture("customers")
    manager.search(stage.tight_customer)
    manager.row(stage.tight_customer).picture("file")
    manager.press("action_request_limit")
    manager.type("amount", "61000")
    manager.type("reason", stage.say("Nouveau chantier", "New site"))
    if manager.page.locator(".modal:visible").count():
        manager.click(".modal:visible .o_form_button_save, .modal:visible footer .btn-primary")
    else:
        manager.save()
    manager.picture("limit")


def simulates(stage):
    """What the policy in use would have held in the last months."""
    manager = stage.person("manager")
    manager.menu("credit_management.menu_credit_policies").picture("policies")
    manager.row("").picture("policy")
    manager.press("action_simulate").picture("simulation")
    if manager.has_button("action_run"):
        manager.press("action_run").picture("simulated")


def organises_collection(stage):
    """A portfolio and a target typed from empty forms, the strategy, and a concession that is asked for."""
    manager = stage.person("manager")
    manager.menu("credit_collection.menu_credit_negotiation_request").picture("concessions")
    manager.row("").picture("concession")
    manager.press("action_grant").picture("granted")
    manager.menu("credit_collection.menu_credit_portfolio").picture("portfolios").new()
    manager.type("name", f"{stage.say('Bâtiment', 'Builders')} {stage.tag}")
    manager.pick("user_id", stage.say("Analyste", "Analyste"))
    manager.save().picture("portfolio")
    manager.menu("credit_collection.menu_credit_worklist_strategy").row("").picture("strategy")
    manager.menu("credit_collection.menu_credit_collection_target").picture("targets")
    manager.menu("credit_collection.menu_credit_collection_performance").picture("performance")


JOBS = decides_a_hold, changes_a_limit, simulates, organises_collection

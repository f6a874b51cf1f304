"""Analysts and collectors: reminders from the run to the letter, a pause, a statement of account."""


def prepares_a_run(stage):
    """A run typed from the empty form, prepared, looked at and approved."""
    analyst = stage.person("analyst")
    analyst.menu("credit_followup.menu_credit_followup_runs").picture("runs")
    analyst.new()
    analyst.picture("empty_run")
    analyst.press("action_prepare").picture("prepared")
    if analyst.has_button("action_approve"):
        analyst.press("action_approve").picture("approve")
        analyst.confirm().picture("approved")


def looks_at_notices(stage):
    """Each of the first notices opens in the preview."""
    analyst = stage.person("analyst")
    analyst.menu("credit_followup.menu_credit_followup_notices").picture("notices")
    stage.check(analyst.rows() > 0, "the demo has notices")
    for number in range(min(analyst.rows(), 4)):
        analyst.menu("credit_followup.menu_credit_followup_notices")
        analyst.row("", number).picture("notice")
        if analyst.has_button("action_preview"):
            analyst.press("action_preview").picture("preview")


def pauses_a_customer(stage):
    """Nobody reminds the customer until a day, and everybody sees why."""
    analyst = stage.person("analyst")
    analyst.menu("credit_management.menu_credit_customers")
    analyst.search(stage.tight_customer)
    analyst.row(stage.tight_customer)
    analyst.press("action_pause_followup").picture("pause")


def sends_a_statement(stage):
    """The statement of account of a customer, from the menu and an empty window."""
    analyst = stage.person("analyst")
    analyst.menu("credit_followup.menu_credit_statement").picture("statement")


JOBS = prepares_a_run, looks_at_notices, pauses_a_customer, sends_a_statement

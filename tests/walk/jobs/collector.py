"""Analysts and collectors: the list of today by keys, reminders from the run to the letter, a pause, a statement of account."""

from datetime import date, timedelta


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


TODAY = "credit_collection.menu_credit_worklist_today"


def works_the_list(stage):
    """The first three customers of the morning: a message left, a promise, a call-back; at a desk by keys alone."""
    collector = stage.person("analyst")
    collector.menu(TODAY).picture("today")
    stage.check(collector.rows() >= 3, "the demo has customers to call")
    _open_first(collector)
    collector.picture("page")
    for name in ("answers", "people", "contacts", "timeline"):
        collector.tab(name).picture(f"page_{name}")
    _start(collector, "a", "action_called").picture("called")
    if collector.phone:
        collector.click(".modal .o_selection_badge:nth-of-type(2)")
    else:
        collector.press_keys("2")
    _record(collector).picture("message_left")
    _next(collector)
    _start(collector, "o", "action_promise")
    day = (date.today() + timedelta(days=5)).strftime(stage.say("%d/%m/%Y", "%m/%d/%Y"))
    collector.type("answer_date", day).picture("promise")
    _record(collector).picture("promised")
    stage.check(not collector.page.locator(".modal:visible").count(), "the promise is recorded")


def opens_each_answer(stage):
    """Plan, dispute, call-back and wrong person, from the page of the last customer of the list."""
    collector = stage.person("analyst")
    collector.menu(TODAY)
    collector.row("", collector.rows() - 1)
    for key, button in (
        ("l", "action_plan"),
        ("d", "action_dispute"),
        ("k", "action_call_back"),
        ("w", "action_wrong_person"),
    ):
        _start(collector, key, button).picture(button)
        collector.page.keyboard.press("Escape")
        collector.settle()


def looks_at_the_others(stage):
    """By urgency, the calendar, and what was promised, planned and disputed."""
    collector = stage.person("analyst")
    collector.menu(TODAY)
    if not collector.phone:
        collector.click(".o_cp_switch_buttons .o_kanban").picture("kanban")
    for name in ("agenda", "promise", "payment_plan", "dispute"):
        collector.menu(f"credit_collection.menu_credit_{name}").picture(name)
    collector.menu("credit_collection.menu_credit_dispute").row("").picture("one_dispute")


def _open_first(person):
    if person.phone:
        person.row("")
    else:
        person.press_keys("ArrowDown", "ArrowDown", "Enter")


def _start(person, key, button):
    """A key at a desk, the button on a phone."""
    return person.press(button) if person.phone else person.press_keys(f"Alt+{key}")


def _record(person):
    return person.press("action_record") if person.phone else person.press_keys("Alt+q")


def _next(person):
    return person.click(".o_pager_next") if person.phone else person.press_keys("Alt+n")


JOBS = (
    works_the_list,
    opens_each_answer,
    looks_at_the_others,
    prepares_a_run,
    looks_at_notices,
    pauses_a_customer,
    sends_a_statement,
)

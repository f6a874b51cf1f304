"""Every page of ours that a role has a menu for: it opens, and so do its list and its first record; no heading is cut."""

NO_ROWS = ".o_pivot, .o_graph_view, .o_view_sample_data"  # rows of an example open nothing
LOGINS = ("sales", "analyst", "manager", "accountant", "director")


def walk(stage):
    """Each role through each of its menus."""
    for login in LOGINS:
        person = stage.person(login)
        for menu in person.menus():
            _open(stage, person, menu)


def _open(stage, person, menu):
    name = menu["xmlid"].replace(".", "_")
    person.go(menu["actionID"]).picture(name)
    _look(stage, person, name)
    if person.page.locator(".modal:visible").count():
        person.page.keyboard.press("Escape")
        return
    if person.page.locator(".o_cp_switch_buttons .o_list:visible:not(.active)").count():
        person.click(".o_cp_switch_buttons .o_list:visible")
        _look(stage, person, f"{name} (list)")
    if person.rows() and not person.page.locator(NO_ROWS).count():
        person.row("").picture(f"{name}_form")
        _look(stage, person, f"{name} (form)")


def _look(stage, person, place):
    if not stage.phone:
        stage.check(not (cut := person.cut_headings()), f"headings cut in {place}: {cut}")


JOBS = (walk,)

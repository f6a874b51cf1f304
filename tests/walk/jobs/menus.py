"""Every page of ours that a role has a menu for: it opens, and so does its first record, or an empty form."""

LOGINS = ("sales", "analyst", "manager", "accountant", "director")


def walk(stage):
    """Each role through each of its menus."""
    for login in LOGINS:
        person = stage.person(login)
        for menu in person.menus():
            _open(person, menu)


def _open(person, menu):
    name = menu["xmlid"].replace(".", "_")
    person.go(menu["actionID"]).picture(name)
    if person.page.locator(".modal:visible").count():
        person.page.keyboard.press("Escape")
        return
    if person.rows() and not person.page.locator(".o_pivot, .o_graph_view").count():
        person.row("").picture(f"{name}_form")


JOBS = (walk,)

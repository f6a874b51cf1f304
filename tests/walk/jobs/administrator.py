"""Administrators: from a bare Odoo to a company that holds orders, by *Apps* and by buttons alone."""

from playwright.sync_api import TimeoutError as PlaywrightTimeout

ADDONS = ("credit_management", "credit_followup", "credit_commission")


def install(person, addon):
    """From *Apps*: take the filter away, look for it, press *Activate*, wait for the page to come back."""
    person.menu("base.menu_management")
    person.without_filters().search(addon)
    [module] = person.call(
        "ir.module.module", "search_read", [[["name", "=", addon]], ["shortdesc"]]
    )
    title = person.page.get_by_text(module["shortdesc"], exact=True)
    card = person.page.locator(".o_kanban_record:visible").filter(has=title)
    for attempt in range(ATTEMPTS):
        try:
            with person.page.expect_navigation(timeout=INSTALLATION):
                card.first.locator("button[name='button_immediate_install']").click()
            break
        except PlaywrightTimeout:
            if attempt + 1 == ATTEMPTS:
                raise
            person.page.keyboard.press("Escape")
    person.forget_menus()
    return person.settle().picture(addon)


#: milliseconds for an installation from *Apps*
INSTALLATION = 60_000
#: Odoo asks to try again where a scheduled action runs
ATTEMPTS = 3


def sets_up_a_bare_odoo(stage):
    """Three installs; nothing is held, sent or earned before a policy, a procedure and a plan are chosen."""
    administrator = stage.person("admin")
    administrator.call("ir.module.module", "update_list", [])
    for addon in ADDONS:
        install(administrator, addon)
    administrator.menu("credit_management.menu_credit_root").picture("first_screen")
    administrator.menu("credit_management.menu_credit_policies").row("Standard").picture("policy")
    administrator.press("action_ask_use").picture("question")
    administrator.press("action_use").picture("used")
    administrator.menu("credit_followup.menu_credit_followup_procedures").row("").picture(
        "procedure"
    )
    administrator.press("action_use").confirm().picture("procedure_used")
    administrator.menu("credit_commission.menu_commission_plans").picture("plans")


JOBS = (sets_up_a_bare_odoo,)

"""A person at a browser: what they see and press, and what goes wrong meanwhile."""

import re
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PATIENCE = 30_000  # milliseconds for one step; these machines are shared
QUIET = 250  # milliseconds without a request, of a page that answers: it is drawn
OURS = ("credit_", "l10n_fr_credit_")
LOAD_MENUS = "async () => (await fetch('/web/webclient/load_menus', {cache: 'no-store'})).json()"
CALL = """async ([model, method, args, kwargs]) => {
    const body = {jsonrpc: "2.0", method: "call", params: {model, method, args, kwargs}};
    const answer = await fetch(`/web/dataset/call_kw/${model}/${method}`, {
        method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)});
    return await answer.json();
}"""
FOLLOW = """path => {
    const link = Object.assign(document.createElement("a"), {href: path});
    document.body.append(link);
    link.click();
    link.remove();
}"""
CUT_HEADINGS = """() => [...document.querySelectorAll("table.o_list_table th[data-name] .text-truncate")]
    .filter(heading => heading.offsetParent && heading.scrollWidth > heading.clientWidth + 1)
    .map(heading => heading.innerText.trim())"""
USER_ID = 'odoo.loader.modules.get("@web/core/user").user.userId'
#: what the web client asks of the server
CALLS = re.compile(r"/(web/dataset|web/action|web/webclient|mail)/")
#: how Odoo tells of an error: script, access, "Invalid Operation", a field that cannot be saved
TROUBLE = ".o_error_dialog, .modal:has(.o_error_detail), .o_notification:has(.bg-danger), .o_notification.border-danger"
LIVE = re.compile(r"/(websocket|bus/|longpolling|web/static/|web/assets/|web/image)")


class Trouble(AssertionError):
    """Something a person would have seen go wrong."""


@contextmanager
def chromium():
    """Debian's browser, without a screen."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Person:
    """Somebody logged in, in one language, at a desk or with a phone.

    Fields are named by their technical name, buttons by that of their method: both are the same in each language.

    :param pictures: folder for a picture of each screen, or ``None``
    :param errors: gets each script error and each error message the server sent
    """

    def __init__(self, browser, url, login, *, language="fr", phone=False, pictures=None):
        self.url, self.login, self.pictures = url, login, pictures
        self.phone, self.errors, self.number, self.waiting = phone, [], 0, set()
        self.expects_refusal, self.answers = False, []
        self._menus = None
        self.context = browser.new_context(
            viewport=PHONE if phone else DESK,
            has_touch=phone,
            is_mobile=phone,
            locale={"fr": "fr-FR", "en": "en-GB"}[language],
            timezone_id="Europe/Paris",
            accept_downloads=True,
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self._listen(self.page)

    def _listen(self, page):
        page.on("pageerror", lambda error: self.errors.append(f"script: {error}"))
        page.on("console", self._hear)
        page.on("request", self._ask)
        page.on("requestfinished", self._answered)
        page.on("requestfailed", self._answered)

    def _ask(self, request):
        if not LIVE.search(request.url):
            self.waiting.add(request)

    def _answered(self, request):
        self.waiting.discard(request)
        if CALLS.search(request.url):
            self.answers.append(request)

    def _hear(self, message):
        """Odoo logs its script errors; a browser's own remarks on fonts or favicons are no business of ours."""
        if message.type == "error" and "favicon" not in message.text:
            self.errors.append(f"console: {message.text[:500]}")

    def leave(self):
        """Close the browser of this person."""
        self.context.close()

    # === Where to go === #

    def log_in(self):
        """As everybody: name, password, button. The password of the demo is the login."""
        self.page.goto(f"{self.url}/web/login")
        self.page.fill("input[name=login]", self.login)
        self.page.fill("input[name=password]", self.login)
        self.page.locator("form.oe_login_form button[type=submit]").click()
        self.page.wait_for_url(re.compile(r"/(odoo|my)"))
        return self.settle()

    def open(self, path):
        """An address, as a bookmark: ``odoo/sales/new``, or one that was on the screen before."""
        self.page.goto(f"{self.url}/{path.removeprefix(self.url).lstrip('/')}")
        return self.settle()

    def menus(self):
        """The menus of ours that this person has and that open a page: ``xmlid``, ``actionID``, ``name`` …"""
        return [
            menu
            for menu in self._load_menus()
            if str(menu.get("xmlid")).startswith(OURS) and menu.get("actionID")
        ]

    def menu(self, xmlid):
        """The page behind a menu that this person has; a menu they do not see is trouble."""
        found = [each for each in self._load_menus() if each.get("xmlid") == xmlid]
        if not found:
            raise Trouble(f"{self.login} has no menu {xmlid}")
        return self.go(found[0]["actionID"])

    def go(self, action):
        """To the page of an action, as by its menu: the web client stays, unless a window or something typed is in
        the way."""
        path = f"/odoo/action-{action}"
        in_the_way = ".modal:visible, .o_form_button_save:visible, .o_list_button_save:visible"
        if "/odoo" not in self.page.url or self.page.locator(in_the_way).count():
            return self.open(path)
        self.page.evaluate(FOLLOW, path)
        return self.settle()

    def has_menu(self, xmlid):
        """Whether this person sees the menu."""
        return any(each.get("xmlid") == xmlid for each in self._load_menus())

    def _load_menus(self):
        if self._menus is None:
            self._menus = list(self.page.evaluate(LOAD_MENUS).values())
        return self._menus

    def forget_menus(self):
        """Something was installed: what there was to open is not all there is."""
        self._menus = None
        return self

    def speak(self, lang):
        """Choose the language, as in one's preferences."""
        uid = self.page.evaluate(USER_ID)
        if self.call("res.users", "read", [[uid], ["lang"]])[0]["lang"] != lang:
            self.call("res.users", "write", [[uid], {"lang": lang}])
            self.forget_menus().page.reload()
            self.settle()
        return self

    def settle(self):
        """Until nothing is asked of the server any more and nothing blocks the page."""
        quiet = 0
        for _try in range(PATIENCE // 50):
            self.page.wait_for_timeout(50)
            busy = (
                bool(self.waiting) or self.page.locator(".o_blockUI, .o_loading_indicator").count()
            )
            quiet = 0 if busy else quiet + 50
            if quiet >= QUIET:
                break
        else:
            raise Trouble(f"{self.page.url} does not come to rest: {[r.url for r in self.waiting]}")
        self._look_for_dialogs()
        self._look_for_errors()
        return self

    def _look_for_errors(self):
        """An error that the server sent is trouble, also where its dialog comes later or never."""
        answers, self.answers = self.answers, []
        for request in answers:
            try:
                error = request.response().json().get("error")
            except (AttributeError, PlaywrightError, ValueError):
                continue  # no JSON, or gone with its page
            if error and not self.expects_refusal:
                self.picture("error")
                data = error.get("data") or {}
                raise Trouble(f"{request.url}: {data.get('message') or error}"[:800])

    def _look_for_dialogs(self):
        """An error is trouble, whatever it says: a dialog of Odoo's, a refusal of access, or a message in red.

        What a job expects to be refused it reads by :meth:`refused`.
        """
        dialog = self.page.locator(TROUBLE)
        if dialog.count() and not self.expects_refusal:
            self.picture("error")
            raise Trouble(dialog.first.inner_text()[:800])

    @contextmanager
    def refused(self):
        """What is pressed inside ends with an error message, or there is trouble; the message is closed."""
        self.expects_refusal = True
        try:
            yield
            self.waits_for(TROUBLE)
        finally:
            self.expects_refusal, self.answers = False, []
        self.page.keyboard.press("Escape")
        self.settle()

    # === What to press === #

    @property
    def scope(self):
        """The dialog on top, else the page."""
        dialogs = self.page.locator(".modal.o_modal_full, .modal:visible")
        return (
            dialogs.last
            if dialogs.count()
            else self.page.locator(".o_action_manager, #wrapwrap").first
        )

    def press(self, name):
        """A button by its method or action, in the dialog on top or on the page; on a phone behind the gear."""
        button = self.scope.locator(f"button[name='{name}']:visible:not([disabled])")
        if not button.count() and self.phone:
            self.scope.locator(
                ".o_statusbar_buttons button.dropdown-toggle, .o_cp_action_menus button"
            ).first.click()
            button = self.page.locator(f"button[name='{name}']:visible")
        button.first.click()
        return self.settle()

    def press_keys(self, *keys):
        """Keys one after the other, to whatever has the focus."""
        for key in keys:
            self.page.keyboard.press(key)
            self.settle()
        return self

    def has_button(self, name):
        """Whether the button is there to be pressed."""
        return self.scope.locator(f"button[name='{name}']:visible").count() > 0

    def click(self, selector, text=None):
        """Anything else that a person would hit."""
        found = self.page.locator(selector)
        (found.filter(has_text=text) if text else found).first.click()
        return self.settle()

    def save(self):
        """The button with the cloud, which is there when something was typed."""
        button = self.scope.locator(".o_form_button_save:visible")
        button.first.click()
        self.settle()
        expect(self.scope.locator(".o_field_invalid")).to_have_count(0)
        return self

    def new(self):
        """The button *New* of a list or of cards."""
        return self.click(
            ".o_list_button_add:visible, .o-kanban-button-new:visible, .o_control_panel_main_buttons .btn-primary:visible"
        )

    def confirm(self):
        """*Yes* to a question, where one is asked."""
        if self.page.locator(".modal:visible footer .btn-primary").count():
            self.click(".modal:visible footer .btn-primary")
        return self

    # === What to type === #

    def field(self, name):
        """A field of the form on top."""
        return self.scope.locator(f".o_field_widget[name='{name}']:visible").first

    def type(self, name, value):
        """Text, number or date into a field, by the keyboard."""
        return self.fill(
            self.field(name).locator("input, textarea, [contenteditable=true]").first, value
        )

    def fill(self, control, value):
        """A value into a control, and leave it."""
        control.click()
        control.fill(str(value))
        self.page.keyboard.press("Tab")
        return self.settle()

    def pick(self, name, text, within=None):
        """A record out of a list that unfolds while one types."""
        control = (within or self.field(name)).locator("input, textarea").first
        control.click()
        control.fill("")
        control.press_sequentially(text, delay=15)
        self.settle()
        choice = self.page.locator(".o-autocomplete--dropdown-item:visible, .dropdown-item:visible")
        choice.filter(has_text=text).first.click()
        return self.settle()

    def create_by_name(self, name, text):
        """Type a name that is not there yet and create it from the list that unfolds."""
        control = self.field(name).locator("input, textarea").first
        control.click()
        control.press_sequentially(text, delay=15)
        self.settle()
        self.page.locator(
            ".o-autocomplete--dropdown-item.o_m2o_dropdown_option_create:visible"
        ).first.click()
        return self.settle()

    def choose(self, name, value):
        """A choice of a selection, by its key."""
        control = self.field(name)
        if control.locator("select").count():
            control.locator("select").select_option(value=f'"{value}"')
        else:
            control.locator(f"input[data-value='{value}'], [data-value='{value}']").first.click()
        return self.settle()

    # === What the server knows === #

    @property
    def record_id(self):
        """Database id of the record on the screen."""
        return int(re.search(r"/(\d+)(?:\?|$)", self.page.url)[1])

    def call(self, model, method, args, **kwargs):
        """Ask the server as this person, as the web client does."""
        answer = self.page.evaluate(CALL, [model, method, args, kwargs])
        if answer.get("error"):
            raise Trouble(answer["error"]["data"]["message"])
        return answer["result"]

    def read_record(self, model, name):
        """A field of the record on the screen, as stored."""
        return self.call(model, "read", [[self.record_id], [name]])[0][name]

    # === What to see === #

    def read(self, name):
        """What a field shows."""
        shown = self.field(name)
        control = shown.locator("input, textarea")
        return control.first.input_value() if control.count() else shown.inner_text().strip()

    def sees(self, text, selector="body"):
        """The text is on the page, or trouble."""
        expect(self.page.locator(selector).first).to_contain_text(text, timeout=PATIENCE)
        return self

    def tab(self, name):
        """A page of the form's notebook."""
        self.scope.locator(f".o_notebook_headers a[name='{name}']").first.click()
        return self.settle()

    def row(self, text, number=0):
        """Open the row of a list, or the card of a phone, that has the text; the first such, or another."""
        rows = self.scope.locator(
            ".o_data_row:visible, .o_kanban_record:visible:not(.o_kanban_ghost)"
        )
        self.page.mouse.move(0, 0)  # the tooltip of a heading would lie over the first row
        found = rows.filter(has_text=text).nth(number)
        cell = found.locator("td.o_data_cell:not(.o_handle_cell, .o_boolean_toggle_cell)").first
        (cell if cell.count() else found).click()
        return self.settle()

    def rows(self):
        """How many rows or cards are shown."""
        return self.scope.locator(
            ".o_data_row:visible, .o_kanban_record:visible:not(.o_kanban_ghost)"
        ).count()

    def without_filters(self):
        """Take away the filters that a page begins with."""
        while (facets := self.page.locator(".o_searchview .o_facet_remove:visible")).count():
            facets.first.click()
            self.settle()
        return self

    def search(self, text):
        """Type into the search box, take the first offer."""
        box = self.page.locator(".o_searchview_input").first
        box.click()
        box.press_sequentially(text, delay=15)
        box.press("Enter")
        return self.settle()

    def picture(self, name, full=False):
        """Leave a picture of what is on the screen, numbered in the order of the job."""
        if self.pictures:
            self.number += 1
            path = Path(self.pictures) / f"{self.number:02}_{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=path, full_page=full)
        return self

    def cut_headings(self):
        """Headings of columns that are too narrow for them."""
        return self.page.evaluate(CUT_HEADINGS)

    def waits_for(self, selector):
        """Until something is there."""
        try:
            self.page.locator(selector).first.wait_for(state="visible")
        except PlaywrightTimeout:
            self.picture("missing")
            raise Trouble(f"{self.login} waits in vain for {selector} on {self.page.url}") from None
        return self

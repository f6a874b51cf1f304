"""Salespeople: a new customer, a quotation, what is held and how it goes on."""

import re
from pathlib import Path

from playwright.sync_api import expect

from ..person import PATIENCE

LOGO = Path(__file__).parents[3] / "setup/demo/data/logo.png"


def new_customer(person, name):
    """A company typed into Odoo's own form."""
    person.menu("sale.res_partner_menu").new()
    person.type("name", name)
    person.save()
    return person.picture("customer")


def add_line(person, product, quantity):
    """A line below the others of the order on the screen: product and quantity."""
    lines = person.field("order_line")
    lines.locator(".o_field_x2many_list_row_add :is(a, button), .o-kanban-button-new").first.click()
    person.settle()
    line = person.scope if person.phone else person.page.locator(".o_selected_row")
    person.pick(
        "product", product, line.locator("[name='product_template_id'], [name='product_id']").first
    )
    # Odoo asks for the variant before it fills the line in: a person waits for the price
    expect(line.locator("[name='price_unit'] input").first).not_to_have_value(
        re.compile(r"^[0.,\s]*$"), timeout=PATIENCE
    )
    person.fill(line.locator("[name='product_uom_qty'] input").first, quantity)
    if person.phone:
        person.click(".modal:visible .o_form_button_save, .modal:visible footer .btn-primary")


def new_quotation(person, customer, product, quantity):
    """A quotation typed into the empty form, and saved."""
    person.menu("sale.menu_sale_quotations").new()
    person.pick("partner_id", customer)
    add_line(person, product, quantity)
    person.save()
    return person.picture("quotation")


def change_quantity(person, quantity):
    """Of the first line of the order on the screen."""
    lines = person.field("order_line")
    lines.locator("td[name='product_uom_qty'], .o_kanban_record").first.click()
    person.settle()
    line = person.scope if person.phone else person.page.locator(".o_selected_row")
    person.fill(line.locator("[name='product_uom_qty'] input").first, quantity)
    if person.phone:
        person.click(".modal:visible .o_form_button_save, .modal:visible footer .btn-primary")
    return person.save()


def sells_to_a_new_customer(stage):
    """New customer, new quotation, lines, save, confirm."""
    seller = stage.person("sales")
    name = f"Atelier {stage.tag}"
    new_customer(seller, name)
    new_quotation(seller, name, "LUM-APP", 1)
    add_line(seller, "LUM-LAM", 1)
    seller.save().picture("second_line")
    seller.press("action_confirm").picture("confirmed")
    stage.check(seller.read_record("sale.order", "state") == "sale", "a small order is confirmed")


def asks_for_a_release(stage):
    """Held, asked for, refused with a note; made smaller, asked again, released."""
    seller, manager = stage.person("sales"), stage.person("manager")
    new_quotation(seller, stage.tight_customer, "LUM-PRJ", 75)
    seller.press("action_confirm").picture("held")
    stage.check(
        seller.read_record("sale.order", "credit_state") == "held",
        "an order over the limit is held",
    )
    order = seller.page.url
    number = seller.read_record("sale.order", "name")
    _ask(stage, seller, stage.say("Chantier signé", "Works signed"))
    decide(manager, number, "action_refuse", stage.say("Trop en une fois", "Too much at once"))
    seller.open(order).picture("refused")
    change_quantity(seller, 55)
    seller.press("action_confirm").picture("held_again")
    if seller.read_record("sale.order", "state") != "sale":
        _ask(stage, seller, stage.say("Moins, comme convenu", "Less, as agreed"))
        decide(manager, number, "action_release", stage.say("Accordé", "Granted"))
    seller.open(order).picture("released")
    stage.check(
        seller.read_record("sale.order", "state") == "sale", "a released order is confirmed"
    )


def makes_an_order_grow(stage):
    """A confirmed order gets more than the limit allows: what was typed stays, the order is held."""
    seller = stage.person("sales")
    new_quotation(seller, stage.roomy_customer, "LUM-APP", 1)
    seller.press("action_confirm")
    stage.check(
        seller.read_record("sale.order", "state") == "sale", "a customer with room may order"
    )
    change_quantity(seller, 400)
    seller.picture("grown")
    stage.check(seller.read_record("sale.order", "credit_state") == "held", "the growth is held")


def _ask(stage, seller, argument):
    seller.press("action_request_credit_release")
    seller.type("argument", argument)
    seller.picture("ask")
    seller.press("action_ask").picture("asked")


def decide(person, document, button, note):
    """Decide the hold of a document, from the list of holds."""
    person.menu("credit_management.menu_credit_holds")
    person.search(document)
    person.row(document).picture("hold")
    person.press("action_open_decision")
    if button == "action_refuse":
        person.choose("decision", "refuse")
    person.type("note", note)
    person.press(button).picture("decided")


def clears_up_a_dispute(stage):
    """A dispute typed from the empty form, found in the own list, discussed, with a file, and answered."""
    seller = stage.person("sales")
    seller.menu("credit_collection.menu_sale_my_disputes").picture("disputes")
    seller.new().picture("empty_dispute")
    seller.pick("partner_id", "Mascaret")
    seller.pick("category_id", stage.say("Prix", "Price"))
    seller.type("note", stage.say("Remise promise oubliée", "The agreed discount is missing"))
    seller.field("line_ids").locator(
        ".o_field_x2many_list_row_add :is(a, button), .o-kanban-button-new"
    ).first.click()
    seller.settle()
    line = seller.scope if seller.phone else seller.page.locator(".o_selected_row")
    seller.pick("item_id", "INV", line.locator("[name='item_id']").first)
    seller.fill(line.locator("[name='amount'] input").first, "500")
    if seller.phone:
        seller.click(".modal:visible .o_form_button_save, .modal:visible footer .btn-primary")
    seller.save().picture("dispute")
    seller.click(".o-mail-Chatter-sendMessage").picture("message")
    stage.check(
        not seller.page.locator(".o-mail-RecipientsInput .o_tag, .o-mail-Chatter .o_tag").count(),
        "the customer is not a recipient of what colleagues say",
    )
    seller.page.locator(".o-mail-Composer-input").first.fill(
        stage.say("Je confirme la remise", "I confirm the discount")
    )
    seller.click(".o-mail-Composer-send")
    seller.page.locator(".o-mail-Chatter input[type=file]").first.set_input_files(LOGO)
    seller.settle().tab("owner")
    seller.choose("owner_opinion", "right")
    seller.type("owner_answer", stage.say("Dix pour cent convenus", "Ten percent was agreed"))
    seller.save().picture("answered")
    seller.menu("credit_collection.menu_sale_my_disputes").picture("my_disputes")
    seller.row("Mascaret").picture("found_again")


JOBS = sells_to_a_new_customer, asks_for_a_release, makes_an_order_grow, clears_up_a_dispute

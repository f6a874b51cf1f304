"""Customers: a quotation by the link they got, signed, and held without a figure shown."""

import re


def signs(stage):
    """The salesperson previews the quotation as the customer sees it; the customer signs."""
    from .salesperson import new_quotation

    seller = stage.person("sales")
    new_quotation(seller, stage.tight_customer, "LUM-PRJ", 70)
    link = seller.call("sale.order", "action_preview_sale_order", [[seller.record_id]])["url"]
    customer = stage.visitor("customer")
    customer.open(link)
    customer.picture("quotation")
    customer.click("a[data-bs-target='#modalaccept']:visible")
    customer.page.wait_for_timeout(500)
    name = customer.page.locator("#modalaccept input[type=text]:visible").first
    name.fill("Atelier")
    customer.page.locator(
        "#modalaccept .o_web_sign_auto_button, #modalaccept .o_sign_auto"
    ).first.click()
    customer.click("#modalaccept button.o_portal_sign_submit")
    customer.page.wait_for_load_state("load")
    customer.settle().picture("signed")
    body = customer.page.locator("#wrapwrap").inner_text()
    stage.check(
        not re.search(r"limite|credit limit|encours|exposure", body, re.I), "no figure is shown"
    )
    stage.check(
        customer.page.locator("a[data-bs-target='#modalaccept']:visible").count() == 0,
        "nothing is left to sign",
    )


JOBS = (signs,)

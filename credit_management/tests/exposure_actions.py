"""What people do to orders, deliveries, invoices and payments, drawn at random.

Each action draws what it needs. It returns a sentence about what it did, or ``None`` where there was nothing to do.
"""

from datetime import datetime, time, timedelta

from odoo.fields import Command


class Actions:
    """:param world: the test, with its companies, customers, products, terms and currencies
    :param draw: chooses one of a list"""

    def __init__(self, world, draw):
        self.world = world
        self.env = world.env
        self.draw = draw
        self.names = sorted(name for name in dir(self) if name.startswith("do_"))

    def run(self):
        """One action for which there is something to do; a sentence about it."""
        while True:
            name = self.draw([*self.names, *self.world.often])
            if sentence := getattr(self, name)():
                return f"{name}: {sentence}"

    # === CHOOSING === #

    def _pick(self, records):
        return self.draw(list(records)) if records else None

    def _orders(self, *states):
        domain = [("partner_id", "in", self.world.partners.ids), ("state", "in", states)]
        return self.env["sale.order"].search(domain, order="id")

    def _moves(self, state, *move_types):
        domain = [
            ("partner_id", "in", self.world.partners.ids),
            ("state", "=", state),
            ("move_type", "in", move_types or ("out_invoice", "out_refund")),
        ]
        return self.env["account.move"].search(domain, order="id")

    def _items(self, reconciled=False):
        domain = [
            ("partner_id", "in", self.world.partners.ids),
            ("parent_state", "=", "posted"),
            ("account_id.account_type", "=", "asset_receivable"),
        ]
        lines = self.env["account.move.line"].search(domain, order="id")
        if reconciled:
            return lines.filtered(lambda line: line.matched_debit_ids or line.matched_credit_ids)
        return lines.filtered(lambda line: not line.reconciled)

    def _amount(self):
        return self.draw((5.0, 19.99, 33.33, 100.0, 256.4))

    def _in(self, record):
        return record.with_company(record.company_id)

    # === ORDERS === #

    def do_order(self):
        if len(self._orders("sale")) > 2:
            return None
        company = self.draw(self.world.companies)
        pricelist = self.draw(self.world.pricelists)
        lines = [self._prepare_order_line(company) for _n in range(self.draw((1, 2, 3)))]
        order = (
            self.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": self.draw(list(self.world.partners)).id,
                    "company_id": company.id,
                    "pricelist_id": pricelist.id,
                    "payment_term_id": self.draw(self.world.terms).id,
                    "commitment_date": self.draw((False, False, *self._days(5, 200))),
                    "order_line": lines,
                }
            )
        )
        order.action_confirm()
        return f"{order.name} of {company.name} for {order.amount_total} {order.currency_id.name}"

    def _prepare_order_line(self, company):
        product = self.draw(self.world.products)
        return Command.create(
            {
                "product_id": product.id,
                "product_uom_qty": self.draw((1, 2, 3, 7)),
                "price_unit": self._amount(),
                "discount": self.draw((0, 0, 10, 33)),
                "tax_ids": self.draw((False, False, self.world.taxes[company.root_id].ids)),
                "customer_lead": self.draw((0, 0, 120)),
            }
        )

    def _days(self, *days):
        return [datetime.combine(self.world.today + timedelta(n), time(12)) for n in days]

    def do_deliver(self):
        lines = self._orders("sale").order_line.filtered(
            lambda line: line.product_id and line.qty_delivered_method == "manual"
        )
        line = self._pick(lines.filtered(lambda line: not line.is_downpayment))
        if not line:
            return None
        line.qty_delivered = self.draw((0, 1, 2, line.product_uom_qty, line.product_uom_qty + 2))
        return f"{line.order_id.name}: {line.qty_delivered} of {line.product_uom_qty} delivered"

    def do_ship(self):
        if "picking_ids" not in self.env["sale.order"]._fields:
            return None
        pickings = self._orders("sale").picking_ids
        picking = self._pick(
            pickings.filtered(lambda p: p.state not in ("done", "cancel")).sorted()
        )
        if not picking:
            return None
        for move in picking.move_ids:
            move.quantity = self.draw((0, 1, move.product_uom_qty))
            move.picked = bool(move.quantity)
        if not any(picking.move_ids.mapped("picked")):
            return None
        picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=[]).button_validate()
        return f"{picking.name}: {picking.move_ids.mapped('quantity')} shipped"

    def do_ship_back(self):
        if "picking_ids" not in self.env["sale.order"]._fields:
            return None
        pickings = self._orders("sale").picking_ids
        done = pickings.filtered(lambda p: p.state == "done" and p.picking_type_code == "outgoing")
        picking = self._pick(done.sorted())
        if not picking:
            return None
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        for move in back.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True, "to_refund": True})
        back.button_validate()
        return f"{picking.name} came back"

    def do_change_order(self):
        lines = self._orders("sale").order_line.filtered(lambda line: line.product_id)
        line = self._pick(lines.filtered(lambda line: not line.is_downpayment))
        if not line:
            return None
        name = self.draw(("product_uom_qty", "price_unit", "discount"))
        value = self.draw(
            {"product_uom_qty": (1, 4, 9), "discount": (0, 25)}.get(name, (1.0, 42.42))
        )
        line[name] = value
        return f"{line.order_id.name}: {name} {value}"

    def do_cancel_order(self):
        order = self._pick(self._orders("sale"))
        if not order:
            return None
        order._action_cancel()
        return f"{order.name} cancelled"

    def do_confirm_again(self):
        order = self._pick(self._orders("cancel"))
        if not order:
            return None
        order.action_draft()
        order.action_confirm()
        return f"{order.name} confirmed again"

    # === INVOICES === #

    def do_invoice_order(self):
        order = self._pick(self._orders("sale").filtered(lambda o: o.invoice_status != "no"))
        if not order:
            return None
        invoice = self._in(order)._create_invoices(final=self.draw((True, True, False)))
        return f"{order.name} invoiced for {invoice.mapped('amount_total')}"

    def do_invoice_part(self):
        drafts = self._moves("draft", "out_invoice")
        line = self._pick(drafts.invoice_line_ids.filtered(lambda line: line.quantity > 1))
        if not line:
            return None
        line.quantity = 1
        return f"draft {line.move_id.id}: one of {line.name}"

    def do_down_payment(self):
        order = self._pick(self._orders("sale"))
        if not order:
            return None
        kind = self.draw(("percentage", "fixed"))
        amount = self.draw({"percentage": (10, 30), "fixed": (5.0, 33.33)}[kind])
        invoice = self.world._create_down_payment_invoice(self._in(order), kind, amount)
        return f"{order.name}: down payment {kind} {amount}, draft {invoice.id}"

    def do_invoice(self):
        if len(self._moves("draft")) > 3:
            return None
        company = self.draw(self.world.companies)
        days = self.draw((-40, -8, 0, 30))
        values = {
            "move_type": self.draw(("out_invoice", "out_invoice", "out_refund")),
            "partner_id": self.draw(list(self.world.partners)).id,
            "company_id": company.id,
            "currency_id": self.draw(self.world.currencies).id,
            "invoice_date": self.world.today - timedelta(30),
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": self.world.service.id,
                        "price_unit": self._amount(),
                        "quantity": self.draw((1, 3)),
                        "tax_ids": False,
                    }
                )
            ],
        }
        term = self.draw(self.world.terms)
        if term:
            values["invoice_payment_term_id"] = term.id
        else:
            values["invoice_date_due"] = self.world.today + timedelta(days)
        invoice = self.env["account.move"].with_company(company).create(values)
        return f"{invoice.move_type} {invoice.id} of {company.name}: {invoice.amount_total_signed}"

    def do_post(self):
        draft = self._pick(self._moves("draft"))
        if not draft:
            return None
        self._in(draft).action_post()
        return f"{draft.name} posted"

    def do_reset(self):
        move = self._pick(self._moves("posted"))
        if not move:
            return None
        self._in(move).button_draft()
        return f"{move.name} reset to draft"

    def do_cancel_draft(self):
        draft = self._pick(self._moves("draft"))
        if not draft:
            return None
        self._in(draft).button_cancel()
        return f"draft {draft.id} cancelled"

    def do_delete_draft(self):
        draft = self._pick(self._moves("draft").filtered(lambda move: not move.posted_before))
        if not draft:
            return None
        id_ = draft.id
        draft.unlink()
        return f"draft {id_} deleted"

    def do_refund(self):
        invoice = self._pick(self._moves("posted", "out_invoice"))
        if not invoice:
            return None
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .with_company(invoice.company_id)
            .create({"journal_id": invoice.journal_id.id})
        )
        cancels = self.draw((False, True))
        wizard.reverse_moves(is_modify=cancels)
        refund = wizard.new_move_ids
        if not cancels and self.draw((False, True)):
            refund.invoice_line_ids[:1].price_unit /= 2
        return f"{invoice.name} {'replaced by' if cancels else 'refunded by draft'} {refund.ids}"

    # === MONEY === #

    def do_pay(self):
        invoice = self._pick(self._moves("posted").filtered(lambda move: move.amount_residual))
        if not invoice:
            return None
        values = {"journal_id": self._get_bank(invoice.company_id).id}
        if self.draw((False, True)):
            values["amount"] = self.draw((1.0, 12.34, 50.0))
        if self.draw((False, False, True)):
            values["currency_id"] = self.draw(self.world.currencies).id
        payment = self.world._register_payment(self._in(invoice), **values)
        return (
            f"{invoice.name}: {payment.mapped('amount')} {payment.currency_id.mapped('name')} paid"
        )

    def do_pay_on_account(self):
        if self._items().filtered(lambda line: line.amount_residual < 0)[2:]:
            return None
        company = self.draw(self.world.companies)
        payment = (
            self.env["account.payment"]
            .with_company(company)
            .create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.draw(list(self.world.partners)).id,
                    "amount": self._amount(),
                    "currency_id": self.draw(self.world.currencies).id,
                    "journal_id": self._get_bank(company).id,
                }
            )
        )
        payment.action_post()
        return f"{payment.amount} {payment.currency_id.name} paid on account"

    def _get_bank(self, company):
        journals = self.env["account.journal"].search(
            [("type", "in", ("bank", "cash")), ("company_id", "in", company.parent_ids.ids)],
            order="id",
        )
        return self.draw(list(journals))

    def do_reconcile(self):
        items = self._items()
        debit = self._pick(items.filtered(lambda line: line.amount_residual > 0))
        if not debit:
            return None
        credits_ = items.filtered(
            lambda line: (
                line.amount_residual < 0
                and line.account_id == debit.account_id
                and line.company_id == debit.company_id
                and line.partner_id.commercial_partner_id == debit.partner_id.commercial_partner_id
            )
        )
        credit = self._pick(credits_)
        if not credit:
            return None
        self._in(debit + credit[:0]).env["account.move.line"].browse(
            (debit + credit).ids
        ).reconcile()
        return f"{debit.move_id.name} reconciled with {credit.move_id.name}"

    def do_undo(self):
        line = self._pick(self._items(reconciled=True))
        if not line:
            return None
        line.remove_move_reconcile()
        return f"{line.move_id.name}: reconciliation undone"

    def do_cancel_payment(self):
        payments = self.env["account.payment"].search(
            [
                ("partner_id", "in", self.world.partners.ids),
                ("state", "in", ("in_process", "paid")),
            ],
            order="id",
        )
        payment = self._pick(payments)
        if not payment:
            return None
        payment.action_draft()
        if self.draw((False, True)):
            payment.action_cancel()
        return f"{payment.display_name} is {payment.state}"

    def do_clear(self):
        payments = self.env["account.payment"].search(
            [("partner_id", "in", self.world.partners.ids)], order="id"
        )
        payment = self._pick(payments.filtered("credit_is_uncleared"))
        if not payment:
            return None
        payment.action_mark_cleared()
        return f"{payment.display_name} cleared"

    # === THE WORLD === #

    def do_move_rate(self):
        rate = self.draw((0.5, 2.0, 3.37))
        self.world.rates.rate = rate
        return f"rate {rate}"

    def do_doubt(self):
        items = self._items().filtered(
            lambda line: line.amount_residual > 0 and line.company_id == self.world.company
        )
        line = self._pick(items)
        if not line:
            return None
        amount = line.amount_residual
        entry = self.env["account.move"].create(
            {
                "line_ids": [
                    Command.create(
                        {"account_id": account.id, "partner_id": line.partner_id.id, side: amount}
                    )
                    for account, side in (
                        (self.world.doubtful, "debit"),
                        (line.account_id, "credit"),
                    )
                ]
            }
        )
        entry.action_post()
        (line + entry.line_ids.filtered("credit")).reconcile()
        return f"{line.move_id.name}: {amount} doubtful"

    def do_archive(self):
        if self.draw((True, True, False)):
            return None
        customer = self.draw(list(self.world.customers))
        customer.active = not customer.active
        return f"{customer.name} {'back' if customer.active else 'archived'}"

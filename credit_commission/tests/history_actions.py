"""Random actions on invoices and payments.

Each action returns a sentence about what it did, or ``None`` if there was nothing to do.
"""

from datetime import timedelta

from odoo.fields import Command


class Actions:
    """:param world: the test
    :param draw: function that chooses from a list
    """

    def __init__(self, world, draw):
        self.world = world
        self.env = world.env
        self.draw = draw
        self.names = sorted(name for name in dir(self) if name.startswith("do_"))

    def run(self):
        """Do one possible action; return a sentence about it."""
        while True:
            name = self.draw([*self.names, *self.world.often])
            if sentence := getattr(self, name)():
                return f"{self.world.day} {name}: {sentence}"

    # === CHOOSING === #

    def _pick(self, records):
        return self.draw(list(records)) if records else None

    def _moves(self, *move_types, state="posted"):
        domain = [
            ("partner_id", "=", self.world.customer.id),
            ("move_type", "in", move_types),
            ("state", "=", state),
        ]
        return self.env["account.move"].search(domain, order="id")

    def _open(self, *move_types):
        return self._moves(*move_types).filtered("amount_residual")

    def _payments(self, *states):
        domain = [("partner_id", "=", self.world.customer.id), ("state", "in", states)]
        return self.env["account.payment"].search(domain, order="id")

    def _amount(self):
        return self.draw((5.0, 19.99, 33.33, 100.0, 351.67, 1000.0))

    # === SALES === #

    def do_sell(self):
        if len(self._open("out_invoice")) > 3:
            return None
        lines = [
            self.world._line(
                self._amount(), self.draw(self.world.taxes), self.draw(self.world.products)
            )
            for _n in range(self.draw((1, 2, 3)))
        ]
        currency = self.draw(self.world.currencies)
        invoice = self.world._sell(
            *lines,
            day=self.world.day,
            user=self.draw((self.world.salesperson, self.world.second)),
            currency_id=currency.id,
            invoice_date_due=self.world.day + timedelta(self.draw((0, 30))),
        )
        return f"{invoice.name} {invoice.amount_total} {currency.name}"

    def do_refund(self):
        invoice = self._pick(self._moves("out_invoice"))
        if not invoice or len(self._open("out_refund")) > 2:
            return None
        refund = invoice._reverse_moves([{"invoice_date": self.world.day, "date": self.world.day}])
        if self.draw((True, False)):
            refund.invoice_line_ids = [
                Command.unlink(line.id) for line in refund.invoice_line_ids[1:]
            ]
            refund.invoice_line_ids.price_unit /= self.draw((1, 2, 3))
        refund.action_post()
        sentence = f"{refund.name} of {invoice.name}, {refund.amount_total}"
        if refund.amount_total and invoice.amount_residual and self.draw((True, False)):
            self.world._match(invoice, refund)
            sentence += ", settling it"
        return sentence

    def do_reset_invoice(self):
        invoice = self._pick(self._moves("out_invoice"))
        if not invoice:
            return None
        invoice.button_draft()
        if self.draw((True, True, False)):
            invoice.action_post()
        return f"{invoice.name} is {invoice.state}"

    def do_post(self):
        draft = self._pick(self._moves("out_invoice", "out_refund", state="draft"))
        if not draft:
            return None
        draft.action_post()
        return f"{draft.name} posted"

    # === MONEY === #

    def do_pay(self):
        move = self._pick(self._open("out_invoice", "out_invoice", "out_refund"))
        if not move:
            return None
        values = {}
        if self.draw((True, False)):
            values["amount"] = self.draw(
                (1.0, 12.34, 50.0, round(move.amount_residual / 3, 2) or 1.0)
            )
        if self.draw((True, False, False)):
            values["currency_id"] = self.draw(self.world.currencies).id
        if "amount" in values and self.draw((True, False, False)):
            values["payment_difference_handling"] = "reconcile"
            values["writeoff_account_id"] = self.world.expense.id
        payment = self.world._pay(move, day=self.world.day, **values)
        return f"{move.name}: {values or 'all'} by {payment.name}"

    def do_pay_on_account(self):
        if len(self._waiting_credits()) > 1:
            return None
        entry = self.world._bank(self._amount(), day=self.world.day)
        return f"{entry.name} on account"

    def _waiting_credits(self):
        domain = [
            ("partner_id", "=", self.world.customer.id),
            ("account_id", "=", self.world.receivable.id),
            ("parent_state", "=", "posted"),
            ("amount_residual", "<", 0),
        ]
        return self.env["account.move.line"].search(domain, order="id")

    def do_match(self):
        credit = self._pick(self._waiting_credits())
        invoice = self._pick(self._open("out_invoice"))
        if not credit or not invoice:
            return None
        debit = invoice.line_ids.filtered(lambda line: line.account_id == self.world.receivable)
        (credit + debit).reconcile()
        return f"{invoice.name} with {credit.move_id.name}"

    def do_undo(self):
        move = self._pick(self._moves("out_invoice", "out_refund").filtered("matched_payment_ids"))
        lines = (move or self._moves("out_invoice")).line_ids
        matched = lines.filtered(lambda line: line.matched_credit_ids or line.matched_debit_ids)
        line = self._pick(matched)
        if not line:
            return None
        line.remove_move_reconcile()
        return f"{line.move_id.name}: undone"

    def do_reset_payment(self):
        payment = self._pick(self._payments("in_process", "paid"))
        if not payment:
            return None
        payment.action_draft()
        then = self.draw(("draft", "post", "cancel"))
        if then == "post":
            payment.action_post()
        elif then == "cancel":
            payment.action_cancel()
        return f"{payment.name} reset, {then}"

    def do_post_payment(self):
        payment = self._pick(self._payments("draft"))
        if not payment:
            return None
        payment.action_post()
        return f"{payment.name} posted again"

    def do_clear(self):
        payment = self._pick(self._payments("in_process"))
        if not payment:
            return None
        waiting = payment.move_id.line_ids.filtered(
            lambda line: line.account_id == self.world.waiting
        )
        if not waiting or waiting.reconciled:
            return None
        entry = self.world._bank(waiting.balance, day=self.world.day, account=self.world.waiting)
        self.world._match(payment.move_id, entry, account=self.world.waiting)
        return f"{payment.name} cleared by {entry.name}"

    def do_doubt(self):
        invoice = self._pick(
            self._open("out_invoice").filtered(
                lambda move: move.currency_id == self.world.company.currency_id
            )
        )
        if not invoice:
            return None
        amount = invoice.amount_residual
        moved = self.world._entry(
            (self.world.doubtful, amount), (self.world.receivable, -amount), day=self.world.day
        )
        self.world._match(invoice, moved)
        if self.draw((True, False)):
            money = self.world._bank(
                round(amount / 2, 2), day=self.world.day, account=self.world.doubtful
            )
            self.world._match(moved, money, account=self.world.doubtful)
            return f"{invoice.name} doubtful, half of it paid"
        return f"{invoice.name} doubtful"

    def do_pass_on(self):
        """Transfer a debt again, to the same account or another one."""
        domain = [
            ("account_id", "in", (self.world.doubtful | self.world.given_up).ids),
            ("parent_state", "=", "posted"),
            ("amount_residual", ">", 0),
        ]
        item = self._pick(self.env["account.move.line"].search(domain, order="id"))
        if not item:
            return None
        part = self.draw((1, 1, 3))
        amount = round(item.amount_residual / part, 2)
        target = self.draw((self.world.doubtful, self.world.given_up))
        moved = self.world._entry((target, amount), (item.account_id, -amount), day=self.world.day)
        (item + moved.line_ids.filtered(lambda line: line.balance < 0)).reconcile()
        sentence = f"{amount} of {item.move_id.name} moved on by {moved.name}"
        if self.draw((True, False)):
            money = self.world._bank(
                round(amount / self.draw((1, 3)), 2), day=self.world.day, account=target
            )
            debt = moved.line_ids.filtered(lambda line: line.balance > 0)
            (debt + money.line_ids.filtered(lambda line: line.account_id == target)).reconcile()
            sentence += f", {money.amount_total} of it paid"
        return sentence

    def do_undo_transfer(self):
        """Undo a step of a chain."""
        domain = [
            ("account_id", "in", (self.world.doubtful | self.world.given_up).ids),
            ("matching_number", "!=", False),
        ]
        item = self._pick(self.env["account.move.line"].search(domain, order="id"))
        if not item:
            return None
        item.remove_move_reconcile()
        return f"{item.move_id.name}: step undone"

    # === TIME === #

    def do_wait(self):
        self.world.wait(self.draw((1, 5, 20, 40)))
        return "later"

    def do_close(self):
        return self.world.close_periods()

    def do_enter(self):
        self.world.plans._compute_entries(self.world.day)
        return "entered"

    def do_move_rate(self):
        self.world.rates.rate = self.draw((0.5, 2.0, 3.37))
        return f"rate {self.world.rates.rate}"

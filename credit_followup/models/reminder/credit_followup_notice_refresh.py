from odoo import models
from odoo.fields import Command
from odoo.tools import format_list

from ...rules.recipients import choose_channel


class CreditFollowupNotice(models.Model):
    """Updates a notice with the ledger, recipients and rates at the time of sending."""

    _inherit = "credit.followup.notice"

    def _bring_up_to_date(self, today=None, sample=False):
        """Update date, recipients, items and amounts; cancel notices with nothing left to claim.

        :param sample: a preview of a level on arbitrary items, whose amounts do not matter
        """
        if today:
            self._date(today)
        self._refresh_items(today or self.company_id._get_credit_today(), sample)
        self._refresh_recipients()
        self.filtered(lambda notice: notice.state == "approved")._refresh_charges()

    def _date(self, today):
        """Set the date of the notice to the day of sending."""
        late = self.filtered(lambda notice: notice.date < today)
        late.write({"date": today})
        late.line_ids.write({"date": today})

    # === THE LEDGER OF NOW === #

    def _refresh_items(self, today, sample=False):
        """Remove items paid or left out meanwhile; update the rest to the current open amounts.

        The ledger is read once for all notices. The highest remaining level sets the tone.
        """
        lines = self.line_ids.filtered(lambda line: not line.cancelled)
        named = lines.filtered(lambda line: line._is_named())
        open_now = self.env["credit.followup.item"]._get_open(lines.item_id.ids, today)
        left_out = self.env["credit.followup.item"]._get_left_out(named.item_id.ids, today)
        for line in lines:
            line._refresh(open_now.get(line.item_id.id), left_out.get(line.item_id.id))
        named.filtered(lambda line: line._is_too_small()).cancelled = True
        self._add_new_credits(today)
        late = self._read_other_late(today)
        for notice in self.filtered(lambda notice: notice.state == "approved"):
            if not notice.line_ids.filtered(lambda line: line._is_due()):
                notice._cancel(notice._get_nothing_left_sentence(left_out))
            else:
                notice._refresh_total(late.get((notice.partner_id, notice.company_id), 0.0), sample)

    def _get_nothing_left_sentence(self, left_out):
        """What happened to everything the notice listed.

        :param left_out: ``{item id: reason}``, see :meth:`credit.followup.item._get_left_out`
        """
        labels = dict(self.env["credit.followup.item"]._get_left_out_selection())
        reasons = {left_out[id_] for id_ in self.line_ids.item_id.ids if id_ in left_out}
        if not reasons:
            return self.env._("Nothing is left to claim: paid, or below the minimum.")
        return self.env._(
            "Nothing is left to claim: %s.",
            format_list(self.env, [labels[reason] for reason in labels if reason in reasons]),
        )

    def _add_new_credits(self, today):
        """Also show and deduct unallocated credits received since the notice was prepared."""
        known = set(self.line_ids.filtered(lambda line: not line.cancelled).item_id.ids)
        credits_ = self._read_credits(today).filtered(lambda item: item.id not in known)
        by_customer = credits_.grouped(lambda item: (item.partner_id, item.company_id))
        for notice in self:
            notice._deduct(by_customer.get((notice.partner_id, notice.company_id), ()))

    def _read_credits(self, today):
        """The unallocated payments and credit notes of these customers.

        :rtype: credit.followup.item
        """
        items = self.env["credit.followup.item"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("amount", "<", 0),
            ]
        )
        held, stoppers = items._read_left_out(items.ids, today), items._get_credit_stoppers()
        return items.filtered(lambda item: stoppers.isdisjoint(held.get(item.id, ())))

    def _deduct(self, credits_):
        """Deduct the credits, or cancel until they are allocated, depending on the procedure."""
        if credits_ and self.procedure_id.credits == "wait":
            self._cancel(
                self.env._(
                    "Payments or credit notes of the customer are not allocated yet. Allocate them first."
                )
            )
        else:
            self.line_ids = [Command.create(self._prepare_credit(item)) for item in credits_]

    def _prepare_credit(self, item):
        return {
            "item_id": item.id,
            "date": self.date,
            "date_due": item.date_due,
            "currency_id": item.document_currency_id.id,
            "amount": item.amount,
            "amount_currency": item.amount_currency,
        }

    def _refresh_total(self, late, sample):
        """:param late: other overdue amounts of the customer, in the company's currency"""
        lines = self.line_ids.filtered(lambda line: not line.cancelled)
        named = lines.filtered(lambda line: line._is_due())
        total = sum(lines.mapped("amount"))
        below = named.browse() if sample else self._get_below_level(named)
        due, amount = named - below, total - sum(below.mapped("amount"))
        if not sample and (too_little := self._get_too_little(total + late)):
            self._cancel(too_little)
        elif not due:
            self._cancel(self._get_below_level_sentence(below))
        elif self.currency_id.compare_amounts(amount, 0.0) <= 0:
            self._cancel(self.env._("Payments on account cover it. Allocate them."))
        else:
            below.cancelled = True
            self._write_changed({"amount": amount} | self._get_tone(due))

    def _get_tone(self, lines):
        """Level, stage and channel of the highest of these lines, if they differ from the notice's."""
        highest = max(lines, key=lambda line: line.level_days)
        level = highest.level_id
        if not level or level == self.level_id or self.level_id in lines.level_id:
            return {}
        return {"level_id": level.id, "stage": level.stage, "channel": level.channel}

    def _write_changed(self, values):
        """Write the values that differ."""
        changed = {
            name: value
            for name, value in values.items()
            if self._fields[name].convert_to_write(self[name], self) != value
        }
        if changed:
            self.write(changed)

    # === THE PEOPLE OF NOW === #

    def _refresh_recipients(self):
        """Update the recipients, their language and channel, and the collector."""
        for company, notices in self.grouped("company_id").items():
            found = self.env["credit.followup.recipients"]._read(notices.partner_id.ids, company)
            for notice in notices:
                notice._write_recipients(found[notice.partner_id.id])

    def _write_recipients(self, recipients):
        if set(self.contact_ids.ids) != set(recipients.contact_ids):
            self.contact_ids = [Command.set(recipients.contact_ids)]
        self._write_changed(
            {
                "lang": recipients.lang,
                "user_id": recipients.user_id or self._get_substitute().id,
                "channel": self._choose_channel(recipients.contacts) or self.channel,
            }
        )

    def _choose_channel(self, contacts):
        return choose_channel(self.channel, contacts, self.level_id.letter_without_email)

    def _get_substitute(self):
        """The user responsible for a customer without a collector."""
        recipients = self.env["credit.followup.recipients"]
        return recipients._get_substitute(self.run_id.user_id, self.approved_by)

    # === LATE CHARGES === #

    def _refresh_charges(self):
        """Interest and fixed sum of the items whose level claims them, in the company's currency, as of the notice's
        date.
        """
        for day, notices in self.grouped("date").items():
            items = notices._get_charged_lines().item_id
            measured = self.env["credit.late.charge"]._measure(items, day) if items else {}
            for notice in notices:
                notice._write_charges(
                    [
                        measured[item.id]
                        for item in notice._get_charged_lines().item_id
                        if item.id in measured
                    ]
                )

    def _get_charged_lines(self):
        """The late lines, if the level that sets the tone claims late charges: they are due on every late invoice."""
        return self.line_ids.filtered(
            lambda line: (
                not line.cancelled
                and line.notice_id.level_id.with_charges
                and line.amount > 0
                and line.date_due < line.date
            )
        )

    def _write_charges(self, measured):
        """Write the claimable charges and, if later rates are not known, the last day of interest."""
        claimed = [each for each in measured if not each.held]
        partial = [each.date_to for each in claimed if each.missing and each.date_to]
        self._write_changed(
            {
                "interest": sum(each.interest for each in claimed),
                "interest_to": max(partial, default=False),
                "indemnity": sum(each.indemnity for each in claimed),
            }
        )

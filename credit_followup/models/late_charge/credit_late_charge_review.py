from markupsafe import Markup
from odoo import api, models
from odoo.tools import formatLang


class CreditLateCharge(models.Model):
    """Reviews claims against the current ledger: what is not owed is withdrawn or reduced, with the reason."""

    _inherit = "credit.late.charge"

    # === WHAT IS LEFT === #

    def _review(self):
        """Measure claims again before they are settled, and reduce those that are now lower.

        :return: the claims with an amount left to pay
        """
        charges = self.sudo()
        left = self.env["credit.late.measure"]._measure_again(charges)
        lowered = charges.filtered(lambda charge: charge._is_lower(left[charge.id].amount))
        gone = lowered.filtered(lambda charge: not (left[charge.id].amount or charge.waived_amount))
        gone._withdraw_for_reasons({charge.id: left[charge.id].nothing for charge in gone})
        for charge in lowered - gone:
            charge._lower(left[charge.id])
        return (charges - gone).filtered(lambda charge: charge.state == "claimed")

    def _is_lower(self, amount):
        return self.currency_id.compare_amounts(amount, self.amount) < 0

    def _get_left(self, left):
        """The amount left to pay of a claim now worth ``left``, less its waived part."""
        return max(left.amount - self.waived_amount, 0.0)

    def _lower(self, left):
        """Reduce the claim to what is left; the waived part stays waived."""
        before, amount = self.amount, max(left.amount, self.waived_amount)
        values = {"amount": amount, "base_amount": left.owed}
        if self.kind == "interest":
            values["segments"] = [self._to_json(segment) for segment in left.segments]
            values["correction_amount"] = left.correction
        if left.segments:
            values["date_from"] = left.segments[0].first
            values["date_to"] = left.segments[-1].last
        if left.amount <= self.waived_amount:
            values["state"] = "waived"
        self.write(values)
        self._message_log(
            body=self.env._(
                "Recalculated: %(now)s instead of %(before)s. Part of the debt was paid or credited in time, or is disputed.",
                now=self._format(amount),
                before=self._format(before),
            )
        )

    def _format(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    # === ASKED FOR TOO MUCH === #

    @api.model
    def _report_excess(self, items):
        """Items were paid or credited: post the excess on the debit notes that now overcharge, and notify a credit
        manager.
        """
        noted = self.sudo().search(
            [("item_id", "in", items.ids), ("kind", "=", "interest"), ("state", "=", "invoiced")]
        )
        if not noted:
            return
        measure = self.env["credit.late.measure"]
        measured = measure._measure(noted.item_id, self.env["res.company"]._get_credit_today())
        for item, charges in noted.grouped("item_id").items():
            if excess := measured[item.id].excess + measured[item.id].correction:
                charges[-1:]._post_excess(excess)

    def _post_excess(self, excess):
        sentence = self.env["credit.late.measure"]._explain_excess(excess, self.company_id)
        self._message_log(body=sentence)
        self.move_id._message_log(body=sentence)
        files = self.env["credit.profile"].sudo()._ensure(self.partner_id, self.company_id)
        summary = self.env._("Too much interest on %s", self.move_id.name or self.display_name)
        for user in self.company_id._get_credit_managers():
            if summary not in files.activity_ids.mapped("summary"):
                files.activity_schedule(
                    "credit_management.mail_activity_type_credit",
                    summary=summary,
                    note=sentence,
                    user_id=user.id,
                )

    # === TAKEN BACK === #

    def _withdraw_unowed(self, claimed, measured):
        """Withdraw claims on items with nothing owed as of a day, for example after a backdated payment or a credit note.

        :param claimed: ``{(item id, kind): charge}``
        :param measured: ``{item id: Measured}``
        """
        reasons = {
            charge.id: measured[item_id].nothing
            for (item_id, _kind), charge in claimed.items()
            if measured[item_id].nothing
        }
        self.sudo().browse(reasons)._withdraw_for_reasons(reasons)

    def _withdraw_for_reasons(self, reasons):
        """:param reasons: ``{charge id: reason}``, see :meth:`credit.late.measure._explain_nothing`"""
        measure = self.env["credit.late.measure"]
        for reason, charges in self.grouped(lambda charge: reasons[charge.id]).items():
            charges._withdraw(measure._explain_nothing(reason))

    def _withdraw(self, reason):
        """Cancel claims; the reason is stored on them and posted on the customer's credit file.

        :param reason: a sentence
        """
        self.write({"state": "cancelled", "cancel_reason": reason})
        self._message_log_batch(bodies=dict.fromkeys(self.ids, reason))
        for company, charges in self.grouped("company_id").items():
            charges._post_on_credit_files(company, reason)

    def _post_on_credit_files(self, company, reason):
        files = self.env["credit.profile"].sudo()._ensure(self.partner_id, company)
        by_customer = self.grouped("partner_id")
        files._message_log_batch(
            bodies={file.id: by_customer[file.partner_id]._list_withdrawn(reason) for file in files}
        )

    def _list_withdrawn(self, reason):
        """The withdrawn claims of one customer, with the reason."""
        intro = self.env._("Late charges withdrawn: %s", reason)
        rows = [f"{charge.display_name}: {charge._format(charge.amount_due)}" for charge in self]
        return Markup("%s%s") % (intro, Markup().join(Markup("<br/>%s") % row for row in rows))

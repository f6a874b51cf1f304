from odoo import api, models
from odoo.addons.credit_followup.rules.interest import rate_on
from odoo.exceptions import ValidationError
from odoo.tools import format_date, formatLang


class CreditLatePolicy(models.Model):
    _inherit = "credit.late.policy"

    # === CONSTRAINTS === #

    @api.constrains("country_id", "for_consumer", "fee_ids", "runs_from", "rate_basis")
    def _check_french_consumers(self):
        """Articles L441-10 and D441-5 apply between businesses; a consumer owes the legal rate from the formal notice."""
        for policy in self.filtered(lambda p: p.for_consumer and p.country_id.code == "FR"):
            if policy.fee_ids or (
                policy.rate_basis != "none" and policy.runs_from != "formal_notice"
            ):
                raise ValidationError(
                    self.env._(
                        "In France a consumer owes no fixed sum, and interest only from the formal notice (articles 1231-6 and 1344-1 of the Civil Code): articles L441-10 and D441-5 of the Commercial Code are law between businesses. Create a separate policy for consumers instead of %s.",
                        policy.name,
                    )
                )

    # === BUSINESS METHODS === #

    def _is_of_ecb(self):
        """Whether its reference is the rate named in the Commercial Code and the Public Procurement Code."""
        ecb = self.env.ref("l10n_fr_credit_followup.series_ecb", raise_if_not_found=False)
        return bool(ecb) and self.series_id == ecb.sudo()

    def _format_points(self, points):
        """Points without needless decimals: 10, 10.5."""
        decimals = len(f"{points:.4f}".rstrip("0").partition(".")[2])
        return formatLang(self.env, points, digits=decimals)

    def _get_rate_words(self):
        """The rate, if it is not the central bank's: a figure, or its reference rate plus the margin."""
        if self.rate_basis == "own":
            return self.env._("%s %% a year", formatLang(self.env, self.own_rate))
        if not self.margin:
            return self.series_id.name
        return self.env._(
            "“%(series)s” plus %(points)s percentage points",
            series=self.series_id.name,
            points=self._format_points(self.margin),
        )

    # === MENTION ON INVOICES === #

    def _get_invoice_mention(self, day):
        """The late payment mentions required by article L441-9 I of the Commercial Code, line by line, from the terms
        that claims use.

        :param day: invoice date
        :rtype: list[str]
        """
        self.ensure_one()
        return [line for line in (self._get_rate_mention(day), self._get_fee_mention()) if line]

    def _get_rate_mention(self, day):
        if self.rate_basis == "none":
            return ""
        words = {"rate": self._get_rate_words(), "points": self._format_points(self.margin)}
        if self.rate_basis == "reference" and self._is_of_ecb():
            sentence = self.env._(
                "Late payment penalties: rate of the European Central Bank plus %(points)s points%(today)s",
                today=self._get_rate_of_day(day),
                **words,
            )
        else:
            figure = self._get_rate_of_day(day) if self.rate_basis == "reference" else ""
            sentence = self.env._(
                "Late payment penalties: %(rate)s%(today)s", today=figure, **words
            )
        return self.env._(
            "%(sentence)s, due from the day after the due date without any reminder.",
            sentence=sentence,
        )

    def _get_rate_of_day(self, day):
        """The rate in figures, margin included; empty if it is not known on the day."""
        rate = rate_on(day, self._to_terms())
        if rate is None:
            return ""
        return self.env._(
            " (%(rate)s %% a year on %(day)s)",
            rate=formatLang(self.env, rate),
            day=format_date(self.env, day),
        )

    def _get_fee_mention(self):
        fee = self.fee_ids.sorted("amount_from")[:1]
        if not fee:
            return ""
        return self.env._(
            "Fixed indemnity for recovery costs in case of late payment: %s.",
            formatLang(self.env, fee.fee, currency_obj=fee.currency_id),
        )

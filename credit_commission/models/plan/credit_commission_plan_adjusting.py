from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ...rules import Periods, Sums, Tier, in_money, period_end
from ...rules.earning import ZERO
from ...rules.tiers import RATES


class CreditCommissionPlan(models.Model):
    """Period-end adjustments: the tier reached by the volume, and the cap.

    A period is reviewed again after each reversal, so that it always earns what its remaining payments are worth. The
    difference is entered on the date of the change.
    """

    _inherit = "credit.commission.plan"

    def _adjust_periods(self, until):
        """Enter the adjustments of periods ended by a day; returns the entries."""
        entries = self.env["credit.commission.entry"].sudo()
        if not (self.tier_ids or self.has_cap):
            return entries
        return entries.create(self._get_adjustments(self._read_periods(until), until))

    def _read_periods(self, until):
        """Totals of each person and period with unsettled entries.

        :rtype: ..rules.Periods
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT e.person_id, e.period_start, MAX(e.date), COALESCE(r.earning = 'tiers', FALSE),
                          COALESCE(e.is_override, FALSE), e.adjustment, SUM(e.base)::text, SUM(e.amount)::text,
                          SUM(e.exact_base)::text, SUM(e.exact_amount)::text, e.tier_factor::text, e.share::text,
                          a.target_amount::text
                     FROM (SELECT DISTINCT person_id, period_start FROM credit_commission_entry
                            WHERE plan_id = %(plan)s AND statement_id IS NULL AND period_start <= %(until)s) p
                     JOIN credit_commission_entry e ON e.plan_id = %(plan)s AND e.person_id = p.person_id
                      AND e.period_start = p.period_start AND e.date <= %(until)s
                LEFT JOIN credit_commission_rule r ON r.id = e.rule_id
                LEFT JOIN credit_commission_agent a ON a.id = e.agent_id
                    GROUP BY e.person_id, e.period_start, r.earning, e.is_override, e.adjustment, e.tier_factor,
                             e.share, a.target_amount
                    ORDER BY e.period_start, e.person_id""",
                plan=self.id,
                until=until,
            )
        )
        periods = Periods()
        for person, start, last, by_tiers, on_top, adjustment, *texts in rows:
            *sums, factor, share, target = (text and Decimal(text) for text in texts)
            amounts = (amount or ZERO for amount in sums)
            what = by_tiers, factor, share or ZERO, on_top, adjustment, target or ZERO
            periods.add(Sums(person, start, last, *amounts, *what))
        return periods

    def _to_sums(self, entry):
        """An unsaved entry, as :meth:`_read_periods` would read it."""
        share = self.agent_ids.browse(entry.agent_id)
        return Sums(
            entry.person_id,
            entry.period_start,
            entry.date,
            entry.base,
            entry.amount,
            entry.exact_base,
            entry.exact_amount,
            self.rule_ids.browse(entry.rule_id).earning == "tiers",
            entry.tier_factor,
            entry.share,
            entry.is_override,
            None,
            Decimal(str(share.target_amount)),
        )

    def _get_adjustments(self, periods, until):
        """Values of the non-zero adjustments of periods ended by a day."""
        cap = Decimal(str(self.cap_amount)) if self.has_cap else None
        places = self.currency_id.decimal_places
        result = []
        for (person, start), period in periods.items():
            if (end := period_end(start, self.period)) > until:
                continue
            tiers = self._get_tiers(period.target)
            found = period.adjustments(tiers, self.tier_mode, cap, places)
            common = {
                "kind": "adjustment",
                "company_id": self.company_id.id,
                "person_id": person,
                "plan_id": self.id,
                "date": max(period.last, end),
                "period_start": start,
            }
            result += [
                {
                    **common,
                    **self._explain_by(adjustment, period),
                    "adjustment": adjustment,
                    "amount": float(amount),
                }
                for adjustment, amount in found.items()
                if amount
            ]
        return result

    def _explain_by(self, adjustment, period):
        """Values that explain an adjustment."""
        if adjustment == "rounding":
            return {}
        tiers = self._get_tiers(period.target)
        rate = RATES[self.tier_mode](tiers, period.volume) if tiers and adjustment == "tiers" else 0
        return {
            "percent": float(rate),
            "volume": float(period.volume),
            "entered_before": float(period.entered if adjustment == "tiers" else period.earned),
            "target": float(period.target),
        }

    def _get_tiers(self, target=ZERO):
        """The tiers in the company's currency.

        :param target: the person's target for a period, if tiers are percentages of it
        """
        tiers = tuple(Tier.of(tier.threshold, tier.percent) for tier in self.tier_ids)
        if self.tier_on == "amount":
            return tiers
        return in_money(tiers, target) if target else ()

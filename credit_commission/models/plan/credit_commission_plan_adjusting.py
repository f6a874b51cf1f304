from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ...rules import Tier, cap_adjustment, in_money, period_end, tier_adjustment, tier_part

NOTHING = Decimal(0)


class CreditCommissionPlan(models.Model):
    """What is only known when a period has ended: the tier that its volume reached, and the cap.

    A period is looked at again whenever something was taken back from it, so that it always earned what its money
    that stayed is worth. The difference is entered on the day of what changed.
    """

    _inherit = "credit.commission.plan"

    def _adjust_periods(self, until):
        """Enter the adjustments of the periods that ended by a day; returns the entries."""
        entries = self.env["credit.commission.entry"].sudo()
        if not (self.tier_ids or self.has_cap):
            return entries
        return entries.create(
            [
                values
                for period in self._read_periods(until)
                if period_end(period["period_start"], self.period) <= until
                for values in self._prepare_adjustments(period)
            ]
        )

    def _read_periods(self, until):
        """Sums of each person and period in which something is not settled yet.

        ``volume`` is the net collected that counts for tiers, ``weighted`` the same times the part of the rate that
        it earns, ``entered`` what that made so far, ``exact`` and ``exact_entered`` the same before rounding, ``tiered``
        the adjustments among it; ``earned`` is everything but the cap, ``capped`` the cap.
        """
        self.env.cr.execute(
            SQL(
                """SELECT e.person_id, e.period_start, MAX(e.date) AS last_date, COALESCE(MAX(a.target_amount), 0)::text AS target,
                          COALESCE(SUM(e.base) FILTER (WHERE r.earning = 'tiers'), 0)::text AS volume,
                          COALESCE(SUM(e.base * e.tier_factor
                                       * CASE WHEN e.is_override THEN e.share / 100 ELSE 1 END), 0)::text AS weighted,
                          COALESCE(SUM(e.amount) FILTER (
                              WHERE e.tier_factor IS NOT NULL OR e.adjustment IN ('tiers', 'rounding')), 0)::text AS entered,
                          COALESCE(SUM(e.exact_base * e.tier_factor * e.share / 100), 0)::text AS exact,
                          COALESCE(SUM(e.exact_amount * e.share / 100) FILTER (
                              WHERE e.tier_factor IS NOT NULL), 0)::text AS exact_entered,
                          COALESCE(SUM(e.amount) FILTER (WHERE e.adjustment = 'tiers'), 0)::text AS tiered,
                          COALESCE(SUM(e.amount) FILTER (
                              WHERE e.adjustment IS DISTINCT FROM 'cap'), 0)::text AS earned,
                          COALESCE(SUM(e.amount) FILTER (WHERE e.adjustment = 'cap'), 0)::text AS capped
                     FROM (SELECT DISTINCT person_id, period_start FROM credit_commission_entry
                            WHERE plan_id = %(plan)s AND statement_id IS NULL AND period_start <= %(until)s) p
                     JOIN credit_commission_entry e ON e.plan_id = %(plan)s AND e.person_id = p.person_id
                      AND e.period_start = p.period_start AND e.date <= %(until)s
                LEFT JOIN credit_commission_rule r ON r.id = e.rule_id
                LEFT JOIN credit_commission_agent a ON a.id = e.agent_id
                    GROUP BY e.person_id, e.period_start
                    ORDER BY e.period_start, e.person_id""",
                plan=self.id,
                until=until,
            )
        )
        sums = (
            "target",
            "volume",
            "weighted",
            "entered",
            "exact",
            "exact_entered",
            "tiered",
            "earned",
            "capped",
        )
        return [
            {**row, **{name: Decimal(row[name]) for name in sums}}
            for row in self.env.cr.dictfetchall()
        ]

    def _prepare_adjustments(self, period):
        """Values of the adjustments of one person's period, those that are not 0."""
        tiers, rounding = self._get_tier_adjustments(period)
        cap = NOTHING
        if self.has_cap:
            earned = period["earned"] + tiers + rounding
            cap = cap_adjustment(Decimal(str(self.cap_amount)), earned, period["capped"])
        day = max(period["last_date"], period_end(period["period_start"], self.period))
        return [
            {
                "kind": "adjustment",
                "adjustment": name,
                "company_id": self.company_id.id,
                "person_id": period["person_id"],
                "plan_id": self.id,
                "date": day,
                "period_start": period["period_start"],
                "amount": float(amount),
            }
            for name, amount in (("tiers", tiers), ("rounding", rounding), ("cap", cap))
            if amount
        ]

    def _get_tier_adjustments(self, period):
        """What another tier makes, and the cents by which the lines of the period are rounded otherwise than their sum."""
        tiers = self._get_tiers(period["target"])
        if not tiers or not (period["weighted"] or period["entered"]):
            return NOTHING, NOTHING
        places = self.currency_id.decimal_places
        volume, sums = period["volume"], (period["exact"], period["exact_entered"])
        whole = tier_adjustment(
            tiers, self.tier_mode, volume, period["weighted"], period["entered"], places
        )
        part = tier_part(tiers, self.tier_mode, volume, *sums, period["tiered"], places)
        return part, whole - part

    def _get_tiers(self, target=NOTHING):
        """The tiers in the company's currency.

        :param target: of the person for a period, where tiers are percents of it
        """
        tiers = tuple(Tier.of(tier.threshold, tier.percent) for tier in self.tier_ids)
        if self.tier_on == "amount":
            return tiers
        return in_money(tiers, target) if target else ()

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list
from psycopg2.errors import LockNotAvailable

from ..rules.kinds import STATUSES


class CreditProfile(models.Model):
    """When customers are merged, so are their files. Decisions of the remaining customer prevail."""

    _inherit = "credit.profile"

    # === A CUSTOMER THAT BECOMES A CONTACT === #

    def _move_to(self, customer):
        """Move the files to another customer, merging them into its file of the same company if there is one.

        :param customer: a commercial partner
        """
        for profile in self.sorted("id"):
            kept = self.search(
                [
                    ("partner_id", "=", customer.id),
                    ("company_id", "=", profile.company_id.id),
                    ("id", "!=", profile.id),
                ]
            )
            (kept | profile)._wait_for_lock()
            if kept:
                kept._absorb(profile)
            else:
                profile._hand_over(customer)

    def _wait_for_lock(self):
        """Wait for others who decide for these customers, up to the gate's timeout."""
        timeout = SQL(
            "SELECT set_config('lock_timeout', %s, TRUE)", self.env["credit.gate"]._lock_timeout
        )
        lock = SQL(
            "SELECT FROM credit_profile WHERE id IN %s ORDER BY id FOR UPDATE", tuple(self.ids)
        )
        [[before]] = self.env.execute_query(SQL("SELECT current_setting('lock_timeout')"))
        self.env.execute_query(timeout)
        try:
            self.env.cr.execute(lock)
        except LockNotAvailable as error:
            raise UserError(
                self.env._(
                    "An order of one of these customers is being checked. Try again in a moment."
                )
            ) from error
        self.env.execute_query(SQL("SELECT set_config('lock_timeout', %s, TRUE)", before))

    def _hand_over(self, customer):
        former = self.partner_id.display_name
        self.partner_id = customer
        self.flush_recordset()
        self._mirror_limit()
        self.message_post(
            body=self.env._(
                "The credit file of %(former)s now belongs to %(customer)s.",
                former=former,
                customer=customer.display_name,
            )
        )

    # === ONE FILE OF TWO === #

    def _absorb(self, merged):
        """Merge another file of the same company into this one and delete it."""
        self.ensure_one()
        sentences = [
            self.env._("Merged with the credit file of %s.", merged._describe_decisions()),
            *self._set_aside_limits(merged),
        ]
        values = self._prepare_merged_vals(merged)
        if "status" in values:
            sentences.append(
                self.env._("Its status was more severe and is kept: %s.", merged.status_reason)
            )
        self._move_members(merged)
        self._move_records(merged)
        self.write(values)
        merged.status = "normal"  # the status is kept on this file, so the other can be deleted
        merged.unlink()
        self.flush_recordset()
        self._mirror_limit()
        self.message_post(body=" ".join(sentences))

    def _describe_decisions(self):
        """The customer and its decisions, on one line."""
        labels = (
            dict(self._fields[name]._description_selection(self.env))[self[name]]
            for name in ("credit_mode", "status")
        )
        parts = [self.partner_id.display_name, *labels]
        if self.credit_mode == "limited":
            parts.append(self.currency_id.format(self.credit_limit))
        return format_list(self.env, parts, "unit-short")

    def _is_decided(self):
        """Whether there is a decision on this customer's credit."""
        return bool(
            self.mode_date or self.limit_ids.filtered(lambda limit: limit.state == "approved")
        )

    def _prepare_merged_vals(self, merged):
        """Values taken over from a merged file: decisions missing here, and a more severe status."""
        values = {
            name: merged[name]
            for name in ("risk_class_id", "policy_id", "analyst_id", "review_date", "note")
            if merged[name] and not self[name]
        }
        if not self._is_decided() and merged._is_decided():
            values["credit_mode"] = merged.credit_mode
        if merged.has_max_payment_days and not self.has_max_payment_days:
            values |= {"has_max_payment_days": True, "max_payment_days": merged.max_payment_days}
        if STATUSES.index(merged.status) > STATUSES.index(self.status):
            values |= {"status": merged.status, "status_reason": merged.status_reason}
        return values | self._prepare_merged_insolvency(merged)

    def _prepare_merged_insolvency(self, merged):
        """The earlier judgment prevails; its type may be known in the other file only."""
        first, *others = (self + merged).filtered("insolvency_date").sorted("insolvency_date") or [
            self
        ]
        kind = first.insolvency_kind or next((file.insolvency_kind for file in others), False)
        return {"insolvency_date": first.insolvency_date, "insolvency_kind": kind}

    def _set_aside_limits(self, merged):
        """Supersede limits of a merged file where this one has its own; they remain as a record.

        :return: sentences for the log
        """
        granted = merged.limit_ids.filtered(lambda limit: limit.state == "approved")
        aside = granted if self._is_decided() else granted.browse()
        waiting = (merged.limit_ids - aside).filtered(
            lambda limit: limit.state in ("requested", "approved")
        )
        aside |= waiting.filtered(lambda limit: limit._overlaps_any(self.limit_ids))
        if not aside:
            return []
        aside._set_aside(
            self.env._("Merged with %s, whose own limits count.", self.partner_id.display_name)
        )
        return [
            self.env._("%s of its limits are kept in the journal and no longer apply.", len(aside))
        ]

    # === WHAT POINTS TO THE FILE === #

    def _move_members(self, merged):
        """Move members of a merged group to this one, without making any a member of itself."""
        if self.parent_id == merged or (merged.parent_id and not self.parent_id):
            group = merged.parent_id
            self.parent_id = group if group != self and self not in group._get_groups() else False
        members = merged.child_ids - self
        (members & self._get_groups()).parent_id = False
        (members - self._get_groups()).parent_id = self

    def _get_groups(self):
        """The groups this file belongs to, at every level."""
        groups = self.parent_id
        while groups[-1:].parent_id:
            groups |= groups[-1:].parent_id
        return groups

    def _move_records(self, merged):
        """Move everything that refers to a merged file: limits, holds, messages, activities, records of other
        add-ons."""
        merged.limit_ids.profile_id = self
        merged.hold_ids.profile_id = self
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        # private methods of Odoo's merge wizard: no public way moves every reference; TestMerge fails if they change
        wizard._update_foreign_keys_generic(self._name, merged, self)
        wizard._update_reference_fields_generic(self._name, merged, self)
        self.env.invalidate_all()

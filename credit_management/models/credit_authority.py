from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, ormcache

from ..rules.power import Power


class CreditAuthority(models.Model):
    """Who may decide what: a user or a group, up to ceilings, in one company or all."""

    _name = "credit.authority"
    _description = "Credit Authority"
    _inherit = ["credit.owned.mixin", "mail.thread"]
    _order = "sequence, is_unlimited, max_excess, id"

    name = fields.Char(compute="_compute_name")
    sequence = fields.Integer(
        default=10, tracking=True, help="The lowest sufficient authority is asked first"
    )
    active = fields.Boolean(default=True, tracking=True)
    user_id = fields.Many2one("res.users", index=True, tracking=True)
    group_id = fields.Many2one("res.groups", index=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        tracking=True,
        ondelete="restrict",
        default=lambda self: self.env.company.root_id,
        help="Leave empty for every company",
    )
    is_unlimited = fields.Boolean(string="No Ceiling", tracking=True)
    max_excess = fields.Float(
        digits="Account", tracking=True, help="Largest amount over the limit that may be released"
    )
    max_exposure = fields.Float(
        digits="Account",
        tracking=True,
        help="Largest exposure, the document included, that may be released",
    )
    max_overdue_days = fields.Integer(
        tracking=True,
        help="Maximum age of the oldest overdue item, in days, for a release or an approval",
    )
    max_limit = fields.Float(
        digits="Account", tracking=True, help="Largest credit limit that may be approved"
    )
    risk_class_ids = fields.Many2many(
        "credit.risk.class",
        string="Risk Classes",
        tracking=True,
        help="Only for customers of these classes. Leave empty for every customer, with or without a class.",
    )
    allow_own = fields.Boolean(
        string="Own Orders",
        tracking=True,
        help="May also decide on holds of their own orders. Each such decision is logged on the order.",
    )
    allow_own_limits = fields.Boolean(
        string="Own Limit Requests",
        tracking=True,
        help="May also approve limits they requested. Each such decision is logged on the limit.",
    )
    two_signatures = fields.Boolean(
        tracking=True,
        help="A release or a limit takes effect only once a second authorised person has signed",
    )
    delegate_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        tracking=True,
        help="Decides on behalf of the user between these dates",
    )
    delegate_from = fields.Date(tracking=True)
    delegate_to = fields.Date(tracking=True)

    _ceilings_not_negative = models.Constraint(
        "CHECK(max_excess >= 0 AND max_exposure >= 0 AND max_overdue_days >= 0 AND max_limit >= 0)",
        "A ceiling cannot be negative. Enter 0 or more.",
    )

    # === COMPUTE METHODS === #

    @api.depends("user_id", "group_id")
    @api.depends_context("lang")
    def _compute_name(self):
        for authority in self:
            member = self.env._("a member of %s", authority.group_id.display_name)
            authority.name = authority.user_id.name or member

    # === CONSTRAINTS === #

    @api.constrains("user_id", "group_id", "active")
    def _check_holder(self):
        for authority in self:
            if bool(authority.user_id) == bool(authority.group_id):
                raise ValidationError(
                    self.env._(
                        "An authority belongs to either a user or a group. Choose one of the two."
                    )
                )
            if authority.active and not authority._get_holders():
                raise ValidationError(
                    self.env._(
                        "Nobody holds this authority: %s has no active user. Choose someone else.",
                        authority.name,
                    )
                )

    @api.constrains("delegate_id", "delegate_from", "delegate_to")
    def _check_delegation(self):
        for authority in self.filtered("delegate_id"):
            authority._check_delegate()
            if not (
                authority.delegate_from
                and authority.delegate_to
                and authority.delegate_from <= authority.delegate_to
            ):
                raise ValidationError(
                    self.env._("A delegation needs a first and a last day, in that order.")
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        held = self._get_own_powers()
        authorities = super().create(vals_list)
        self.env.registry.clear_cache()
        authorities._check_own_gain(held)
        return authorities

    def write(self, vals):
        held = self._get_own_powers()
        result = super().write(vals)
        self.env.registry.clear_cache()
        self._check_own_gain(held)
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_journal(self):
        raise UserError(
            self.env._(
                "Authorities are kept as a record of who could decide what. Archive them instead."
            )
        )

    # === FOUR EYES === #

    @api.model
    def _get_own_powers(self):
        """What the current user may decide already."""
        if self.env.su:
            return []
        return [authority._get_power() for authority in self.sudo().search([])._filter_own()]

    def _filter_own(self):
        """Those that the current user holds, or will hold for somebody else."""
        user = self.env.user
        return self.sudo().filtered(
            lambda authority: (
                authority.active and user in authority._get_holders() | authority.delegate_id
            )
        )

    def _check_own_gain(self, held):
        """:raise AccessError: where users would give themselves more than they have; administrators may

        :param held: see :meth:`_get_own_powers`
        """
        if self.env.su or self.env.user.has_group("base.group_system"):
            return
        for authority in self._filter_own():
            power = authority._get_power()
            if not any(mine.contains(power) for mine in held):
                raise AccessError(
                    self.env._(
                        "Nobody gives themselves authority: ask another credit manager or an administrator to enter it."
                    )
                )

    def _get_power(self):
        return Power(
            self.is_unlimited,
            self.max_excess,
            self.max_exposure,
            self.max_overdue_days,
            self.max_limit,
            frozenset(self.risk_class_ids.ids),
            self.company_id.id or 0,
            self.allow_own,
            self.allow_own_limits,
            self.two_signatures,
            tuple(self._get_other_ceilings().items()),
        )

    def _get_other_ceilings(self):
        """``{field: amount}`` of the ceilings of other add-ons. Extend with each field that lets a holder decide more."""
        return {}

    def _check_delegate(self):
        """A delegate is active and has access to what is to be decided."""
        delegate = self.delegate_id
        if not delegate.active:
            raise ValidationError(
                self.env._(
                    "%s is archived and cannot decide. Choose another delegate.", delegate.name
                )
            )
        if delegate.share or not delegate.has_group("credit_management.group_credit_user"):
            raise ValidationError(
                self.env._(
                    "%s has no access to credit management and could not see what is to be decided. Grant the access right Credit / User first, or choose another delegate.",
                    delegate.name,
                )
            )
        if self.company_id and self.company_id not in delegate.company_ids.root_id:
            raise ValidationError(
                self.env._(
                    "%(delegate)s has no access to %(company)s. Choose another delegate.",
                    delegate=delegate.name,
                    company=self.company_id.name,
                )
            )

    def _get_holders(self, today=None):
        """The active users who hold one of these authorities, delegates of ``today`` included."""
        holders = (self.user_id | self.group_id.all_user_ids).filtered(
            lambda user: user.active and not user.share
        )
        if today:
            running = self.filtered(
                lambda a: a.delegate_id and a.delegate_from <= today <= a.delegate_to
            )
            holders |= running.delegate_id.filtered(lambda user: user.active and not user.share)
        return holders

    @api.model
    def _of_company(self, company):
        """Authorities valid in a root company, lowest first."""
        return self.sudo().browse(self._of_company_ids(company.id))

    @api.model
    @ormcache("company_id")
    def _of_company_ids(self, company_id):
        domain = [("company_id", "in", (False, company_id)), ("active", "=", True)]
        return tuple(self.sudo().search(domain).ids)

    @api.model
    def _is_decided(self, company):
        """Whether authorities were set up in a root company, beyond the one installed with the add-on."""
        shipped = self.env.ref(
            "credit_management.credit_authority_manager", raise_if_not_found=False
        )
        authorities = self._of_company(company)
        return bool(authorities) and authorities != shipped

    def _for_class(self, risk_class_id):
        """Authorities of ``self`` valid for customers of a risk class.

        :param risk_class_id: its id, 0 for a customer without a class
        """
        return self.filtered(
            lambda authority: (
                not authority.risk_class_ids or risk_class_id in authority.risk_class_ids.ids
            )
        )

    def _held_by(self, user, today):
        """Authorities of ``self`` that a user holds on a day."""
        return self.filtered(lambda authority: user in authority._get_holders(today))

    def _allowing_release(self, excess, exposure, overdue_days):
        """Authorities of ``self`` whose ceilings cover a release; amounts in the company's currency."""
        return self.filtered(
            lambda authority: (
                authority.is_unlimited
                or (
                    excess <= authority.max_excess
                    and exposure <= authority.max_exposure
                    and overdue_days <= authority.max_overdue_days
                )
            )
        )

    def _allowing_limit(self, amount, overdue_days=0):
        """Authorities of ``self`` that may approve a limit of ``amount`` (the company's currency).

        :param overdue_days: age of the customer's oldest overdue item
        """
        return self.filtered(
            lambda authority: (
                authority.is_unlimited
                or (amount <= authority.max_limit and overdue_days <= authority.max_overdue_days)
            )
        )

    def _get_hold_domain(self, user, company):
        """Domain of the holds of a root company that a user may decide with this authority; see
        :meth:`_allowing_release`."""
        domain = Domain("company_id", "=", company.id)
        if self.risk_class_ids:
            domain &= Domain("profile_id.risk_class_id", "in", self.risk_class_ids.ids)
        if not self.is_unlimited:
            domain &= Domain("excess", "<=", self.max_excess)
            domain &= Domain("oldest_due_days", "<=", self.max_overdue_days)
            domain &= Domain.custom(to_sql=self._get_exposure_condition)
        if not self.allow_own:
            domain &= Domain("requester_ids", "not in", user.ids)
        if self.two_signatures:
            signatures = self.env["credit.signature"].sudo()
            signed = signatures._search([("user_id", "=", user.id), ("hold_id", "!=", False)])
            domain &= Domain("id", "not in", signed.subselect("hold_id"))
        return domain

    def _get_exposure_condition(self, holds, alias, query):
        return SQL(
            "%s + %s <= %s",
            holds._field_to_sql(alias, "exposure", query),
            holds._field_to_sql(alias, "amount", query),
            self.max_exposure,
        )

    # === ARCHIVED USERS === #

    @api.model
    def _forget_archived(self, users):
        """Archive the authorities that archived users held alone, and end their delegations. A message is posted on
        each authority."""
        authorities = self.sudo().with_context(active_test=False)
        held = authorities.search([("user_id", "in", users.ids), ("active", "=", True)])
        delegated = authorities.search([("delegate_id", "in", users.ids)])
        for authority in held:
            authority.message_post(
                body=self.env._(
                    "Archived together with its user %s. Assign the authority to somebody else.",
                    authority.user_id.name,
                )
            )
        held.active = False
        for authority in delegated:
            authority.message_post(
                body=self.env._("The delegation ends: %s is archived.", authority.delegate_id.name)
            )
        delegated.write({"delegate_id": False, "delegate_from": False, "delegate_to": False})

    def _creation_message(self):
        # EXTENDS 'mail'
        return self.env._("Authority created")

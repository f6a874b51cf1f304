from odoo import api, fields, models


class CreditLimitBatchLine(models.TransientModel):
    """One limit to request: the change, who may approve it, and its problem if any."""

    _name = "credit.limit.batch.line"
    _description = "Change of a Credit Limit"
    _inherit = ["credit.number.mixin"]
    _order = "number, id"

    batch_id = fields.Many2one("credit.limit.batch", required=True, index=True, ondelete="cascade")
    number = fields.Integer(string="Row")
    customer_text = fields.Char(string="In the File", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer")
    company_id = fields.Many2one("res.company", required=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(string="New Limit")
    kind = fields.Selection([("permanent", "Permanent"), ("temporary", "Temporary")])
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="Until")
    reason = fields.Char()

    # What could not be read or computed, until the user corrects it
    customer_problem = fields.Char(readonly=True)
    amount_problem = fields.Char(readonly=True)
    kind_problem = fields.Char(readonly=True)
    from_problem = fields.Char(readonly=True)
    to_problem = fields.Char(readonly=True)

    # The preview
    has_limit = fields.Boolean(compute="_compute_preview")
    current_limit = fields.Monetary(compute="_compute_preview", help="In force today")
    exposure = fields.Monetary(compute="_compute_preview")
    available = fields.Monetary(
        string="Available After",
        compute="_compute_preview",
        help="Amount available under the new limit",
    )
    decider = fields.Char(string="Decided by", compute="_compute_preview")
    at_once = fields.Boolean(compute="_compute_preview", help="Within your authority")
    problem = fields.Text(compute="_compute_preview")

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "company_id", "amount", "kind", "date_from", "date_to", "reason")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_preview(self):
        positions = self._read_positions()
        authorities = self._get_authorities(positions)
        taken = self._get_temporary_limits()
        rows = self.batch_id.line_ids.grouped(lambda line: line._get_customer())
        today = self.env["res.company"]._get_credit_today()
        for line in self:
            customer = line._get_customer()
            line._set_figures(positions.get(customer))
            line._set_decider(authorities[line], today)
            problems = line._get_problems(
                positions.get(customer), taken.get(customer, ()), rows.get(customer, ())
            )
            line.problem = " ".join(filter(None, problems))

    def _set_figures(self, position):
        limit = position and position.credit_limit
        self.has_limit = limit is not None
        self.current_limit = limit or 0.0
        self.exposure = position.exposure if position else 0.0
        self.available = self.amount - self.exposure

    def _set_decider(self, authorities, today):
        """A requester can approve only with an authority over own limits that needs no second signature."""
        held = authorities._held_by(self.env.user, today)
        alone = held.filtered(lambda held: held.allow_own_limits and not held.two_signatures)
        self.at_once = bool(alone)
        self.decider = self.env.user.name if self.at_once else authorities[:1].name

    def _get_authorities(self, positions):
        """``{row: authorities that may approve it}``, lowest first."""
        of_company = {
            company: self.env["credit.authority"]._of_company(company)
            for company in self.company_id
        }
        classes = {
            (file.partner_id.id, file.company_id.id): file.risk_class_id.id
            for file in self._get_files()
        }
        found = {}
        for line in self:
            customer = line._get_customer()
            position = positions.get(customer)
            able = of_company.get(line.company_id, self.env["credit.authority"])
            found[line] = able._for_class(classes.get(customer, 0))._allowing_limit(
                line.amount, position.oldest_due_days if position else 0
            )
        return found

    # === PROBLEMS: each a sentence, or nothing === #

    def _get_problems(self, position, taken, rows):
        """
        :param taken: temporary limits of the customer, requested or approved
        :param rows: all rows of the customer, including this one
        """
        yield from self._check_entries()
        yield self._check_customer(position)
        yield self._check_days() or self._check_others(taken, rows)

    def _check_entries(self):
        if not self.partner_id:
            yield self.customer_problem or self.env._("Choose the customer.")
        elif self not in self._get_readable():
            yield self.env._("You have no access to the company of this row.")
        if self.amount_problem and not self.amount:
            yield self.amount_problem
        if self.amount < 0:
            yield self.env._("A credit limit cannot be negative.")
        if not (self.reason or "").strip():
            yield self.env._("Enter the reason.")

    def _check_customer(self, position):
        """Why the limit could not be approved for this customer."""
        if not position:
            return ""
        if position.credit_mode == "prepaid":
            return self.env._("The customer is on prepayment.")
        if position.credit_mode == "unlimited" and self.kind == "temporary":
            return self.env._("There is no permanent limit to revert to.")
        return ""

    def _check_days(self):
        if not self.kind:
            return self.kind_problem or self.env._("Choose permanent or temporary.")
        if not self.date_from:
            return self.from_problem or self.env._("Enter the first day.")
        if self.to_problem and not self.date_to:
            return self.to_problem
        if self.date_to and self.date_to < self.date_from:
            return self.env._("A limit cannot end before it begins.")
        if self.kind == "temporary" and not self.date_to:
            return self.env._("A temporary limit needs an end date.")
        return ""

    def _check_others(self, taken, rows):
        """Whether another row or an existing limit has the same customer and overlapping dates."""
        if not self.partner_id:
            return ""
        for row in rows:
            if row._origin != self._origin and self._excludes(row):
                return self.env._("Row %s has the same customer and overlapping dates.", row.number)
        for limit in taken:
            if self.kind == "temporary" and self._meets(limit.date_from, limit.date_to):
                return limit._get_overlap_sentence()
        return ""

    def _excludes(self, row):
        """Whether both are permanent, or both temporary with overlapping dates."""
        return row.kind == self.kind and (
            self.kind == "permanent" or row._meets(self.date_from, self.date_to)
        )

    def _meets(self, first, last):
        """Whether it overlaps the period from ``first`` to ``last``."""
        return bool(
            self.date_from and self.date_to and self.date_from <= last and first <= self.date_to
        )

    # === BUSINESS METHODS === #

    def _get_customer(self):
        return self.partner_id.commercial_partner_id.id, self.company_id.id

    def _get_readable(self):
        """Rows of the companies the user has access to."""
        return self.filtered(
            lambda line: line.partner_id and line.company_id in self.env.companies.root_id
        )

    def _read_positions(self):
        """``{(customer id, company id): Position}`` of all rows, in one query."""
        customers = {line._get_customer() for line in self._get_readable()}
        today = self.env["res.company"]._get_credit_today()
        return self.env["credit.profile"].sudo()._read_positions(customers, today)

    def _get_files(self):
        customers = {line._get_customer() for line in self._get_readable()}
        return self.env["credit.profile"].sudo()._find(customers)

    def _get_temporary_limits(self):
        """``{customer: temporary limits requested or approved}``."""
        limits = self.env["credit.limit"].sudo()
        found = limits.search(
            [
                ("profile_id", "in", self._get_files().ids),
                ("kind", "=", "temporary"),
                ("state", "in", ("requested", "approved")),
            ]
        )
        return found.grouped(lambda limit: (limit.partner_id.id, limit.company_id.id))

    def _prepare_limits(self):
        """Values of the limits; missing credit files are created."""
        files = self.env["credit.profile"].sudo()
        profiles = {}
        for company, lines in self._get_readable().grouped("company_id").items():
            for profile in files._ensure(lines.partner_id.commercial_partner_id, company):
                profiles[profile.partner_id.id, company.id] = profile.id
        return [
            {
                "profile_id": profiles[line._get_customer()],
                "amount": line.amount,
                "kind": line.kind,
                "date_from": line.date_from,
                "date_to": line.date_to,
                "reason": line.reason,
            }
            for line in self
        ]

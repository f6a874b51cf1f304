from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

#: fields written on an entry once its statement is sent
_REVIEW = {"review", "contest_reason", "contest_answer", "answered_by"}


class CreditCommissionEntry(models.Model):
    """Reviews the lines of a statement: the person agrees or contests, a manager answers, then the line is frozen."""

    _inherit = "credit.commission.entry"

    review = fields.Selection(
        [
            ("agreed", "Agreed"),
            ("contested", "Contested"),
            ("accepted", "Corrected"),
            ("refused", "Upheld"),
        ],
        readonly=True,
        copy=False,
        help="The person's review of the line, then the manager's answer.",
    )
    adjustment = fields.Selection(selection_add=[("contest", "Contested line corrected")])
    contest_reason = fields.Text("Why Contested", readonly=True, copy=False)
    contest_answer = fields.Text("Answer", readonly=True, copy=False)
    contested_id = fields.Many2one(
        "credit.commission.entry",
        "Corrects",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
    )
    answered_by = fields.Many2one("res.users", readonly=True, copy=False)
    statement_state = fields.Selection(related="statement_id.state", string="Statement Status")
    is_own = fields.Boolean(related="statement_id.is_own")
    payment_name = fields.Char(
        "Paid With",
        compute="_compute_payment_name",
        compute_sudo=True,
        help="The entry of the payment.",
    )

    _free_idx = models.Index("(company_id, person_id, date) WHERE statement_id IS NULL")

    # === COMPUTE METHODS === #

    @api.depends("collection_id.payment_move_id.name")
    def _compute_payment_name(self):
        for entry in self:
            entry.payment_name = entry.collection_id.payment_move_id.name or ""

    # === CRUD === #

    def write(self, vals):
        # EXTENDS 'base': lines of a sent statement cannot be edited; lines of a closed one cannot even be reviewed
        states = set(self.sudo().statement_id.mapped("state")) - {"draft"}
        if states and (vals.keys() - _REVIEW or "closed" in states):
            raise UserError(
                self.env._(
                    "This line is on a sent statement and cannot be changed. Later changes appear as a new line on the next statement."
                )
            )
        return super().write(vals)

    def _free(self, statements):
        """Remove the entries from deleted drafts."""
        if statements:
            self.env.execute_query(
                SQL(
                    "UPDATE credit_commission_entry entry SET statement_id = NULL FROM credit_commission_statement statement"
                    " WHERE statement.id = entry.statement_id AND statement.state = 'draft' AND statement.id IN %s",
                    tuple(statements.ids),
                )
            )
            self.invalidate_model(["statement_id"])

    # === ACTIONS OF THE PERSON === #

    def action_agree(self):
        """Agree to these lines; the statement is agreed once all its lines are."""
        self._check_reviewable()
        self.sudo().review = "agreed"
        self.sudo().statement_id._update_review_state()

    def action_contest(self, reason):
        """Contest these lines; the statement cannot be closed until they are answered.

        :param str reason: what is wrong
        :raise UserError: without a reason, or if the statement is not open for review
        """
        self._check_reviewable()
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(
                self.env._("Enter what is wrong with the line, so that it can be answered.")
            )
        self.sudo().write(
            {"review": "contested", "contest_reason": reason.strip(), "contest_answer": False}
        )
        self.sudo().statement_id._update_review_state()
        for entry in self.sudo():
            entry._post_review(self.env._("Contested: %(line)s", line=entry._describe_contest()))
        self.sudo().statement_id._ask_for_answer()

    def action_withdraw(self):
        """Withdraw the contest of these lines."""
        self._check_reviewable()
        contested = self.sudo().filtered(lambda entry: entry.review == "contested")
        contested.review = False
        contested.statement_id._update_review_state()

    def _check_reviewable(self):
        """Check that each line is on a sent, open statement of the user."""
        self.check_access("read")
        statements = self.statement_id
        statements._check_own()
        if len(self.filtered("statement_id")) < len(self):
            raise UserError(
                self.env._("This line is not on a statement yet. Wait for your statement.")
            )
        statements.sudo()._check_state("sent", "contested", "agreed")

    def action_open_contest(self):
        """Open the dialog for the reason."""
        self._check_reviewable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Contest"),
            "res_model": "credit.commission.contest",
            "view_mode": "form",
            "target": "new",
            "context": {"default_entry_ids": self.ids},
        }

    # === ACTIONS OF THE MANAGER === #

    def action_open_answer(self):
        self.statement_id._check_manager()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer"),
            "res_model": "credit.commission.answer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_entry_id": self.ensure_one().id},
        }

    def _answer(self, answer, amount=0.0):
        """Answer a contested line: correct it by ``amount``, in the company's currency, or uphold it.

        :param float amount: amount added to (or deducted from) the statement as a separate line
        :raise AccessError: if the user is not a manager, or it is the user's own line
        """
        self.ensure_one()
        self.statement_id._check_manager()
        entry = self.sudo()
        if entry.person_id == self.env.user.partner_id:
            raise AccessError(
                self.env._("You cannot answer a line that you contested. Ask another manager.")
            )
        if entry.review != "contested" or entry.statement_id.state == "closed":
            raise UserError(self.env._("This line is not contested. Choose a contested line."))
        if not isinstance(answer, str) or not answer.strip():
            raise UserError(self.env._("Enter the reason: the person will read your answer."))
        right = entry.currency_id.is_zero(amount)
        entry.write(
            {
                "review": "refused" if right else "accepted",
                "contest_answer": answer.strip(),
                "answered_by": self.env.uid,
            }
        )
        if not right:
            entry._put_right(amount)
        entry.statement_id._update_review_state()
        entry._post_review(
            self.env._(
                "Answer to %(line)s: %(answer)s", line=entry._describe(), answer=answer.strip()
            )
        )

    def _put_right(self, amount):
        """Add a correcting line to the statement, linked to the contested one."""
        self.create(
            {
                **{
                    name: self[name].id
                    for name in (
                        "company_id",
                        "person_id",
                        "plan_id",
                        "rule_id",
                        "agent_id",
                        "partner_id",
                        "move_id",
                        "line_id",
                        "statement_id",
                    )
                },
                "kind": "adjustment",
                "adjustment": "contest",
                "role": self.role,
                "contested_id": self.id,
                "date": self.statement_id.date_to,
                "amount": self.currency_id.round(amount),
            }
        )

    # === WORDS === #

    def _describe(self):
        """“INV/2026/00012 (Azure Interior), 12.50 €”."""
        self.ensure_one()
        amount = self.currency_id.format(self.amount)
        return f"{self.move_id.name or self.explanation} ({self.partner_id.name or '–'}), {amount}"

    def _describe_contest(self):
        return self.env._(
            "%(person)s: %(line)s: %(reason)s",
            person=self.person_id.name,
            line=self._describe(),
            reason=self.contest_reason or "",
        )

    def _describe_contests(self):
        return "\n".join(entry._describe_contest() for entry in self)

    def _post_review(self, words):
        self.statement_id.message_post(
            body=words, author_id=self.env.user.partner_id.id, subtype_xmlid="mail.mt_comment"
        )

    def _get_sold_name(self):
        """The product or description sold, on one line."""
        self.ensure_one()
        return (self.line_id.name or self.line_id.product_id.display_name or "").split("\n")[0]

    def _needs_words(self):
        """Whether the PDF needs an extra row to explain the line, beyond rate and base."""
        self.ensure_one()
        return bool(self.kind != "collection" or self.contest_reason or self._explain_speed())

    def _count_rows(self):
        """Approximate rows of the line in the PDF: long names take two."""
        self.ensure_one()
        texts = (self.partner_id.name or "", 26), (self._get_sold_name(), 30)
        rows = max(1, *(-(-len(text) // width) for text, width in texts))
        if not self._needs_words():
            return rows
        words = f"{self.explanation}{self.contest_reason or ''}{self.contest_answer or ''}"
        return rows + -(-len(words) // 130)

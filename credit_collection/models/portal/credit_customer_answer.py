from lxml.html import fromstring, tostring
from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date, html2plaintext
from odoo.tools.mimetypes import guess_mimetype

from ...rules import said as rules
from ...rules.promise import spread
from ...speaker import Speaker


class CreditCustomerAnswer(models.AbstractModel):
    """What a customer answers itself becomes the record that a collector would have made, marked with where it came from.

    Called as the system, once the page has found out who speaks (:class:`Speaker`). Amounts are in the currency of the items.
    """

    _name = "credit.customer.answer"
    _description = "Answer Written by the Customer"

    # === WHAT MAY BE ANSWERED === #

    @api.model
    def _read_rows(self, speaker):
        """The debts that the customer may answer: all that is open, or what is still open of the reminder."""
        accounts = self.env["credit.customer.account"]._read_accounts(
            speaker.customer, speaker.company
        )
        rows = [row for account in accounts for row in account.rows if row.line.balance > 0]
        if speaker.notice:
            lines = speaker.notice.line_ids.filtered(lambda line: line._is_due())
            rows = [row for row in rows if row.item in lines.item_id]
        return rows

    @api.model
    def _get_categories(self, company):
        """What a dispute may be about."""
        domain = [("company_id", "in", (False, company.root_id.id))]
        return self.env["credit.dispute.category"].search(domain)

    @api.model
    def _get_latest_day(self, company):
        """The last day that a customer may promise alone."""
        company = company.root_id
        return rules.latest_day(company._get_credit_today(), company.credit_collection_promise_days)

    # === ANSWERS === #

    @api.model
    def _say_paid(self, speaker, day=None, reference="", note=""):
        """The customer says that it has paid."""
        self._check_unread(speaker)
        if day and day > speaker.company._get_credit_today():
            raise UserError(self.env._("Enter the day on which you paid: today or before."))
        parts = [
            day and self.env._("Paid on %s", format_date(self.env, day)),
            reference and self.env._("Reference: %s", reference),
            note,
        ]
        return self._log(speaker, self._get_outcome("paid"), note="\n".join(filter(None, parts)))

    @api.model
    def _say_promise(self, speaker, day, items, amount=None, note=""):
        """The customer will pay these items on a day.

        :param items: ids of the items
        :param amount: less than all of them, oldest first; in their currency, which is then one
        """
        self._check_unread(speaker)
        self._check_day(speaker, day)
        rows = self._choose(speaker, items)
        self._check_may_promise(speaker, rows)
        owed = {row.item: row.line.balance for row in rows}
        parts = owed if amount is None else self._spread(amount, owed)
        promises = self._make_promises(speaker, day, parts, note)
        total = sum(self._to_company(item, part) for item, part in parts.items())
        return self._log(
            speaker,
            self._get_outcome("promise"),
            note=note,
            answer_date=day,
            amount=total,
            promise_id=promises[0].id,
        )

    @api.model
    def _say_dispute(self, speaker, category, amounts, note, files=()):
        """The customer disputes amounts of items.

        :param amounts: ``{item id: amount}``
        :param files: pairs of name and content
        """
        self._check_unread(speaker)
        category = self._get_categories(speaker.company).filtered(lambda one: one.id == category)
        if not category:
            raise UserError(self.env._("Choose what the dispute is about."))
        if not note:
            raise UserError(self.env._("Describe in a few words what is wrong."))
        self._check_files(files)
        rows = self._choose(speaker, amounts)
        self._check_may_dispute(speaker, rows)
        for row in rows:
            self._check_disputed(row, amounts[row.item.id])
        disputes = self._make_disputes(speaker, category, rows, amounts, note)
        for dispute in disputes:
            self._keep_files(speaker, dispute, files)
        total = sum(self._to_company(row.item, amounts[row.item.id]) for row in rows)
        return self._log(
            speaker,
            self._get_outcome("dispute"),
            note=note,
            reason=category.name,
            amount=total,
            dispute_id=disputes[0].id,
        )

    @api.model
    def _say_contact(self, speaker, name="", email="", phone="", note=""):
        """The customer names who deals with payments. By the link of a reminder: instead of its recipient.

        The person is not added to the contacts: whom a company writes to is for a collector to decide.
        """
        self._check_unread(speaker)
        person = ", ".join(filter(None, (name, email, phone)))
        if not person and not speaker.notice:
            raise UserError(self.env._("Enter the name, and an e-mail address or a telephone."))
        named = person and self.env._("Right contact: %s", person)
        outcome = "wrong_person" if speaker.notice else "named_contact"
        text = "\n".join(filter(None, (named, note)))
        return self._log(speaker, self._get_outcome(outcome), note=text)

    @api.model
    def _note_reply(self, customer, company, message, notice=None):
        """Note what came by e-mail; not what a colleague writes from its mail program.

        :param message: of the mail gateway or of a person
        """
        if message.message_type != "email" or message.author_id.user_ids.filtered(
            self._is_internal
        ):
            return
        author = message.author_id
        own = author.commercial_partner_id == customer
        speaker = Speaker(customer, company, author if own else author.browse(), "email", notice)
        text = rules.read_text(self._get_written(message.body))
        sender = "" if own else message.email_from
        note = "\n".join(filter(None, (sender, text or message.subject)))
        self._log(speaker, self._get_outcome("wrote"), note=note)

    @api.model
    def _is_internal(self, user):
        return user.active and not user.share

    @api.model
    def _get_written(self, body):
        """The text of an e-mail without what it quotes."""
        if not body:
            return ""
        tree = fromstring(f"<div>{body}</div>")
        for quoted in tree.xpath("//*[@data-o-mail-quote]"):
            if quoted.getparent() is not None:
                quoted.drop_tree()
        return html2plaintext(tostring(tree, encoding="unicode"))

    # === CHECKS === #

    @api.model
    def _check_unread(self, speaker):
        """Nobody fills the worklist from outside."""
        unread = self._get_file(speaker).answer_ids
        if len(unread) >= rules.MAX_UNREAD:
            raise UserError(
                self.env._(
                    "We have not read your last answers yet. Please wait until we come back to you, or call us."
                )
            )

    @api.model
    def _choose(self, speaker, ids):
        """The rows of these items.

        :raise UserError: if there is none, or one is not owed any more
        """
        rows = {row.item.id: row for row in self._read_rows(speaker)}
        if not ids:
            raise UserError(self.env._("Choose at least one invoice."))
        if any(item not in rows for item in ids):
            raise UserError(
                self.env._(
                    "One of these invoices has been paid or changed in the meantime. Look at the list again, then send your answer."
                )
            )
        return [rows[item] for item in ids]

    @api.model
    def _check_day(self, speaker, day):
        today, latest = (
            speaker.company._get_credit_today(),
            self._get_latest_day(speaker.company),
        )
        if not day or not today <= day <= latest:
            raise UserError(
                self.env._(
                    "Choose a day from %(today)s to %(latest)s. If you need longer, please contact us: we will look for a solution together.",
                    today=format_date(self.env, today),
                    latest=format_date(self.env, latest),
                )
            )

    @api.model
    def _check_may_promise(self, speaker, rows):
        if taken := [row.line.name or "" for row in rows if not row.may_promise]:
            raise UserError(
                self.env._(
                    "%s: you have already named a day for it. If something has changed, please contact us.",
                    ", ".join(taken),
                )
            )

    @api.model
    def _spread(self, amount, owed):
        """The amount over the items, oldest first."""
        currencies = self.env["res.currency"].union(*(item.currency_id for item in owed))
        if len(currencies) > 1:
            raise UserError(
                self.env._("Choose invoices in one currency, or leave the amount empty.")
            )
        total = sum(owed.values())
        if amount <= 0 or currencies.compare_amounts(amount, total) > 0:
            raise UserError(
                self.env._(
                    "Enter an amount above zero and up to the %s owed for these invoices.",
                    currencies.format(total),
                )
            )
        parts = spread(currencies.round(amount), owed)
        return {item: part for item, part in parts.items() if not currencies.is_zero(part)}

    @api.model
    def _check_may_dispute(self, speaker, rows):
        """What was refused is not disputed again alone, which would stop its reminders a second time."""
        refused = self.env["credit.dispute.line"].search_fetch(
            [
                ("item_id", "in", [row.item.id for row in rows]),
                ("dispute_id.state", "=", "refused"),
            ],
            ["item_id", "document_name"],
        )
        if refused:
            raise UserError(
                self.env._(
                    "%s: we have already answered a dispute of it. Please contact us if you do not agree.",
                    ", ".join(filter(None, refused.mapped("document_name"))),
                )
            )

    @api.model
    def _check_disputed(self, row, amount):
        currency = row.item.currency_id
        if not amount or amount <= 0 or currency.compare_amounts(amount, row.free) > 0:
            raise UserError(
                self.env._(
                    "%(document)s: enter an amount above zero and up to %(free)s, which is open and not disputed yet.",
                    document=row.line.name or "",
                    free=currency.format(row.free),
                )
            )

    @api.model
    def _check_files(self, files):
        if len(files) > rules.MAX_FILES:
            raise UserError(self.env._("Send up to %s files.", rules.MAX_FILES))
        for name, content in files:
            if len(content) > rules.MAX_BYTES:
                raise UserError(
                    self.env._(
                        "%(file)s is too large. Send files of up to %(size)s MB.",
                        file=rules.file_name(name),
                        size=rules.MAX_BYTES // 1024**2,
                    )
                )
            if not rules.is_allowed_file(name, guess_mimetype(content)):
                raise UserError(
                    self.env._(
                        "%(file)s cannot be sent. Send files of these kinds: %(kinds)s.",
                        file=rules.file_name(name),
                        kinds=", ".join(rules.FILE_KINDS),
                    )
                )

    # === RECORDS === #

    @api.model
    def _make_promises(self, speaker, day, parts, note):
        """A promise for each currency of the items.

        :param parts: ``{item: amount}``
        """
        promises = self.env["credit.promise"]
        for currency in self.env["res.currency"].union(*(item.currency_id for item in parts)):
            mine = {item: part for item, part in parts.items() if item.currency_id == currency}
            lines = self.env["credit.promise.line"]._prepare(mine)
            promises += promises.create(
                {
                    **self._prepare_answer(speaker, currency, lines),
                    "amount": currency.round(sum(mine.values())),
                    "date": day,
                    "note": note,
                }
            )
        return promises

    @api.model
    def _make_disputes(self, speaker, category, rows, amounts, note):
        """A dispute for each currency of the items."""
        disputes = self.env["credit.dispute"]
        for currency in self.env["res.currency"].union(*(row.item.currency_id for row in rows)):
            mine = {
                row.item: amounts[row.item.id] for row in rows if row.item.currency_id == currency
            }
            lines = self.env["credit.dispute.line"]._prepare(mine)
            disputes += disputes.create(
                {
                    **self._prepare_answer(speaker, currency, lines),
                    "category_id": category.id,
                    "note": note,
                }
            )
        return disputes

    @api.model
    def _prepare_answer(self, speaker, currency, lines):
        return {
            "partner_id": speaker.customer.id,
            "company_id": speaker.company.root_id.id,
            "currency_id": currency.id,
            "user_id": self._get_collector(speaker).id,
            "source": speaker.channel,
            "line_ids": [Command.create(line) for line in lines],
        }

    @api.model
    def _keep_files(self, speaker, dispute, files):
        """The files, in the discussion of the dispute."""
        if files:
            dispute.message_post(
                body=self.env._("Files sent by the customer"),
                attachments=[(rules.file_name(name), content) for name, content in files],
                author_id=speaker.contact.id,
                message_type="comment",
                subtype_xmlid="mail.mt_note",
            )

    @api.model
    def _log(self, speaker, outcome, **values):
        """The contact, to be read first of all."""
        return self.env["credit.contact.log"].create(
            {
                "profile_id": self._get_file(speaker).id,
                "user_id": (self._get_collector(speaker) or self.env.ref("base.user_root")).id,
                "direction": "in",
                "channel": speaker.channel,
                "contact_id": speaker.contact.id,
                "outcome_id": outcome.id,
                "notice_id": speaker.notice.id if speaker.notice else False,
                "link_key": self._get_link_key(speaker),
                "to_read": True,
                **values,
            }
        )

    @api.model
    def _get_link_key(self, speaker):
        """What may be answered by link once."""
        if speaker.channel != "link":
            return False
        return f"{speaker.notice.id}-{speaker.contact.id}"

    @api.model
    def _get_outcome(self, name):
        """The outcome of an answer; any that makes the same if it was deleted."""
        outcomes = self.env["credit.contact.outcome"].with_context(active_test=False)
        outcome = self.env.ref(f"credit_collection.outcome_{name}", raise_if_not_found=False)
        return outcome or outcomes.search([], limit=1)

    @api.model
    def _get_file(self, speaker):
        """The credit file of the customer, created on its first answer."""
        return self.env["credit.profile"]._ensure(speaker.customer, speaker.company.root_id)

    @api.model
    def _get_collector(self, speaker):
        """Who follows the customer; may be nobody."""
        file = self._get_file(speaker)
        return (file.collector_id or file.analyst_id).filtered("active")

    @api.model
    def _to_company(self, item, amount):
        """An amount of an item in the currency of the company, as the item is booked."""
        if not item.amount_residual_currency:
            return 0.0
        rate = item.amount_residual / item.amount_residual_currency
        return item.company_id.root_id.currency_id.round(amount * rate)

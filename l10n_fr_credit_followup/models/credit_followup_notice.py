from markupsafe import Markup
from odoo import models
from odoo.tools import formatLang

#: territories where the French codes apply
FRENCH = ("FR", "GF", "GP", "MQ", "RE", "YT")


class CreditFollowupNotice(models.Model):
    _inherit = "credit.followup.notice"

    # === THE SENDER === #

    def _is_french(self):
        """Whether the company is under French law."""
        country = self.company_id.account_fiscal_country_id or self.company_id.country_id
        return country.code in FRENCH

    def _get_registry_label(self):
        # EXTENDS 'credit_followup'
        return "SIRET" if self._is_french() else super()._get_registry_label()

    def _get_legal_mentions(self):
        # EXTENDS 'credit_followup'
        mentions = super()._get_legal_mentions()
        if not self._is_french():
            return mentions
        sentences = self._get_french_sentences()
        return mentions + Markup().join(Markup("<p>%s</p>") % text for text in sentences)

    # === PARAGRAPHS OF THE LAW === #

    def _get_french_sentences(self):
        """The sentences that French law requires for this type of debtor, as far as the notice calls for them."""
        late_terms = self.env["credit.late.measure"]._get_late_terms(
            self.partner_id, self.company_id
        )
        if late_terms.barred_from and late_terms.barred_from <= self.date:
            return []
        sentences = []
        if self.stage == "formal_notice":
            sentences.append(
                self.env._(
                    "This letter is a formal notice to pay within the meaning of article 1344 of the French Civil Code."
                )
            )
        if late_terms.debtor_type == "consumer":
            sentences.append(self._get_consumer_sentence())
        elif self._claims_charges() and late_terms.policy:
            sentences += self._get_professional_sentences(late_terms)
        return [sentence for sentence in sentences if sentence]

    def _claims_charges(self):
        return (
            self.stage == "formal_notice"
            or self.level_id.with_charges
            or self.interest
            or self.indemnity
        )

    def _get_consumer_sentence(self):
        """A consumer owes interest at the legal rate from the formal notice, and nothing else."""
        if self.stage == "formal_notice":
            return self.env._(
                "From this formal notice on, the sums due bear interest at the legal rate (articles 1231-6 and 1344-1 of the same code)."
            )
        if self.interest:
            return self.env._(
                "Since our formal notice, the sums due bear interest at the legal rate (articles 1231-6 and 1344-1 of the French Civil Code)."
            )
        return ""

    def _get_professional_sentences(self, late_terms):
        """Interest, then the fixed sum, as set in the applicable policy."""
        policy = late_terms.policy
        sentences = []
        if policy.rate_basis != "none":
            sentences += [
                self._get_public_interest_sentence(policy)
                if late_terms.debtor_type == "public"
                else self._get_business_interest_sentence(policy),
                self.env._("Interest runs until the day of payment."),
            ]
        return [*sentences, self._get_indemnity_sentence(late_terms)]

    def _get_business_interest_sentence(self, policy):
        if policy.rate_basis == "reference" and policy._is_of_ecb():
            return self.env._(
                "Under article L441-10 II of the French Commercial Code, late payment interest is due from the day after the due date of each"
                " invoice, without any reminder, at the rate applied by the European Central Bank to its most recent refinancing operation"
                " plus %s percentage points.",
                policy._format_points(policy.margin),
            )
        return self.env._(
            "Under article L441-10 II of the French Commercial Code, late payment interest at the agreed rate of %s is due"
            " from the day after the due date of each invoice, without any reminder.",
            policy._get_rate_words(),
        )

    def _get_public_interest_sentence(self, policy):
        if policy.rate_basis == "reference" and policy._is_of_ecb():
            return self.env._(
                "Under articles L2192-13 and R2192-31 of the French Public Procurement Code, late payment interest is due without any reminder,"
                " at the rate applied by the European Central Bank to its most recent main refinancing operations, in force on the first day of"
                " the half-year in which interest began to run, plus %s percentage points.",
                policy._format_points(policy.margin),
            )
        return self.env._(
            "Under article L2192-13 of the French Public Procurement Code, late payment interest is due without any reminder,"
            " at the rate of %s.",
            policy._get_rate_words(),
        )

    def _get_indemnity_sentence(self, late_terms):
        fee = late_terms.policy.fee_ids[:1]
        if not fee:
            return ""
        article = (
            self.env._("D2192-35 of the French Public Procurement Code")
            if late_terms.debtor_type == "public"
            else self.env._("D441-5 of the French Commercial Code")
        )
        return self.env._(
            "A fixed sum of %(fee)s for recovery costs is due for each invoice paid late (article %(article)s);"
            " where the costs were higher, further compensation may be claimed on proof.",
            fee=formatLang(self.env, fee.fee, currency_obj=fee.currency_id),
            article=article,
        )

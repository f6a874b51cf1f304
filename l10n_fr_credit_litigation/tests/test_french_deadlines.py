from datetime import date

from odoo.addons.credit_litigation.tests.common import LitigationCommon
from odoo.tests import tagged


@tagged("post_install", "-at_install", "post_install_l10n")
class TestFrenchDeadlines(LitigationCommon):
    """The worked examples of the law, from a date that is entered to the day on which one must have acted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.company.account_fiscal_country_id = cls.env.ref("base.fr")

    def _french(self, name):
        return self.env.ref(f"l10n_fr_credit_litigation.act_{name}")

    def _record(self, values, act, day):
        """``{act: (raw day, rolled day)}`` of what follows an act."""
        step = self.env["credit.litigation.step"].with_user(self.collector)
        step = step.create({**values, "act_id": act.id, "date": day})
        return {one.act_id: (one.deadline_raw, one.deadline) for one in step.following_ids}

    def test_an_order_to_pay_has_the_regime_of_its_day(self):
        case = {"litigation_id": self._case(self._invoice(1000, days_late=60)).id}
        made, served = self._french("order_made"), self._french("order_served")
        opposition, enforceable = self._french("opposition"), self._french("enforceable")
        self.assertEqual(
            self._record(case, made, "2026-08-20"), {served: (date(2027, 2, 20), date(2027, 2, 22))}
        )
        self.assertEqual(
            self._record(case, made, "2026-09-14"),
            {served: (date(2026, 12, 14), date(2026, 12, 14))},
        )
        self.assertEqual(
            self._record(case, served, "2026-10-20"),
            {
                opposition: (date(2026, 11, 20), date(2026, 11, 20)),
                enforceable: (date(2026, 12, 20), date(2026, 12, 21)),
            },
        )

    def test_insolvency_runs_from_the_publication(self):
        proceedings = self.env["credit.insolvency"].with_user(self.collector)
        proceedings = proceedings.create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "date_judgment": "2026-03-02",
            }
        )
        values = {"insolvency_id": proceedings.id}
        acts = {
            name: self._act(name) for name in ("publication", "declaration", "reclaim", "relief")
        }
        found = self._record(values, acts["publication"], "2026-03-10")
        self.assertEqual(found[acts["declaration"]], (date(2026, 5, 10), date(2026, 5, 11)))
        self.assertEqual(found[acts["reclaim"]][1], date(2026, 6, 10))
        self.assertEqual(found[acts["relief"]][1], date(2026, 9, 10))
        proceedings.is_abroad = True
        found = self._record(values, acts["publication"], "2026-03-10")
        self.assertEqual(found[acts["declaration"]][1], date(2026, 7, 10))
        reply = self._french("reclaim_reply")
        found = self._record(values, acts["reclaim"], "2026-06-10")
        self.assertEqual(found, {reply: (date(2026, 7, 10), date(2026, 7, 10))})
        found = self._record(values, self._act("contest"), "2026-09-01")
        self.assertEqual(found[self._act("answer")], (date(2026, 10, 1), date(2026, 10, 1)))

"""The kit: cases as a collector prepares and a manager opens them, in one line each."""

from odoo.addons.credit_collection.tests.common import AnswerCommon
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class LitigationCommon(AnswerCommon):
    def _case(self, *items, opened=True, **values):
        """A case on invoices, opened by the manager."""
        case = self._answer("credit.litigation", items, **values)
        if opened:
            case.with_user(self.manager).action_open()
        return case

    def _act(self, name):
        return self.env.ref(f"credit_litigation.act_{name}")

    @classmethod
    def _rule(cls, start, act, **values):
        """A deadline rule between two acts, in force since 2020."""
        return cls.env(su=True)["credit.deadline.rule"].create(
            {
                "name": "Deadline",
                "start_act_id": cls.env.ref(f"credit_litigation.act_{start}").id,
                "act_id": cls.env.ref(f"credit_litigation.act_{act}").id,
                "date_from": "2020-01-01",
                **values,
            }
        )

    def _step(self, case, act, date=None, **values):
        return case.env["credit.litigation.step"].create(
            {"litigation_id": case.id, "act_id": self._act(act).id, "date": date, **values}
        )

    def _taxed(self, net, days_late):
        """An invoice with a tax of 20 %."""
        tax = self.company_data["default_tax_sale"].copy(
            {"name": "20 %", "amount": 20.0, "price_include_override": "tax_excluded"}
        )
        line = self._prepare_invoice_line(
            price_unit=net, product_id=self.service, tax_ids=[Command.set(tax.ids)]
        )
        return self._invoice(net, days_late=days_late, invoice_line_ids=[line])

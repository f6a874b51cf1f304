"""Names of ours on models of others: no other add-on chooses them, now or later."""

from pathlib import Path

import pytest
from oca_addons.names import extended
from workbench import addons
from workbench.bench import REPO

LIST = Path(__file__).parent / "oca_addons/field_names.txt"

#: what a name of ours begins with: the add-on, or one of its models (credit.late.charge, credit.followup.notice)
PREFIXES = ("credit_", "late_charge_", "followup_")
#: where everybody adds settings, the whole name of the add-on or of one of its models
SETTINGS = ("res.company", "res.config.settings")
ADDON_PREFIXES = (
    "credit_management_",
    "credit_followup_",
    "credit_collection_",
    "credit_commission_",
    "credit_late_",
    "credit_interest_",
    "credit_provision_",
    "credit_write_off_",
    "credit_reporting_",
)
#: names that say what anybody would mean by them
PLAIN = {
    ("account.account", "doubtful_customers"),  # debts of doubtful customers, 416 in France
    ("sale.order", "company_currency_id"),  # as on Odoo's invoices
    ("account.move", "payment_count"),  # Odoo's own, counted for who may not read the payments
}


@pytest.fixture(scope="module")
def ours():
    found = {pair for addon in addons.find(REPO) for pair in extended(addon.path)}
    return {(model, name) for model, name in found if not model.startswith("credit.")}


def test_names_on_models_of_others_begin_with_ours(ours):
    strange = {
        (model, name)
        for model, name in ours - PLAIN
        if not name.startswith(ADDON_PREFIXES if model in SETTINGS else PREFIXES)
    }
    assert not strange


def test_oca_addons_have_chosen_other_names(ours):
    theirs = {tuple(line.split()[:2]) for line in LIST.read_text().splitlines()}
    assert len(theirs) > 200
    assert not ours & theirs


def test_a_model_that_an_addon_makes_is_its_own(tmp_path):
    (tmp_path / "models.py").write_text(
        "class A(models.Model):\n"
        "    _inherit = 'res.partner'\n"
        "    colour = fields.Char()\n"
        "class B(models.Model):\n"
        "    _name = 'paint'\n"
        "    name = fields.Char()\n"
    )
    assert extended(tmp_path) == {("res.partner", "colour")}

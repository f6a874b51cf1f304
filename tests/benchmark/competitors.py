"""The databases of those that are compared: copies of one generated database."""

import json
import time
from dataclasses import dataclass
from pathlib import Path

from workbench import command
from workbench.addons import fingerprints
from workbench.bench import Bench
from workbench.console import step
from workbench.databases import Databases
from workbench.home import digest

from . import HERE
from .sizes import Sizes
from .worker import Worker

#: Odoo alone: what the suite and OCA's add-ons both need
MODULES = ("sale_management", "l10n_fr_account")
SUITE = "credit_management"
OCA_PACKAGES = ("odoo-addon-account-financial-risk", "odoo-addon-sale-financial-risk")
OCA_VERSIONS = "==19.0.*"
LABELS = (
    "odoo",
    "suite",
    "noindex",
    "collection",
    "oca",
    "followup",
    "ocafollowup",
    "commission",
    "ocacommission",
)
FOLLOWUP = "credit_followup"
COLLECTION = "credit_collection"
OCA_FOLLOWUP_PACKAGES = (
    "odoo-addon-account-credit-control",
    "odoo-addon-partner-statement",
    "odoo-addon-report-xlsx",
    "odoo-addon-report-xlsx-helper",
)
OCA_FOLLOWUP = ("account_credit_control", "partner_statement")
COMMISSION = "credit_commission"
OCA_COMMISSION_PACKAGES = ("odoo-addon-commission-oca", "odoo-addon-account-commission-oca")
OCA_COMMISSION = ("commission_oca", "account_commission_oca")
OCA = ("account_financial_risk", "sale_financial_risk")
COVERING_INDEX = "account_move_line_credit_exposure_idx"


@dataclass
class Competitors:
    """Makes the databases, and workers on them."""

    bench: Bench
    sizes: Sizes
    label: str = "bench"
    base: str = ""  # another database with Odoo's modules than our own

    def __post_init__(self):
        self.databases = Databases(self.bench)
        self.base = self.base or f"credit_bench_{digest(self.bench.odoo_key, *MODULES)}"

    def name(self, label: str) -> str:
        """Name of a database."""
        return f"{self.bench.prefix}_{self.label}_{label}"

    @property
    def words(self) -> dict[str, str]:
        """``{measured customer: in words}``."""
        return {
            name: f"{opened:,} open" + (f", {settled:,} settled" if settled else "")
            for name, (opened, settled) in self.sizes.specials.items()
        }

    # === The generated database === #

    @property
    def _origin(self):
        sources = [(HERE / "sizes.py"), *sorted((HERE / "inside").glob("*.py"))]
        generator = digest(*(path.read_bytes() for path in sources if path.stem not in _LATER))
        return {"base": self.base, "sizes": self.sizes.as_dict(), "generator": generator}

    @property
    def generated(self) -> str:
        """Name of the database that all copies are made of, one for each size."""
        return self.name(f"g{self.sizes.customers}x{self.sizes.invoices}")

    def generate(self, fresh=False) -> str:
        """Fill a database, unless there is one that was filled this way; what the generator said."""
        wanted = self._origin
        if not fresh and self.databases.origin(self.generated) == wanted:
            return ""
        self._ensure_base()
        self.databases.clone(self.base, self.generated)
        script = HERE / "inside" / "generate.py"
        sizes = json.dumps(self.sizes.as_dict())
        words = [self.bench.python, script, sizes, "--", *self.bench.options(self.generated)]
        with step(f"Generating {self.sizes.invoices:,} invoices") as progress:
            what = "The generated database is not right:"
            log = self.bench.run(words, log="benchmark-generate", what=what, watch=progress)
        self.databases.remember(self.generated, wanted)
        return log.read_text()

    def _ensure_base(self):
        if not self.databases.exists(self.base):
            with step("Odoo's own modules, once") as progress:
                draft = f"{self.base}_draft"
                self.databases.drop(draft)
                words = ("-i", ",".join(MODULES))
                self.databases.install(draft, words, "benchmark-base", progress)
                self.databases.rename(draft, self.base)

    # === Copies of it === #

    def prepare(self, oca=True) -> tuple[dict[str, str], float]:
        """``{label: database}`` of all who take part, and the seconds that installing the suite took.

        Copies that an earlier run has kept are used again, unless what they were made from has changed.
        """
        self.copy("odoo")
        seconds = self.copy("suite", SUITE)
        self._copy_without_index()
        self.copy("collection", SUITE, COLLECTION)
        if oca:
            self._download("oca", OCA_PACKAGES)
            self.copy("oca", *OCA)
        labels = ["odoo", "suite", "no index", "collection", *(["oca"] if oca else [])]
        return {label: self.name(label.replace(" ", "")) for label in labels}, seconds

    def prepare_followup(self, oca=True) -> dict[str, str]:
        """The same for reminders and statements, which have databases of their own."""
        self.copy("followup", SUITE, FOLLOWUP)
        labels = ["followup"]
        if oca:
            self._download("ocafollowup", OCA_FOLLOWUP_PACKAGES)
            self.copy("ocafollowup", *OCA_FOLLOWUP)
            labels.append("ocafollowup")
        return {label: self.name(label) for label in labels}

    def prepare_commission(self, oca=True) -> dict[str, str]:
        """The same for commissions, beside Odoo alone for what they add to a payment."""
        self.copy("odoo")
        self.copy("commission", COMMISSION)
        labels = ["odoo", "commission"]
        if oca:
            self._download("ocacommission", OCA_COMMISSION_PACKAGES)
            self.copy("ocacommission", *OCA_COMMISSION)
            labels.append("ocacommission")
        return {label: self.name(label) for label in labels}

    def copy(self, label: str, *addons: str) -> float:
        """A copy of the generated database with some add-ons in use; seconds that their installation took."""
        name, origin = self.name(label), self._copy_origin(addons)
        known = self.databases.origin(name)
        if known | {"seconds": 0} == origin:
            return known["seconds"]
        with step(f"Copying for {label}"):
            self.databases.clone(self.generated, name)
        seconds = self._install(name, addons, *self.options(label)) if addons else 0.0
        with Worker(self.bench, name, *self.options(label)) as worker:
            worker.ask(setup=label)
        with step(f"Vacuum of {label}"):
            self.sql(name, "VACUUM ANALYZE")
        self.databases.remember(name, origin | {"seconds": seconds})
        return seconds

    def _copy_without_index(self):
        suite, name = self.name("suite"), self.name("noindex")
        origin = self.databases.origin(suite)
        if self.databases.origin(name) == origin:
            return
        with step("Copying the suite for a trial without its covering index"):
            self.databases.clone(suite, name)
        self.sql(name, f"DROP INDEX {COVERING_INDEX}")
        self.databases.remember(name, origin)

    def _copy_origin(self, addons):
        """What a copy is made from: the generated database, its own set-up, and our add-on if it is in it."""
        ours = [addon for addon in self.bench.addons if addon.name in addons]
        setups = digest((HERE / "inside" / "setups.py").read_bytes())
        generated = self.databases.origin(self.generated)
        return {
            "of": generated,
            "setups": setups,
            "addons": fingerprints(ours) or list(addons),
            "seconds": 0,
        }

    def options(self, label: str) -> tuple[str, ...]:
        """Where Odoo finds the add-ons."""
        if not label.startswith("oca"):
            return ()
        return ("--addons-path", str(self._target(label) / "odoo" / "addons"))

    def _target(self, label) -> Path:
        return self.bench.home / f"benchmark-{label}"

    def _download(self, label, packages):
        names = [f"{package}{OCA_VERSIONS}" for package in packages]
        words = [self.bench.python, "-m", "pip", "install", "--no-deps", "--upgrade", "--quiet"]
        with step("OCA's add-ons, installed for the run"):
            command.run(
                [*words, "--target", self._target(label), *names],
                log=self.bench.log("benchmark-pip"),
                what="pip could not install OCA's add-ons:",
                remedy="Check the network, or leave them out: --without-oca",
            )

    def _install(self, name, addons, *options):
        """Seconds from the start of Odoo to its end."""
        words = self.bench.odoo_command(name, *options, "-i", ",".join(addons), "--stop-after-init")
        start = time.monotonic()
        with step(f"Installing {', '.join(addons)}"):
            what = "Odoo could not install the add-ons:"
            self.bench.run([*words, "--no-http"], log=f"benchmark-install-{name}", what=what)
        return time.monotonic() - start

    def sql(self, name: str, query: str) -> str:
        """Ask a database."""
        words = ["psql", "-XAtq", "-F", "|", "-v", "ON_ERROR_STOP=1", "-d", name, "-c", query]
        return command.output(words, env=self.bench.environ())

    def drop(self) -> None:
        """Remove the copies; the generated database stays for the next run."""
        for label in LABELS:
            self.databases.drop(self.name(label))


#: modules that run on copies only
_LATER = {"serve", "acts", "followup", "commission", "setups", "processes"}

# Runs in Odoo's shell, on a copy of the suite: every actor against every model of ours and every public method.
# What it finds of each model is a line of its output that begins with SWEEP, as JSON. ONLY is set before.
# ruff: noqa: B023, BLE001, F821, T201
import inspect
import json
import traceback
from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache
from unittest.mock import patch

from odoo.exceptions import (
    AccessDenied,
    AccessError,
    MissingError,
    RedirectWarning,
    UserError,
    ValidationError,
)
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS, BaseModel
from psycopg2 import IntegrityError

AUTHOR = "Credit Management contributors"
#: what Odoo shows as a sentence; it makes one of each constraint of the database
SENTENCES = (
    AccessDenied,
    AccessError,
    MissingError,
    RedirectWarning,
    UserError,
    ValidationError,
    IntegrityError,
)
#: what a request may carry where it should not
HOSTILE = (
    None,
    "x",
    -1,
    "nan",
    float("nan"),
    float("inf"),
    1e308,
    [],
    {},
    [[0]],
    "' OR 1=1 --",
    "<b>{{7*7}}</b>",
    [("id", "!=", 0)],
)
ROWS = 40

counts, found, why = Counter(), defaultdict(set), {}


# === THE SCENE: a company with debts and holds, another company, a branch, and people === #


def user(login, *groups, company=None, **values):
    company = company or env.company
    ids = [group.id for name in groups if (group := env.ref(name, raise_if_not_found=False))]
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": login,
                "login": f"sweep_{login}",
                "email": f"{login}@example.com",
                "group_ids": [Command.set(ids)],
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
                **values,
            }
        )
    )


other = env["res.company"].create({"name": "Other"})
branch = env["res.company"].create({"name": "Branch", "parent_id": env.company.id})
INSIDE = "base.group_user"
SALES, ALL_SALES = "sales_team.group_sale_salesman", "sales_team.group_sale_salesman_all_leads"
CREDIT, MANAGER = "credit_management.group_credit_user", "credit_management.group_credit_manager"
COMMISSION = "credit_commission.group_commission_manager"
actors = {
    "portal": user("portal", "base.group_portal"),
    "visitor": env.ref("base.public_user"),
    "nobody": user("nobody", INSIDE),
    "contacts": user("contacts", INSIDE, "base.group_partner_manager"),
    "warehouse": user("warehouse", "stock.group_stock_user"),
    "seller": user("seller", SALES),
    "colleague": user("colleague", SALES),
    "sales": user("sales", ALL_SALES),
    "credit": user("credit", CREDIT),
    "manager": user("manager", MANAGER),
    "auditor": user("auditor", INSIDE, "account.group_account_readonly"),
    "accountant": user("accountant", "account.group_account_user"),
    "commissions": user("commissions", COMMISSION),
    "agent": user("agent", "base.group_portal"),
    "foreign": user("foreign", MANAGER, ALL_SALES, COMMISSION, company=other),
    "branch_seller": user("branch_seller", ALL_SALES, company=branch),
    "branch_credit": user("branch_credit", CREDIT, company=branch),
}
seller = actors["seller"]


def build():
    """Records of each kind in the company; what cannot be made here is left out."""
    policy = env["credit.policy"].create(
        {"name": "Sweep", "rule_ids": [Command.create({"kind": "over_limit"})]}
    )
    env.company.credit_management_policy_id = policy
    service = env["product.product"].create(
        {"name": "Thing", "type": "service", "invoice_policy": "order", "taxes_id": False}
    )
    customer = env["res.partner"].create(
        {
            "name": "Customer",
            "is_company": True,
            "user_id": actors["colleague"].id,
            "email": "c@example.com",
        }
    )
    actors["portal"].partner_id.parent_id = customer
    profile = env["credit.profile"]._ensure(customer, env.company)
    limits = env["credit.limit"].with_user(actors["credit"])
    limit = limits.create({"profile_id": profile.id, "amount": 7531.0, "reason": "x"})
    limit.action_request()
    limit.with_user(actors["manager"]).action_approve()
    limits.create({"profile_id": profile.id, "amount": 9999.0, "reason": "x"}).action_request()
    invoice = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": customer.id,
            "invoice_date": date.today() - timedelta(90),
            "invoice_date_due": date.today() - timedelta(60),
            "invoice_line_ids": [
                Command.create({"product_id": service.id, "price_unit": 6420.0, "tax_ids": False})
            ],
        }
    )
    invoice.action_post()
    for who in (seller, actors["colleague"]):
        order = env["sale.order"].create(
            {
                "partner_id": customer.id,
                "user_id": who.id,
                "order_line": [
                    Command.create(
                        {"product_id": service.id, "price_unit": 3000.0, "tax_ids": False}
                    )
                ],
            }
        )
        order.with_user(who).action_confirm()
    env["credit.authority"].create(
        {"user_id": actors["credit"].id, "max_excess": 100.0, "company_id": env.company.id}
    )
    more = {
        "credit.followup.procedure": {"name": "Sweep", "company_id": env.company.id},
        "credit.followup.pause": {
            "partner_id": customer.id,
            "reason": "x",
            "date_to": "2099-01-01",
        },
        "credit.late.policy": {"name": "Sweep", "rate_basis": "own", "own_rate": 12.0},
        "credit.commission.plan": {
            "name": "Sweep",
            "date_from": "2020-01-01",
            "rule_ids": [Command.create({"name": "All", "percent": 5})],
            "agent_ids": [Command.create({})],
        },
        "credit.commission.statement": {
            "person_id": seller.partner_id.id,
            "date_from": "2026-01-01",
            "date_to": "2026-01-31",
        },
        "credit.commission.advance": {
            "person_id": seller.partner_id.id,
            "amount": 5.0,
            "date": "2026-01-31",
        },
        "credit.policy.simulation": {"policy_id": policy.id},
        "credit.portfolio": {"name": "Sweep", "user_id": actors["credit"].id},
        "credit.negotiation.margin": {"max_days": 5},
        "credit.collection.target": {"user_id": actors["credit"].id, "amount": 10.0},
        "credit.channel.cost": {"channel": "email", "amount": 1.0},
        "credit.negotiation.request": {
            "profile_id": profile.id,
            "kind": "days",
            "asked": 30.0,
            "reason": "x",
        },
    }
    for model, values in more.items():
        if model in env:
            attempt(lambda model=model, values=values: env[model].create(values))
    for step in (remind, claim, earn, recommend, call, dispute, promise, plan_payments):
        if isinstance(error := attempt(lambda step=step: step(invoice, profile)), Exception):
            why[f"scene: {step.__name__}"] = str(error)[-400:]


def remind(invoice, profile):
    """A run with its notices, figures and exclusions."""
    company = env.company
    company.credit_followup_procedure_id = env.ref("credit_followup.procedure_systematic")
    run = env["credit.followup.run"].create({})
    run.action_prepare()


def claim(invoice, profile):
    """A late charge."""
    company = env.company
    if not company.credit_late_policy_id:
        company.credit_late_policy_id = env["credit.late.policy"].search([], limit=1)
    env["credit.late.item"].search([("invoice_id", "=", invoice.id)]).action_claim()


def earn(invoice, profile):
    """Money that came in, and what a salesperson earned by it."""
    invoice.invoice_user_id = seller
    window = env["account.payment.register"].with_context(
        active_model="account.move", active_ids=invoice.ids
    )
    window.create({"amount": 1000.0})._create_payments()
    plan = env["credit.commission.plan"].search([("name", "=", "Sweep")], limit=1)
    plan.action_activate()
    plan.action_compute()


def recommend(invoice, profile):
    """A recommended limit, and what the policy would have held."""
    profile.action_recommend()
    env["credit.policy.simulation"].search([], limit=1).action_run()


def call(invoice, profile):
    """A contact with the customer."""
    outcome = env.ref("credit_collection.outcome_answered")
    logs = env["credit.contact.log"].with_user(actors["credit"])
    logs.create({"profile_id": profile.id, "outcome_id": outcome.id, "note": "x"})


def answer(model, invoice, part, **values):
    """What the customer answered about a part of an invoice, or about one of its own."""
    item = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
    line = {"item_id": item.id, "amount": part or item.amount_residual_currency}
    return env[model].create(
        {"partner_id": invoice.partner_id.id, "line_ids": [Command.create(line)], **values}
    )


def another(invoice):
    """An invoice of the same customer that no other answer names."""
    new = invoice.copy({"invoice_date": date.today(), "invoice_date_due": date.today()})
    new.action_post()
    return new


def dispute(invoice, profile):
    """A dispute of a part, owned by the colleague."""
    category = env["credit.dispute.category"].search([], limit=1)
    owner = actors["colleague"].id
    answer("credit.dispute", another(invoice), 5.0, category_id=category.id, owner_id=owner)


def promise(invoice, profile):
    """A promise of the whole of an invoice."""
    day = date.today() + timedelta(3)
    new = another(invoice)
    answer("credit.promise", new, 0, amount=new.amount_residual, date=day)


def plan_payments(invoice, profile):
    """A payment plan that was agreed, and one that is proposed."""
    for agreed in (True, False):
        plan = answer("credit.payment.plan", another(invoice), 0, number=2)
        plan.action_propose()
        if agreed:
            plan.action_agree()


# === A CALL, and what became of it === #


def attempt(call):
    """The result, or the exception; nothing of it stays unless it is the scene's."""
    try:
        with env.cr.savepoint():
            return call()
    except Exception as error:
        return error


class Undo(Exception):
    pass


def tried(call):
    """``passed``, ``refused`` or ``fault``, and the result; everything is undone."""
    outcome = []

    def undone():
        outcome.append(call())
        env.flush_all()
        raise Undo

    error = attempt(undone)
    env.invalidate_all()
    counts["calls"] += 1
    if isinstance(error, Undo):
        return "passed", outcome[0]
    return ("refused" if isinstance(error, SENTENCES) else "fault"), error


def models():
    modules = env["ir.module.module"].search([("author", "=", AUTHOR), ("state", "=", "installed")])
    ours = frozenset(modules.mapped("name"))
    return ours, [
        env[name]
        for name in sorted(env.registry)
        if env[name]._original_module in ours and not env[name]._abstract
    ]


@cache
def methods(ours):
    """Public methods that our add-ons define, on whatever model: ``{model: names}``."""
    result = defaultdict(set)
    for name in env.registry:
        if not env[name]._abstract:
            for cls in type(env[name]).__mro__:
                module = cls.__module__.split(".")
                if module[:2] == ["odoo", "addons"] and module[2] in ours:
                    result[name] |= {
                        key for key, value in vars(cls).items() if is_public(key, value)
                    }
    return {name: sorted(names) for name, names in result.items() if names}


def is_public(key, value):
    return not (
        key.startswith("_")
        or not inspect.isfunction(value)
        or hasattr(env.registry["base"], key)  # every model has it
        or getattr(value, "_api_private", False)
    )


def sample(model):
    """Records of the scene: what the company has, unless a window of its own makes more sense."""
    if model._transient:
        named = {
            name: sample(env[field.comodel_name])[:1].id
            for name, field in model._fields.items()
            if field.type == "many2one" and field.store and field.required and not field.default
        }
        made = attempt(lambda: model.create(named))
        return made if isinstance(made, BaseModel) else model.browse()
    domain = (
        [("company_id", "=", env.company.id)]
        if "company_id" in model._fields and model._fields["company_id"].store
        else []
    )
    return model.with_context(active_test=False).search(domain, limit=2, order="id desc")


def values_for(model):
    """Values with which a record can be made, as the scene's records have them."""
    record = sample(model)[:1]
    names = [
        name
        for name, field in model._fields.items()
        if field.store
        and field.required
        and field.type not in ("one2many", "many2many")
        and field.name not in MAGIC_COLUMNS
    ]
    return (
        {name: model._fields[name].convert_to_write(record[name], record) for name in names}
        if record
        else {}
    )


def arguments(method):
    """Calls without anything, then one hostile value for all of them at a time."""
    parameters = [
        p
        for p in list(inspect.signature(method).parameters.values())[1:]
        if p.kind == p.POSITIONAL_OR_KEYWORD
    ]
    if not [p for p in parameters if p.default is p.empty]:
        yield ()
    for value in HOSTILE if parameters else ():
        yield (value,) * len(parameters)


def operations(model):
    everything = [] if not model._transient else [("id", "!=", 0)]
    record = sample(model)
    made = values_for(model)
    writable = next(
        (
            name
            for name, field in model._fields.items()
            if field.store
            and field.type in ("char", "text", "boolean", "float", "integer")
            and field.name not in MAGIC_COLUMNS
        ),
        None,
    )
    yield "read", lambda m: bool(m.search(everything, limit=ROWS) & record)
    yield "read", lambda m: bool(m.browse(record.ids).read(["id", "display_name"]))
    yield (
        "read",
        lambda m: any(
            row["__count"] for row in m.formatted_read_group(everything, [], ["__count"])
        ),
    )
    yield "read", lambda m: bool(m.browse(record.ids).export_data(["id", "display_name"])["datas"])
    yield (
        "read",
        lambda m: bool({row[0] for row in m.name_search("", limit=ROWS)} & set(record.ids)),
    )
    yield "create", lambda m: bool(m.create(made)) if made or model._transient else False
    yield "copy", lambda m: bool(m.browse(record.ids).copy())
    if writable:
        yield (
            "write",
            lambda m: (
                m.browse(record.ids).write({writable: record[:1][writable]}) if record else False
            ),
        )
    yield "unlink", lambda m: m.browse(record.ids).unlink() if record else False


FIGURES = {
    "sale.order": ("credit_available", "credit_has_limit"),
    "res.partner": (
        "credit_limit",
        "credit_to_order",
        "credit_profile_limit",
        "credit_profile_exposure",
    ),
    "credit.hold": ("exposure", "credit_limit", "excess"),
}


def walk():
    """Model by model; what was found is told at once."""
    ours, ours_models = models()
    counts["actors"] = len(actors)
    names = sorted({model._name for model in ours_models} | set(FIGURES) | set(methods(ours)))
    tell(to_do=[name for name in names if ONLY in name])
    for name in names:
        if ONLY in name:
            if env[name] in ours_models:
                counts["models"] += 1
                walk_operations(env[name])
            walk_figures(name)
            for method in methods(ours).get(name, ()):
                counts["methods"] += 1
                walk_method(env[name], method)
            tell(done=name)


def tell(**more):
    rows = {" ".join(key): sorted(names) for key, names in found.items()}
    print("SWEEP " + json.dumps({"found": rows, "counts": counts, "why": why, **more}), flush=True)
    found.clear()
    why.clear()


def walk_operations(model):
    for kind, operation in list(operations(model)):
        for name, who in actors.items():
            state, result = tried(lambda: operation(env[model._name].with_user(who)))
            if state == "fault":
                blame(f"{model._name} {kind}", name, result)
            elif state == "passed" and result:
                found[kind, model._name].add(name)


def blame(what, name, error, given=()):
    """A fault; the first of its kind says where and with what."""
    what = f"{what} {type(error).__name__}"
    found["fault", what].add(name)
    [*_, last] = traceback.extract_tb(error.__traceback__)
    why.setdefault(what, f"{last.filename}:{last.lineno} {given}: {error}"[-400:])


def walk_figures(model):
    """Figures of the customer of a colleague, on what Odoo's own rules let an actor read."""
    if model not in FIGURES:
        return
    hold = env["credit.hold"].search([("order_id.user_id", "=", actors["colleague"].id)], limit=1)
    record = {"sale.order": hold.order_id, "res.partner": hold.partner_id, "credit.hold": hold}
    for field in FIGURES[model]:
        for name, who in actors.items():
            state, result = tried(lambda: record[model].with_user(who).read([field])[0][field])
            if state == "passed" and result:
                found["see", f"{model}.{field}"].add(name)


def walk_method(model, method):
    function = getattr(type(model), method)
    record = sample(model)[:1]
    if not record and getattr(function, "_api_model", None) is None:
        counts["methods without a record"] += 1
        return
    env.flush_all()
    env.invalidate_all()
    for name, who in actors.items():
        for given in arguments(function):
            state, result = tried(lambda: getattr(record.with_user(who), method)(*given))
            if state == "passed" and record:
                found["call", f"{model._name}.{method}"].add(name)
            elif state == "fault":
                blame(f"{model._name}.{method}", name, result, given)


build()
env.flush_all()
with (
    patch.object(env.cr, "commit", lambda: None),
    patch.object(env.cr, "rollback", lambda: None),
    patch.object(type(env["ir.mail_server"]), "send_email", lambda *args, **kwargs: "sent"),
    patch.object(
        type(env["ir.actions.report"]), "_run_wkhtmltopdf", lambda *args, **kwargs: b"%PDF-1.4"
    ),
    patch.object(
        type(env["credit.gate"]),
        "_read_locked",
        lambda self, customers, requests, today, counted, _view: self._read_own(
            customers, requests, today, counted
        ),
    ),
):
    walk()

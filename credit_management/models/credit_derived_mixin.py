from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tools import ormcache


class CreditDerivedMixin(models.AbstractModel):
    """Protects the fields that Odoo derives from others and that the exposure reads: no client may write them.

    Which ones follows from their definitions: stored and computed, or stored and related, without an inverse and not
    editable, and read by the exposure or by the computation of what it reads.

    Forms and imports also send values that change nothing. These are accepted but dropped, because Odoo does not
    compute a field it is given.
    """

    _name = "credit.derived.mixin"
    _description = "Fields Derived by Odoo"

    #: derived fields that one of Odoo's buttons writes with its user's rights
    _written_by_odoo = frozenset()

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        derived = frozenset() if self.env.su else self._get_derived_fields(creating=True)
        self._refuse_default_figures(derived)
        typed = [{name: vals[name] for name in derived & vals.keys()} for vals in vals_list]
        if any(typed):
            vals_list = [
                {name: value for name, value in vals.items() if name not in derived}
                for vals in vals_list
            ]
        records = super(CreditDerivedMixin, self._without_defaults(derived)).create(vals_list)
        for record, values in zip(records, typed, strict=True):
            record._check_derived({name: v for name, v in values.items() if self._is_set(name, v)})
        return records.with_env(self.env)

    def write(self, vals):
        derived = frozenset() if self.env.su else self._get_derived_fields(creating=False)
        typed = {name: vals[name] for name in derived & vals.keys()}
        if not typed:
            return super().write(vals)
        self._check_derived(typed)
        return super().write({name: value for name, value in vals.items() if name not in typed})

    @api.model
    def _get_derived_fields(self, creating):
        """Names of the fields that no client may write. Extend with those of an add-on.

        :param bool creating: whether a new record is made
        :rtype: frozenset[str]
        """
        return self._find_derived_fields()

    @api.model
    @ormcache("self._name")
    def _find_derived_fields(self):
        """Names of the derived fields of this model that the exposure depends on."""
        return frozenset(
            field.name
            for field in self._find_fields_read()
            if field.model_name == self._name
            and self._is_derived(field)
            and field.name not in self._written_by_odoo
        )

    @api.model
    def _find_fields_read(self):
        """The fields the exposure reads, and all fields they are computed from."""
        found = set()
        waiting = [
            self.env[model]._fields[name]
            for model, names in self.env["credit.exposure"]._depends.items()
            for name in names
        ]
        while waiting:
            field = waiting.pop()
            if field not in found:
                found.add(field)
                for path in self.env.registry.field_depends[field]:
                    waiting += self._follow(self.env[field.model_name], path)
        return found

    @api.model
    def _follow(self, model, path):
        """The fields on a path of names from a model."""
        for name in path.split("."):
            field = model._fields[name]
            yield field
            model = self.env[field.comodel_name] if field.relational else None

    @api.model
    def _is_derived(self, field):
        """Whether only Odoo can fill the field, by its definition."""
        computed = field.compute or field.related
        return bool(field.store and computed and field.readonly and not field.inverse)

    # === BUSINESS METHODS === #

    @api.model
    def _refuse_default_figures(self, names):
        """:raise AccessError: where the context has a default for a figure of the exposure

        Defaults for companies, currencies, dates and states may be meant for other records: these are silently dropped.
        """
        read = self.env["credit.exposure"]._depends.get(self._name, ())
        figures = [
            name
            for name in names & set(read) | names - self._find_derived_fields()
            if self._fields[name].type not in ("many2one", "date", "datetime")
            and self._is_set(name, self.env.context.get(f"default_{name}"))
        ]
        if figures:
            self._raise_derived(figures)

    @api.model
    def _without_defaults(self, names):
        """``self`` without the context's defaults for some fields: a default must not do what a value may not."""
        context = self.env.context
        if not any(f"default_{name}" in context for name in names):
            return self
        dropped = {f"default_{name}" for name in names}
        kept = {key: value for key, value in context.items() if key not in dropped}
        return self.with_env(self.env(context=kept))

    def _check_derived(self, typed):
        """:raise AccessError: where one of these values differs from what Odoo derives"""
        names = {name for name, value in typed.items() if self._differs(name, value)}
        if names:
            self._raise_derived(names)

    def _raise_derived(self, names):
        labels = (self._fields[name]._description_string(self.env) for name in names)
        raise AccessError(
            self.env._(
                "These fields are computed by Odoo and cannot be entered: %s. Leave them out and save again.",
                ", ".join(sorted(labels)),
            )
        )

    @api.model
    def _is_set(self, name, value):
        """Whether a new record's value is set: forms also send empty ones."""
        if self._fields[name].type in ("one2many", "many2many"):
            return self._get_linked(set(), value) != set()
        return bool(value)

    def _differs(self, name, value):
        """Whether a written value would change the field of one of the records."""
        field = self._fields[name]
        if field.type in ("one2many", "many2many"):
            current = [set(record[name].ids) for record in self.sudo()]
            return any(self._get_linked(ids, value) != ids for ids in current)
        return any(
            record[name] != field.convert_to_record(field.convert_to_cache(value, record), record)
            for record in self.sudo()
        )

    @api.model
    def _get_linked(self, ids, commands):
        """The ids that commands leave linked, or ``None`` when they write or create a record.

        :param set ids: those linked now
        """
        for command in commands or ():
            if isinstance(command, int):
                command = Command.link(command)
            code, id_, values = (*command, 0, 0)[:3]
            if code == Command.CREATE or (code == Command.UPDATE and values):
                return None
            if code in (Command.CLEAR, Command.SET):
                ids = set(values or ()) if code == Command.SET else set()
            elif code in (Command.UNLINK, Command.DELETE):
                ids = ids - {id_}
            elif code == Command.LINK:
                ids = ids | {id_}
        return ids

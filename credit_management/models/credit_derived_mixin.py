from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Command


class CreditDerivedMixin(models.AbstractModel):
    """Fields that Odoo derives from others and that the exposure reads: no client writes them.

    A value that changes nothing passes, as forms and imports send it, but it is not handed on: Odoo would not compute
    a field that it was given.
    """

    _name = "credit.derived.mixin"
    _description = "Fields That Odoo Derives"

    @api.model
    def _get_derived_fields(self, creating):
        """Names of the fields that no client writes. Extend it with those of an add-on.

        :param bool creating: whether a new record is made
        :rtype: frozenset[str]
        """
        return frozenset()

    def _refuse_derived(self, vals):
        """Values without what Odoo derives.

        :param dict vals: for the records of ``self``, or for a new one when it is empty
        :raise AccessError: where a derived value differs from what is there
        """
        derived = frozenset() if self.env.su else self._get_derived_fields(not self) & vals.keys()
        if not derived:
            return vals
        self._raise_derived({name for name in derived if self._differs(name, vals[name])})
        return {name: value for name, value in vals.items() if name not in derived}

    def _refuse_derived_defaults(self):
        """``self`` without the defaults of the context for what Odoo derives; see :meth:`_refuse_derived`."""
        names = () if self.env.su else self._get_derived_fields(True)
        context = self.env.context
        derived = {key: name for name in names if (key := f"default_{name}") in context}
        if not derived:
            return self
        empty = self.browse()
        self._raise_derived({n for key, n in derived.items() if empty._differs(n, context[key])})
        kept = {key: value for key, value in context.items() if key not in derived}
        return self.with_env(self.env(context=kept))

    def _raise_derived(self, names):
        if not names:
            return
        labels = (self._fields[name]._description_string(self.env) for name in names)
        raise AccessError(
            self.env._(
                "Odoo computes these fields itself, they cannot be entered: %s."
                " Leave them out and save again.",
                ", ".join(sorted(labels)),
            )
        )

    def _differs(self, name, value):
        """Whether a written value would change the field of one of the records, or give a new one a value."""
        field = self._fields[name]
        if field.type in ("one2many", "many2many"):
            current = {record: set(record[name].ids) for record in self or [self]}
            return any(self._get_linked(ids, value) != ids for ids in current.values())
        if not self:
            return bool(value)
        return any(
            record[name] != field.convert_to_record(field.convert_to_cache(value, record), record)
            for record in self
        )

    @api.model
    def _get_linked(self, ids, commands):
        """The ids that commands leave linked, or ``None`` when they write or make a record.

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

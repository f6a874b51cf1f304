from markupsafe import Markup
from odoo import api, models


class CreditJournal(models.AbstractModel):
    """Logs changes of records without a chatter, in words, in the chatter of another record."""

    _name = "credit.journal"
    _description = "Journal of Credit Settings"

    @api.model
    def _snapshot(self, records, names):
        """``{record: {field: value in words}}``, for later comparison."""
        return {record: {name: self._show(record, name) for name in names} for record in records}

    @api.model
    def _get_changes(self, before):
        """``{record: ["Label: old → new", …]}`` of the records that differ from ``before``."""
        changes = {}
        for record, old in before.items():
            lines = [
                f"{self._get_label(record, name)}: {value} → {new}"
                for name, value in old.items()
                if (new := self._show(record, name)) != value
            ]
            if lines:
                changes[record] = lines
        return changes

    @api.model
    def _to_body(self, title, lines):
        """A message: a title and its lines."""
        items = Markup().join(Markup("<li>%s</li>") % line for line in lines)
        return Markup("%s<ul>%s</ul>") % (title, items)

    def _get_label(self, record, name):
        return record._fields[name]._description_string(self.env)

    def _show(self, record, name):
        field, value = record._fields[name], record[name]
        if field.type == "selection":
            value = dict(field._description_selection(self.env)).get(value, "")
        elif field.relational:
            value = ", ".join(value.sudo().mapped("display_name"))
        elif field.type == "boolean":
            value = self.env._("yes") if value else self.env._("no")
        return "–" if value in (False, None, "") and value != 0 else str(value)

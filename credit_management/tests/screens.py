"""Every list, form, pivot and graph of ours, read as Odoo's own client reads it: what a person would see, or the error they would meet."""

from lxml import etree
from odoo.exceptions import AccessError, UserError

AUTHOR = "Credit Management contributors"
ROWS = 40  # of a list: as many as a page shows


class Screens:
    """The screens of our models, for one user.

    :param env: environment of the user, with the companies that they have selected
    """

    def __init__(self, env):
        self.env = env

    def get_troubles(self):
        """What cannot be opened, ``{screen: sentence}``, and how many screens were."""
        troubles, opened = {}, 0
        for model in self._get_models():
            for view in self._get_views(model):
                opened += 1
                try:
                    self._open(model, view)
                except (AccessError, UserError) as error:
                    troubles[f"{model._name} {view.type} {view.name}"] = str(error)
        return troubles, opened

    def _get_models(self):
        modules = self.env["ir.module.module"].sudo().search([("author", "=", AUTHOR)])
        names = set(modules.mapped("name"))
        for name in sorted(self.env.registry):
            model = self.env[name]
            ours = model._original_module in names and not (model._abstract or model._transient)
            if ours and model.has_access("read"):
                yield model

    def _get_views(self, model):
        """The views that are screens of their own; Odoo leaves out those for other groups."""
        views = (
            self.env["ir.ui.view"]
            .sudo()
            .search(
                [
                    ("model", "=", model._name),
                    ("mode", "=", "primary"),
                    ("type", "in", ("list", "form", "kanban", "pivot", "graph")),
                ]
            )
        )
        groups = self.env.user.all_group_ids
        return views.filtered(lambda view: not view.group_ids or view.group_ids & groups)

    def _open(self, model, view):
        self.env.invalidate_all()
        found = model.get_views([(view.id, view.type)])
        arch = etree.fromstring(found["views"][view.type]["arch"])
        if view.type in ("pivot", "graph"):
            self._read_groups(model, arch)
            return
        records = model.search([], limit=ROWS)
        # one by one: an error of one is not hidden by what was read for another
        spec = self._get_spec(model, arch)
        records.web_read(spec)
        if view.type == "form":
            for record in records:
                self.env.invalidate_all()
                record.web_read({**spec, "display_name": {}})

    def _read_groups(self, model, arch):
        fields = [(node, model._fields[node.get("name")]) for node in arch.iter("field")]
        measures = [
            f"{field.name}:{field.aggregator}"
            for node, field in fields
            if node.get("type") == "measure" and field.aggregator
        ]
        groups = [
            f"{field.name}:{node.get('interval', 'month')}"
            if field.type in ("date", "datetime")
            else field.name
            for node, field in fields
            if node.get("type") != "measure" and node.get("invisible") != "1"
        ]
        model.formatted_read_group([], groups, measures or ["__count"])

    def _get_spec(self, model, arch):
        """What the client asks for: fields of the view, names of records, lines with the fields of their own view."""
        spec = {}
        for node in self._iter_fields(arch):
            field = model._fields[node.get("name")]
            if not field.relational:
                spec.setdefault(field.name, {})
            elif field.type == "many2one":
                spec[field.name] = {"fields": {"display_name": {}}}
            else:
                spec[field.name] = {"fields": self._get_line_spec(field, node)}
        return spec

    def _get_line_spec(self, field, node):
        inner = [each for each in node if each.tag in ("list", "kanban", "form")]
        lines = self.env[field.comodel_name]
        spec = {} if inner else {"display_name": {}}
        for each in inner:
            spec |= self._get_spec(lines, each)
        return spec

    def _iter_fields(self, arch):
        """Fields of this view, not of the views inside it."""
        for child in arch:
            if child.tag == "field":
                yield child
            elif isinstance(child.tag, str):
                yield from self._iter_fields(child)

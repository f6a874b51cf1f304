from odoo import api, fields, models
from odoo.addons.credit_management.tile import Tile
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount
from odoo.tools.misc import formatLang

from ..tile import FigureTile, StepTile

SECTIONS = [
    ("setup", "First steps"),
    ("decide", "To decide"),
    ("late", "Late"),
    ("due", "Due"),
    ("figures", "Figures"),
]


class CreditHome(models.Model):
    """The home page: what waits for the reader and how the company is doing, each with the documents behind it.

    No table: one row for each tile of :class:`credit.tile` that the reader may see.
    """

    _name = "credit.home"
    _description = "Credit Home Page"
    _auto = False
    _order = "id"
    _rec_name = "label"

    name = fields.Char(readonly=True)
    section = fields.Selection(SECTIONS, compute="_compute_tile")
    label = fields.Char(compute="_compute_tile")
    value = fields.Char(compute="_compute_tile")
    detail = fields.Char(compute="_compute_tile")
    is_urgent = fields.Boolean(compute="_compute_tile")
    is_quiet = fields.Boolean(compute="_compute_tile", help="Nothing waits here")

    @property
    def _table_query(self):
        names = enumerate(self._get_tiles(), 1)
        rows = [SQL("(%s, %s::varchar)", number, name) for number, name in names]
        if not rows:
            return SQL("SELECT 0 AS id, ''::varchar AS name WHERE FALSE")
        return SQL("SELECT * FROM (VALUES %s) v(id, name)", SQL(", ").join(rows))

    # === COMPUTE METHODS === #

    @api.depends("name")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_tile(self):
        tiles = self._get_tiles()
        figures = self._measure_figures(tiles)
        for row in self:
            tile = tiles[row.name]
            row.section, row.label = tile.section, tile.label
            value, detail, waits = row._describe(tile, figures)
            row.value, row.detail = value, detail
            row.is_quiet = not waits
            row.is_urgent = bool(waits and getattr(tile, "is_urgent", False))

    def _describe(self, tile, figures):
        """``(value, detail, whether somebody has to do something)``, in words."""
        if isinstance(tile, StepTile):
            return "", self.env._("Open"), True
        if isinstance(tile, FigureTile):
            return self._describe_figure(tile, figures)
        count, amount = self._count(tile)
        detail = self._format("amount", amount) if tile.amount and count else ""
        return str(count), detail, bool(count)

    def _describe_figure(self, tile, figures):
        figure = figures[tile.figure]
        if not figure:
            return "–", self.env["credit.figure"]._explain(figure.why), True
        value = self._format(tile.unit, figure.value)
        return value, self._describe_detail(tile, figures), True

    def _describe_detail(self, tile, figures):
        found = figures.get(tile.detail)
        if not found:
            return ""
        if tile.detail == "best_dso":
            return self.env._("best possible: %s", self._format("days", found.value))
        return self._format("amount", found.value)

    def _format(self, unit, value):
        if unit == "amount":
            return format_amount(self.env, value, self.env.company.root_id.currency_id)
        number = formatLang(self.env, value, digits=1)
        return self.env._("%s days", number) if unit == "days" else self.env._("%s %%", number)

    # === TILES === #

    @api.model
    def _get_tiles(self):
        """``{name: tile}`` that the reader may see, section by section."""
        today = self.env["res.company"]._get_credit_today()
        tiles = self.env["credit.tile"]._get_tiles(today)
        sections = [section for section, _label in SECTIONS]
        seen = {name: tile for name, tile in tiles.items() if self._is_visible(tile)}
        return dict(sorted(seen.items(), key=lambda item: sections.index(item[1].section)))

    def _is_visible(self, tile):
        if not self.env.user.has_groups(tile.groups):
            return False
        if isinstance(tile, StepTile):
            return self._may_take(tile)
        return not isinstance(tile, Tile) or self.env[tile.model].has_access("read")

    def _may_take(self, step):
        """Whether the reader may open the window where a step is taken."""
        action = self.env.ref(step.action, raise_if_not_found=False)
        if not action or action._name != "ir.actions.act_window":
            return bool(action)
        return self.env[action.sudo().res_model].has_access("read")

    def _count(self, tile):
        """Number of documents of a tile, and their amount."""
        aggregates = ["__count", *([f"{tile.amount}:sum"] if tile.amount else [])]
        [found] = self.env[tile.model]._read_group(list(tile.domain), [], aggregates)
        return found[0], (found[1] or 0.0) if tile.amount else 0.0

    def _measure_figures(self, tiles):
        """``{name: Figure}`` of today, of all figures at once."""
        shown = [tile for tile in tiles.values() if isinstance(tile, FigureTile)]
        names = {name for tile in shown for name in (tile.figure, tile.detail) if name}
        return self.env["credit.figure"]._measure(sorted(names))[()] if names else {}

    # === ACTIONS === #

    @api.readonly
    def action_open(self):
        """Open the documents behind a tile."""
        self.ensure_one()
        tile = self._get_tiles().get(self.name)
        if not tile:
            raise UserError(self.env._("This has been done meanwhile. Reload the page."))
        if isinstance(tile, FigureTile):
            return self.env["ir.actions.actions"]._for_xml_id(
                "credit_reporting.action_credit_figure"
            )
        action = self.env["ir.actions.actions"]._for_xml_id(tile.action)
        if isinstance(tile, Tile):
            action |= {
                "domain": list(tile.domain),
                "context": {},
                "name": tile.label,
                "display_name": tile.label,
            }
        return action

"""Pure rules of follow-up: levels, timing and late charges. No ``odoo``, no clock, no database."""

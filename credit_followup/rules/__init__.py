"""Pure rules of follow-up: which level, when, and what a delay costs. No ``odoo`` here, no clock, no database."""

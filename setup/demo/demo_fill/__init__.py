"""Puts the story of `demo_plan` into a database of Odoo."""

"""Measures the suite on a large database, in turn with Odoo alone, OCA's add-ons and raw SQL."""

from pathlib import Path

HERE = Path(__file__).parent

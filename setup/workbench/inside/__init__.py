"""Scripts that run in Odoo's virtual environment, each on its own."""

"""What runs in Odoo's virtual environment: the generator, and the acts that are measured."""

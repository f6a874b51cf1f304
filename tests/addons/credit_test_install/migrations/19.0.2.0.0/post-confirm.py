from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    cr.execute("ALTER TABLE sale_order_line ADD COLUMN credit_test int")
    env = api.Environment(cr, SUPERUSER_ID, {})
    env.ref("credit_test_install.order_by_migration").action_confirm()

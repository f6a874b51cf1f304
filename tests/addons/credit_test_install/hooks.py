"""What a module may do while it is installed: change tables, then confirm orders, in one transaction."""


def confirm_in_changed_tables(env):
    for table in ("sale_order", "account_move_line", "credit_profile", "res_company"):
        env.cr.execute(f"ALTER TABLE {table} ADD COLUMN credit_test int")
    env.ref("credit_test_install.order_by_hook").action_confirm()

"""Installation on a database in use, and uninstallation."""

from odoo.tools import SQL


def post_init_hook(env):
    """Odoo's own credit limits become opening limits; nothing is blocked, sent or posted.

    A value above 0 becomes an approved limit, 0 or nothing is unlimited, and the company's fallback becomes
    the company's default. A set-based statement each: the number of customers does not matter.
    """
    for company in (
        env["res.company"].with_context(active_test=False).search([("parent_id", "=", False)])
    ):
        fallback = _import_default_limit(env, company)
        _open_profiles(env, company, fallback)
        _open_limits(env, company)
    env["credit.profile"].invalidate_model()
    env["credit.profile"]._open_files_of_debtors()
    env["credit.profile"].search([])._mirror_limit()
    _price_lines(env)


def _price_lines(env):
    """Compute the unit price with taxes of lines delivered without an ordered quantity."""
    unpriced = [
        ("product_uom_qty", "=", 0),
        ("price_unit", "!=", 0),
        ("is_downpayment", "=", False),
    ]
    lines = env["sale.order.line"].search([*unpriced, ("state", "=", "sale")])
    env.add_to_compute(lines._fields["credit_unit_price"], lines)


def _import_default_limit(env, company):
    default = env["ir.default"]._get("res.partner", "credit_limit", company_id=company.id) or 0.0
    if default > 0:
        company.write(
            {
                "credit_management_default_mode": "limited",
                "credit_management_default_limit": default,
            }
        )
    return default


def _written_limits(company):
    """``partner_id, amount``: the limit written for the company, otherwise the largest of its branches."""
    return SQL(
        """SELECT p.id AS partner_id, w.amount
             FROM res_partner p
            CROSS JOIN LATERAL (
                  SELECT e.value::numeric AS amount FROM jsonb_each_text(p.credit_limit) e
                    JOIN res_company c ON c.id = e.key::int AND split_part(c.parent_path, '/', 1)::int = %(company)s
                   WHERE e.value IS NOT NULL
                   ORDER BY c.id = %(company)s DESC, e.value::numeric DESC LIMIT 1
            ) w
            WHERE p.credit_limit IS NOT NULL AND p.commercial_partner_id = p.id""",
        company=company.id,
    )


def _open_profiles(env, company, fallback):
    """Create a file for each limit above 0, and for each 0 that the company's default would otherwise limit."""
    env.execute_query(
        SQL(
            """INSERT INTO credit_profile (id, parent_path, partner_id, company_id, credit_mode, status,
                                          create_uid, write_uid, create_date, write_date)
               SELECT n.id, n.id || '/', n.partner_id, %(company)s,
                      CASE WHEN n.amount > 0 THEN 'limited' ELSE 'unlimited' END, 'normal',
                      %(uid)s, %(uid)s, %(now)s, %(now)s
                 FROM (SELECT nextval('credit_profile_id_seq') AS id, w.* FROM (%(written)s) w
                        WHERE w.amount > 0 OR %(fallback)s > 0) n
               ON CONFLICT (partner_id, company_id) DO NOTHING RETURNING id""",
            company=company.id,
            uid=env.uid,
            now=env.cr.now(),
            written=_written_limits(company),
            fallback=fallback,
        )
    )


def _open_limits(env, company):
    env.execute_query(
        SQL(
            """INSERT INTO credit_limit
                      (profile_id, partner_id, company_id, amount, kind, date_from, state, begun, reason, decided_by, decided_at,
                       create_uid, write_uid, create_date, write_date)
               SELECT f.id, f.partner_id, f.company_id, w.amount, 'permanent', %(today)s, 'approved', TRUE, %(reason)s,
                      %(uid)s, %(now)s, %(uid)s, %(uid)s, %(now)s, %(now)s
                 FROM (%(written)s) w
                 JOIN credit_profile f ON f.partner_id = w.partner_id AND f.company_id = %(company)s
                WHERE w.amount > 0
                  AND NOT EXISTS (SELECT FROM credit_limit l WHERE l.profile_id = f.id)
               RETURNING id""",
            today=company._get_credit_today(),
            reason=env._("Opening limit, taken from the customer record at installation"),
            uid=env.uid,
            now=env.cr.now(),
            written=_written_limits(company),
            company=company.id,
        )
    )


def uninstall_hook(env):
    """Restore Odoo: limits in force remain in Odoo's own field, indexes on its tables are dropped."""
    for index in (
        "account_move_credit_exposure_idx",
        "account_move_line_credit_exposure_idx",
        "sale_order_credit_exposure_idx",
        "sale_order_line_credit_down_payment_idx",
    ):
        env.cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(index)))

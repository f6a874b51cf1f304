"""The best SQL for reminders and statements, written for this data alone: see :mod:`.raw`.

It knows that every overdue item of every customer is named for the first time and at the first level, that there are no
credits, one currency and one company, and that each customer is its own contact.
"""

from .raw import RECEIVABLE

_STAMPS = "create_uid, create_date, write_uid, write_date"
_STAMPED = "%(user)s, now() AT TIME ZONE 'UTC', %(user)s, now() AT TIME ZONE 'UTC'"
_OVERDUE = f"{RECEIVABLE} AND date_maturity < %(today)s"

NOTICES = f"""
INSERT INTO credit_followup_notice
       (partner_id, procedure_id, level_id, stage, channel, lang, user_id, amount, run_id, company_id, date, state,
        interest, indemnity, {_STAMPS})
SELECT partner_id, %(procedure)s, %(level)s, 'reminder', 'email', 'en_US', %(user)s, SUM(amount_residual), %(run)s,
       %(company)s, %(today)s, 'proposed', 0, 0, {_STAMPED}
  FROM account_move_line WHERE {_OVERDUE} GROUP BY partner_id
"""

LINES = f"""
INSERT INTO credit_followup_notice_line
       (notice_id, item_id, level_id, level_days, occurrence, date, date_due, currency_id, amount, amount_currency,
        cancelled, {_STAMPS})
SELECT n.id, l.id, %(level)s, 1, 1, %(today)s, date_maturity, l.currency_id, amount_residual, amount_residual_currency,
       FALSE, {_STAMPED}
  FROM account_move_line l JOIN credit_followup_notice n ON n.run_id = %(run)s AND n.partner_id = l.partner_id
 WHERE {_OVERDUE.replace("date_maturity", "l.date_maturity")}
"""

CONTACTS = """
INSERT INTO {table} ({notice}, {partner})
SELECT id, partner_id FROM credit_followup_notice WHERE run_id = %(run)s
"""

_MINE = "account_id IN %(accounts)s AND parent_state = 'posted' AND partner_id = ANY(%(partners)s)"

#: opening balance and movements of a period, with the balance after each
MOVEMENTS = f"""
SELECT partner_id, date, move_name, ref, date_maturity, amount_currency,
       SUM(amount_currency) OVER (PARTITION BY partner_id ORDER BY date NULLS FIRST, id ROWS UNBOUNDED PRECEDING)
  FROM (SELECT partner_id, NULL::date AS date, 0 AS id, NULL AS move_name, NULL AS ref, NULL::date AS date_maturity,
               SUM(amount_currency) AS amount_currency
          FROM account_move_line WHERE {_MINE} AND date < %(since)s GROUP BY partner_id
         UNION ALL
        SELECT partner_id, date, id, move_name, ref, date_maturity, amount_currency
          FROM account_move_line WHERE {_MINE} AND date BETWEEN %(since)s AND %(today)s) m
 ORDER BY partner_id, date NULLS FIRST, id
"""

#: what is open at the end of the period, by age
AGEING = f"""
SELECT partner_id, width_bucket(%(today)s::date - date_maturity, ARRAY[1, 31, 61, 91]), SUM(amount_residual_currency)
  FROM account_move_line WHERE {RECEIVABLE} AND partner_id = ANY(%(partners)s) GROUP BY 1, 2
"""

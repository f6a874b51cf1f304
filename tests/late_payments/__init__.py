"""Two years of real invoices through Odoo, credit gate, reminders and commissions: `python3 tests/late_payments`.

`history`, `plan`, `schedule` and `earnings` compute what must come out, without Odoo and without the add-ons; `books`,
`orders`, `figures`, `reminders` and `commissions` go through Odoo; `load` is the story.
"""

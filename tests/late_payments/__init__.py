"""Two years of real invoices through Odoo, the credit gate and the reminders: `python3 tests/late_payments`.

`history`, `plan` and `schedule` compute what must come out, without Odoo and without the add-ons; `books`, `orders`,
`figures` and `reminders` go through Odoo; `load` is the story.
"""

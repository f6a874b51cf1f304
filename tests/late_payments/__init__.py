"""Two years of real invoices through Odoo and the credit gate: `python3 tests/late_payments`.

`history` and `plan` compute what must come out, without Odoo and without the add-on; `books`, `orders`
and `figures` go through Odoo; `load` is the story.
"""

"""What happened, told without Odoo: identities, dates, payers and their orders.

Everything here is a function of a date and of the tables in `data/`:
the same day always tells the same story, another day tells it moved in time.
"""

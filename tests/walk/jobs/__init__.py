"""Whole jobs of each role, typed from empty forms: ``JOBS[role]`` are functions that take a :class:`~walk.stage.Stage`."""

from . import accountant, administrator, collector, customer, director, manager, menus, salesperson

#: in the order they are played: what one leaves is there for the next
JOBS = {
    module.__name__.rpartition(".")[2]: module.JOBS
    for module in (salesperson, manager, collector, accountant, director, customer, menus)
}

#: on an Odoo without our add-ons
BARE = {"administrator": administrator.JOBS}

"""Odoo in this process: a registry, and environments on connections of their own."""

import logging
from contextlib import contextmanager


def open_registry(options):
    """The registry of the database that Odoo's options name."""
    from odoo.modules.registry import Registry
    from odoo.service import server
    from odoo.tools import config

    config.parse_config(options, setup_logging=True)
    logging.getLogger().setLevel(logging.ERROR)
    server.start(preload=[], stop=True)
    return Registry(config["db_name"][0])


@contextmanager
def environment(registry, login=None):
    """A new transaction, of the superuser unless a login is given; rolled back unless committed."""
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        if login:
            user = env["res.users"].search([("login", "=", login)])
            env = env(user=user.id)
        env = env(context=env["res.users"].context_get())
        env.transaction.clear()
        yield env
        cr.rollback()

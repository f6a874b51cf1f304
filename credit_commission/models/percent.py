from odoo.tools import get_lang


def format_percent(env, percent):
    """``12.5`` in the user's format without trailing zeros: ``12.5`` or ``12,5``."""
    return f"{percent:g}".replace(".", get_lang(env).decimal_point)

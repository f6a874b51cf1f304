"""Fills a database with demo data: `load_demo.py LOADER -- ODOO OPTIONS`.

The loader is a Python file that defines `load(env, progress)`.
"""

import importlib.util
import sys
from pathlib import Path


def main(loader, options):
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.service import server
    from odoo.tools import config

    config.parse_config(options, setup_logging=True)
    server.start(preload=[], stop=True)
    with Registry(config["db_name"][0]).cursor() as cr:
        context = api.Environment(cr, SUPERUSER_ID, {})["res.users"].context_get()
        _module(loader).load(api.Environment(cr, SUPERUSER_ID, context), _progress)


def _module(path):
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location("credit_demo", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _progress(text):
    print(f"demo: {text}", flush=True)


if __name__ == "__main__":
    cut = sys.argv.index("--")
    main(Path(sys.argv[1]), sys.argv[cut + 1 :])

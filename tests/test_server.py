"""A server with the suite answers, in both languages, to people and to programs."""

import os
import subprocess

import pytest
import requests


def test_server_is_healthy(server):
    assert requests.get(f"{server.url}/web/health", timeout=30).json() == {"status": "pass"}


@pytest.mark.parametrize(("language", "word"), [("en-US", "Password"), ("fr-FR", "Mot de passe")])
def test_login_page_speaks_the_reader_s_language(server, language, word):
    headers = {"Accept-Language": language}
    page = requests.get(f"{server.url}/web/login", headers=headers, timeout=60)
    assert page.status_code == 200
    assert word in page.text


def test_a_database_is_told_its_address(bench, databases):
    """As `setup/run` does; nobody has logged in."""
    read = ["psql", "-XAtwc", "SELECT value FROM ir_config_parameter WHERE key = 'web.base.url'"]
    with databases.temporary(databases.suite, "address") as name:
        databases.set_address(name, "http://127.0.0.1:8123")
        environ = os.environ | bench.postgres | {"PGDATABASE": name}
        assert subprocess.check_output(read, env=environ, text=True).strip() == (
            "http://127.0.0.1:8123"
        )


def test_every_addon_is_installed(rpc, bench):
    """All but the glue to Odoo's neighbours, which are not in this database."""
    modules = rpc("admin").env["ir.module.module"]
    found = modules.search_read([("name", "in", bench.names)], ["name", "state"])
    usual = {addon.name for addon in bench.usual}
    assert {each["name"]: each["state"] for each in found} == {
        name: "installed" if name in usual else "uninstalled" for name in bench.names
    }
    assert usual >= {"credit_management", "credit_management_stock"}


def test_web_client_opens(server, rpc):
    """The page that a browser loads first, with its assets."""
    session = requests.Session()
    answer = session.post(
        f"{server.url}/web/session/authenticate",
        json={"params": {"db": server.database, "login": "admin", "password": "admin"}},
        timeout=60,
    )
    assert answer.json()["result"]["uid"]
    page = session.get(f"{server.url}/odoo", timeout=120)
    assert page.status_code == 200
    assert "web.assets_web" in page.text


def test_wrong_password_is_refused(rpc):
    import odoorpc

    with pytest.raises(odoorpc.error.RPCError):
        rpc("admin", "wrong")

#!/bin/bash
# Creates the database in French with the suite installed. Does nothing where that is done,
# goes on where an earlier run was cut short.
set -euo pipefail
: "${PGDATABASE:?}" "${ODOO_MODULES:?}" "${ODOO_ADMIN_PASSWORD_FILE:?}"

query() { psql --no-psqlrc -v ON_ERROR_STOP=1 -v db="$PGDATABASE" -v modules="$ODOO_MODULES" -qtA "$@"; }

if [ -z "$(query -d postgres <<<"SELECT 1 FROM pg_database WHERE datname = :'db'")" ]; then
    [ -s "$ODOO_ADMIN_PASSWORD_FILE" ] || { echo "the administrator's password is empty" >&2; exit 1; }
    odoo db init "$PGDATABASE" --language fr_FR --country FR --password "$(<"$ODOO_ADMIN_PASSWORD_FILE")"
fi

missing() {
    query <<<"SELECT string_agg(name, ',') FROM unnest(string_to_array(:'modules', ',')) AS name
        WHERE name NOT IN (SELECT name FROM ir_module_module WHERE state = 'installed')"
}
wanted="$(missing)"
if [ -z "$wanted" ]; then
    echo "nothing to do: $ODOO_MODULES installed in $PGDATABASE"
    exit 0
fi

# PDF reports fetch their style sheets from the node that prints them, not from the public address.
query <<<"INSERT INTO ir_config_parameter (key, value)
    VALUES ('report.url', 'http://127.0.0.1:8069') ON CONFLICT (key) DO NOTHING"

odoo --init="$wanted" --stop-after-init --no-http --workers=0 --max-cron-threads=0

# Odoo only warns of a name it does not know.
wanted="$(missing)"
[ -z "$wanted" ] || { echo "not installed: $wanted" >&2; exit 1; }

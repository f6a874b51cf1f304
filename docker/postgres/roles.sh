#!/bin/bash
# Runs once, on an empty data volume: the two roles that come over the network.
set -e
: "${ODOO_DB_PASSWORD_FILE:?}" "${REPLICATION_PASSWORD_FILE:?}"

psql --no-psqlrc -v ON_ERROR_STOP=1 -U postgres -d postgres <<'SQL'
\set odoo_password `cat "$ODOO_DB_PASSWORD_FILE"`
\set replication_password `cat "$REPLICATION_PASSWORD_FILE"`
CREATE ROLE odoo LOGIN CREATEDB PASSWORD :'odoo_password';
CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'replication_password';
SQL

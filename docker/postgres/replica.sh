#!/bin/bash
# A streaming replica: copies the primary at the first start, follows it from then on.
# Further arguments go to postgres.
set -euo pipefail
: "${PGDATA:?}" "${PRIMARY_HOST:?}" "${REPLICATION_SLOT:?}" "${REPLICATION_PASSWORD_FILE:?}"
primary="host=$PRIMARY_HOST port=${PRIMARY_PORT:-5432} user=replicator application_name=$REPLICATION_SLOT"

# libpq reads it, in psql, pg_basebackup and the server's WAL receiver alike: never written to a file.
PGPASSWORD="$(<"$REPLICATION_PASSWORD_FILE")"
export PGPASSWORD

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    # The slot makes the primary keep what the replica has not read yet. One left by an earlier
    # copy may have lost its place, so it is made anew.
    psql --no-psqlrc -v ON_ERROR_STOP=1 -q "$primary dbname=postgres" -v slot="$REPLICATION_SLOT" >/dev/null <<'SQL'
SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
WHERE slot_name = :'slot' AND NOT active;
SELECT pg_create_physical_replication_slot(:'slot', true);
SQL
    # Beside its place, then moved: a copy cut short is never taken for a whole one.
    rm -rf "$PGDATA.new"
    pg_basebackup -d "$primary" -D "$PGDATA.new" -S "$REPLICATION_SLOT" -X stream -c fast
    touch "$PGDATA.new/standby.signal"
    mv -T "$PGDATA.new" "$PGDATA"
fi

exec postgres -D "$PGDATA" \
    -c config_file="${POSTGRES_CONFIG:-/etc/postgresql/postgresql.conf}" \
    -c primary_conninfo="$primary" \
    -c primary_slot_name="$REPLICATION_SLOT" \
    "$@"

#!/bin/bash
# In front of the official image's entry point: secrets and the read replica.
set -euo pipefail

# The password goes into the environment of this process only: not on Odoo's command line,
# where `ps` shows it, and not into the container's settings, where `docker inspect` does.
if [ -n "${PGPASSWORD_FILE:-}" ]; then
    PGPASSWORD="$(<"$PGPASSWORD_FILE")"
    export PGPASSWORD
fi

# Pages that only read go to the replica where there is one. Without the `scale` profile its
# name does not resolve. (An empty PGHOST_REPLICA would not do: Odoo takes it for dev mode.)
if [ -n "${REPLICA_HOST:-}" ] && getent hosts "$REPLICA_HOST" >/dev/null; then
    export PGHOST_REPLICA="$REPLICA_HOST"
fi

exec "${ODOO_ENTRYPOINT:-/entrypoint.sh}" "$@"

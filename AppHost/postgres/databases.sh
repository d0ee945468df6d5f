#!/usr/bin/env bash
# A database, an owner role and a runtime role for each NAME_OWNER_PASSWORD and NAME_APP_PASSWORD in the environment, as deploy/lib/postgres.sh does.
# Repeatable: what exists stays, and gets the passwords that are given. Server: PGHOST, PGPORT, PGPASSWORD.
set -euo pipefail
export PGUSER=postgres PGDATABASE=postgres PGCONNECT_TIMEOUT=5

# Compose and Kubernetes start everything at once.
tries=60
until pg_isready -q; do
  ((tries-- > 0)) || { echo "PostgreSQL at $PGHOST:$PGPORT does not answer." >&2; exit 1; }
  sleep 1
done

for name in $(compgen -e | sed -n 's/_OWNER_PASSWORD$//p'); do
  owner=${name}_OWNER_PASSWORD app=${name}_APP_PASSWORD database=${name,,}
  psql -X -q -v ON_ERROR_STOP=1 <<END
select 'create role ${database}_owner' where not exists (select from pg_roles where rolname = '${database}_owner') \gexec
select 'create role ${database}_app' where not exists (select from pg_roles where rolname = '${database}_app') \gexec
alter role ${database}_owner login password '${!owner}';
alter role ${database}_app login password '${!app}';
select 'create database $database owner ${database}_owner' where not exists (select from pg_database where datname = '$database') \gexec
revoke all on database $database from public;
grant connect on database $database to ${database}_app;
END
  echo "$database is there."
done

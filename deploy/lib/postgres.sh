# PostgreSQL: an own cluster in the data folder; a database with an owner role and a runtime role per service.

# The version that made the cluster, else the newest that is installed.
postgres_bin() {
  if [[ -f $DATA/postgres/PG_VERSION ]]; then
    printf '/usr/lib/postgresql/%s/bin' "$(<"$DATA/postgres/PG_VERSION")"
  else
    printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1
  fi
}

sql() { # sql DATABASE, statements on standard input
  PGPASSWORD=$POSTGRES_PASSWORD PGOPTIONS='-c client_min_messages=warning' "$(postgres_bin)/psql" -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$POSTGRES_PORT" -U postgres -d "$1"
}

postgres_configure() {
  postgres_cluster
  # terse: a DETAIL line would quote the row, and with it a phone number.
  write_file postgres:postgres 0600 "$DATA/postgres/postgresql.conf" <<END
listen_addresses = '127.0.0.1'
port = $POSTGRES_PORT
unix_socket_directories = ''
max_connections = 300
shared_buffers = 256MB
timezone = 'UTC'
log_timezone = 'UTC'
log_error_verbosity = terse
log_line_prefix = '%m [%p] %d '
END
  program postgres postgres 10 "$(postgres_bin)/postgres -D $DATA/postgres" stopsignal=INT stopwaitsecs=60 \
    "environment=$(configured_by "$DATA/postgres/postgresql.conf")"
}

# initdb beside the final place: an interrupted one leaves nothing half made.
postgres_cluster() {
  [[ ! -f $DATA/postgres/PG_VERSION ]] || return 0
  rm -rf "$DATA/postgres.new"
  install -d -o postgres -g postgres -m 0700 "$DATA/postgres.new"
  local secret
  secret=$(mktemp)
  printf '%s\n' "$POSTGRES_PASSWORD" >"$secret"
  chown postgres "$secret"
  (cd / && quiet "look at $LOGS/up.log" runuser -u postgres -- "$(postgres_bin)/initdb" \
    -k -A scram-sha-256 -U postgres -E UTF8 --locale=C.UTF-8 --pwfile="$secret" -D "$DATA/postgres.new")
  rm -f "$secret"
  mv "$DATA/postgres.new" "$DATA/postgres"
}

postgres_ready() {
  start postgres
  local database owner app
  while read -r _ _ database _; do
    [[ $database != - ]] || continue
    owner=${database^^}_OWNER_PASSWORD app=${database^^}_APP_PASSWORD
    postgres_database "$database" "${!owner}" "${!app}"
  done < <(services)
}

# The owner migrates; the runtime role may connect, and gets its grants from the migrations. Repeatable.
postgres_database() {
  local database=$1
  sql postgres <<END
select 'create role ${database}_owner' where not exists (select from pg_roles where rolname = '${database}_owner') \gexec
select 'create role ${database}_app' where not exists (select from pg_roles where rolname = '${database}_app') \gexec
alter role ${database}_owner login password '$2';
alter role ${database}_app login password '$3';
select 'create database $database owner ${database}_owner' where not exists (select from pg_database where datname = '$database') \gexec
revoke all on database $database from public;
grant connect on database $database to ${database}_app;
END
}

connection_string() { # connection_string DATABASE owner|app
  local password=${1^^}_${2^^}_PASSWORD
  printf 'Host=127.0.0.1;Port=%s;Database=%s;Username=%s_%s;Password=%s;Maximum Pool Size=30' "$POSTGRES_PORT" "$1" "$1" "$2" "${!password}"
}

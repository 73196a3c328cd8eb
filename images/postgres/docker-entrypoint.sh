#!/bin/sh
# The contract of the official PostgreSQL image: the same variables, init scripts and arguments. The cluster is not made
# by initdb but unpacked from the tar of make-seed.sh and adapted in single-user mode.
set -eu

case "${1:-}" in
  '' | -*) set -- postgres "$@" ;;
esac
[ "$1" = postgres ] || exec "$@"

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chown postgres:postgres "$PGDATA"
  chmod 700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

setting() { # setting NAME: the variable, or the content of the file that NAME_FILE names
  eval "value=\${$1:-} file=\${$1_FILE:-}"
  if [ -n "$file" ]; then cat "$file"; else printf %s "$value"; fi
}

quoted() { # quoted MARK TEXT: TEXT between MARKs, each MARK inside it doubled
  printf %s "$1"
  printf %s "$2" | sed "s/$1/$1$1/g"
  printf %s "$1"
}

run_script() {
  case $1 in
    *.sh)
      echo "$0: running $1"
      if [ -x "$1" ]; then "$1"; else . "$1"; fi
      ;;
    *.sql) echo "$0: running $1" && psql -v ON_ERROR_STOP=1 --no-psqlrc -f "$1" ;;
    *.sql.gz) echo "$0: running $1" && gunzip -c "$1" | psql -v ON_ERROR_STOP=1 --no-psqlrc ;;
    *) echo "$0: ignoring $1" ;;
  esac
}

if [ -s "$PGDATA/PG_VERSION" ]; then
  printf '\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n'
  exec "$@"
fi

user=$(setting POSTGRES_USER)
user=${user:-postgres}
password=$(setting POSTGRES_PASSWORD)
database=$(setting POSTGRES_DB)
database=${database:-$user}
method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
if [ -z "$password" ] && [ "$method" != trust ]; then
  echo 'Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".' >&2
  exit 1
fi
role=$(quoted '"' "$user")
name=$(quoted '"' "$database")

{
  # A role cannot rename itself, but single-user mode may write the catalogue; 10 is the bootstrap superuser.
  if [ -n "${POSTGRES_INITDB_ARGS:-}${POSTGRES_INITDB_WALDIR:-}" ]; then # asked for what the tar cannot be
    eval 'initdb -D "$PGDATA" -U "$user" '"${POSTGRES_INITDB_WALDIR:+--waldir=\"\$POSTGRES_INITDB_WALDIR\"} ${POSTGRES_INITDB_ARGS:-}" >&2
    [ "$database" = postgres ] || echo "CREATE DATABASE $name;"
  else
    tar -xf /usr/local/share/postgres-seed.tar -C "$PGDATA"
    echo "UPDATE pg_authid SET rolname = $(quoted "'" "$user") WHERE oid = 10;"
    if [ "$database" = postgres ]; then echo 'DROP DATABASE app;'; else echo "ALTER DATABASE app RENAME TO $name;"; fi
  fi
  [ -z "$password" ] || echo "ALTER ROLE $role PASSWORD $(quoted "'" "$password");"
} >/tmp/adapt.sql
postgres --single -D "$PGDATA" -c fsync=off -c log_checkpoints=off -c shared_buffers=1MB -c max_connections=5 \
  postgres </tmp/adapt.sql >/dev/null
rm /tmp/adapt.sql

# Written whole: initdb's own "127.0.0.1 trust" would let any password in where the host's network is shared.
printf '%s\n' 'local all all trust' 'local replication all trust' \
  "host replication all all $method" "host all all all $method" >"$PGDATA/pg_hba.conf"

if [ -n "$(ls -A /docker-entrypoint-initdb.d)" ]; then
  "$@" -c listen_addresses= -c unix_socket_directories=/tmp &
  server=$!
  until pg_isready -q -h /tmp; do
    kill -0 "$server"
    sleep .01
  done
  export PGHOST=/tmp PGUSER="$user" PGDATABASE="$database"
  for script in /docker-entrypoint-initdb.d/*; do run_script "$script"; done
  kill -INT "$server"
  wait "$server" || :
  unset PGHOST PGUSER PGDATABASE
fi
printf '\nPostgreSQL init process complete; ready for start up.\n\n'
exec "$@"

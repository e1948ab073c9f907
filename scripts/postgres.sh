# shellcheck shell=bash
# A PostgreSQL of its own for tests and benchmarks, from Debian's package, on loopback, gone afterwards.

# Its programs lie outside of PATH, under the newest version.
postgres_bin() {
  local newest
  newest=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t/ -k5 -n | tail -1)
  [ -x "$newest/initdb" ] && echo "$newest"
}

# As root it runs as the package's user: it refuses to run as root.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=postgres --regid=postgres --init-groups env HOME=/tmp "$@"
  else
    "$@"
  fi
}

POSTGRES_DATA=
# Starts it and exports its address. Nothing of it is to survive, so that it need not wait for the disk.
postgres_up() {
  [ -z "$POSTGRES_DATA" ] || return 0
  local bin port
  bin=$(postgres_bin) || { install_packages postgresql && bin=$(postgres_bin); }
  port=$(free_port "${1:-28432}")
  POSTGRES_DATA=$(mktemp -d)
  if [ "$(id -u)" = 0 ]; then chown postgres "$POSTGRES_DATA"; fi
  say "starting PostgreSQL (3 s)"
  (cd / && as_postgres "$bin/initdb" -D "$POSTGRES_DATA/data" -U postgres -A trust -E UTF8 --no-sync) >/dev/null
  (cd / && as_postgres "$bin/postgres" -D "$POSTGRES_DATA/data" -h 127.0.0.1 -p "$port" -k "$POSTGRES_DATA" \
    -c fsync=off -c max_connections=200 >"$POSTGRES_DATA.log" 2>&1) &
  SERVICES+=("$!")
  for _ in $(seq 100); do
    ! "$bin/pg_isready" -q -h 127.0.0.1 -p "$port" || break
    sleep 0.1
  done
  export RIVERKEEPER_POSTGRES=postgres://postgres@127.0.0.1:$port/postgres RIVERKEEPER_POSTGRES_BIN=$bin
}

postgres_down() {
  [ -z "$POSTGRES_DATA" ] || rm -rf "$POSTGRES_DATA" "$POSTGRES_DATA.log"
  POSTGRES_DATA=
}

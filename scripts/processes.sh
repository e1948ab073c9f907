# shellcheck shell=bash
# Words on the screen, and processes that end with the script.

say() { printf '[%3d s] %s\n' "$SECONDS" "$*" >&2; }
fail() {
  printf 'run: %s\n' "$*" >&2
  exit 1
}

# Runs a command so that a signal to this script is heard while it runs.
RUNNING=
attend() {
  "$@" &
  RUNNING=$!
  local status=0
  wait "$RUNNING" || status=$?
  RUNNING=
  return "$status"
}

# Ends a process and all that it started.
end_tree() {
  local child
  for child in $(cat "/proc/$1/task/"*/children 2>/dev/null || true); do end_tree "$child"; done
  kill "$1" 2>/dev/null || true
}

# What stands until the end: ids of processes, and whether a fleet is ours to take down.
SERVICES=()
FLEET_IS_OURS=
clean_up() {
  trap '' INT TERM
  [ -z "$RUNNING" ] || end_tree "$RUNNING"
  local service
  for service in ${SERVICES[@]+"${SERVICES[@]}"}; do end_tree "$service"; done
  for service in ${SERVICES[@]+"${SERVICES[@]}"}; do wait "$service" 2>/dev/null || true; done
  SERVICES=()
  postgres_down
  if [ -n "$FLEET_IS_OURS" ]; then
    say "stopping the fleet (10 s)"
    "$DEMO" fleet down >&2 || true
    FLEET_IS_OURS=
  fi
  trap - INT TERM
}
# A test run that breaks off has failed, and still says so in its last line.
COUNTING=
on_exit() {
  clean_up
  [ -z "$COUNTING" ] || echo "$PASSED passed, $((FAILED + 1)) failed"
}
trap on_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
  local port=$1
  while port_is_taken "$port"; do port=$((port + 1)); done
  echo "$port"
}

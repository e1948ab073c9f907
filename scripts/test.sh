# shellcheck shell=bash
# Runs the tests and counts them.

PASSED=0
FAILED=0

# Runs a test command, shows what it prints, and adds what it counted. $1 says how its summary is read.
count() {
  local reader=$1 log status=0 passed failed
  shift
  log=$(mktemp)
  attend shown_and_kept "$log" "$@" || status=$?
  read -r passed failed < <("$reader" "$log")
  rm -f "$log"
  # What does not compile or does not start has no summary.
  if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
  PASSED=$((PASSED + passed))
  FAILED=$((FAILED + failed))
}

shown_and_kept() {
  trap - EXIT
  local log=$1
  shift
  "$@" </dev/null 2>&1 | tee "$log"
}

cargo_counts() {
  awk '/^test result: / { for (i = 2; i <= NF; i++) { if ($i ~ /^passed/) p += $(i-1); if ($i ~ /^failed/) f += $(i-1) } }
    END { print p + 0, f + 0 }' "$1"
}

# Tests that were interrupted or never begun have failed.
playwright_counts() {
  awk '/^ +[0-9]+ (passed|flaky)/ { p += $1 } /^ +[0-9]+ (failed|interrupted|did not run)/ { f += $1 }
    END { print p + 0, f + 0 }' "$1"
}

# The test targets of the workspace whose names begin so ("kafka_"), or with none of these ("!"), as flags for cargo.
test_targets() {
  local file name
  for file in {shared,backend,demo,client}/tests/{*.rs,*/main.rs}; do
    name=$(basename "${file%/main.rs}" .rs)
    case $name in
    '*') ;;
    db_* | kafka_* | soak_*) [[ $1 != '!' && $name == "$1"* ]] && printf -- '--test\n%s\n' "$name" ;;
    *) [[ $1 == '!' ]] && printf -- '--test\n%s\n' "$name" ;;
    esac
  done
  return 0
}

test_unit() {
  local targets
  mapfile -t targets < <(test_targets '!')
  say "unit tests"
  count cargo_counts cargo test --workspace --exclude frontend --no-fail-fast --lib --bins \
    ${targets[@]+"${targets[@]}"}
  count cargo_counts cargo test --workspace --exclude frontend --no-fail-fast --doc
  # The glass alone: together with the backend it would be built with the backend's features.
  count cargo_counts cargo test --package frontend --no-fail-fast
}

# The tests of the database, on both engines.
test_db() {
  local targets
  mapfile -t targets < <(test_targets db_)
  say "building the tests"
  if ! attend cargo test --package backend --no-run "${targets[@]}" >&2; then
    FAILED=$((FAILED + 1))
    return 0
  fi
  postgres_up
  say "tests on SQLite and PostgreSQL"
  count cargo_counts cargo test --package backend --no-fail-fast "${targets[@]}"
}

# A fleet beside the demo's, fresh each time, one for all parts that need it.
test_fleet_up() {
  [ -z "$FLEET_IS_OURS" ] || return 0
  setup_jars "$OLD_KAFKA" demo/pom-3.9.xml
  build_demo
  if [ -z "${RIVERKEEPER_FLEET_DIR:-}" ]; then
    export RIVERKEEPER_FLEET_DIR=$CACHE/fleet-test RIVERKEEPER_FLEET_PORT=${RIVERKEEPER_FLEET_PORT:-29090}
    "$DEMO" fleet down --wipe
  fi
  fleet_up --old
  RIVERKEEPER_FLEET=$("$DEMO" fleet env)
  export RIVERKEEPER_FLEET RIVERKEEPER_RUN=$ROOT/run RIVERKEEPER_DEMO=$DEMO RIVERKEEPER_JARS=$CACHE/jars-$KAFKA
}

# The tests of the backend that speak to real Kafka. $1 is the beginning of their names.
test_fleet() {
  local targets
  mapfile -t targets < <(test_targets "$1")
  if [ ${#targets[@]} -eq 0 ]; then
    say "there are no tests called $1*"
    return 0
  fi
  say "building the tests"
  if ! attend cargo test --package backend --no-run "${targets[@]}" >&2; then
    FAILED=$((FAILED + 1))
    return 0
  fi
  test_fleet_up
  say "tests against real Kafka"
  count cargo_counts cargo test --package backend --no-fail-fast "${targets[@]}"
}

# What browser tests need: the dashboard, the backend, Playwright.
build_for_browsers() {
  say "building the dashboard and the backend (5 min the first time)"
  build_frontend debug
  attend cargo build --quiet --package backend >&2
  setup_playwright
}

# The gallery asks no server anything: a Riverkeeper that knows no cluster serves it, while no fleet runs, for it takes
# every core.
test_gallery() {
  build_for_browsers
  local port server
  port=$(free_port 28090)
  "$CARGO_TARGET_DIR/debug/riverkeeper" serve --bootstrap 127.0.0.1:9 --port "$port" >"$CACHE/test-gallery.log" 2>&1 &
  server=$!
  wait_for_riverkeeper "$server" "$port" "$CACHE/test-gallery.log"
  say "browser tests: the gallery (riverkeeper's log: $CACHE/test-gallery.log)"
  RIVERKEEPER_URL=http://127.0.0.1:$port \
    count playwright_counts env -C e2e npx --no-install playwright test --project=gallery
  kill "$server"
}

test_e2e() {
  build_for_browsers
  test_fleet_up
  local port
  port=$(free_port 28080)
  rm -f "$CACHE/riverkeeper-$port.db"*
  # What takes minutes in production takes seconds here.
  export RIVERKEEPER__INVENTORY__METADATA_PERIOD_SECONDS=3 RIVERKEEPER__INVENTORY__LOG_DIRS_PERIOD_SECONDS=10 \
    RIVERKEEPER__INVENTORY__CONFIGS_PERIOD_SECONDS=30 RIVERKEEPER__KAFKA__REQUEST_TIMEOUT_SECONDS=2
  start_riverkeeper "$CARGO_TARGET_DIR/debug/riverkeeper" "$port" "$CACHE/test-riverkeeper.log"
  export RIVERKEEPER_URL=http://127.0.0.1:$port RIVERKEEPER_PROGRAM=$CARGO_TARGET_DIR/debug/riverkeeper \
    RIVERKEEPER_LOG=$CACHE/test-riverkeeper.log
  say "browser tests: the fleet and its applications (riverkeeper's log: $CACHE/test-riverkeeper.log)"
  count playwright_counts env -C e2e npx --no-install playwright test --project=fleet
}

# Debian's Chromium is used, so that Playwright downloads none.
setup_playwright() {
  if cmp -s e2e/package-lock.json e2e/node_modules/.installed-lock; then return 0; fi
  attend env PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --prefix e2e --no-fund --no-audit >&2
  cp e2e/package-lock.json e2e/node_modules/.installed-lock
}

run_test() {
  case ${1:-all} in all | unit | db | kafka | e2e | soak) ;; *) fail "test takes unit, db, kafka, e2e or soak" ;; esac
  COUNTING=yes
  setup
  case ${1:-all} in
  unit) test_unit ;;
  db) test_db ;;
  kafka) test_fleet kafka_ ;;
  e2e)
    test_gallery
    test_e2e
    ;;
  soak) test_fleet soak_ ;;
  all)
    test_unit
    test_db
    test_gallery
    test_fleet kafka_
    test_e2e
    ;;
  esac
  clean_up
  COUNTING=
  echo "$PASSED passed, $FAILED failed"
  [ "$FAILED" -eq 0 ] && [ "$PASSED" -gt 0 ]
}

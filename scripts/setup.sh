# shellcheck shell=bash
# Installs what is missing on this machine: Debian packages, Rust, tools from crates.io, Kafka's jars.

has() { command -v "$1" >/dev/null 2>&1; }

java_is_17() {
  local version
  version=$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p')
  [ "${version:-0}" -ge 17 ]
}

# The Debian packages of what is not here.
missing_packages() {
  has chromium || echo chromium
  has brotli || echo brotli
  postgres_bin >/dev/null || echo postgresql
  java_is_17 || echo default-jre-headless
  has mvn || echo maven
  has node || echo nodejs
  has npm || echo npm
  has pkg-config || echo pkg-config
  has cmake || echo cmake
  has g++ || echo g++
  has make || echo make
  has curl || echo curl
  has rustup || echo rustup
  [ -e /usr/include/zlib.h ] || echo zlib1g-dev
  [ -e /usr/include/openssl/ssl.h ] || echo libssl-dev
  [ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ] || echo fonts-dejavu-core
  [ -e /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
}

install_packages() {
  [ $# -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ] || ! has apt-get; then
    fail "these are missing: $*. Install them, for example: sudo apt-get install $* (rustup also: https://rustup.rs)"
  fi
  say "installing from Debian: $* (a minute or two)"
  attend apt-get update -qq >&2 || true
  attend env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >&2 ||
    fail "apt-get could not install: $*. Where Debian has no rustup, install it from https://rustup.rs"
}

setup_packages() {
  local missing
  mapfile -t missing < <(missing_packages)
  install_packages ${missing[@]+"${missing[@]}"}
}

setup_rust() {
  local channel sysroot
  channel=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
  if sysroot=$(rustc "+$channel" --print sysroot 2>/dev/null) && [ -d "$sysroot/lib/rustlib/wasm32-unknown-unknown" ] &&
    [ -x "$sysroot/bin/cargo-clippy" ] && [ -x "$sysroot/bin/rustfmt" ]; then
    return 0
  fi
  say "installing Rust $channel (a minute)"
  attend rustup toolchain install "$channel" --profile minimal --no-self-update \
    --component clippy --component rustfmt --target wasm32-unknown-unknown >&2
}

# A tool from crates.io, built small and fast to build, in a folder of its name and version.
# $1 name, $2 version, $3 the program, $4 how long it takes; the rest is for cargo.
setup_tool() {
  local root=$CACHE/tools/$1-$2 name=$1 version=$2 program=$3 time=$4
  shift 4
  [ ! -x "$root/bin/$program" ] || return 0
  say "building $name $version ($time, once on this machine)"
  mkdir -p "$root"
  attend env CARGO_TARGET_DIR="$CACHE/tools-target" CARGO_PROFILE_RELEASE_LTO=false \
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_DEBUG=false \
    cargo install --quiet --root "$root" "$name@$version" "$@" >&2
}

# The jars of one Kafka, by Maven. $1 version, $2 its pom.
setup_jars() {
  local jars=$CACHE/jars-$1
  if cmp -s "$2" "$jars/pom.xml" && [ -e "$jars/kafka-clients-$1.jar" ]; then return 0; fi
  say "downloading the jars of Kafka $1 (140 MB, a minute)"
  rm -rf "$jars.new"
  attend mvn -q -B -f "$2" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$jars.new" >&2
  cp "$2" "$jars.new/pom.xml"
  rm -rf "$jars"
  mv "$jars.new" "$jars"
}

setup() {
  setup_packages
  mkdir -p "$CACHE/tools" frontend/dist/debug frontend/dist/release
  # One setup at a time: two builds of one tool would undo each other.
  exec 9>"$CACHE/setup.lock"
  flock 9
  setup_rust
  setup_tool trunk "$TRUNK" trunk "5 min" --locked --no-default-features --features rustls
  # Not --locked: its lock file names a crate that the registry no longer lists.
  setup_tool wasm-bindgen-cli "$WASM_BINDGEN" wasm-bindgen "3 min"
  setup_tool wasm_split_cli_support "$WASM_SPLIT" wasm-split-cli "1 min" --locked --features build-binary
  setup_jars "$KAFKA" demo/pom.xml
  exec 9>&-
}

setup_lint() {
  setup
  setup_tool cargo-deny "$CARGO_DENY" cargo-deny "3 min" --locked
  if ! has shellcheck && [ "$(id -u)" = 0 ] && has apt-get; then install_packages shellcheck; fi
}

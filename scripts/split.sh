#!/usr/bin/env bash
# Cuts the dashboard's WebAssembly into what a first visit loads and the pieces that come later (ADR 0015). Trunk calls
# it at the end of each build, with its own result in TRUNK_STAGING_DIR: the one module there is replaced.
set -euo pipefail

profile=debug
flags=()
if [ "$TRUNK_PROFILE" = release ]; then
  profile=wasm-release
  flags=(--remove-name-section --remove-producers-section)
fi
program=${CARGO_TARGET_DIR:-target}/wasm32-unknown-unknown/$profile/frontend.wasm
cut=$(mktemp -d)
trap 'rm -rf "$cut"' EXIT

# Trunk names by a hash of the program, which all that is cut from it may bear too.
name=$(basename "$TRUNK_STAGING_DIR"/frontend-*.js .js)
wasm-split-cli --target web --out-name "$name" "$program" "$cut"
wasm-bindgen --target web --no-typescript --keep-lld-exports ${flags[@]+"${flags[@]}"} \
  --out-dir "$cut/first" --out-name "$name" "$cut/$name.wasm"

cp "$cut/first/${name}_bg.wasm" "$TRUNK_STAGING_DIR/"
sed "s| from \"\./__wasm_split\.js\"| from \"./$name-later.js\"|" "$cut/first/$name.js" >"$TRUNK_STAGING_DIR/$name.js"
sed -E "s#\./(split|chunk)_(\w+)\.wasm#./$name-later-\2.wasm#" "$cut/__wasm_split.js" >"$TRUNK_STAGING_DIR/$name-later.js"
for piece in "$cut"/{split,chunk}_*.wasm; do
  [ -e "$piece" ] || continue
  piece_name=${piece##*/}
  cp "$piece" "$TRUNK_STAGING_DIR/$name-later-${piece_name#*_}"
done
# The browser need not read the one script to learn of the other.
sed -i -E "s#(<link rel=\"modulepreload\" href=\"\./)$name\.js(\"[^>]*>)#&\1$name-later.js\2#" "$TRUNK_STAGING_DIR/index.html"

//! Keeps the relocations in the WebAssembly: by them `scripts/split.sh` cuts it into what a first visit loads and the
//! pieces that come later. `target_features` tells wasm-bindgen how the program was compiled, stripped or not.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
        println!("cargo::rustc-link-arg-bins=--keep-section=target_features");
    }
}

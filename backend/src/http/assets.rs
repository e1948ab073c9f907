//! The page and its assets: inside the binary in release builds, read from disk in debug builds.
//!
//! Names are hashed, so an asset is kept for ever; `index.html` is not, and names them all. Its base follows
//! `public_url`, and its one inline script is let through by its hash.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[cfg_attr(debug_assertions, folder = "../frontend/dist/debug")]
#[cfg_attr(not(debug_assertions), folder = "../frontend/dist/release")]
#[allow_missing = true]
struct Dist;

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const NOT_AT_ALL: HeaderValue = HeaderValue::from_static("no-cache");

/// Identifies the build: every asset's name is in the page, hashed.
pub fn build() -> String {
    let page = Dist::get("index.html").map(|file| file.data).unwrap_or_default();
    let digest = Sha256::digest([page.as_ref(), env!("CARGO_PKG_VERSION").as_bytes()].concat());
    digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// The source expressions of the page's inline scripts, for the content security policy.
pub fn inline_script_hashes() -> Vec<String> {
    let page = Dist::get("index.html").map(|file| String::from_utf8_lossy(&file.data).into_owned());
    page.iter().flat_map(|page| inline_scripts(page)).map(hash).collect()
}

fn hash(script: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(script.as_bytes())))
}

fn inline_scripts(page: &str) -> impl Iterator<Item = &str> {
    page.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (script, _) = rest.split_once("</script>")?;
        (!attributes.contains(" src=") && !script.is_empty()).then_some(script)
    })
}

/// An asset by its path, or the page for every path that is none: the browser's router knows the rest.
pub fn serve(uri: &Uri, headers: &HeaderMap, base: &str) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.is_empty() || path == "index.html" {
        return page(base);
    }
    match Dist::get(path) {
        Some(file) => asset(path, file.data.into_owned(), headers),
        None if looks_like_an_asset(path) => {
            (StatusCode::NOT_FOUND, "There is no such file.\n").into_response()
        }
        None => page(base),
    }
}

/// A file at the root, as Trunk lays them out; pages lie deeper or have no extension.
fn looks_like_an_asset(path: &str) -> bool {
    let known = ["js", "wasm", "css", "woff2", "svg", "ico", "br", "map", "txt"];
    !path.contains('/') && path.rsplit_once('.').is_some_and(|(_, extension)| known.contains(&extension))
}

fn page(base: &str) -> Response {
    let Some(file) = Dist::get("index.html") else {
        return (
            StatusCode::NOT_FOUND,
            "This build of Riverkeeper has no dashboard in it: build it with `./run build`. The API is at \
             /api/v1/clusters.\n",
        )
            .into_response();
    };
    let text =
        String::from_utf8_lossy(&file.data).replace("<base href=\"/\"", &format!("<base href=\"{base}\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, NOT_AT_ALL),
    ];
    (headers, text).into_response()
}

fn asset(path: &str, plain: Vec<u8>, headers: &HeaderMap) -> Response {
    let packed = accepts_brotli(headers).then(|| Dist::get(&format!("{path}.br"))).flatten();
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    let mut response = Response::new(Body::empty());
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, FOR_EVER);
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(mime) = HeaderValue::from_str(mime.as_ref()) {
        out.insert(header::CONTENT_TYPE, mime);
    }
    if packed.is_some() {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    *response.body_mut() = Body::from(packed.map_or(plain, |file| file.data.into_owned()));
    response
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    let accepted =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim() == "br" && quality.replace(' ', "") != "q=0"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_scripts_are_found_and_linked_ones_are_not() {
        let page = "<script src=\"a.js\"></script><script type=\"module\">go()</script>";
        assert_eq!(inline_scripts(page).collect::<Vec<_>>(), ["go()"]);
        assert_eq!(hash("go()"), format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest("go()"))));
    }

    #[test]
    fn brotli_is_sent_only_where_it_is_taken() {
        let with = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
            accepts_brotli(&headers)
        };
        assert!(with("gzip, deflate, br, zstd"));
        assert!(!with("gzip"));
        assert!(!with("br; q=0, gzip"));
    }
}

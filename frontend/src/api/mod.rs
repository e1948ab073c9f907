//! Asking the observer: one typed fetch, which can be aborted and which asks only for what has changed.

mod fault;

pub(crate) use fault::Fault;
use shared::problem::Problem;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestCache, RequestInit, Response};

/// What an address answered.
pub(crate) enum Got {
    /// A body, and the tag to ask with the next time.
    Body {
        /// JSON.
        text: String,
        /// Its `ETag`, where it has one.
        etag: Option<String>,
    },
    /// Nothing has changed since the tag.
    Same,
}

/// Asks for `url`, relative to the page's base. `etag` is what is held already.
pub(crate) async fn get(url: &str, etag: Option<&str>, abort: &AbortSignal) -> Result<Got, Fault> {
    let response = ask(url, etag, abort).await.map_err(|error| {
        if abort.aborted() { Fault::Aborted } else { Fault::Unreachable(message(&error)) }
    })?;
    if response.status() == 304 {
        return Ok(Got::Same);
    }
    let text = body(&response).await.map_err(|error| {
        if abort.aborted() { Fault::Aborted } else { Fault::Unreachable(message(&error)) }
    })?;
    if response.ok() {
        let etag = response.headers().get("etag").ok().flatten();
        return Ok(Got::Body { text, etag });
    }
    Err(refusal(response.status(), &text))
}

/// Sends something to `url`, relative to the page's base, and gives what was answered.
pub(crate) async fn send(method: &str, url: &str, body: Option<&str>) -> Result<String, Fault> {
    let unreachable = |error: JsValue| Fault::Unreachable(message(&error));
    let init = RequestInit::new();
    init.set_method(method);
    if let Some(body) = body {
        init.set_body(&body.into());
    }
    let response = fetch(url, &init, body.map(|_| ("content-type", "application/json")));
    let response = response.await.map_err(unreachable)?;
    let text = self::body(&response).await.map_err(unreachable)?;
    if response.ok() { Ok(text) } else { Err(refusal(response.status(), &text)) }
}

async fn ask(url: &str, etag: Option<&str>, abort: &AbortSignal) -> Result<Response, JsValue> {
    let init = RequestInit::new();
    init.set_signal(Some(abort));
    fetch(url, &init, etag.map(|etag| ("if-none-match", etag))).await
}

async fn fetch(url: &str, init: &RequestInit, header: Option<(&str, &str)>) -> Result<Response, JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    if let Some((name, value)) = header {
        headers.set(name, value)?;
    }
    init.set_headers(&headers);
    // The store keeps what it needs; the browser's cache would answer a 304 with its own 200.
    init.set_cache(RequestCache::NoStore);
    let answer = JsFuture::from(leptos::prelude::window().fetch_with_str_and_init(url, init)).await?;
    answer.dyn_into()
}

async fn body(response: &Response) -> Result<String, JsValue> {
    Ok(JsFuture::from(response.text()?).await?.as_string().unwrap_or_default())
}

/// A refusal is a problem; without one, something between us and Riverkeeper has spoken.
fn refusal(status: u16, text: &str) -> Fault {
    match serde_json::from_str::<Problem>(text) {
        Ok(problem) => Fault::Problem(problem),
        Err(_) if matches!(status, 502..=504) => Fault::Unreachable(format!("a proxy answered {status}")),
        Err(_) => Fault::Unreadable(format!("status {status} without an explanation")),
    }
}

fn message(error: &JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_told_by_its_detail() {
        let text = r#"{"type":"not-found","title":"Not found","status":404,"detail":"No topic x on east."}"#;
        assert_eq!(refusal(404, text).sentence(), "No topic x on east.");
    }

    #[test]
    fn a_proxy_that_speaks_for_riverkeeper_means_that_it_does_not_answer() {
        assert!(matches!(refusal(502, "<html>"), Fault::Unreachable(_)));
        assert!(matches!(refusal(418, "<html>"), Fault::Unreadable(_)));
    }
}

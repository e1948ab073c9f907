//! What stands around every answer: security headers, and the check that the `Host` is one of ours.

use std::net::SocketAddr;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use super::problem::Fault;

/// The headers of every answer; the policy lets through what the page needs and nothing else.
pub fn headers(inline_scripts: &[String]) -> Vec<(HeaderName, HeaderValue)> {
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' {}; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'none'; \
         frame-ancestors 'none'",
        inline_scripts.join(" ")
    );
    let features = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), clipboard-read=()";
    let plain = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), features),
    ];
    let policy = HeaderValue::from_str(&policy).ok().map(|policy| (header::CONTENT_SECURITY_POLICY, policy));
    plain.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).chain(policy).collect()
}

/// Refuses what changes anything when a page of another site asks for it. What `public_url` names is our own site,
/// whatever a proxy makes of the `Host`.
pub fn cross_site(public_url: Option<&Uri>) -> CsrfLayer<fn(ProtectionError) -> Response> {
    let refused: fn(ProtectionError) -> Response = |_| Fault::CrossSite.into_response();
    let layer = CsrfLayer::new().with_rejection_response(refused);
    let origin = public_url.and_then(|url| Some(format!("{}://{}", url.scheme_str()?, url.authority()?)));
    // What is no origin is not trusted, and the page still is by its Host.
    origin.and_then(|origin| layer.clone().add_trusted_origin(origin.to_lowercase()).ok()).unwrap_or(layer)
}

/// The names by which we may be called: loopback, the one that browsers use, and those that the configuration lists.
#[derive(Clone, Debug)]
pub struct Hosts {
    named: Vec<String>,
}

impl Hosts {
    /// `public_url`'s host and `hosts` beside loopback.
    pub fn new(public_url: Option<&Uri>, hosts: &[String]) -> Self {
        let public = public_url.and_then(Uri::authority).map(|authority| authority.host());
        let named = hosts.iter().map(String::as_str).chain(public).map(str::to_lowercase);
        Self { named: named.collect() }
    }

    fn are_ours(&self, host: &str) -> bool {
        let host = without_port(host).to_lowercase();
        let loopback =
            host.trim_matches(['[', ']']).parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
        loopback || host == "localhost" || self.named.contains(&host)
    }
}

fn without_port(host: &str) -> &str {
    if host.parse::<SocketAddr>().is_ok() || !host.starts_with('[') {
        return host.rsplit_once(':').map_or(host, |(name, _)| name);
    }
    host
}

/// Refuses a `Host` that is none of ours: a page elsewhere could have bound its name to loopback.
pub async fn check_host(
    State(hosts): State<Hosts>,
    uri: Uri,
    headers: HeaderMap,
    request: Request,
    next: Next,
) -> Response {
    let mut all = headers.get_all(header::HOST).iter();
    let named = all.next().and_then(|host| host.to_str().ok()).filter(|_| all.next().is_none());
    match uri.authority().map(|authority| authority.as_str()).or(named) {
        Some(host) if hosts.are_ours(host) => next.run(request).await,
        Some(host) => Fault::Misdirected(format!(
            "This is not {}: use localhost, or set http.public_url to the address that browsers use, or list the name \
             in http.hosts.",
            host.chars().take(100).collect::<String>()
        ))
        .into_response(),
        None => Fault::Misdirected("The request does not name one host.".into()).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_and_the_public_name_are_ours_and_nothing_else() {
        let listed = ["Kafka.Internal".to_owned(), "10.1.2.3".to_owned()];
        let hosts = Hosts::new(Some(&Uri::from_static("https://kafka.example.com/rk")), &listed);
        for ours in [
            "127.0.0.1:8080",
            "localhost",
            "LOCALHOST:1",
            "[::1]:8080",
            "[::1]",
            "kafka.example.com",
            "kafka.internal:80",
            "10.1.2.3:8080",
        ] {
            assert!(hosts.are_ours(ours), "{ours}");
        }
        for foreign in ["evil.example", "127.0.0.1.evil.example:8080", "10.0.0.1", ""] {
            assert!(!hosts.are_ours(foreign), "{foreign}");
        }
    }
}

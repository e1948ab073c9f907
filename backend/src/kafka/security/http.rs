//! HTTP beside Kafka: how what the brokers serve over HTTP is asked for, by the same hands that know TLS.

use std::sync::Arc;

/// The beginning of a client that believes the authorities of this machine. It follows no redirect, which would carry
/// what it sends to wherever the answer says, and asks no proxy of the environment.
pub fn http_client() -> Result<reqwest::ClientBuilder, String> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let tls = builder.map_err(|error| error.to_string())?.with_root_certificates(roots).with_no_client_auth();
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy())
}

//! Where the brokers of a cluster tell their metrics: a template of an address, or one address a broker.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};

use super::{
    reader::Surroundings,
    secret::{self, HIDDEN},
    takes::{Takes, Wrong, each, wrong},
    tree::{Node, quoted},
};

/// The addresses of metrics endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetricsUrl {
    /// One for all brokers, with `{host}` or `{broker_id}` in it.
    Template(String),
    /// One for each broker id.
    Each(BTreeMap<i32, String>),
}

/// Reads [`MetricsUrl`].
pub struct MetricsUrls;

impl Takes for MetricsUrls {
    type Value = MetricsUrl;

    fn told(&self) -> String {
        "an address with {host} or {broker_id} in it, or a list of \"ID=ADDRESS\", one for each broker"
            .to_owned()
    }

    fn read(&self, node: &Node, _: &Surroundings<'_>) -> Result<MetricsUrl, Vec<Wrong>> {
        if let Some(template) = node.text() {
            return template_of(node, template);
        }
        let Some(list) = node.list().filter(|list| !list.is_empty()) else {
            return wrong(node, format!("takes {}, not {}", self.told(), node.shown()));
        };
        let mut addresses = BTreeMap::new();
        let entry = |item: &Node| {
            let (id, address) = entry_of(item)?;
            match addresses.insert(id, address) {
                None => Ok(()),
                Some(_) => wrong(item, format!("names broker {id} twice; keep one")),
            }
        };
        each(list.iter().map(entry))?;
        Ok(MetricsUrl::Each(addresses))
    }

    fn written(&self, value: &MetricsUrl) -> Option<String> {
        Some(match value {
            MetricsUrl::Template(template) => quoted(template),
            MetricsUrl::Each(addresses) => {
                let items: Vec<String> =
                    addresses.iter().map(|(id, address)| quoted(&format!("{id}={address}"))).collect();
                format!("[{}]", items.join(", "))
            }
        })
    }
}

fn template_of(node: &Node, template: &str) -> Result<MetricsUrl, Vec<Wrong>> {
    if !template.contains("{host}") && !template.contains("{broker_id}") {
        let sentence = "names neither {host} nor {broker_id}, so all brokers would be read at one place; \
                        write one of them, or a list like [\"1=http://…\"]";
        return wrong(node, sentence);
    }
    check(node, &template.replace("{host}", "host").replace("{broker_id}", "1"))?;
    Ok(MetricsUrl::Template(template.to_owned()))
}

fn entry_of(item: &Node) -> Result<(i32, String), Vec<Wrong>> {
    let parts = item.text().and_then(|text| text.split_once('='));
    let parts =
        parts.and_then(|(id, address)| Some((id.trim().parse().ok().filter(|id| *id >= 0)?, address)));
    let Some((id, address)) = parts else {
        return wrong(
            item,
            format!("each takes ID=ADDRESS, like \"1=http://host:7071/metrics\", not {}", item.shown()),
        );
    };
    check(item, address.trim())?;
    Ok((id, address.trim().to_owned()))
}

fn check(node: &Node, address: &str) -> Result<(), Vec<Wrong>> {
    let parsed = reqwest::Url::parse(address);
    let Some(url) = parsed.ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
    else {
        return wrong(node, "takes http:// or https:// with host and path");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return wrong(node, "holds a user or password; give them as metrics.authorization");
    }
    if address.contains(['{', '}']) {
        return wrong(node, "holds a brace; {host} and {broker_id} of a template are all that is filled in");
    }
    Ok(())
}

/// The value of a header, which may be a secret.
#[derive(Clone, Debug)]
pub struct HeaderSecret {
    /// The value.
    pub value: SecretString,
    /// What may be printed of where it comes from; nothing for a literal.
    pub from: Option<String>,
}

/// Reads [`HeaderSecret`].
pub struct HeaderSecrets;

impl Takes for HeaderSecrets {
    type Value = HeaderSecret;

    fn told(&self) -> String {
        "the value of the Authorization header, like \"Bearer …\" (a secret)".to_owned()
    }

    fn read(&self, node: &Node, surroundings: &Surroundings<'_>) -> Result<HeaderSecret, Vec<Wrong>> {
        let given = secret::read(node, surroundings)?;
        if http::HeaderValue::from_str(given.value.expose_secret()).is_err() {
            return wrong(node, "holds something that cannot stand in a header");
        }
        Ok(HeaderSecret { value: given.value, from: given.from })
    }

    fn written(&self, _: &HeaderSecret) -> Option<String> {
        Some(HIDDEN.to_owned())
    }

    fn reference(&self, value: &HeaderSecret) -> Option<String> {
        value.from.clone()
    }
}

//! What a certificate says about itself, for sentences: whose it is, for which names, from when to when.
//!
//! Verifying is rustls' work. Its errors say that something is wrong; a person who must mend it wants to know which
//! name, which day, which authority. A certificate that cannot be read here says nothing and is no fault by that.

use std::net::IpAddr;

use chrono::DateTime as Chrono;
use rustls::pki_types::CertificateDer;
use shared::DateTime;
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::time::Time;

use crate::kafka::error::short;

/// How many names a sentence lists.
const LISTED: usize = 5;

/// One certificate's own words.
#[derive(Clone, Debug)]
pub(super) struct Words {
    pub subject: String,
    pub issuer: String,
    pub not_before: Option<DateTime>,
    pub not_after: Option<DateTime>,
    /// The hosts that it is for: names, and addresses.
    pub hosts: Vec<String>,
}

/// Reads a certificate's own words.
pub(super) fn words(der: &CertificateDer<'_>) -> Option<Words> {
    let certificate = Certificate::from_der(der).ok()?.tbs_certificate;
    let alternatives = certificate.get::<SubjectAltName>().ok().flatten();
    let hosts = alternatives.map(|(_, names)| names.0.iter().filter_map(host).collect());
    Some(Words {
        subject: short(&certificate.subject.to_string()),
        issuer: short(&certificate.issuer.to_string()),
        not_before: time(certificate.validity.not_before),
        not_after: time(certificate.validity.not_after),
        hosts: hosts.unwrap_or_default(),
    })
}

fn host(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(short(name.as_str())),
        GeneralName::IpAddress(octets) => {
            let v4 = <[u8; 4]>::try_from(octets.as_bytes()).map(IpAddr::from);
            let address = v4.or_else(|_| <[u8; 16]>::try_from(octets.as_bytes()).map(IpAddr::from));
            address.ok().map(|address| address.to_string())
        }
        _ => None,
    }
}

fn time(time: Time) -> Option<DateTime> {
    Chrono::from_timestamp(i64::try_from(time.to_unix_duration().as_secs()).ok()?, 0)
}

/// Names with commas between, and how many more there are.
pub(super) fn listed(names: &[String]) -> String {
    let shown = names[..names.len().min(LISTED)].join(", ");
    match names.len().saturating_sub(LISTED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// A day as certificates' ends are spoken of.
pub(super) fn day(time: DateTime) -> String {
    time.format("%Y-%m-%d %H:%M UTC").to_string()
}

impl Words {
    /// Why it does not hold now, if it does not.
    pub fn untimely(&self, now: DateTime) -> Option<String> {
        match (self.not_before, self.not_after) {
            (_, Some(end)) if end < now => Some(format!("expired on {}", day(end))),
            (Some(start), _) if start > now => {
                Some(format!("is not valid before {} (this machine's clock says {})", day(start), day(now)))
            }
            _ => None,
        }
    }
}

//! `host:port`, as operators write bootstrap servers and as brokers advertise themselves.

use std::fmt;
use std::str::FromStr;

/// One address of a broker, not resolved: names are looked up at each connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostPort {
    /// A name, an IPv4 address, or an IPv6 address without its brackets.
    pub host: String,
    /// The port, never 0 when parsed.
    pub port: u16,
}

/// Why a text is not a [`HostPort`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an address like host:9092: {fault}")]
pub struct HostPortError {
    text: String,
    fault: &'static str,
}

impl FromStr for HostPort {
    type Err = HostPortError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).map_err(|fault| HostPortError { text: text.to_owned(), fault })
    }
}

fn parse(text: &str) -> Result<HostPort, &'static str> {
    if text.contains("://") {
        return Err("leave out the part up to ://");
    }
    if text.contains(|c: char| c.is_whitespace() || c == ',' || c == '/') {
        return Err("one address has no blanks, commas or slashes");
    }
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once("]:").ok_or("an IPv6 address is written [::1]:9092")?,
        None => text.rsplit_once(':').ok_or("the port is missing")?,
    };
    if host.is_empty() {
        return Err("the host is missing");
    }
    if !text.starts_with('[') && host.contains(':') {
        return Err("an IPv6 address is written [::1]:9092");
    }
    match port.parse() {
        Ok(0) | Err(_) => Err("the port is a number from 1 to 65535"),
        Ok(port) => Ok(HostPort { host: host.to_owned(), port }),
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_prints_as_it_was_written() {
        for text in ["kafka-1.east:9092", "127.0.0.1:1", "[::1]:9092", "[fe80::1%eth0]:65535"] {
            assert_eq!(text.parse::<HostPort>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_malformed_address_says_what_is_wrong() {
        for (text, fault) in [
            ("kafka-1", "the port is missing"),
            (":9092", "the host is missing"),
            ("::1:9092", "an IPv6 address is written"),
            ("[::1]", "an IPv6 address is written"),
            ("a:0", "from 1 to 65535"),
            ("a:65536", "from 1 to 65535"),
            ("PLAINTEXT://a:9092", "leave out"),
            ("a:9092,b:9092", "no blanks, commas"),
            ("", "the port is missing"),
        ] {
            let error = text.parse::<HostPort>().unwrap_err().to_string();
            assert!(error.contains(fault) && error.contains(text), "{error}");
        }
    }
}

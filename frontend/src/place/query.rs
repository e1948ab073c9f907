//! The query string of an address, read and written without the browser.

use shared::route::segment;

/// The value of a parameter, decoded.
pub(crate) fn get(search: &str, name: &str) -> Option<String> {
    pairs(search).find(|(key, _)| *key == name).map(|(_, value)| decode(value))
}

/// The query string with some parameters changed; `None` takes one away. Begins with `?` unless empty.
pub(crate) fn with(search: &str, changes: &[(&str, Option<&str>)]) -> String {
    let kept = pairs(search)
        .filter(|(key, _)| changes.iter().all(|(name, _)| name != key))
        .map(|(key, value)| format!("{key}={value}"));
    let changed = changes.iter().filter_map(|(name, value)| Some(format!("{name}={}", segment((*value)?))));
    join(kept.chain(changed))
}

/// The query string with only some parameters. Begins with `?` unless empty.
pub(crate) fn only(search: &str, names: &[&str]) -> String {
    join(pairs(search).filter(|(key, _)| names.contains(key)).map(|(key, value)| format!("{key}={value}")))
}

/// A page, which may have parameters of its own, with those of a query string that begins with `?` behind them.
pub(crate) fn onto(page: &str, kept: &str) -> String {
    match kept.strip_prefix('?') {
        Some(kept) if page.contains('?') => format!("{page}&{kept}"),
        _ => format!("{page}{kept}"),
    }
}

fn join(pairs: impl Iterator<Item = String>) -> String {
    let mut out = String::new();
    for pair in pairs {
        out.push(if out.is_empty() { '?' } else { '&' });
        out.push_str(&pair);
    }
    out
}

fn pairs(search: &str) -> impl Iterator<Item = (&str, &str)> {
    search
        .trim_start_matches('?')
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte, escaped) {
            (b'%', Some(value)) => {
                out.push(value);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            _ => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_changed_added_and_taken_away() {
        assert_eq!(with("sort=name&tz=utc", &[("sort", Some("-size_bytes"))]), "?tz=utc&sort=-size_bytes");
        assert_eq!(with("", &[("q", Some("a b&c"))]), "?q=a%20b%26c");
        assert_eq!(with("q=x", &[("q", None)]), "");
    }

    #[test]
    fn what_is_written_is_read_back() {
        for value in ["orders.v1", "a b&c=d", "100 %", "größe", "a+b", "%zz"] {
            assert_eq!(get(&with("", &[("q", Some(value))]), "q").as_deref(), Some(value));
        }
        assert_eq!(get("q=%E2%82", "q").as_deref(), Some("\u{fffd}"));
    }

    #[test]
    fn a_link_with_parameters_of_its_own_keeps_them() {
        assert_eq!(onto("lag?owner=web", "?range=6h&tz=utc"), "lag?owner=web&range=6h&tz=utc");
        assert_eq!(onto("lag", "?range=6h"), "lag?range=6h");
        assert_eq!(onto("lag?owner=web", ""), "lag?owner=web");
    }

    #[test]
    fn a_link_keeps_only_what_it_should() {
        assert_eq!(only("sort=name&range=6h&tz=utc", &["range", "tz"]), "?range=6h&tz=utc");
        assert_eq!(only("sort=name", &["range"]), "");
    }
}

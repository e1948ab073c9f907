//! One line of Prometheus' text, read by hand: of a metric that is not wanted only the name is looked at.
//!
//! The crates that read this format hold all of it in memory, and part labels at commas that stand within them. Here a
//! line borrows from what was received, and whatever it holds ends in a value or in nothing.

/// Labels that a series may have.
const MOST_LABELS: usize = 64;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Line<'a> {
    /// Empty, or a comment.
    Nothing,
    /// A series, or what may be one: its name, and what follows.
    Series(&'a [u8], &'a [u8]),
    /// None of these.
    Garbage,
}

/// What the line is, by its beginning alone.
pub fn line(text: &[u8]) -> Line<'_> {
    let text = text.trim_ascii();
    match text.first() {
        None | Some(b'#') => return Line::Nothing,
        Some(first) if !(first.is_ascii_alphabetic() || matches!(first, b'_' | b':')) => {
            return Line::Garbage;
        }
        Some(_) => {}
    }
    let is_of_a_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':');
    let end = text.iter().position(|byte| !is_of_a_name(byte)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    match rest.first() {
        Some(b'{' | b' ' | b'\t') => Line::Series(name, rest),
        _ => Line::Garbage,
    }
}

/// Labels of a series as they are written: what is escaped in a value stays so.
#[derive(Debug, Default, PartialEq)]
pub struct Labels<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Labels<'a> {
    /// The value of a label.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(label, _)| *label == name).map(|(_, value)| *value)
    }
}

/// Labels and value of a series, from what follows its name; none where it is not written as it should be.
pub fn series(rest: &[u8]) -> Option<(Labels<'_>, f64)> {
    let rest = std::str::from_utf8(rest).ok()?;
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(inside) => labels(inside)?,
        None => (Labels::default(), rest),
    };
    let mut words = rest.split_ascii_whitespace();
    let value: f64 = words.next()?.parse().ok()?;
    // A time may follow, and in OpenMetrics an example of a measurement behind a hash.
    match words.next() {
        None => Some((labels, value)),
        Some(word) if word.starts_with('#') => Some((labels, value)),
        Some(time) => {
            let is_time = time.parse::<f64>().is_ok_and(f64::is_finite);
            let ends = words.next().is_none_or(|word| word.starts_with('#'));
            (is_time && ends).then_some((labels, value))
        }
    }
}

/// Labels up to the closing brace, and what follows it.
fn labels(mut rest: &str) -> Option<(Labels<'_>, &str)> {
    let mut labels = Vec::new();
    loop {
        rest = rest.trim_ascii_start();
        if let Some(after) = rest.strip_prefix('}') {
            return Some((Labels(labels), after));
        }
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_ascii_start().strip_prefix('"')?;
        let end = end_of_value(after)?;
        let (value, after) = (after.get(..end)?, after.get(end + 1..)?);
        if labels.len() == MOST_LABELS {
            return None;
        }
        labels.push((name.trim_ascii(), value));
        rest = after.trim_ascii_start();
        match rest.strip_prefix(',') {
            Some(after) => rest = after,
            None if rest.starts_with('}') => {}
            None => return None,
        }
    }
}

/// Where the quote is that ends a value.
fn end_of_value(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Name, labels, value.
    type Series = (String, Vec<(String, String)>, f64);

    fn read(text: &str) -> Option<Series> {
        let Line::Series(name, rest) = line(text.as_bytes()) else { return None };
        let (labels, value) = series(rest)?;
        let labels = labels.0.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Some((String::from_utf8(name.to_vec()).unwrap(), labels, value))
    }

    fn of(name: &str, labels: &[(&str, &str)], value: f64) -> Option<Series> {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Some((name.into(), labels, value))
    }

    #[test]
    fn a_series_has_a_name_labels_a_value_and_perhaps_a_time() {
        assert_eq!(read("up 1"), of("up", &[], 1.0));
        assert_eq!(read("  up\t1.5e+3  "), of("up", &[], 1500.0));
        assert_eq!(read("up{} 1 1795358400000"), of("up", &[], 1.0));
        assert_eq!(read("up{ a = \"x\" , b=\"y,}= \",} 0.25"), of("up", &[("a", "x"), ("b", "y,}= ")], 0.25));
        assert_eq!(read(r#"up{a="\"\\",b="\n"} 7"#), of("up", &[("a", r#"\"\\"#), ("b", r"\n")], 7.0));
        assert_eq!(read("up 3 # {trace=\"x\"} 1"), of("up", &[], 3.0));
        assert_eq!(read("up +Inf").unwrap().2, f64::INFINITY);
        assert!(read("up NaN").unwrap().2.is_nan());
        assert_eq!(read("up -2.5").unwrap().2, -2.5);
    }

    #[test]
    fn what_is_written_otherwise_is_nothing() {
        for text in [
            "",
            "   ",
            "# HELP up x",
            "up",
            "up{",
            "up{a",
            "up{a=",
            "up{a=\"",
            "up{a=\"x\"",
            "up{a=\"x\"}",
            "up{a=\"x\"} y",
            "up{a=\"x\" b=\"y\"} 1",
            "up{a=x} 1",
            "up 1 soon",
            "up 1 2 3",
            "<html>",
            "{\"a\":1}",
            "9up 1",
            "up=1",
            "up 1,5",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
        let crowded: String = (0..65).map(|number| format!("l{number}=\"x\",")).collect();
        assert_eq!(read(&format!("up{{{crowded}}} 1")), None);
    }

    proptest! {
        #[test]
        fn any_bytes_end_in_a_value_or_in_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Line::Series(_, rest) = line(&bytes) {
                drop(series(rest));
            }
        }

        #[test]
        fn a_series_that_was_written_is_read_and_cut_short_it_is_another_or_nothing(
            name in "[a-z_:][a-z0-9_:]{0,12}",
            labels in proptest::collection::vec(("[a-z_][a-z0-9_]{0,6}", r#"([^"\\\n]|\\["\\n]){0,9}"#), 0..5),
            value in proptest::num::f64::NORMAL,
        ) {
            let inside: Vec<String> = labels.iter().map(|(label, value)| format!("{label}=\"{value}\"")).collect();
            let text = format!("{name}{{{}}} {value:e}", inside.join(","));
            let (read_name, read_labels, read_value) = read(&text).unwrap();
            prop_assert_eq!((read_name, read_value), (name, value));
            prop_assert_eq!(read_labels, labels);
            for end in 0..text.len() {
                if let Line::Series(_, rest) = line(&text.as_bytes()[..end]) {
                    drop(series(rest));
                }
            }
        }
    }
}

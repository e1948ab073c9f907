//! The order of rows, as the address spells it: `sort=name`, `sort=-size_bytes`.

use std::cmp::Ordering;

/// By which column, and which way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sort {
    /// The column's key.
    pub key: String,
    /// From the largest down.
    pub is_descending: bool,
}

impl Sort {
    /// As the address spells it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let key = text.strip_prefix('-').unwrap_or(text);
        (!key.is_empty()).then(|| Self { key: key.into(), is_descending: text.starts_with('-') })
    }

    /// What the heading of a column leads to: the other way round if it is the one in force.
    pub(crate) fn next(now: Option<&Self>, key: &str, is_number: bool) -> String {
        let descends = match now.filter(|now| now.key == key) {
            Some(now) => !now.is_descending,
            None => is_number,
        };
        format!("{}{key}", if descends { "-" } else { "" })
    }

    /// `ascending` or `descending` for the column in force.
    pub(crate) fn aria(now: Option<&Self>, key: &str) -> Option<&'static str> {
        let now = now.filter(|now| now.key == key)?;
        Some(if now.is_descending { "descending" } else { "ascending" })
    }
}

/// What a row is ordered by. What is not known comes last, whichever way.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub(crate) enum Key {
    /// Not known.
    Unknown,
    /// A number.
    Number(f64),
    /// A name.
    Text(String),
}

impl Key {
    /// A number that may not be known.
    pub(crate) fn number(value: Option<impl Into<f64>>) -> Self {
        value.map_or(Self::Unknown, |value| Self::Number(value.into()))
    }
}

/// The rows in an order; rows that are equal in it keep theirs.
pub(crate) fn sorted<T: Clone>(
    rows: &[T],
    sort: Option<&Sort>,
    key: impl Fn(&T, &str) -> Option<Key>,
) -> Vec<T> {
    let mut rows = rows.to_vec();
    let Some(sort) = sort else { return rows };
    rows.sort_by(|one, other| match (key(one, &sort.key), key(other, &sort.key)) {
        (Some(Key::Unknown), Some(Key::Unknown)) => Ordering::Equal,
        (Some(Key::Unknown), _) => Ordering::Greater,
        (_, Some(Key::Unknown)) => Ordering::Less,
        (one, other) => {
            let order = one.partial_cmp(&other).unwrap_or(Ordering::Equal);
            if sort.is_descending { order.reverse() } else { order }
        }
    });
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_turns_its_own_order_round_and_numbers_begin_with_the_largest() {
        let size = Sort::parse("-size_bytes");
        assert_eq!(Sort::next(size.as_ref(), "size_bytes", true), "size_bytes");
        assert_eq!(Sort::next(size.as_ref(), "partition_count", true), "-partition_count");
        assert_eq!(Sort::next(None, "name", false), "name");
        assert_eq!(Sort::aria(size.as_ref(), "size_bytes"), Some("descending"));
        assert_eq!(Sort::aria(size.as_ref(), "name"), None);
    }

    #[test]
    fn what_is_not_known_comes_last_either_way() {
        let key = |row: &Option<f64>, _: &str| Some(Key::number(*row));
        let rows = [None, Some(1.0), Some(3.0)];
        assert_eq!(sorted(&rows, Sort::parse("n").as_ref(), key), [Some(1.0), Some(3.0), None]);
        assert_eq!(sorted(&rows, Sort::parse("-n").as_ref(), key), [Some(3.0), Some(1.0), None]);
        assert_eq!(sorted(&rows, None, key), rows);
    }
}

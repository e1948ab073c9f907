//! Lists: sorted, cut into pages, with a cursor that survives revisions.
//!
//! A cursor is the sort key and the id of the last row, so that the next page goes on behind that row even when
//! rows came and went in between. Only the rows of a page are sorted, not all of them.

use std::{borrow::Cow, cmp::Ordering};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::problem::Fault;

/// What every list is asked.
#[derive(Clone, Debug)]
pub struct ListQuery<K> {
    /// Rows of the page.
    pub limit: usize,
    /// Rows before the page, where rows are asked for by place.
    pub offset: usize,
    /// The last row of the page before, where they are asked for by cursor.
    pub cursor: Option<Cursor>,
    /// What to sort by.
    pub sort: K,
    /// Largest first.
    pub descending: bool,
    /// What the name must hold, in lower case.
    pub q: Option<String>,
}

/// By what a row is sorted. Unknown sorts below everything that is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SortKey<'a> {
    /// Not known.
    Unknown,
    /// A number.
    Number(i64),
    /// A name.
    Text(Cow<'a, str>),
}

impl SortKey<'_> {
    /// A number that may not be known.
    pub fn number(value: Option<impl TryInto<i64>>) -> Self {
        value.map_or(Self::Unknown, |value| Self::Number(value.try_into().unwrap_or(i64::MAX)))
    }

    /// A number with a fraction that may not be known, to the thousandth.
    pub fn rate(value: Option<f64>) -> Self {
        value.map_or(Self::Unknown, |value| Self::Number((value * 1000.0) as i64))
    }
}

/// A place in a list, opaque to its bearer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor(SortKey<'static>, String);

impl Cursor {
    fn at(key: &SortKey<'_>, id: &str) -> Self {
        let key = match key {
            SortKey::Unknown => SortKey::Unknown,
            SortKey::Number(number) => SortKey::Number(*number),
            SortKey::Text(text) => SortKey::Text(Cow::Owned(text.clone().into_owned())),
        };
        Self(key, id.into())
    }

    /// As it travels.
    pub fn encode(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// What came back.
    pub fn decode(text: &str) -> Result<Self, Fault> {
        let fault = || Fault::BadParameter("cursor is not one that a page of this list gave.".into());
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| fault())?;
        serde_json::from_slice(&bytes).map_err(|_| fault())
    }
}

/// A page cut from a list.
#[derive(Debug)]
pub struct Page<R> {
    /// Its rows.
    pub rows: Vec<R>,
    /// Rows of the whole list.
    pub total: u64,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

impl<K> ListQuery<K> {
    /// Cuts the page out of `rows`: each has a sort key and an id, which is unique and breaks ties upwards.
    pub fn page<'a, R>(
        &self,
        rows: Vec<R>,
        key: impl Fn(&R) -> SortKey<'a>,
        id: impl Fn(&R) -> Cow<'a, str>,
    ) -> Page<R> {
        let total = rows.len() as u64;
        let mut keyed: Vec<(SortKey<'a>, Cow<'a, str>, R)> = rows
            .into_iter()
            .map(|row| (key(&row), id(&row), row))
            .filter(|(key, id, _)| self.cursor.as_ref().is_none_or(|cursor| self.is_behind(key, id, cursor)))
            .collect();
        let order = |one: &(SortKey<'a>, Cow<'a, str>, R), other: &(SortKey<'a>, Cow<'a, str>, R)| {
            self.order((&one.0, &one.1), (&other.0, &other.1))
        };
        let end = self.offset.saturating_add(self.limit);
        if end < keyed.len() {
            keyed.select_nth_unstable_by(end, order);
        }
        let more = keyed.len() > end;
        keyed.truncate(end);
        keyed.sort_unstable_by(order);
        keyed.drain(..self.offset.min(keyed.len()));
        let last = keyed.last().filter(|_| more);
        let next_cursor = last.map(|(key, id, _)| Cursor::at(key, id).encode());
        Page { total, next_cursor, rows: keyed.into_iter().map(|(_, _, row)| row).collect() }
    }

    fn order(&self, one: (&SortKey<'_>, &str), other: (&SortKey<'_>, &str)) -> Ordering {
        let keys = one.0.cmp(other.0);
        let keys = if self.descending { keys.reverse() } else { keys };
        keys.then_with(|| one.1.cmp(other.1))
    }

    fn is_behind(&self, key: &SortKey<'_>, id: &str, cursor: &Cursor) -> bool {
        self.order((key, id), (&cursor.0, &cursor.1)) == Ordering::Greater
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn query(limit: usize, descending: bool, cursor: Option<Cursor>) -> ListQuery<()> {
        ListQuery { limit, offset: 0, cursor, sort: (), descending, q: None }
    }

    proptest! {
        #[test]
        fn the_pages_put_together_are_the_sorted_list(
            rows in proptest::collection::btree_set((0i64..5, 0u32..40), 0..60),
            limit in 1usize..9,
            descending: bool,
        ) {
            let rows: Vec<(i64, u32)> = rows.into_iter().collect();
            let key = |row: &(i64, u32)| SortKey::Number(row.0);
            let id = |row: &(i64, u32)| Cow::Owned(format!("{:03}-{:03}", row.0, row.1));
            let all = query(1000, descending, None).page(rows.clone(), key, id).rows;
            let (mut cursor, mut joined) = (None, Vec::new());
            loop {
                let page = query(limit, descending, cursor).page(rows.clone(), key, id);
                prop_assert_eq!(page.total, rows.len() as u64);
                joined.extend(page.rows);
                match page.next_cursor {
                    Some(next) => cursor = Some(Cursor::decode(&next).unwrap()),
                    None => break,
                }
            }
            prop_assert_eq!(&joined, &all);
            let keys: Vec<i64> = all.iter().map(|row| row.0).collect();
            let sorted = keys.is_sorted_by(|one, other| if descending { one >= other } else { one <= other });
            prop_assert!(sorted);
        }
    }

    #[test]
    fn a_cursor_that_is_none_of_ours_is_refused() {
        assert!(Cursor::decode("bm90IGpzb24").is_err());
        assert!(Cursor::decode("%%%").is_err());
    }
}

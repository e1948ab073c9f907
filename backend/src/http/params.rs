//! Strict query parameters: each is asked for by name, and what nobody asked for is an error that lists what is
//! allowed. A misspelt filter must never silently show everything.

use std::{fmt::Display, str::FromStr};

use axum::{extract::FromRequestParts, http::request::Parts};
use chrono::Utc;
use shared::DateTime;

use super::{list::ListQuery, problem::Fault};

/// Longest value that is read.
const LONGEST_VALUE: usize = 512;
/// Rows of a page unless told.
const DEFAULT_LIMIT: usize = 100;
/// Most rows of a page.
const LARGEST_LIMIT: usize = 1_000;

/// The parameters of one request, which a handler takes one by one and then finishes.
#[derive(Debug)]
pub struct Params {
    given: Vec<(String, String)>,
    asked: Vec<&'static str>,
}

impl Params {
    /// Reads a query string.
    pub fn parse(query: &str) -> Result<Self, Fault> {
        let mut given: Vec<(String, String)> = Vec::new();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            if value.len() > LONGEST_VALUE {
                return Err(Fault::BadParameter(format!("{key} is longer than {LONGEST_VALUE} bytes.")));
            }
            if given.iter().any(|(before, _)| *before == key) {
                return Err(Fault::BadParameter(format!("{key} is given twice.")));
            }
            given.push((key.into_owned(), value.into_owned()));
        }
        Ok(Self { given, asked: Vec::new() })
    }

    /// A parameter as text; empty is as good as absent.
    pub fn text(&mut self, name: &'static str) -> Option<String> {
        self.asked.push(name);
        let at = self.given.iter().position(|(key, _)| key == name)?;
        Some(self.given.swap_remove(at).1).filter(|value| !value.is_empty())
    }

    /// A parameter of a type, with what it takes said in the error.
    pub fn typed<T: FromStr>(&mut self, name: &'static str, takes: &str) -> Result<Option<T>, Fault> {
        self.text(name)
            .map(|value| {
                value.parse().map_err(|_| Fault::BadParameter(format!("{name}={value}: takes {takes}.")))
            })
            .transpose()
    }

    /// One of a few words.
    pub fn word<T: Copy>(&mut self, name: &'static str, words: &[(&str, T)]) -> Result<Option<T>, Fault> {
        let Some(value) = self.text(name) else { return Ok(None) };
        words.iter().find(|(word, _)| *word == value).map(|(_, meaning)| Some(*meaning)).ok_or_else(|| {
            Fault::BadParameter(format!(
                "{name}={value}: takes {}.",
                joined(words.iter().map(|(word, _)| word))
            ))
        })
    }

    /// `from` and `to`, in order.
    pub fn range(&mut self) -> Result<(Option<DateTime>, Option<DateTime>), Fault> {
        const TAKES: &str = "a time like 2026-11-22T13:00:00Z";
        let from = self.typed::<chrono::DateTime<Utc>>("from", TAKES)?;
        let to = self.typed::<chrono::DateTime<Utc>>("to", TAKES)?;
        if from.zip(to).is_some_and(|(from, to)| from >= to) {
            return Err(Fault::BadParameter("from must be before to.".into()));
        }
        Ok((from, to))
    }

    /// `limit`, 1 to 1,000.
    pub fn limit(&mut self) -> Result<usize, Fault> {
        let takes = format!("a number from 1 to {LARGEST_LIMIT}");
        match self.typed::<usize>("limit", &takes)?.unwrap_or(DEFAULT_LIMIT) {
            limit @ 1..=LARGEST_LIMIT => Ok(limit),
            limit => Err(Fault::BadParameter(format!("limit={limit}: takes {takes}."))),
        }
    }

    /// What every list takes: `limit`, `offset`, `cursor`, `sort` by one of `keys` (`-` before it descends), `q`.
    pub fn list<K: Copy>(&mut self, keys: &[(&str, K)], default: (K, bool)) -> Result<ListQuery<K>, Fault> {
        let limit = self.limit()?;
        let offset = self.typed::<usize>("offset", "a number of rows")?.unwrap_or(0);
        let cursor = self.text("cursor").map(|text| super::list::Cursor::decode(&text)).transpose()?;
        if cursor.is_some() && offset > 0 {
            return Err(Fault::BadParameter("Give either cursor or offset.".into()));
        }
        let (sort, descending) = match self.text("sort") {
            None => default,
            Some(text) => {
                let (descending, word) =
                    text.strip_prefix('-').map_or((false, text.as_str()), |word| (true, word));
                let key =
                    keys.iter().find(|(name, _)| *name == word).map(|(_, key)| *key).ok_or_else(|| {
                        let words = joined(keys.iter().map(|(name, _)| name));
                        Fault::BadParameter(format!(
                            "sort={text}: takes {words}, with - before it to descend."
                        ))
                    })?;
                (key, descending)
            }
        };
        let q = self.text("q").map(|q| q.to_lowercase());
        Ok(ListQuery { limit, offset, cursor, sort, descending, q })
    }

    /// Refuses what nobody asked for.
    pub fn finish(self) -> Result<(), Fault> {
        match self.given.first() {
            None => Ok(()),
            Some((unknown, _)) if self.asked.is_empty() => {
                Err(Fault::BadParameter(format!("Unknown parameter {unknown}; this route takes none.")))
            }
            Some((unknown, _)) => Err(Fault::BadParameter(format!(
                "Unknown parameter {unknown}; this route takes {}.",
                joined(self.asked.iter())
            ))),
        }
    }
}

fn joined(words: impl Iterator<Item = impl Display>) -> String {
    words.map(|word| word.to_string()).collect::<Vec<_>>().join(", ")
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Self::parse(parts.uri.query().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_parameter_is_named_with_what_is_allowed() {
        let mut params = Params::parse("limitt=3").unwrap();
        params.limit().unwrap();
        let fault = params.finish().unwrap_err();
        assert_eq!(fault, Fault::BadParameter("Unknown parameter limitt; this route takes limit.".into()));
    }

    #[test]
    fn a_limit_out_of_bounds_is_refused() {
        for query in ["limit=0", "limit=1001", "limit=-1", "limit=many"] {
            assert!(Params::parse(query).unwrap().limit().is_err(), "{query}");
        }
    }

    #[test]
    fn a_range_runs_forward() {
        let query = "from=2026-11-22T14:00:00Z&to=2026-11-22T13:00:00Z";
        assert!(Params::parse(query).unwrap().range().is_err());
    }
}

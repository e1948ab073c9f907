//! An endpoint's answer, gathered as it comes: what is not wanted is not held, and what is wanted is bounded.

use std::collections::HashMap;

use shared::units::count;

use super::{
    names::{self, Wanted},
    text::{self, Labels, Line},
};
use crate::capabilities::load::model::{Told, TopicCounts};

/// The longest line; a longer one is not from an agent.
const LONGEST_LINE: usize = 64 << 10;
/// Topics of one broker whose counters are held.
const MOST_TOPICS: usize = 50_000;
/// A series takes at least so many bytes of the longest answer.
const BYTES_A_SERIES: usize = 64;
/// The longest name of a topic.
const LONGEST_TOPIC: usize = 249;

/// Gathers what is wanted from an answer that comes in pieces.
#[derive(Debug)]
pub struct Gathering {
    most_bytes: usize,
    bytes: usize,
    series: usize,
    /// The beginning of a line whose end has not come.
    begun: Vec<u8>,
    told: Told,
    topics: HashMap<String, usize>,
    found: usize,
    garbage: usize,
}

impl Gathering {
    /// Begins, for an answer of at most so many bytes.
    pub fn begin(most_bytes: usize) -> Self {
        Self {
            most_bytes,
            bytes: 0,
            series: 0,
            begun: Vec::new(),
            told: Told::default(),
            topics: HashMap::new(),
            found: 0,
            garbage: 0,
        }
    }

    /// Takes the next piece; an error says why no more of the answer is wanted.
    pub fn take(&mut self, mut piece: &[u8]) -> Result<(), String> {
        self.bytes += piece.len();
        if self.bytes > self.most_bytes {
            return Err(format!(
                "answered with more than {} bytes: let it export less, or raise load.max_answer_bytes",
                count(self.most_bytes as u64)
            ));
        }
        while let Some(end) = piece.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = piece.split_at(end);
            piece = rest.get(1..).unwrap_or_default();
            if self.begun.is_empty() {
                self.line(line)?;
            } else {
                self.begun.extend_from_slice(line);
                let whole = std::mem::take(&mut self.begun);
                self.line(&whole)?;
            }
        }
        self.begun.extend_from_slice(piece);
        if self.begun.len() > LONGEST_LINE {
            return Err(format!("answered with a line of more than {} bytes", count(LONGEST_LINE as u64)));
        }
        Ok(())
    }

    /// What was gathered; an error says what it was instead of metrics.
    pub fn end(mut self) -> Result<Told, String> {
        let last = std::mem::take(&mut self.begun);
        self.line(&last)?;
        if self.found > 0 {
            return Ok(self.told);
        }
        Err(if self.series == 0 && self.garbage > 0 {
            "answered with something that is no metrics: check metrics.url".to_owned()
        } else if self.series == 0 {
            "answered with nothing: check metrics.url and what its agent exports".to_owned()
        } else {
            "exports nothing that is known to Riverkeeper: check the rules of its agent".to_owned()
        })
    }

    fn line(&mut self, line: &[u8]) -> Result<(), String> {
        if line.len() > LONGEST_LINE {
            return Err(format!("answered with a line of more than {} bytes", count(LONGEST_LINE as u64)));
        }
        let (name, rest) = match text::line(line) {
            Line::Nothing => return Ok(()),
            Line::Garbage => {
                self.garbage += 1;
                return Ok(());
            }
            Line::Series(name, rest) => (name, rest),
        };
        self.series += 1;
        if self.series > self.most_bytes / BYTES_A_SERIES {
            return Err(format!(
                "answered with more than {} series: let it export less, or raise load.max_answer_bytes",
                count((self.most_bytes / BYTES_A_SERIES) as u64)
            ));
        }
        let Some(rows) = names::named(name) else { return Ok(()) };
        match text::series(rest) {
            Some((labels, value)) => {
                if let Some(wanted) = names::meant(rows, &labels) {
                    self.found += 1;
                    self.keep(name, wanted, &labels, value);
                }
            }
            None => self.remark(|| format!("writes {} in a way that cannot be read", shown(name))),
        }
        Ok(())
    }

    fn keep(&mut self, name: &[u8], wanted: Wanted, labels: &Labels<'_>, value: f64) {
        match wanted {
            Wanted::Counter(counter) => {
                let value = self.counted(name, value);
                add(self.told.counters.get_mut(counter as usize), value);
            }
            Wanted::Gauge(gauge) => add(self.told.gauges.get_mut(gauge as usize), value),
            Wanted::Highest(gauge) => {
                let highest = self.told.gauge(gauge).map_or(value, |known| known.max(value));
                if let Some(place) = self.told.gauges.get_mut(gauge as usize) {
                    *place = Some(highest);
                }
            }
            Wanted::TopicIn => {
                let value = self.counted(name, value);
                if let Some(topic) = self.topic(labels) {
                    topic.bytes_in = Some(value);
                }
            }
            Wanted::TopicOut => {
                let value = self.counted(name, value);
                if let Some(topic) = self.topic(labels) {
                    topic.bytes_out = Some(value);
                }
            }
            Wanted::Version => {
                let version = labels.get("version").filter(|version| is_version(version));
                self.told.version = version.map(String::from).or_else(|| self.told.version.take());
            }
        }
    }

    /// A counter's value, or none that is a number where it cannot be one.
    fn counted(&mut self, name: &[u8], value: f64) -> f64 {
        if value >= 0.0 && value.is_finite() {
            return value;
        }
        self.remark(|| format!("tells {} of {}, which no counter can be", value, shown(name)));
        f64::NAN
    }

    fn topic(&mut self, labels: &Labels<'_>) -> Option<&mut TopicCounts> {
        let name = labels.get("topic").filter(|name| is_topic(name))?;
        let place = match self.topics.get(name) {
            Some(place) => *place,
            None if self.told.topics.len() >= MOST_TOPICS => {
                let most = count(MOST_TOPICS as u64);
                self.remark(|| {
                    format!("exports counters of more than {most} topics, and the rest is not read")
                });
                return None;
            }
            None => {
                self.told.topics.push(TopicCounts { name: name.to_owned(), ..TopicCounts::default() });
                self.topics.insert(name.to_owned(), self.told.topics.len() - 1);
                self.told.topics.len() - 1
            }
        };
        self.told.topics.get_mut(place)
    }

    /// The first odd thing stands for all.
    fn remark(&mut self, what: impl FnOnce() -> String) {
        self.told.remark.get_or_insert_with(what);
    }
}

/// Adds to what is known. What is no number makes the sum none.
fn add(place: Option<&mut Option<f64>>, value: f64) {
    if let Some(place) = place {
        *place = Some(place.map_or(value, |known| known + value));
    }
}

impl Told {
    /// The same, where what cannot be is not known.
    pub fn sound(mut self) -> Self {
        let is_sound = |value: &f64| value.is_finite() && *value >= 0.0;
        let all = self.counters.iter_mut().chain(&mut self.gauges);
        all.for_each(|value| *value = value.filter(is_sound));
        for topic in &mut self.topics {
            topic.bytes_in = topic.bytes_in.filter(is_sound);
            topic.bytes_out = topic.bytes_out.filter(is_sound);
        }
        self
    }
}

fn is_topic(name: &str) -> bool {
    (1..=LONGEST_TOPIC).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

/// A release is shown as it is, so it holds nothing but what a release may.
fn is_version(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'+'))
}

/// A name that is in our own table.
fn shown(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

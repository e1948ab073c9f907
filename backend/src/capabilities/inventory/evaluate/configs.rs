//! A turn of configurations: a share of the topics is read anew, the rest keeps what was read before.

use std::{collections::HashMap, sync::Arc};

use shared::{
    DateTime,
    event::{Event, Subject},
    inventory::{Config, NOUN},
    units::milliseconds,
    verdict::Severity,
};

use crate::{
    capabilities::inventory::model::{ConfigsSample, ConfigsSnapshot, Settings, TopicConfig},
    kafka::{
        ErrorCode,
        answers::{ConfigSource, TopicConfigs},
    },
    runtime::Evaluated,
};

/// What is known of configurations after a turn. Its age is that of its oldest entry.
pub fn configs(
    previous: Option<&ConfigsSnapshot>,
    sample: ConfigsSample,
    now: DateTime,
) -> Evaluated<ConfigsSnapshot> {
    let existing = &sample.existing.snapshot;
    let mut topics: HashMap<Arc<str>, TopicConfig> = previous
        .iter()
        .flat_map(|previous| previous.topics.iter())
        .filter(|(name, _)| existing.topic(name).is_some())
        .map(|(name, config)| (name.clone(), config.clone()))
        .collect();
    let mut refused: HashMap<Arc<str>, DateTime> = previous
        .iter()
        .flat_map(|previous| previous.refused.iter())
        .filter(|(name, _)| existing.topic(name).is_some())
        .map(|(name, tried_at)| (name.clone(), *tried_at))
        .collect();
    let mut changed = previous.is_none_or(|previous| {
        previous.topics.len() != topics.len() || previous.refused.len() != refused.len()
    });
    let mut was_granted = false;
    let mut interned = Interned::of(&topics);
    let mut events = Vec::new();
    for read in sample.read.iter().filter(|read| ErrorCode(read.error_code).is_of_rights()) {
        // What was read before may be otherwise by now, and nobody can tell.
        changed |= topics.remove(read.topic.as_str()).is_some();
        changed |= refused.insert(read.topic.as_str().into(), now).is_none();
    }
    for read in sample.read.iter().filter(|read| read.error_code == 0) {
        was_granted |= refused.remove(read.topic.as_str()).is_some();
        let settings = interned.settings(settings(read));
        let before = topics.get(read.topic.as_str()).map(|config| config.settings.clone());
        if before.as_ref().is_none_or(|before| *before != settings) {
            changed = true;
            let differing = before.and_then(|before| difference(&before, &settings));
            events.extend(differing.map(|detail| changed_event(&sample.cluster, &read.topic, detail, now)));
        }
        topics.insert(read.topic.as_str().into(), TopicConfig { settings, read_at: now });
    }
    let as_of = topics.values().map(|config| config.read_at).chain(refused.values().copied()).min();
    let snapshot = ConfigsSnapshot { topics, refused, was_granted };
    Evaluated { snapshot, as_of: as_of.unwrap_or(now), changed, events }
}

fn settings(read: &TopicConfigs) -> Settings {
    let value = |name: &str| read.entries.iter().find(|entry| entry.name == name)?.value.clone();
    let source = |source: ConfigSource| match source {
        ConfigSource::Topic => Some("topic"),
        ConfigSource::DynamicBroker | ConfigSource::StaticBroker => Some("broker"),
        ConfigSource::Default => None,
        ConfigSource::Other => Some("other"),
    };
    let differing = read.entries.iter().filter_map(|entry| {
        let source = source(entry.source)?;
        Some(Config { name: entry.name.clone(), value: entry.value.clone(), source: source.into() })
    });
    let mut differing: Vec<Config> = differing.collect();
    differing.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    Settings {
        differing,
        retention_ms: value("retention.ms").and_then(|text| text.parse().ok()),
        cleanup_policy: value("cleanup.policy"),
        min_isr: value("min.insync.replicas").and_then(|text| text.parse().ok()),
    }
}

/// Many topics have the same settings: they share one.
struct Interned(Vec<Arc<Settings>>);

/// More different settings than this are not worth comparing with each other.
const MOST_INTERNED: usize = 64;

impl Interned {
    fn of(topics: &HashMap<Arc<str>, TopicConfig>) -> Self {
        let mut interned = Self(Vec::new());
        for config in topics.values().take(10_000) {
            if interned.0.len() < MOST_INTERNED
                && !interned.0.iter().any(|known| Arc::ptr_eq(known, &config.settings))
            {
                interned.0.push(config.settings.clone());
            }
        }
        interned
    }

    fn settings(&mut self, settings: Settings) -> Arc<Settings> {
        if let Some(known) = self.0.iter().find(|known| ***known == settings) {
            return known.clone();
        }
        let settings = Arc::new(settings);
        if self.0.len() < MOST_INTERNED {
            self.0.push(settings.clone());
        }
        settings
    }
}

/// `retention.ms 7 d → 3 d`: what differs, where both are known.
fn difference(before: &Settings, after: &Settings) -> Option<String> {
    let find = |settings: &Settings, name: &str| {
        settings.differing.iter().find(|config| config.name == name).and_then(|config| config.value.clone())
    };
    let mut names: Vec<&str> =
        before.differing.iter().chain(&after.differing).map(|config| config.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let told = |name: &str, value: Option<String>| value.map_or("default".into(), |value| read(name, &value));
    let changes: Vec<String> = names
        .into_iter()
        .map(|name| (name, find(before, name), find(after, name)))
        .filter(|(_, before, after)| before != after)
        .map(|(name, before, after)| format!("{name} {} → {}", told(name, before), told(name, after)))
        .collect();
    (!changes.is_empty()).then(|| changes.join(", "))
}

fn read(name: &str, value: &str) -> String {
    match value.parse() {
        Ok(length) if name.ends_with(".ms") => milliseconds(length),
        _ => value.into(),
    }
}

fn changed_event(cluster: &str, topic: &str, detail: String, now: DateTime) -> Event {
    Event {
        time: now,
        cluster: Some(cluster.into()),
        noun: NOUN.into(),
        kind: "config_changed".into(),
        subject: Subject::Topic { name: topic.into() },
        severity: Severity::Unknown,
        sentence: format!("The configuration of {topic} changed"),
        detail: Some(detail),
        topics: vec![],
    }
}

//! `[[mirror]]`: a flow that is declared.

use super::{
    combined::{OneOf, Optional, Word},
    settings::settings,
    takes::{Name, Text},
};

/// What topics are called at the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MirrorPolicy {
    /// The source, a separator, the topic.
    Prefix,
    /// As at the source.
    Identity,
}

impl Word for MirrorPolicy {
    const ALL: &'static [(&'static str, Self)] = &[("prefix", Self::Prefix), ("identity", Self::Identity)];
}

settings! {
    /// A flow from one cluster to another that is meant to be there, once for each. None needs to be declared: flows of
    /// MirrorMaker 2 are found by themselves. Where any is, one that is found and not declared is told, and one that is
    /// declared and not found.
    pub struct Mirror = "mirror" (list) {
        /// The cluster that is read, by its name.
        source: String => Name, like "\"east\"";
        /// The cluster that is written.
        target: String => Name, like "\"aggregate\"";
        /// What topics are called at the target, where nothing that is found tells it.
        policy: Option<MirrorPolicy> = None => Optional(OneOf::<MirrorPolicy>::all()), like "\"prefix\"";
        /// What stands between the source and the topic, where nothing that is found tells it.
        separator: Option<String> = None => Optional(Text), like "\".\"";
        /// Which topics are copied: names and regular expressions by commas, as MirrorMaker 2 takes them.
        topics: Option<String> = None => Optional(Text), like "\"orders, payments-.*\"";
        /// Whose it is.
        owner: Option<String> = None => Optional(Text), like "\"platform\"";
    }
}

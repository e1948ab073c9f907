//! How MirrorMaker 2 calls its topics (Kafka's DefaultReplicationPolicy and MirrorMakerConfig).
//!
//! Aliases are free texts and may hold the separator, so a name is read from both of its ends.

/// What a topic of MirrorMaker 2 holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Signs of life, written on a target and mirrored from there.
    Heartbeats,
    /// Which offset here is which offset there.
    OffsetSyncs,
    /// Committed offsets of groups, translated.
    Checkpoints,
    /// Kafka Connect's: how far connectors have read.
    Offsets,
    /// Kafka Connect's: what connectors and tasks do.
    Status,
    /// Kafka Connect's: what connectors are told.
    Configs,
}

/// What a topic's name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MirrorTopic<'a> {
    /// What it holds.
    pub kind: Kind,
    /// Whose it is. Of `Offsets`, `Status`, `Configs` and `Checkpoints` the source; of `OffsetSyncs` the cluster at the
    /// other end of the flow; of heartbeats the way by which they came, `west.east` where that were two mirrors, and
    /// `None` where they are the cluster's own.
    pub alias: Option<&'a str>,
}

/// What stands between the parts of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Separators<'a> {
    /// In names of mirrored topics: `replication.policy.separator`.
    pub mirrored: &'a str,
    /// In names of offset syncs and checkpoints.
    pub internal: &'a str,
}

const DEFAULT: &str = ".";

impl Default for Separators<'_> {
    fn default() -> Self {
        Self { mirrored: DEFAULT, internal: DEFAULT }
    }
}

impl<'a> Separators<'a> {
    /// Those of a policy: its `separator`, which stands in internal names too unless
    /// `replication.policy.internal.topic.separator.enabled` is false. MirrorMaker of before that property always has a
    /// dot in these.
    pub fn of_policy(separator: &'a str, is_in_internal: bool) -> Self {
        Self { mirrored: separator, internal: if is_in_internal { separator } else { DEFAULT } }
    }
}

impl<'a> MirrorTopic<'a> {
    /// What a topic is, by its name alone: a topic of somebody else may be called so too, and holds faults then. `None`
    /// where it is none of MirrorMaker's, or a mirrored one.
    pub fn named(name: &'a str, separators: Separators<'_>) -> Option<Self> {
        let of = |kind, alias: &'a str| (!alias.is_empty()).then_some(Self { kind, alias: Some(alias) });
        // Those of Kafka Connect have a dot whatever the policy says.
        for (prefix, kind) in
            [("mm2-offsets.", Kind::Offsets), ("mm2-status.", Kind::Status), ("mm2-configs.", Kind::Configs)]
        {
            if let Some(alias) = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(".internal")) {
                return of(kind, alias);
            }
        }
        let Separators { mirrored, internal } = separators;
        if let Some(rest) = name.strip_suffix("internal").and_then(|rest| rest.strip_suffix(internal)) {
            let syncs = rest.strip_prefix("mm2-offset-syncs").and_then(|rest| rest.strip_prefix(internal));
            let checkpoints = || rest.strip_suffix("checkpoints")?.strip_suffix(internal);
            return match syncs {
                Some(alias) => of(Kind::OffsetSyncs, alias),
                None => of(Kind::Checkpoints, checkpoints()?),
            };
        }
        match name.strip_suffix("heartbeats")? {
            "" => Some(Self { kind: Kind::Heartbeats, alias: None }),
            way => of(Kind::Heartbeats, way.strip_suffix(mirrored)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn named<'a>(name: &'a str, separators: Separators<'_>) -> Option<(Kind, Option<&'a str>)> {
        MirrorTopic::named(name, separators).map(|topic| (topic.kind, topic.alias))
    }

    #[test]
    fn a_name_tells_the_kind_and_whose_it_is() {
        for (name, expected) in [
            ("heartbeats", Some((Kind::Heartbeats, None))),
            ("east.heartbeats", Some((Kind::Heartbeats, Some("east")))),
            ("west.east.heartbeats", Some((Kind::Heartbeats, Some("west.east")))),
            ("mm2-offset-syncs.aggregate.internal", Some((Kind::OffsetSyncs, Some("aggregate")))),
            ("east.checkpoints.internal", Some((Kind::Checkpoints, Some("east")))),
            ("mm2-offsets.east.internal", Some((Kind::Offsets, Some("east")))),
            ("mm2-status.dc-1.east.internal", Some((Kind::Status, Some("dc-1.east")))),
            ("mm2-configs.mm2-configs.internal", Some((Kind::Configs, Some("mm2-configs")))),
            ("dc-1.checkpoints.checkpoints.internal", Some((Kind::Checkpoints, Some("dc-1.checkpoints")))),
        ] {
            assert_eq!(named(name, Separators::default()), expected, "{name}");
        }
    }

    #[test]
    fn what_is_called_otherwise_is_none() {
        for name in [
            "",
            "orders",
            "east.orders",
            "internal",
            ".internal",
            "heartbeats.east",
            "east-heartbeats",
            ".heartbeats",
            "mm2-offsets..internal",
            "mm2-offsets.internal",
            "mm2-offset-syncs.internal",
            "mm2-offset-syncs..internal",
            ".checkpoints.internal",
            "checkpoints.internal",
            "mm2-offsets.east.internal.2",
            "billing.internal",
        ] {
            assert_eq!(named(name, Separators::default()), None, "{name}");
        }
    }

    #[test]
    fn a_policys_separator_stands_in_all_names_but_those_of_connect() {
        let both = Separators::of_policy("_", true);
        for (name, expected) in [
            ("mm2-offset-syncs_aggregate_internal", Some((Kind::OffsetSyncs, Some("aggregate")))),
            ("east_checkpoints_internal", Some((Kind::Checkpoints, Some("east")))),
            ("west_east_heartbeats", Some((Kind::Heartbeats, Some("west_east")))),
            ("mm2-offsets.east.internal", Some((Kind::Offsets, Some("east")))),
            ("mm2-offsets_east_internal", None),
            ("east.checkpoints.internal", None),
        ] {
            assert_eq!(named(name, both), expected, "{name}");
        }
        let mirrored_only = Separators::of_policy("-", false);
        for (name, expected) in [
            ("mm2-offset-syncs.aggregate.internal", Some((Kind::OffsetSyncs, Some("aggregate")))),
            ("east.checkpoints.internal", Some((Kind::Checkpoints, Some("east")))),
            ("east-heartbeats", Some((Kind::Heartbeats, Some("east")))),
            ("east.heartbeats", None),
            ("east-checkpoints-internal", None),
        ] {
            assert_eq!(named(name, mirrored_only), expected, "{name}");
        }
    }

    proptest! {
        #[test]
        fn what_a_policy_names_is_known_again(alias in "[a-zA-Z0-9._-]{1,20}", separator in "[._-]{1,2}") {
            let separators = Separators::of_policy(&separator, true);
            let s = &separator;
            for (name, kind) in [
                (format!("mm2-offset-syncs{s}{alias}{s}internal"), Kind::OffsetSyncs),
                (format!("{alias}{s}heartbeats"), Kind::Heartbeats),
                (format!("mm2-status.{alias}.internal"), Kind::Status),
            ] {
                prop_assert_eq!(named(&name, separators), Some((kind, Some(&*alias))));
            }
        }

        #[test]
        fn no_name_makes_it_panic(name in ".{0,40}", separator in ".{0,2}") {
            let _ = named(&name, Separators::of_policy(&separator, true));
        }
    }
}

//! The requests we speak: in which versions, and how large an answer each may bring.
//!
//! The highest version is that of Kafka 4.3, a release: the codec crate is generated from Kafka's trunk and also
//! knows versions that no release has fixed. The lowest is the highest that Kafka 2.4 speaks, so every broker
//! from 2.4 on has a version in common with us and nothing older is kept alive. The older brokers' lack of
//! DescribeCluster, DescribeQuorum and the newer kinds of groups is answered by their readers.

/// A request of Kafka's protocol, by Kafka's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are Kafka's")]
pub enum Api {
    ApiVersions,
    Metadata,
    ListOffsets,
    DescribeLogDirs,
    DescribeConfigs,
    ListPartitionReassignments,
    DescribeQuorum,
    DescribeCluster,
    SaslHandshake,
    SaslAuthenticate,
    ListGroups,
    FindCoordinator,
    OffsetFetch,
    DescribeGroups,
    ConsumerGroupDescribe,
    ShareGroupDescribe,
    StreamsGroupDescribe,
    DescribeShareGroupOffsets,
    Fetch,
}

/// What one row of the table says.
struct Row {
    name: &'static str,
    key: i16,
    lowest: i16,
    highest: i16,
    /// The answer may have this part of `max_frame_bytes`: 1 is all of it, 4 a quarter.
    part: usize,
}

const fn row(name: &'static str, key: i16, (lowest, highest): (i16, i16), part: usize) -> Row {
    Row { name, key, lowest, highest, part }
}

impl Api {
    /// Every request that we speak, in the order of their discriminants.
    pub const ALL: [Self; 19] = [
        Self::ApiVersions,
        Self::Metadata,
        Self::ListOffsets,
        Self::DescribeLogDirs,
        Self::DescribeConfigs,
        Self::ListPartitionReassignments,
        Self::DescribeQuorum,
        Self::DescribeCluster,
        Self::SaslHandshake,
        Self::SaslAuthenticate,
        Self::ListGroups,
        Self::FindCoordinator,
        Self::OffsetFetch,
        Self::DescribeGroups,
        Self::ConsumerGroupDescribe,
        Self::ShareGroupDescribe,
        Self::StreamsGroupDescribe,
        Self::DescribeShareGroupOffsets,
        Self::Fetch,
    ];

    /// THE TABLE. Answers that the codec crate decodes into structs have small parts, because a struct of an
    /// array element takes up to some thirty times its encoded size.
    const fn row(self) -> Row {
        match self {
            Self::ApiVersions => row("ApiVersions", 18, (0, 4), 64),
            Self::Metadata => row("Metadata", 3, (9, 13), 1),
            Self::ListOffsets => row("ListOffsets", 2, (5, 11), 4),
            Self::DescribeLogDirs => row("DescribeLogDirs", 35, (1, 5), 2),
            Self::DescribeConfigs => row("DescribeConfigs", 32, (2, 4), 16),
            Self::ListPartitionReassignments => row("ListPartitionReassignments", 46, (0, 0), 8),
            Self::DescribeQuorum => row("DescribeQuorum", 55, (0, 2), 64),
            // Version 2 tells fenced brokers too.
            Self::DescribeCluster => row("DescribeCluster", 60, (0, 2), 64),
            // Version 0 is followed by messages without frames, which no broker from 1.0 on needs.
            Self::SaslHandshake => row("SaslHandshake", 17, (1, 1), 1024),
            Self::SaslAuthenticate => row("SaslAuthenticate", 36, (0, 2), 1024),
            Self::ListGroups => row("ListGroups", 16, (3, 5), 8),
            Self::FindCoordinator => row("FindCoordinator", 10, (3, 6), 64),
            // Version 10 names topics by their ids alone.
            Self::OffsetFetch => row("OffsetFetch", 9, (6, 9), 4),
            Self::DescribeGroups => row("DescribeGroups", 15, (5, 6), 8),
            Self::ConsumerGroupDescribe => row("ConsumerGroupDescribe", 69, (0, 1), 8),
            // Version 0 was an early access of Kafka 4.0, which no later broker speaks.
            Self::ShareGroupDescribe => row("ShareGroupDescribe", 77, (1, 1), 8),
            Self::StreamsGroupDescribe => row("StreamsGroupDescribe", 89, (0, 0), 8),
            // Version 1 tells the lag.
            Self::DescribeShareGroupOffsets => row("DescribeShareGroupOffsets", 90, (0, 1), 8),
            // From version 11 on followers answer as well, with what they know; here the leader is meant. An answer is
            // half a MiB, or one batch where that is larger.
            Self::Fetch => row("Fetch", 1, (10, 10), 4),
        }
    }

    /// Kafka's name of the request.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// Kafka's number of the request.
    pub const fn key(self) -> i16 {
        self.row().key
    }

    /// The lowest and highest version that we speak.
    pub const fn versions(self) -> (i16, i16) {
        let row = self.row();
        (row.lowest, row.highest)
    }

    /// The largest answer that is accepted, where the gateway accepts `max_frame_bytes` at all.
    pub const fn frame_limit(self, max_frame_bytes: usize) -> usize {
        max_frame_bytes / self.row().part
    }
}

/// The versions that one broker speaks, from its ApiVersions answer: (key, lowest, highest).
#[derive(Clone, Debug, Default)]
pub struct SpokenVersions(pub Vec<(i16, i16, i16)>);

impl SpokenVersions {
    /// The highest version that both sides speak, or a text that says what each speaks.
    pub fn common(&self, api: Api) -> Result<i16, String> {
        self.common_from(api, api.versions().0)
    }

    /// The same, where versions below `lowest` cannot ask what is to be asked.
    pub fn common_from(&self, api: Api, lowest: i16) -> Result<i16, String> {
        let highest = api.versions().1;
        let ours = format!("here {lowest} to {highest}");
        let Some(&(_, least, most)) = self.0.iter().find(|(key, ..)| *key == api.key()) else {
            return Err(format!("{ours}, there none"));
        };
        let version = highest.min(most);
        if version < lowest.max(least) {
            return Err(format!("{ours}, there {least} to {most}"));
        }
        Ok(version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_the_order_of_discriminants() {
        for (i, api) in Api::ALL.into_iter().enumerate() {
            assert_eq!(api as usize, i);
        }
    }

    #[test]
    fn the_highest_common_version_is_spoken() {
        let spoken = SpokenVersions(vec![(3, 0, 99), (35, 0, 1), (2, 0, 4), (32, 5, 9)]);
        assert_eq!(spoken.common(Api::Metadata), Ok(13));
        assert_eq!(spoken.common(Api::DescribeLogDirs), Ok(1));
        assert_eq!(spoken.common(Api::ListOffsets), Err("here 5 to 11, there 0 to 4".to_owned()));
        assert_eq!(spoken.common(Api::DescribeConfigs), Err("here 2 to 4, there 5 to 9".to_owned()));
        assert_eq!(spoken.common_from(Api::Metadata, 13), Ok(13));
        assert_eq!(spoken.common_from(Api::DescribeLogDirs, 3), Err("here 3 to 5, there 0 to 1".to_owned()));
        assert_eq!(spoken.common(Api::DescribeQuorum), Err("here 0 to 2, there none".to_owned()));
    }
}

//! Which release a broker runs. No request tells it, so it is inferred and labelled as such.

use crate::{
    capabilities::inventory::model::{Version, VersionMethod},
    kafka::answers::BrokerFeatures,
};

/// First `metadata.version` level of each release, newest first (Kafka's `MetadataVersion`; KIP-778).
const BY_METADATA_VERSION: [(i16, (u8, u8)); 12] = [
    (30, (4, 3)),
    (28, (4, 2)),
    (26, (4, 1)),
    (22, (4, 0)),
    (21, (3, 9)),
    (20, (3, 8)),
    (15, (3, 7)),
    (12, (3, 6)),
    (9, (3, 5)),
    (8, (3, 4)),
    (4, (3, 3)),
    (1, (3, 0)),
];

/// First release that speaks each version of Fetch, newest first, for brokers before KRaft.
const BY_FETCH_VERSION: [(i16, (u8, u8)); 6] =
    [(17, (3, 9)), (16, (3, 7)), (15, (3, 5)), (13, (3, 1)), (12, (2, 7)), (11, (2, 3))];

const FETCH: i16 = 1;

/// The release of a broker, where it can be told.
pub fn version(features: &BrokerFeatures) -> Option<Version> {
    if let Some(level) = features.supported_metadata_version {
        return newest(&BY_METADATA_VERSION, level, VersionMethod::MetadataVersion);
    }
    let (_, fetch) = features.max_versions.iter().find(|(api, _)| *api == FETCH)?;
    newest(&BY_FETCH_VERSION, *fetch, VersionMethod::FetchVersion)
}

fn newest(table: &[(i16, (u8, u8))], level: i16, method: VersionMethod) -> Option<Version> {
    table.iter().find(|(first, _)| level >= *first).map(|(_, release)| Version { release: *release, method })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_metadata_version(level: i16) -> Option<(u8, u8)> {
        let features =
            BrokerFeatures { supported_metadata_version: Some(level), ..BrokerFeatures::default() };
        version(&features).map(|version| version.release)
    }

    #[test]
    fn the_supported_metadata_version_names_the_release() {
        assert_eq!(with_metadata_version(30), Some((4, 3)));
        assert_eq!(with_metadata_version(25), Some((4, 0)));
        assert_eq!(with_metadata_version(21), Some((3, 9)));
        assert_eq!(with_metadata_version(0), None);
    }

    #[test]
    fn before_kraft_fetch_tells_the_least_it_can_be() {
        let features = BrokerFeatures { max_versions: vec![(0, 8), (1, 11)], ..BrokerFeatures::default() };
        let told = version(&features).unwrap();
        assert_eq!((told.release, told.method), ((2, 3), VersionMethod::FetchVersion));
    }
}

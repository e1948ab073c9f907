//! The same facts by Kafka's own tools: commands to copy into a terminal.
//!
//! A group's id may be any text, so every name is quoted where a shell would read more than a word.

/// What stands for an address that is not known.
pub const NO_ADDRESS: &str = "HOST:PORT";

/// A name as one word of a shell: quoted unless it is plain.
fn word(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-:,/=+@".contains(&byte);
    if !name.is_empty() && name.bytes().all(is_plain) {
        return name.into();
    }
    format!("'{}'", name.replace('\'', r"'\''"))
}

/// Describes a group.
pub fn describe_group(address: &str, group: &str) -> String {
    format!(
        "kafka-consumer-groups.sh --bootstrap-server {} --describe --group {}",
        word(address),
        word(group)
    )
}

/// Who is in a group.
pub fn describe_members(address: &str, group: &str) -> String {
    format!("{} --members --verbose", describe_group(address, group))
}

/// Reads one record of a partition.
pub fn read_record(address: &str, topic: &str, partition: i32, offset: i64) -> String {
    format!(
        "kafka-console-consumer.sh --bootstrap-server {} --topic {} --partition {partition} --offset {offset} \
         --max-messages 1",
        word(address),
        word(topic)
    )
}

/// Keeps a topic's records for `days`.
pub fn keep_longer(address: &str, topic: &str, days: u32) -> String {
    let milliseconds = u64::from(days) * 86_400_000;
    format!(
        "kafka-configs.sh --bootstrap-server {} --entity-type topics --entity-name {} --alter --add-config \
         retention.ms={milliseconds}",
        word(address),
        word(topic)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_one_word_of_the_shell() {
        assert_eq!(word("fraud-scorer.v2"), "fraud-scorer.v2");
        assert_eq!(word("a b"), "'a b'");
        assert_eq!(word("x; rm -rf ~"), "'x; rm -rf ~'");
        assert_eq!(word("it's $(me)"), r"'it'\''s $(me)'");
        assert_eq!(word(""), "''");
    }

    #[test]
    fn commands_are_those_of_kafka() {
        assert_eq!(
            describe_group("east:9092", "fraud scorer"),
            "kafka-consumer-groups.sh --bootstrap-server east:9092 --describe --group 'fraud scorer'"
        );
        assert_eq!(
            read_record("east:9092", "orders", 4, 1_204_551),
            "kafka-console-consumer.sh --bootstrap-server east:9092 --topic orders --partition 4 --offset 1204551 \
             --max-messages 1"
        );
        assert!(keep_longer("east:9092", "orders", 14).ends_with("--add-config retention.ms=1209600000"));
    }
}

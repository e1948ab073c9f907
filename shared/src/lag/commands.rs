//! The same facts by Kafka's own tools: commands to copy into a terminal.
//!
//! A group's id may be any text, so every name is quoted where a shell would read more than a word.

use super::GroupType;

/// What stands for an address that is not known.
pub const NO_ADDRESS: &str = "HOST:PORT";

/// A name as one word of a shell: quoted unless it is plain. What a terminal would take for a key is written as what it
/// is, so that pasting it presses none.
pub(crate) fn word(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-:,/+@".contains(&byte);
    if !name.is_empty() && name.bytes().all(is_plain) {
        return name.into();
    }
    if name.chars().any(char::is_control) {
        let escaped = |one: char| match one {
            '\'' | '\\' => format!("\\{one}"),
            one if one.is_ascii_control() => format!("\\x{:02x}", u32::from(one)),
            one if one.is_control() => format!("\\u{:04x}", u32::from(one)),
            one => one.to_string(),
        };
        return format!("$'{}'", name.chars().map(escaped).collect::<String>());
    }
    format!("'{}'", name.replace('\'', r"'\''"))
}

/// Describes a group. Share and streams groups have tools of their own.
pub fn describe_group(address: &str, group: &str, group_type: GroupType) -> String {
    let tool = match group_type {
        GroupType::Share => "kafka-share-groups.sh",
        GroupType::Streams => "kafka-streams-groups.sh",
        GroupType::Classic | GroupType::Consumer | GroupType::Unknown => "kafka-consumer-groups.sh",
    };
    format!("{tool} --bootstrap-server {} --describe --group {}", word(address), word(group))
}

/// Who is in a group.
pub fn describe_members(address: &str, group: &str, group_type: GroupType) -> String {
    format!("{} --members --verbose", describe_group(address, group, group_type))
}

/// Reads one record of a partition.
pub fn read_record(address: &str, topic: &str, partition: i32, offset: i64) -> String {
    format!(
        "kafka-console-consumer.sh --bootstrap-server {} --topic {} --partition {partition} --offset {offset} \
         --max-messages 1 --timeout-ms 10000",
        word(address),
        word(topic)
    )
}

/// Which producers write to a partition, and where the transaction of each begins (KIP-664).
pub fn describe_producers(address: &str, topic: &str, partition: i32) -> String {
    format!(
        "kafka-transactions.sh --bootstrap-server {} describe-producers --topic {} --partition {partition}",
        word(address),
        word(topic)
    )
}

/// Describes the settings of a topic, those that nobody set too.
pub fn describe_topic(address: &str, topic: &str) -> String {
    format!(
        "kafka-configs.sh --bootstrap-server {} --entity-type topics --entity-name {} --describe --all",
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
        assert_eq!(word("=ls"), "'=ls'");
        assert_eq!(word("a\u{3}rm\n'"), r"$'a\x03rm\x0a\''");
    }

    #[test]
    fn commands_are_those_of_kafka() {
        assert_eq!(
            describe_group("east:9092", "fraud scorer", GroupType::Consumer),
            "kafka-consumer-groups.sh --bootstrap-server east:9092 --describe --group 'fraud scorer'"
        );
        assert!(describe_group("east:9092", "mail", GroupType::Share).starts_with("kafka-share-groups.sh "));
        assert_eq!(
            read_record("east:9092", "orders", 4, 1_204_551),
            "kafka-console-consumer.sh --bootstrap-server east:9092 --topic orders --partition 4 --offset 1204551 \
             --max-messages 1 --timeout-ms 10000"
        );
        assert_eq!(
            describe_producers("east:9092", "orders", 4),
            "kafka-transactions.sh --bootstrap-server east:9092 describe-producers --topic orders --partition 4"
        );
        assert!(describe_topic("east:9092", "orders").ends_with("--entity-name orders --describe --all"));
    }
}

//! Groups, as Kafka's own tools make them and tell of them.

use std::process::{Child, Command};

use super::fleet::Target;

const CONSUMER_GROUPS: &str = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";
const CONSOLE_CONSUMER: &str = "org.apache.kafka.tools.consumer.ConsoleConsumer";
const CONSOLE_SHARE_CONSUMER: &str = "org.apache.kafka.tools.consumer.ConsoleShareConsumer";
const SHARE_GROUPS: &str = "org.apache.kafka.tools.consumer.group.ShareGroupCommand";

/// A line of `ConsumerGroupCommand --describe`: a partition of a group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupRow {
    /// Its group.
    pub group: String,
    /// Its topic.
    pub topic: String,
    /// Its number.
    pub partition: i32,
    /// `CURRENT-OFFSET`: what is committed; none where nothing is.
    pub committed_offset: Option<i64>,
    /// `LOG-END-OFFSET`.
    pub log_end_offset: Option<i64>,
    /// `LAG`.
    pub lag: Option<i64>,
    /// `CONSUMER-ID`; none where no member has it.
    pub member_id: Option<String>,
    /// `HOST`.
    pub host: Option<String>,
    /// `CLIENT-ID`.
    pub client_id: Option<String>,
}

/// A line of `ShareGroupCommand --describe`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ShareRow {
    /// Its topic.
    pub topic: String,
    /// Its number.
    pub partition: i32,
    /// `START-OFFSET`; none before the first fetch.
    pub start_offset: Option<i64>,
    /// `LAG`; none before the first fetch.
    pub lag: Option<i64>,
}

/// Which protocol a reader follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// The old one of consumers.
    Classic,
    /// KIP-848.
    Consumer,
    /// KIP-932, from the earliest record on.
    Share,
}

impl Target {
    /// `ConsumerGroupCommand --describe --all-groups`: every partition of every group that is classic or of KIP-848.
    pub fn consumer_groups(&self) -> Vec<GroupRow> {
        let text = self.tool(CONSUMER_GROUPS, &["--describe", "--all-groups"]);
        text.lines().filter_map(group_row).collect()
    }

    /// `ShareGroupCommand --describe` of one group.
    pub fn share_group(&self, group: &str) -> Vec<ShareRow> {
        let text = self.tool(SHARE_GROUPS, &["--describe", "--group", group]);
        text.lines().filter_map(share_row).collect()
    }

    /// Deletes groups that have no members.
    pub fn delete_consumer_groups(&self, groups: &[&str]) {
        let named = groups.iter().flat_map(|group| ["--group", group]);
        self.tool(CONSUMER_GROUPS, &["--delete"].into_iter().chain(named).collect::<Vec<_>>());
    }

    /// Reads so many records of a topic as a member of a group, commits, and leaves.
    pub fn consume(&self, topic: &str, group: &str, records: usize) {
        let records = records.to_string();
        let words = ["--topic", topic, "--group", group, "--max-messages", &records];
        let more = ["--from-beginning", "--timeout-ms", "60000"];
        self.tool(CONSOLE_CONSUMER, &[&words[..], &more].concat());
    }

    /// Starts a member of a group that reads a topic until it is dropped. It commits twice a second.
    pub fn read(&self, topic: &str, group: &str, protocol: Protocol) -> Reader {
        let words = ["--topic", topic, "--group", group];
        let as_consumer = |protocol| {
            let commits = ["--command-property", "auto.commit.interval.ms=500"];
            let more = ["--from-beginning", "--command-property", protocol];
            self.start(CONSOLE_CONSUMER, &[&words[..], &commits, &more].concat())
        };
        Reader(match protocol {
            Protocol::Classic => as_consumer("group.protocol=classic"),
            Protocol::Consumer => as_consumer("group.protocol=consumer"),
            Protocol::Share => {
                let what = ["--alter", "--entity-type", "groups", "--entity-name", group];
                let how = ["--add-config", "share.auto.offset.reset=earliest"];
                self.tool("kafka.admin.ConfigCommand", &[&what[..], &how].concat());
                self.start(CONSOLE_SHARE_CONSUMER, &words)
            }
        })
    }
}

/// A member of a group; it leaves the group when dropped.
pub struct Reader(Child);

impl Drop for Reader {
    fn drop(&mut self) {
        // Asked to end, it commits and leaves; killed, it would be missed for most of a minute.
        let asked = Command::new("kill").arg(self.0.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            drop(self.0.kill());
        }
        drop(self.0.wait());
    }
}

/// What a column says; `-` is nothing.
fn told<T: std::str::FromStr>(column: &str) -> Option<T> {
    if column == "-" { None } else { column.parse().ok() }
}

/// Titles and sentences ("… has no active members") are no rows.
fn group_row(line: &str) -> Option<GroupRow> {
    let columns: Vec<&str> = line.split_whitespace().collect();
    let [group, topic, partition, committed, end, lag, member, host, client_id @ ..] = &columns[..] else {
        return None;
    };
    Some(GroupRow {
        group: (*group).to_owned(),
        topic: told(topic)?,
        partition: partition.parse().ok()?,
        committed_offset: told(committed),
        log_end_offset: told(end),
        lag: told(lag),
        member_id: told(member),
        host: told(host),
        client_id: told(&client_id.join(" ")),
    })
}

fn share_row(line: &str) -> Option<ShareRow> {
    let columns: Vec<&str> = line.split_whitespace().collect();
    let [_, topic, partition, start, lag] = &columns[..] else { return None };
    let partition = partition.parse().ok()?;
    Some(ShareRow { topic: told(topic)?, partition, start_offset: told(start), lag: told(lag) })
}

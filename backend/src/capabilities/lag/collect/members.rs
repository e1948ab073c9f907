//! Who is in the groups.

use std::{collections::HashMap, sync::Arc};

use shared::DateTime;

use super::{sentence_of_brokers, sentence_of_groups};
use crate::{
    capabilities::lag::{
        book::{Book, Owner},
        model::{Member, MembersSnapshot},
    },
    kafka::{
        Gateway,
        answers::{GroupDescription, GroupMember, GroupType, ListedGroup},
        read,
    },
    runtime::{Collected, Cycle, Evaluated},
};

/// The cycle of who is in which group.
pub struct MembersCycle {
    /// Speaks to the cluster.
    pub gateway: Gateway,
    /// What groups committed, by whom.
    pub book: Arc<Book>,
}

impl Cycle for MembersCycle {
    type Sample = Vec<GroupDescription>;
    type Snapshot = MembersSnapshot;

    async fn collect(&self) -> Result<Collected<Vec<GroupDescription>>, String> {
        let listed = read::list_groups(&self.gateway).await;
        let missing = sentence_of_brokers("list the groups", &listed.missing);
        if let Some(missing) = missing.as_ref().filter(|_| listed.answers.is_empty()) {
            return Err(missing.clone());
        }
        let groups: Vec<&ListedGroup> = listed.answers.iter().flat_map(|(_, groups)| groups).collect();
        let described = read::describe_groups(&self.gateway, &groups).await;
        for group in &described.answers {
            assign(&self.book, group);
        }
        let missing = missing.or_else(|| sentence_of_groups("describe groups", &described.missing));
        Ok(Collected { sample: described.answers, missing })
    }

    fn evaluate(
        &self,
        previous: Option<&MembersSnapshot>,
        sample: Vec<GroupDescription>,
        now: DateTime,
    ) -> Evaluated<MembersSnapshot> {
        let groups: HashMap<Arc<str>, Arc<[Member]>> = sample.into_iter().filter_map(members).collect();
        let snapshot = MembersSnapshot { groups };
        let changed = previous.is_none_or(|previous| *previous != snapshot);
        Evaluated { snapshot, as_of: now, changed, events: vec![] }
    }
}

/// Tells the book whose each partition is.
fn assign(book: &Book, group: &GroupDescription) {
    let Some(members) = group.members.as_ref().filter(|_| has_partitions(&group.group_type)) else { return };
    let owners = members.iter().flat_map(|member| {
        let owner = Arc::new(Owner { host: member.host.clone(), client_id: member.client_id.clone() });
        let topics = member.partitions.iter();
        topics.flat_map(move |(topic, all)| {
            let owner = owner.clone();
            all.iter().map(move |partition| (topic.as_str(), *partition, owner.clone()))
        })
    });
    book.assign(&group.group_id, owners);
}

/// Whether a partition is one member's; those of other types share them.
fn has_partitions(group_type: &GroupType) -> bool {
    matches!(group_type, GroupType::Classic | GroupType::Consumer)
}

fn members(group: GroupDescription) -> Option<(Arc<str>, Arc<[Member]>)> {
    let has_partitions = has_partitions(&group.group_type);
    let member = |member: GroupMember| Member {
        member_id: member.member_id,
        client_id: member.client_id,
        host: member.host,
        partitions: has_partitions.then_some(member.partitions),
    };
    let mut members: Vec<Member> = group.members?.into_iter().map(member).collect();
    members.sort_by(|one, other| one.member_id.cmp(&other.member_id));
    Some((group.group_id.into(), members.into()))
}

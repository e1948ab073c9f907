//! Which groups there are, and how far each has read.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use shared::DateTime;

use super::{
    Peeks,
    ends::{Ids, read_ends},
    held::{Held, Holding, OFFSETS_TOPIC},
    sentence_of_brokers, sentence_of_groups,
};
use crate::{
    capabilities::lag::{
        book::{Book, Fetched, FetchedAs},
        evaluate,
        model::{Fleet, GroupsSnapshot, Late, Partitions, Policy},
        past::{COLUMNS, Past},
        store::Memory,
        tap::{Source, Tap},
    },
    db::Minutes,
    kafka::{
        Gateway,
        answers::{GroupOffsets, GroupQuery, GroupType, ListedGroup, ShareGroupOffset},
        read,
    },
    runtime::{Clock, Collected, Cycle, Evaluated, Stamped},
};

/// A turn waits so long for what was known before the start. One that does not know it yet may tell again what was told.
const RECALL_PATIENCE: Duration = Duration::from_secs(4);

/// The cycle of which groups there are, and how far each has read.
pub struct GroupsCycle {
    /// Speaks to the cluster.
    pub gateway: Gateway,
    /// Knows where partitions are.
    pub fleet: Arc<dyn Fleet>,
    /// What groups committed.
    pub book: Arc<Book>,
    /// What reads the offsets topic.
    pub tap: Arc<Tap>,
    /// Tells when.
    pub clock: Clock,
    /// Which topic was which.
    pub ids: Ids,
    /// Watches the offsets topic for open transactions.
    pub holding: Holding,
    /// Groups whose offsets were fetched since the tap began.
    pub fetched: Mutex<(u64, HashSet<String>)>,
    /// Writes down what is known.
    pub memory: Arc<Memory>,
    /// What groups had to read over time.
    pub past: Arc<Past>,
    /// Keeps that.
    pub minutes: Arc<Minutes<COLUMNS>>,
    /// What is tolerated.
    pub policy: Policy,
    /// Looks at records.
    pub peeks: Peeks,
    /// A look at a log end is too old after so long, in ms.
    pub old_after_ms: i64,
}

/// What one turn reads; commits and log ends are in the book.
#[derive(Debug, Default)]
pub struct GroupsSample {
    /// Which groups there are.
    pub listed: Vec<ListedGroup>,
    /// Whether these are all.
    pub lists_all: bool,
    /// Whether commits are seen as they are made, so that there may be a group that is not listed yet.
    pub sees_commits: bool,
    /// How far share groups have come.
    pub shared: HashMap<String, Vec<ShareGroupOffset>>,
    /// Commits that are read late.
    pub late: Late,
}

impl Cycle for GroupsCycle {
    type Sample = GroupsSample;
    type Snapshot = GroupsSnapshot;

    async fn collect(&self) -> Result<Collected<GroupsSample>, String> {
        let partitions = self.fleet.first(self.gateway.cluster()).await;
        let partitions =
            partitions.ok_or("The topics are not known yet: see why metadata could not be read.")?;
        self.tap.recalled(RECALL_PATIENCE).await;
        self.book.turn();
        // Asked first: what was committed when the offsets topic began to be read is in the offsets that are fetched.
        let source = self.tap.source();
        let listed = read::list_groups(&self.gateway).await;
        let mut missing = Vec::from_iter(sentence_of_brokers("list the groups", &listed.missing));
        if listed.answers.is_empty()
            && let Some(missing) = missing.first()
        {
            return Err(missing.clone());
        }
        // A group whose coordinator is nowhere is listed by none.
        let offsets = partitions.topic(OFFSETS_TOPIC);
        let are_coordinated = offsets.is_none_or(|it| it.leaders.iter().all(|(_, leader)| leader.is_some()));
        let lists_all = listed.missing.is_empty() && are_coordinated;
        let listed: Vec<ListedGroup> = listed.answers.into_iter().flat_map(|(_, groups)| groups).collect();
        let sees_commits = matches!(source, Source::Tail { .. });
        let (held, late) = self.held(&source, &*partitions).await;
        missing.extend(held.sentence());
        if lists_all {
            self.forget_fetched(&listed);
        }
        missing.extend(self.fetch(&listed, &source, &held).await);
        let now_ms = self.clock.now().timestamp_millis();
        let looked = read_ends(&self.gateway, &self.book, &*partitions, &self.ids, now_ms).await;
        self.fetch_again(&looked.disturbed);
        self.peeks.look((&self.gateway, &self.book), &*partitions, &self.policy, now_ms).await;
        missing.extend(looked.missing);
        let (shared, failed) = self.shared(&listed).await;
        missing.extend(failed);
        missing.extend(self.no_room());
        missing.extend(self.tap.failure(self.clock.now()));
        let missing = (!missing.is_empty()).then(|| missing.join(" "));
        Ok(Collected { sample: GroupsSample { listed, lists_all, sees_commits, shared, late }, missing })
    }

    fn evaluate(
        &self,
        previous: Option<&GroupsSnapshot>,
        sample: GroupsSample,
        now: DateTime,
    ) -> Evaluated<GroupsSnapshot> {
        let how = (&self.policy, self.old_after_ms);
        let mut snapshot = evaluate::groups(&self.book, sample, previous, how, now);
        let events = evaluate::events(self.gateway.cluster(), &mut snapshot, now);
        let changed = previous.is_none_or(|previous| *previous != snapshot);
        self.past.push(&snapshot, now);
        Evaluated { snapshot, as_of: now, changed, events }
    }

    async fn store(&self, newest: Arc<Stamped<GroupsSnapshot>>) -> Result<(), String> {
        let partitions = self.fleet.topics(self.gateway.cluster());
        let cluster_id = partitions.and_then(|partitions| partitions.cluster_id());
        let past = self.past.clone();
        let (remembered, kept) = tokio::join!(
            self.memory.keep(&self.book, newest, self.tap.positions(), cluster_id.as_deref()),
            self.minutes.keep(cluster_id.as_deref(), move || past.windows()),
        );
        remembered.and(kept)
    }
}

impl GroupsCycle {
    /// Partitions of the offsets topic that are held, and those that are read late.
    async fn held(&self, source: &Source, partitions: &dyn Partitions) -> (Held, Late) {
        match (source, partitions.topic(OFFSETS_TOPIC)) {
            (Source::Tail { .. }, Some(places)) => {
                let next = self.tap.positions().unwrap_or_default().next;
                self.holding.look(&self.gateway, &places, &next, self.clock.now()).await
            }
            _ => (Held::default(), Late::default()),
        }
    }

    /// What is said where commits were turned away.
    fn no_room(&self) -> Option<String> {
        let windows = self.book.windows();
        let turned_away = self.book.count(windows);
        (turned_away > 0).then(|| {
            format!(
                "{turned_away} commits were not taken in: {windows} partitions of groups are kept, and \
                 lag.max_partitions allows no more."
            )
        })
    }

    /// Fetches the offsets of those groups that nothing else tells. Gives what is missing.
    async fn fetch(&self, listed: &[ListedGroup], source: &Source, held: &Held) -> Option<String> {
        let has_offsets = |group: &&ListedGroup| {
            matches!(group.group_type, GroupType::Classic | GroupType::Consumer | GroupType::Streams)
        };
        let asked = listed.iter().filter(has_offsets);
        let (first, use_as) = match source {
            Source::Tail { began } => (Some(self.fetched_since(*began)), FetchedAs::First),
            Source::Starting => (None, FetchedAs::Meanwhile),
            Source::Admin => (None, FetchedAs::Commit),
        };
        let is_new =
            |group: &ListedGroup| first.as_ref().is_none_or(|first| !first.contains(&group.group_id));
        let (meanwhile, plain): (Vec<_>, Vec<_>) = asked
            .filter(|group| is_new(group) || held.holds(&group.group_id))
            .map(ListedGroup::query)
            .partition(|group| held.holds(group.group_id));
        let failed = self.take(&plain, use_as).await;
        failed.or(self.take(&meanwhile, FetchedAs::Meanwhile).await)
    }

    async fn take(&self, queries: &[GroupQuery<'_>], use_as: FetchedAs) -> Option<String> {
        if queries.is_empty() {
            return None;
        }
        let asked_at_seconds = self.clock.now().timestamp();
        let offsets = read::offset_fetch(&self.gateway, queries).await;
        for group in &offsets.answers {
            self.keep(group, use_as, asked_at_seconds);
        }
        let mut fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        fetched.1.extend(offsets.answers.into_iter().map(|group| group.group_id));
        drop(fetched);
        sentence_of_groups("fetch committed offsets", &offsets.missing)
    }

    fn keep(&self, group: &GroupOffsets, use_as: FetchedAs, asked_at_seconds: i64) {
        let now_seconds = self.clock.now().timestamp();
        let mut told = HashSet::new();
        for row in &group.rows {
            let (topic, partition) = (group.topic(row), row.partition);
            // Of what could not be told, nothing is known.
            if row.error_code != 0 || row.offset().is_some() {
                told.insert((topic, partition));
            }
            let Some(offset) = row.offset() else { continue };
            let it = Fetched { group: &group.group_id, topic, partition, offset, asked_at_seconds };
            self.book.fetched(&it, use_as, now_seconds);
        }
        self.book.forget_untold(&group.group_id, &told, asked_at_seconds);
    }

    /// A group that is gone is fetched once more if it comes again.
    fn forget_fetched(&self, listed: &[ListedGroup]) {
        let names: HashSet<&str> = listed.iter().map(|group| group.group_id.as_str()).collect();
        let mut fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        fetched.1.retain(|group| names.contains(group.as_str()));
    }

    fn fetch_again(&self, groups: &[Arc<str>]) {
        let mut fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        for group in groups {
            fetched.1.remove(group.as_ref());
        }
    }

    /// The groups that were fetched since the tap began: all of them once, and again when it begins anew.
    fn fetched_since(&self, began: u64) -> HashSet<String> {
        let mut fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        if fetched.0 != began {
            *fetched = (began, HashSet::new());
        }
        fetched.1.clone()
    }

    async fn shared(
        &self,
        listed: &[ListedGroup],
    ) -> (HashMap<String, Vec<ShareGroupOffset>>, Option<String>) {
        let share = listed.iter().filter(|group| group.group_type == GroupType::Share);
        let queries: Vec<GroupQuery<'_>> = share.map(ListedGroup::query).collect();
        if queries.is_empty() {
            return (HashMap::new(), None);
        }
        let offsets = read::describe_share_group_offsets(&self.gateway, &queries).await;
        let failed = sentence_of_groups("describe the offsets of share groups", &offsets.missing);
        let rows = offsets.answers.into_iter().filter_map(|group| Some((group.group_id, group.rows?)));
        (rows.collect(), failed)
    }
}

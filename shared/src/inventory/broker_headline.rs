//! The answer that the page of a broker begins with, and what an abnormal broker adds to that of its cluster.

use super::{Broker, BrokerDetail, BrokerState, Restart, RestartVerdict};
use crate::{
    DateTime,
    headline::Headline,
    units::{Zone, count, counted},
};

/// Sentences about what is abnormal, before the rest is left to the table.
const TOLD: usize = 3;

/// The headline of a broker's page. `abnormal` are sentences, worst first.
pub fn broker_headline(
    detail: &BrokerDetail,
    cluster: &str,
    verdict: Option<&RestartVerdict>,
    abnormal: &[String],
    now: DateTime,
    zone: Zone,
) -> Headline {
    let broker = &detail.broker;
    let name = format!("Broker {} of {cluster}", broker.broker_id);
    let since = broker.since.map(|since| format!(" since {}", zone.since(since, now))).unwrap_or_default();
    let title = match broker.state {
        BrokerState::Down => format!("{name} is down{since}"),
        BrokerState::Fenced => format!("{name} is fenced{since}"),
        BrokerState::Up => format!("{name} {}", of_one_that_serves(broker, abnormal)),
    };
    let mut sentences: Vec<String> = abnormal.iter().take(TOLD).cloned().collect();
    if broker.state == BrokerState::Up {
        sentences.extend((!since.is_empty()).then(|| format!("It is up{since}.")));
    } else {
        sentences.extend(what_it_leaves(broker, detail.at_least));
    }
    sentences.extend(verdict.and_then(may_it_be_restarted));
    Headline { title, lede: sentences.join(" ") }
}

fn of_one_that_serves(broker: &Broker, abnormal: &[String]) -> String {
    let offline = broker.log_dirs_offline.unwrap_or_default();
    if offline > 0 {
        format!("has lost {}", counted(offline.into(), "log directory", "log directories"))
    } else if !abnormal.is_empty() {
        "serves, but is not as usual".into()
    } else if broker.out_of_sync_count > 0 {
        let behind = counted(broker.out_of_sync_count.into(), "replica is", "replicas are");
        format!("catches up: {behind} not in sync")
    } else {
        "is well".into()
    }
}

/// What a broker that does not serve leaves without a replica.
fn what_it_leaves(broker: &Broker, at_least: bool) -> Option<String> {
    let least = if at_least { "At least " } else { "" };
    let of = counted(broker.replica_count.into(), "replica", "replicas");
    let missing = u64::from(broker.out_of_sync_count);
    let are = if missing == 1 { "is" } else { "are" };
    (missing > 0).then(|| format!("{least}{} of its {of} {are} not in sync.", count(missing)))
}

/// Whether it may be restarted, in a sentence; nothing of a broker that is down already.
fn may_it_be_restarted(verdict: &RestartVerdict) -> Option<String> {
    let why = verdict.blockers.first().map(|blocker| blocker.sentence.as_str()).unwrap_or_default();
    match verdict.verdict {
        Restart::Safe => Some("It may be restarted now.".into()),
        Restart::Unsafe => Some(format!("It may not be restarted now: {why}")),
        Restart::Unknown if verdict.blockers.iter().any(|blocker| blocker.rule == "down") => None,
        Restart::Unknown => Some(format!("Whether it may be restarted now is not known: {why}")),
    }
}

/// The headline of a cluster, of which some brokers are abnormal. What is wrong with the cluster itself comes first.
pub fn with_abnormal(said: Headline, cluster: &str, is_well: bool, abnormal: &[(i32, String)]) -> Headline {
    if abnormal.is_empty() {
        return said;
    }
    let mut brokers: Vec<i32> = abnormal.iter().map(|(broker, _)| *broker).collect();
    brokers.sort_unstable();
    brokers.dedup();
    let title = match brokers.as_slice() {
        _ if !is_well => said.title,
        [only] => format!("{cluster} is whole, but broker {only} is not as usual"),
        many => format!("{cluster} is whole, but {} brokers are not as usual", many.len()),
    };
    let mut sentences: Vec<&str> = abnormal.iter().take(TOLD).map(|(_, said)| said.as_str()).collect();
    if is_well {
        sentences.push(&said.lede);
    } else {
        sentences.insert(0, &said.lede);
    }
    Headline { title, lede: sentences.join(" ").trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::samples::{broker, now, restart_verdicts, restart_verdicts_well};

    const SLOW: &str = "Produce p99 of broker 3 is 38 ms; its peers have 4.1 ms.";

    fn said(broker_id: i32, verdicts: &[RestartVerdict], abnormal: &[String]) -> Headline {
        let verdict = verdicts.iter().find(|verdict| verdict.broker_id == broker_id);
        broker_headline(&broker(broker_id), "east", verdict, abnormal, now(), Zone::utc())
    }

    #[test]
    fn a_slow_broker_says_how_slow_and_that_it_may_not_be_restarted() {
        let said = said(3, &restart_verdicts().restart_verdicts, &[SLOW.into()]);
        assert_eq!(said.title, "Broker 3 of east serves, but is not as usual");
        assert!(said.lede.starts_with(SLOW), "{}", said.lede);
        assert!(said.lede.contains("It may not be restarted now: 36 partitions have just"), "{}", said.lede);
    }

    #[test]
    fn a_broker_that_is_gone_says_since_when_and_nothing_of_a_restart() {
        let said = said(2, &restart_verdicts().restart_verdicts, &[]);
        assert_eq!(
            (said.title.as_str(), said.lede.as_str()),
            ("Broker 2 of east is fenced since 13:56", "36 of its 612 replicas are not in sync.")
        );
    }

    #[test]
    fn a_good_day_is_said_in_few_words() {
        let said = said(1, &restart_verdicts_well().restart_verdicts, &[]);
        assert_eq!(
            (said.title.as_str(), said.lede.as_str()),
            ("Broker 1 of east is well", "It may be restarted now.")
        );
    }

    #[test]
    fn an_abnormal_broker_is_named_after_what_is_wrong_with_its_cluster() {
        let well = || Headline { title: "east is well".into(), lede: "3 brokers.".into() };
        let abnormal = [(3, SLOW.to_owned())];
        let said = with_abnormal(well(), "east", true, &abnormal);
        assert_eq!(said.title, "east is whole, but broker 3 is not as usual");
        assert_eq!(said.lede, format!("{SLOW} 3 brokers."));
        let down = Headline { title: "east runs on 2 of 3 brokers".into(), lede: "Broker 2 is gone.".into() };
        let said = with_abnormal(down.clone(), "east", false, &abnormal);
        assert_eq!((said.title, said.lede), (down.title, format!("Broker 2 is gone. {SLOW}")));
        assert_eq!(with_abnormal(well(), "east", true, &[]), well());
    }
}

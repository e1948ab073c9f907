//! Rules between settings: names that must differ, what may be served to whom, what cannot be meant.

use std::collections::HashMap;

use shared::DateTime;

use super::{
    Config, Http,
    nearest::did_you_mean,
    report::{Report, Which},
    tree::Origin,
};

const HTTP: Which = Which("http", 0);

/// Tells everything that the settings say against each other.
pub fn check(config: &Config, now: DateTime, report: &mut Report) {
    there_is_a_cluster(config, report);
    cluster_names_differ(config, report);
    addresses_differ(config, report);
    mirrors_join_clusters(config, report);
    tokens_differ(config, report);
    tokens_open_something(config, now, report);
    others_need_a_token(config, report);
    others_have_a_name_for_us(config, report);
    a_request_ends_before_its_turn(config, report);
}

fn there_is_a_cluster(config: &Config, report: &mut Report) {
    if config.clusters.is_empty() && !report.faults.iter().any(|fault| fault.setting == "cluster") {
        report.fault(
            Which("cluster", 0),
            "",
            &report.file.clone(),
            "there is none; add [[cluster]] with its name and bootstrap.servers",
        );
    }
}

/// Names and aliases are one space: both find a cluster.
fn cluster_names_differ(config: &Config, report: &mut Report) {
    let mut taken: HashMap<&str, Origin> = HashMap::new();
    let names = config.clusters.iter().enumerate().map(|(index, cluster)| (index, "name", &cluster.name));
    let aliases = config
        .clusters
        .iter()
        .enumerate()
        .flat_map(|(index, cluster)| cluster.aliases.iter().map(move |alias| (index, "aliases", alias)));
    for (index, key, name) in names.chain(aliases) {
        let which = Which("cluster", index);
        if !report.is_sound(which, key) {
            continue;
        }
        let place = report.place(which, key);
        match taken.get(name.as_str()) {
            Some(other) => {
                let sentence =
                    format!("{name} is the name of another cluster ({other}); give each a name of its own");
                report.fault_on(which, key, sentence);
            }
            None => {
                taken.insert(name, place);
            }
        }
    }
}

/// Both ends of a mirror are clusters, and two.
fn mirrors_join_clusters(config: &Config, report: &mut Report) {
    let mut taken: HashMap<(&str, &str), usize> = HashMap::new();
    for (index, mirror) in config.mirrors.iter().enumerate() {
        let which = Which("mirror", index);
        for (key, end) in [("source", &mirror.source), ("target", &mirror.target)] {
            let is_cluster = config.clusters.iter().any(|cluster| cluster.name == *end);
            if report.is_sound(which, key) && !is_cluster {
                let names = config.clusters.iter().map(|cluster| cluster.name.as_str());
                let meant = did_you_mean(end, names);
                report.fault_on(
                    which,
                    key,
                    format!("there is no cluster {end}; take the name of a [[cluster]]{meant}"),
                );
            }
        }
        if mirror.source == mirror.target && report.is_sound(which, "target") {
            report.fault_on(which, "target", "is the source, too; a mirror joins two clusters".to_owned());
        }
        if taken.insert((&mirror.source, &mirror.target), index).is_some() && report.is_sound(which, "source")
        {
            report.fault_on(which, "source", "this flow is declared twice; keep one".to_owned());
        }
    }
}

/// The same address in two clusters is most likely one cluster under two names.
fn addresses_differ(config: &Config, report: &mut Report) {
    let mut taken = HashMap::new();
    for (index, cluster) in config.clusters.iter().enumerate() {
        let other = cluster.bootstrap.iter().find_map(|address| {
            let other: &usize = taken.get(address)?;
            (config.clusters[*other].name != cluster.name).then_some((address, *other))
        });
        if let Some((address, other)) = other {
            let other = &config.clusters[other].name;
            let sentence =
                format!("{address} is an address of {other} too; one cluster under two names is read once");
            report.warn(Which("cluster", index), "bootstrap.servers", sentence);
        }
        for address in &cluster.bootstrap {
            taken.entry(address).or_insert(index);
        }
    }
}

fn tokens_differ(config: &Config, report: &mut Report) {
    let (mut names, mut hashes) = (HashMap::new(), HashMap::new());
    for (index, token) in config.tokens.iter().enumerate() {
        let which = Which("token", index);
        if report.is_sound(which, "name") {
            let place = report.place(which, "name");
            if let Some(other) = names.insert(&token.name, place) {
                let sentence = format!("is the name of another token ({other}); give each a name of its own");
                report.fault_on(which, "name", sentence);
            }
        }
        if report.is_sound(which, "sha256") {
            let place = report.place(which, "sha256");
            if let Some(other) = hashes.insert(token.sha256, place) {
                let sentence = format!(
                    "is the hash of another token ({other}); `riverkeeper token new --name NAME` makes one"
                );
                report.fault_on(which, "sha256", sentence);
            }
        }
    }
}

fn tokens_open_something(config: &Config, now: DateTime, report: &mut Report) {
    for (index, token) in config.tokens.iter().enumerate() {
        let which = Which("token", index);
        if report.is_sound(which, "expires") && token.expires <= now {
            report.warn(which, "expires", "is over: the token opens nothing; make a new one or remove it");
        }
        if token.owners.is_some()
            && config.catalog.file.is_none()
            && report.is_sound(Which("catalog", 0), "file")
        {
            report.warn(
                which,
                "owners",
                "nothing has an owner without catalog.file, so nothing is seen; give the file of owners",
            );
        }
        for pattern in token.clusters.iter().flatten() {
            let matcher = pattern.compile_matcher();
            let names = config
                .clusters
                .iter()
                .flat_map(|cluster| std::iter::once(&cluster.name).chain(&cluster.aliases));
            if !names.into_iter().any(|name| matcher.is_match(name)) {
                let sentence = format!("\"{}\" is no cluster of this file", pattern.glob());
                report.warn(which, "clusters", sentence);
            }
        }
    }
}

/// Fail closed: an address that others can reach needs tokens, or plain words that it shall be open.
fn others_need_a_token(config: &Config, report: &mut Report) {
    let (listen, is_open) = (config.http.listen, config.http.anyone_may_see_everything);
    let has_tokens = !config.tokens.is_empty();
    if is_open && has_tokens {
        let sentence = "is true, and there are tokens that say who may see what; remove one of the two";
        report.fault_on(HTTP, "anyone_may_see_everything", sentence);
    }
    if !listen.ip().is_loopback() && !has_tokens && !is_open && report.is_sound(HTTP, "listen") {
        let sentence = format!(
            "{listen} can be reached from other machines, and there is no token; add one (`riverkeeper token new \
             --name NAME` prints it), or set http.anyone_may_see_everything = true"
        );
        report.fault_on(HTTP, "listen", sentence);
    }
}

/// Browsers on other machines call us by a name, and only known names are answered.
fn others_have_a_name_for_us(config: &Config, report: &mut Report) {
    let Http { listen, public_url, hosts, .. } = &config.http;
    if !listen.ip().is_loopback() && public_url.is_none() && hosts.is_empty() {
        let sentence = format!(
            "{listen} can be reached from other machines, but a request for their name of this one is answered with \
             421; give http.public_url or http.hosts"
        );
        report.warn(HTTP, "listen", sentence);
    }
}

fn a_request_ends_before_its_turn(config: &Config, report: &mut Report) {
    let request = config.kafka.request_timeout_seconds;
    let turn = 0.8 * config.inventory.metadata_period_seconds;
    if request > turn {
        let sentence = format!(
            "a turn ends after {turn:.1} s (0.8 of inventory.metadata_period_seconds) and a request may take \
             {request} s (kafka.request_timeout_seconds), so a broker that is slow will not be named"
        );
        let kafka = Which("kafka", 0);
        if report.is_given(kafka, "request_timeout_seconds") {
            report.warn(kafka, "request_timeout_seconds", sentence);
        } else {
            report.warn(Which("inventory", 0), "metadata_period_seconds", sentence);
        }
    }
}

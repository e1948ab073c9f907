//! Riverkeeper's configuration for watching the fleet.

use crate::grants::RIVERKEEPER;
use crate::layout::{Cluster, Ports};
use crate::login::Login;
use crate::places::Places;
use anyhow::{Context, Result};

/// Who owns what: the teams behind the applications.
const OWNERS: &str = include_str!("../owners.toml");

/// How consumer groups are judged: of an example one wants to see something in a minute.
const LAG: &str = "\n[lag]\nbackfill = true\nbehind_after_seconds = 30\nstuck_after_seconds = 60\n\
                   stopped_after_seconds = 60\nlosing_within_seconds = 60\nrhythm_patience_seconds = 90\n";

/// The file's text: where to listen, who owns what and the clusters, and nothing that Riverkeeper can find out by
/// itself. The file of owners is written beside the fleet's data.
pub fn toml(
    places: &Places,
    ports: Ports,
    http_port: u16,
    clusters: impl Iterator<Item = &'static Cluster>,
) -> Result<String> {
    let owners = places.owners_file();
    places.fleet()?;
    std::fs::write(&owners, OWNERS).with_context(|| format!("could not write {}", owners.display()))?;
    let mut text = format!(
        "[http]\nlisten = \"127.0.0.1:{http_port}\"\n\n[catalog]\nfile = {:?}\n",
        owners.display().to_string()
    );
    text += LAG;
    for cluster in clusters {
        text += &section(ports, cluster, &Login::of(places, cluster, RIVERKEEPER)?);
    }
    Ok(text)
}

fn section(ports: Ports, cluster: &'static Cluster, login: &Login) -> String {
    let (name, bootstrap) = (cluster.name, cluster.bootstrap(ports));
    let metrics = metrics(ports, cluster);
    format!(
        "\n[[cluster]]\nname = \"{name}\"\nbootstrap.servers = \"{bootstrap}\"\nmetrics.url = [{metrics}]\n{}",
        login.toml()
    )
}

/// Where each broker tells its metrics: all are on one host, so that no template fits.
fn metrics(ports: Ports, cluster: &'static Cluster) -> String {
    let urls = cluster.brokers().map(|broker| format!("\"{}={}\"", broker.id, ports.metrics_url(broker)));
    urls.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> String {
        let cluster = Cluster::named(name).unwrap();
        section(Ports::default_for_test(), cluster, &Login::for_test(cluster.security))
    }

    #[test]
    fn a_plain_cluster_is_its_name_where_to_begin_and_its_metrics() {
        let expected = "\n[[cluster]]\nname = \"aggregate\"\nbootstrap.servers = \"127.0.0.1:19112\"\n\
                        metrics.url = [\"1=http://127.0.0.1:19312/metrics\"]\n";
        assert_eq!(of("aggregate"), expected);
    }

    #[test]
    fn each_broker_has_a_place_where_it_tells_its_metrics() {
        assert!(of("east").contains("\"3=http://127.0.0.1:19294/metrics\"]\n"), "{}", of("east"));
    }

    #[test]
    fn a_secured_cluster_is_also_how_to_log_in() {
        let expected = "security.protocol = \"SASL_SSL\"\n\
                        sasl.mechanisms = \"SCRAM-SHA-256\"\n\
                        sasl.username = \"tester\"\n\
                        sasl.password = { file = \"/s/tester\" }\n\
                        ssl.ca.location = \"/s/ca.pem\"\n";
        assert!(of("west").ends_with(expected), "{}", of("west"));
    }
}

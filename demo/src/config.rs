//! Riverkeeper's configuration for watching the fleet.

use crate::layout::{Cluster, Ports};

/// The file's text: where to listen and the clusters, and nothing that Riverkeeper can find out by itself.
pub fn toml(ports: Ports, http_port: u16, clusters: impl Iterator<Item = &'static Cluster>) -> String {
    let mut text = format!("[http]\nlisten = \"127.0.0.1:{http_port}\"\n");
    for cluster in clusters {
        text += &format!(
            "\n[[cluster]]\nname = \"{}\"\nbootstrap.servers = \"{}\"\n",
            cluster.name,
            cluster.bootstrap(ports)
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_is_its_name_and_where_to_begin() {
        let west = Cluster::named("west").unwrap();
        let text = toml(Ports::default_for_test(), 8080, std::iter::once(west));
        let expected = "[http]\nlisten = \"127.0.0.1:8080\"\n\n\
                        [[cluster]]\nname = \"west\"\nbootstrap.servers = \"127.0.0.1:19102\"\n";
        assert_eq!(text, expected);
    }
}

//! Where the brokers of a cluster tell their metrics.

use std::collections::BTreeMap;

use super::Broker;

/// The addresses of a cluster's metrics endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Places {
    /// A template for all brokers, with `{host}` or `{broker_id}` in it.
    Template(String),
    /// One address for each broker id.
    Each(BTreeMap<i32, String>),
}

impl Places {
    /// The address of a broker's endpoint; none where no address is told for it.
    pub fn of(&self, broker: &Broker) -> Option<String> {
        match self {
            Self::Each(addresses) => addresses.get(&broker.broker_id).cloned(),
            Self::Template(template) => {
                let is_v6 = broker.host.contains(':') && !broker.host.starts_with('[');
                let host = if is_v6 { format!("[{}]", broker.host) } else { broker.host.clone() };
                Some(template.replace("{broker_id}", &broker.broker_id.to_string()).replace("{host}", &host))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_filled_in_with_brackets_around_an_address_of_ipv6() {
        let places = Places::Template("http://{host}:7{broker_id}/metrics".into());
        let broker = |host: &str| Broker { broker_id: 12, host: host.into(), ..Broker::default() };
        assert_eq!(places.of(&broker("kafka-1")).unwrap(), "http://kafka-1:712/metrics");
        assert_eq!(places.of(&broker("::1")).unwrap(), "http://[::1]:712/metrics");
    }

    #[test]
    fn a_broker_that_the_list_does_not_name_has_no_address() {
        let places = Places::Each([(1, "http://a/metrics".to_owned())].into());
        assert_eq!(
            places.of(&Broker { broker_id: 1, ..Broker::default() }).as_deref(),
            Some("http://a/metrics")
        );
        assert_eq!(places.of(&Broker { broker_id: 2, ..Broker::default() }), None);
    }
}

//! How bad, and why: the severity, the reasons and the health that every capability speaks in.

use serde::{Deserialize, Serialize};

use crate::DateTime;

/// How bad something is. The order is the order of concern: ok < unknown < warning < critical.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing to do.
    Ok,
    /// Not known, or too old to be believed.
    #[default]
    Unknown,
    /// A person should look at it.
    Warning,
    /// A person must act.
    Critical,
}

impl Severity {
    /// The word on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Ok => "Well",
            Severity::Unknown => "Unknown",
            Severity::Warning => "Warning",
            Severity::Critical => "Critical",
        }
    }
}

/// Why a verdict is what it is: the rule that spoke, the number it saw and the limit it holds it against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reason {
    /// The rule's name, stable for machines: `brokers_down`, `under_replicated`, …
    pub rule: String,
    /// What was seen, in `unit`; null where the rule knows no number.
    pub value: Option<f64>,
    /// What is tolerated, in `unit`; null where the rule knows no limit.
    pub limit: Option<f64>,
    /// Unit of value and limit: `brokers`, `partitions`, `seconds`, …
    pub unit: Option<String>,
    /// How bad this reason alone is.
    pub severity: Severity,
    /// Since when it holds, where known.
    pub since: Option<DateTime>,
    /// The reason in words, without an age: ages are told against the reader's clock.
    pub sentence: String,
}

/// One verdict with its reasons, worst first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// The worst of the reasons; ok without any.
    pub severity: Severity,
    /// Why, worst first; empty when all is well.
    pub reasons: Vec<Reason>,
}

impl Health {
    /// The worst reason decides; reasons of equal severity keep their order.
    pub fn worst_of(mut reasons: Vec<Reason>) -> Self {
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.severity));
        let severity = reasons.first().map_or(Severity::Ok, |worst| worst.severity);
        Self { severity, reasons }
    }

    /// The reason that a rule gave, if it spoke.
    pub fn reason(&self, rule: &str) -> Option<&Reason> {
        self.reasons.iter().find(|reason| reason.rule == rule)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reason(severity: Severity) -> Reason {
        Reason {
            rule: "r".into(),
            value: None,
            limit: None,
            unit: None,
            severity,
            since: None,
            sentence: String::new(),
        }
    }

    fn severities() -> impl Strategy<Value = Vec<Severity>> {
        let one = prop_oneof![
            Just(Severity::Ok),
            Just(Severity::Unknown),
            Just(Severity::Warning),
            Just(Severity::Critical)
        ];
        proptest::collection::vec(one, 0..8)
    }

    #[test]
    fn concern_grows_from_ok_over_unknown_to_critical() {
        assert!(Severity::Ok < Severity::Unknown);
        assert!(Severity::Unknown < Severity::Warning);
        assert!(Severity::Warning < Severity::Critical);
    }

    proptest! {
        #[test]
        fn another_reason_never_makes_it_better(mut given in severities(), more in severities()) {
            let before = Health::worst_of(given.iter().copied().map(reason).collect()).severity;
            given.extend(more);
            let after = Health::worst_of(given.into_iter().map(reason).collect()).severity;
            prop_assert!(after >= before);
        }

        #[test]
        fn the_order_of_reasons_does_not_matter(mut given in severities()) {
            let one = Health::worst_of(given.iter().copied().map(reason).collect()).severity;
            given.reverse();
            prop_assert_eq!(one, Health::worst_of(given.into_iter().map(reason).collect()).severity);
        }
    }
}

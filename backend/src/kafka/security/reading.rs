//! The properties as they are asked for one by one, with all faults gathered.

use secrecy::{ExposeSecret, SecretString};
use shared::DateTime;

use super::properties::name_fault;
use super::{Properties, PropertyFault};

/// Properties being read. What was asked for and is missing or wrong is gathered, so that all is said at once.
pub(super) struct Reading<'a> {
    properties: &'a Properties,
    pub now: DateTime,
    pub faults: Vec<PropertyFault>,
}

impl<'a> Reading<'a> {
    /// Starts with the faults that names alone have.
    pub fn start(properties: &'a Properties, now: DateTime) -> Self {
        let mut faults: Vec<_> = properties.keys().filter_map(|name| name_fault(name)).collect();
        for (name, value) in properties {
            if value.expose_secret().trim().is_empty() && name_fault(name).is_none() {
                let sentence = "is empty: give it a value or leave it out".to_owned();
                faults.push(PropertyFault { name: name.clone(), sentence });
            }
        }
        Self { properties, now, faults }
    }

    /// Notes what is wrong with a property. The sentence continues its name.
    pub fn fault(&mut self, name: &str, sentence: impl Into<String>) {
        self.faults.push(PropertyFault { name: name.to_owned(), sentence: sentence.into() });
    }

    /// A property's value, where it has one.
    pub fn secret(&self, name: &str) -> Option<&'a SecretString> {
        self.properties.get(name).filter(|value| !value.expose_secret().trim().is_empty())
    }

    /// The value of a property that is no secret.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.secret(name).map(|value| value.expose_secret().trim())
    }

    /// Whether a property is given, with whatever value.
    pub fn has(&self, name: &str) -> bool {
        self.properties.contains_key(name)
    }

    /// A property that must be there because of another setting; its absence is a fault with this reason.
    pub fn required(&mut self, name: &str, why: &str) -> Option<&'a SecretString> {
        let found = self.secret(name);
        if !self.has(name) {
            self.fault(name, format!("is missing: {why}"));
        }
        found
    }

    /// Every property that begins so and says nothing under the settings that there are.
    pub fn refuse(&mut self, beginnings: &[&str], why: &str) {
        let properties = self.properties;
        for name in properties.keys() {
            if beginnings.iter().any(|beginning| name.starts_with(beginning)) && name_fault(name).is_none() {
                self.fault(name, why);
            }
        }
    }

    /// A PEM text that is given in a file or by itself, and the name of the property that gives it.
    pub fn pem(&mut self, location: &'static str, pem: &'static str) -> Option<(SecretString, &'static str)> {
        if self.has(location) && self.has(pem) {
            self.fault(pem, format!("is given beside {location}: give one of them"));
            return None;
        }
        if let Some(text) = self.secret(pem) {
            return Some((text.clone(), pem));
        }
        match super::pem::read_file(self.text(location)?) {
            Ok(text) => Some((text, location)),
            Err(fault) => {
                self.fault(location, fault);
                None
            }
        }
    }
}

//! A token of the configuration: known by its SHA-256 alone, bounded in clusters, owners and time.

use std::{collections::HashSet, fmt};

use globset::{Glob, GlobSet};
use sha2::{Digest, Sha256};
use shared::{DateTime, access::Role};
use subtle::ConstantTimeEq;

/// SHA-256 of a secret.
pub type Hash = [u8; 32];

pub(super) fn hash(secret: &str) -> Hash {
    Sha256::digest(secret.as_bytes()).into()
}

/// A token, without the secret: only whoever shows it has that.
pub struct Token {
    /// Its name, for logs and screens.
    pub name: String,
    /// What its bearer may do.
    pub role: Role,
    /// What its bearer may see.
    pub bounds: Bounds,
    /// When it ends.
    pub expires: DateTime,
    digest: Hash,
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Token").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Token {
    /// A token by its SHA-256.
    pub fn new(name: String, sha256: Hash, role: Role, bounds: Bounds, expires: DateTime) -> Self {
        Self { name, role, bounds, expires, digest: sha256 }
    }

    pub(super) fn digest(&self) -> &Hash {
        &self.digest
    }

    /// Whether it is the one that was shown. How long that takes tells nothing.
    pub(super) fn is(&self, shown: &Hash) -> bool {
        self.digest.ct_eq(shown).into()
    }

    pub(super) fn has_ended(&self, now: DateTime) -> bool {
        now >= self.expires
    }
}

/// Within what a token sees. What is absent does not bound.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    /// The clusters.
    pub clusters: Option<Names>,
    /// Owners by name.
    pub owners: Option<Vec<String>>,
}

/// Clusters that some globs stand for.
#[derive(Clone, Debug)]
pub struct Names {
    /// The globs, as they were written.
    pub written: Vec<String>,
    named: HashSet<String>,
}

impl Names {
    /// Those of `all` clusters whose name, or one of its aliases, is stood for.
    pub fn new<'a>(
        globs: &[Glob],
        all: impl Iterator<Item = (&'a str, &'a [String])>,
    ) -> Result<Self, globset::Error> {
        let mut set = GlobSet::builder();
        for glob in globs {
            set.add(glob.clone());
        }
        let set = set.build()?;
        let named = all
            .filter(|(name, aliases)| set.is_match(name) || aliases.iter().any(|alias| set.is_match(alias)))
            .map(|(name, _)| name.to_owned());
        Ok(Self { written: globs.iter().map(|glob| glob.glob().into()).collect(), named: named.collect() })
    }

    pub(super) fn hold(&self, name: &str) -> bool {
        self.named.contains(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_the_one_whose_hash_is_configured() {
        let token =
            Token::new("ops".into(), hash("secret"), Role::Viewer, Bounds::default(), DateTime::UNIX_EPOCH);
        assert!(token.is(&hash("secret")));
        for other in ["Secret", "secret ", "", "secre"] {
            assert!(!token.is(&hash(other)), "{other}");
        }
    }

    #[test]
    fn a_glob_stands_for_whole_names_and_an_alias_for_its_cluster() {
        let globs = ["east", "prod-*"].map(|glob| Glob::new(glob).unwrap());
        let alias = ["prod-west".to_owned()];
        let all = [("east", &[][..]), ("prod-1", &[]), ("east2", &[]), ("a-prod-1", &[]), ("west", &alias)];
        let names = Names::new(&globs, all.into_iter()).unwrap();
        let held: Vec<&str> = all.iter().map(|(name, _)| *name).filter(|name| names.hold(name)).collect();
        assert_eq!(held, ["east", "prod-1", "west"]);
        assert!(!names.hold("prod-west") && !names.hold("prod-2"), "only what is configured can be seen");
        assert_eq!(names.written, ["east", "prod-*"]);
    }
}

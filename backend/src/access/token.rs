//! A token of the configuration: known by its SHA-256 alone, bounded in clusters, owners and time.

use std::fmt;

use globset::{Glob, GlobSet};
use sha2::{Digest, Sha256};
use shared::{DateTime, access::Role};
use subtle::ConstantTimeEq;

/// SHA-256 of a secret.
pub(super) type Hash = [u8; 32];

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
    /// A token by its SHA-256 in 64 hexadecimal digits; the error says what to write instead.
    pub fn new(
        name: String,
        sha256: &str,
        role: Role,
        bounds: Bounds,
        expires: DateTime,
    ) -> Result<Self, String> {
        let digest = from_hexadecimal(sha256).ok_or_else(|| {
            format!("token {name}: sha256 takes 64 hexadecimal digits, as `sha256sum` prints them")
        })?;
        Ok(Self { name, role, bounds, expires, digest })
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

fn from_hexadecimal(text: &str) -> Option<Hash> {
    let digits: Vec<u8> =
        text.chars().map(|digit| digit.to_digit(16).map(|digit| digit as u8)).collect::<Option<_>>()?;
    let bytes: Vec<u8> =
        digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
    (digits.len() == 64).then_some(bytes)?.try_into().ok()
}

/// Within what a token sees.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    /// The clusters.
    pub clusters: Names,
    /// Owners by name; all when absent.
    pub owners: Option<Vec<String>>,
}

impl Bounds {
    /// Clusters by names or globs, owners by names; absent means all.
    pub fn new(clusters: Option<Vec<String>>, owners: Option<Vec<String>>) -> Result<Self, String> {
        Ok(Self { clusters: Names::new(clusters)?, owners })
    }
}

/// Names by globs; without any, all names.
#[derive(Clone, Debug, Default)]
pub struct Names(Option<(Vec<String>, GlobSet)>);

impl Names {
    fn new(patterns: Option<Vec<String>>) -> Result<Self, String> {
        let Some(patterns) = patterns else { return Ok(Self(None)) };
        let mut globs = GlobSet::builder();
        for pattern in &patterns {
            globs.add(
                Glob::new(pattern).map_err(|error| format!("{pattern:?} is no glob: {}", error.kind()))?,
            );
        }
        let globs = globs.build().map_err(|error| format!("the globs cannot be used: {error}"))?;
        Ok(Self(Some((patterns, globs))))
    }

    pub(super) fn is_all(&self) -> bool {
        self.0.is_none()
    }

    pub(super) fn hold(&self, name: &str) -> bool {
        self.0.as_ref().is_none_or(|(_, globs)| globs.is_match(name))
    }

    /// As they were written; `None` for all.
    pub fn written(&self) -> Option<Vec<String>> {
        self.0.as_ref().map(|(patterns, _)| patterns.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(sha256: &str) -> Result<Token, String> {
        Token::new("ops".into(), sha256, Role::Viewer, Bounds::default(), DateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_token_is_the_one_whose_hash_is_configured_in_either_case() {
        // printf secret | sha256sum
        let sha256 = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
        for written in [sha256.to_owned(), sha256.to_uppercase()] {
            let token = token(&written).unwrap();
            assert!(token.is(&hash("secret")));
            assert!(!token.is(&hash("Secret")));
        }
    }

    #[test]
    fn what_is_no_sha256_is_refused_with_what_is_one() {
        for wrong in ["", "secret", &"a".repeat(63), &"a".repeat(65), &"g".repeat(64), &"ä".repeat(32)] {
            assert!(token(wrong).unwrap_err().contains("64 hexadecimal digits"), "{wrong}");
        }
    }

    #[test]
    fn a_glob_stands_for_whole_names() {
        let names = Names::new(Some(vec!["east".into(), "prod-*".into()])).unwrap();
        for (name, held) in
            [("east", true), ("prod-1", true), ("prod-", true), ("east2", false), ("a-prod-1", false)]
        {
            assert_eq!(names.hold(name), held, "{name}");
        }
        assert!(Names::default().hold("anything"));
        assert!(Names::new(Some(vec!["[a".into()])).is_err());
    }
}

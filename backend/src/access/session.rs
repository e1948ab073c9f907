//! Sessions: what a browser holds in the place of a token, kept here and nowhere else.
//!
//! The key that travels is random and kept as its hash. A session ends when it lies idle, when it is a day old, with
//! its token, or with the process. Their number is bounded: the one of its token that lies idle longest makes room.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::Duration;
use shared::DateTime;

use super::token::{Hash, Token, hash};

/// A session that nobody uses ends.
const IDLE: Duration = Duration::hours(8);
/// However it is used, it ends.
const ABSOLUTE: Duration = Duration::hours(24);
/// Sessions of one token.
const MOST_PER_TOKEN: usize = 1_000;

/// The hash of a session's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key(Hash);

impl Key {
    pub(super) fn of(secret: &str) -> Self {
        Self(hash(secret))
    }
}

#[derive(Debug)]
struct Session {
    token: Arc<Token>,
    began: DateTime,
    used: DateTime,
}

impl Session {
    fn ends(&self) -> DateTime {
        self.token.expires.min(self.began + ABSOLUTE)
    }

    fn has_ended(&self, now: DateTime) -> bool {
        now >= self.ends() || now >= self.used + IDLE
    }
}

/// All sessions.
#[derive(Debug, Default)]
pub(super) struct Sessions(Mutex<HashMap<Key, Session>>);

impl Sessions {
    /// Begins one; the secret that its bearer shows is told here once.
    pub(super) fn begin(&self, token: Arc<Token>, now: DateTime) -> String {
        let secret = BASE64_URL_SAFE_NO_PAD.encode(rand::random::<Hash>());
        let mut sessions = self.lock();
        sessions.retain(|_, session| !session.has_ended(now));
        let same = |session: &&Session| session.token.digest() == token.digest();
        if sessions.values().filter(same).count() >= MOST_PER_TOKEN {
            let oldest =
                sessions.iter().filter(|(_, session)| same(session)).min_by_key(|(_, session)| session.used);
            if let Some(key) = oldest.map(|(key, _)| *key) {
                sessions.remove(&key);
            }
        }
        sessions.insert(Key::of(&secret), Session { token, began: now, used: now });
        secret
    }

    /// The token behind a session, and when that ends; asking is using it.
    pub(super) fn used(&self, key: Key, now: DateTime) -> Option<(Arc<Token>, DateTime)> {
        let mut sessions = self.lock();
        let session = sessions.get_mut(&key)?;
        if session.has_ended(now) {
            sessions.remove(&key);
            return None;
        }
        session.used = session.used.max(now);
        Some((session.token.clone(), session.ends()))
    }

    /// Ends one.
    pub(super) fn end(&self, key: Key) {
        self.lock().remove(&key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use shared::access::Role;

    use super::*;
    use crate::access::token::Bounds;

    const NOW: DateTime = DateTime::from_timestamp_nanos(1_800_000_000_000_000_000);

    fn token(digit: char, days: i64) -> Arc<Token> {
        let expires = NOW + Duration::days(days);
        Arc::new(Token::new(digit.into(), [digit as u8; 32], Role::Viewer, Bounds::default(), expires))
    }

    fn lives(sessions: &Sessions, secret: &str, at: Duration) -> bool {
        sessions.used(Key::of(secret), NOW + at).is_some()
    }

    #[test]
    fn a_session_that_nobody_uses_ends_after_eight_hours() {
        let sessions = Sessions::default();
        let secret = sessions.begin(token('a', 30), NOW);
        assert!(lives(&sessions, &secret, Duration::hours(8) - Duration::seconds(1)));
        assert!(lives(&sessions, &secret, Duration::hours(15)));
        assert!(!lives(&sessions, &secret, Duration::hours(23)));
        assert!(!lives(&sessions, &secret, Duration::hours(15)), "it does not come back");
    }

    #[test]
    fn a_session_that_is_used_all_the_time_ends_after_a_day() {
        let sessions = Sessions::default();
        let secret = sessions.begin(token('a', 30), NOW);
        assert!((1..24).all(|hour| lives(&sessions, &secret, Duration::hours(hour))));
        assert!(!lives(&sessions, &secret, Duration::hours(24)));
    }

    #[test]
    fn a_session_ends_with_its_token() {
        let sessions = Sessions::default();
        let secret = sessions.begin(token('a', 0), NOW - Duration::hours(1));
        assert!(lives(&sessions, &secret, -Duration::seconds(1)));
        assert!(!lives(&sessions, &secret, Duration::zero()));
    }

    #[test]
    fn a_session_that_was_ended_or_never_began_opens_nothing() {
        let sessions = Sessions::default();
        let secret = sessions.begin(token('a', 30), NOW);
        assert!(!lives(&sessions, "made up", Duration::zero()));
        sessions.end(Key::of(&secret));
        assert!(!lives(&sessions, &secret, Duration::zero()));
    }

    #[test]
    fn a_token_that_signs_in_for_ever_pushes_out_its_own_idlest_session_and_nobody_elses() {
        let sessions = Sessions::default();
        let other = sessions.begin(token('b', 30), NOW);
        let first = sessions.begin(token('a', 30), NOW);
        let second = sessions.begin(token('a', 30), NOW);
        assert!(lives(&sessions, &first, Duration::seconds(1)));
        for _ in 0..MOST_PER_TOKEN - 1 {
            sessions.begin(token('a', 30), NOW + Duration::seconds(2));
        }
        assert!(!lives(&sessions, &second, Duration::seconds(3)), "the idlest made room");
        assert!(lives(&sessions, &first, Duration::seconds(3)));
        assert!(lives(&sessions, &other, Duration::seconds(3)));
        assert_eq!(sessions.lock().len(), MOST_PER_TOKEN + 1);
    }

    #[test]
    fn a_key_has_256_bits_and_is_kept_as_its_hash() {
        let sessions = Sessions::default();
        let (one, other) = (sessions.begin(token('a', 30), NOW), sessions.begin(token('a', 30), NOW));
        assert_ne!(one, other);
        assert_eq!(BASE64_URL_SAFE_NO_PAD.decode(&one).unwrap().len(), 32);
        assert!(!format!("{sessions:?}").contains(&one));
    }
}

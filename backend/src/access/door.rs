//! The door: finds out who is asking, and keeps the sessions of those who signed in.

use std::sync::Arc;

use axum::http::HeaderMap;
use shared::{
    DateTime,
    access::{Role, Session, Via},
};

use super::{
    attempts::Attempts,
    credentials::{self, Shown},
    scope::Scope,
    session::{Key, Sessions},
    token::{Token, hash},
};
use crate::catalog::Catalog;

/// Finds out who is asking.
#[derive(Debug)]
pub struct Door {
    tokens: Vec<Arc<Token>>,
    sessions: Sessions,
    attempts: Attempts,
    catalog: Catalog,
    clusters: Arc<[String]>,
    cookie: String,
}

/// Who is asking, and what they may see.
#[derive(Clone, Debug)]
pub struct Asker {
    /// What they may see.
    pub scope: Scope,
    known_by: KnownBy,
}

#[derive(Clone, Debug)]
enum KnownBy {
    Nothing,
    Token(Arc<Token>),
    Session { key: Key, token: Arc<Token>, ends: DateTime },
}

/// Somebody who may see nothing, and a sentence of what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranger(pub &'static str);

/// Why a sign-in is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The token is not known, or it has ended.
    Wrong,
    /// The token is wrong, and too many before it were: try again after so many seconds.
    TooMany(u64),
    /// No token is configured: there is nothing to sign in to.
    Needless,
}

/// Somebody has signed in.
pub struct SignedIn {
    /// The cookie, for the browser alone.
    pub set_cookie: String,
    /// The token's name.
    pub name: String,
}

const NOTHING: &str = "Send a token as `Authorization: Bearer …`, or sign in at the page.";
const UNKNOWN: &str = "This token is not known, or it has ended. Ask whoever runs Riverkeeper for one.";
const ENDED: &str = "The session has ended. Sign in again.";

impl Door {
    /// A door that asks for one of `tokens`; without any it stands open. `clusters` are all there are; `base_path` is
    /// where the product is mounted.
    pub fn new(tokens: Vec<Token>, catalog: Catalog, clusters: Arc<[String]>, base_path: &str) -> Self {
        Self {
            tokens: tokens.into_iter().map(Arc::new).collect(),
            sessions: Sessions::default(),
            attempts: Attempts::default(),
            catalog,
            clusters,
            cookie: credentials::cookie_name(base_path),
        }
    }

    /// Whether no token is configured.
    pub fn stands_open(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Who is asking.
    pub fn who(&self, headers: &HeaderMap, now: DateTime) -> Result<Asker, Stranger> {
        if self.stands_open() {
            return Ok(self.asker(KnownBy::Nothing));
        }
        match credentials::shown(headers, &self.cookie) {
            Shown::Nothing => Err(Stranger(NOTHING)),
            Shown::Unreadable(reason) => Err(Stranger(reason)),
            Shown::Token(secret) => {
                let token = self.token(secret, now).ok_or(Stranger(UNKNOWN))?;
                Ok(self.asker(KnownBy::Token(token)))
            }
            Shown::Session(secret) => self.of_session(Key::of(secret), now).ok_or(Stranger(ENDED)),
        }
    }

    /// The same asker later, with the owners of then; `None` when token or session have ended meanwhile.
    pub fn again(&self, asker: &Asker, now: DateTime) -> Option<Asker> {
        match &asker.known_by {
            KnownBy::Nothing => Some(self.asker(KnownBy::Nothing)),
            KnownBy::Token(token) => {
                (!token.has_ended(now)).then(|| self.asker(KnownBy::Token(token.clone())))
            }
            KnownBy::Session { key, .. } => self.of_session(*key, now),
        }
    }

    /// Exchanges a token for a session. One that the browser still has ends.
    pub fn sign_in(&self, secret: &str, headers: &HeaderMap, now: DateTime) -> Result<SignedIn, Refused> {
        if self.stands_open() {
            return Err(Refused::Needless);
        }
        // The right token is let in however many wrong ones came before it: nobody can lock others out.
        let Some(token) = self.token(secret, now) else {
            self.attempts.take(now).map_err(Refused::TooMany)?;
            return Err(Refused::Wrong);
        };
        self.end_session(headers);
        let name = token.name.clone();
        let secret = self.sessions.begin(token, now);
        Ok(SignedIn { set_cookie: credentials::set_cookie(&self.cookie, Some(&secret)), name })
    }

    /// Ends the session, if there is one; gives the header that takes the cookie back.
    pub fn sign_out(&self, headers: &HeaderMap) -> String {
        self.end_session(headers);
        credentials::set_cookie(&self.cookie, None)
    }

    fn end_session(&self, headers: &HeaderMap) {
        if let Some(secret) = credentials::session(headers, &self.cookie) {
            self.sessions.end(Key::of(secret));
        }
    }

    fn of_session(&self, key: Key, now: DateTime) -> Option<Asker> {
        let (token, ends) = self.sessions.used(key, now)?;
        Some(self.asker(KnownBy::Session { key, token, ends }))
    }

    fn asker(&self, known_by: KnownBy) -> Asker {
        let scope = Scope::new(known_by.token().cloned(), self.catalog.newest(), self.clusters.clone());
        Asker { scope, known_by }
    }

    /// The token of a secret. All are looked at, so that the time it takes tells nothing.
    fn token(&self, secret: &str, now: DateTime) -> Option<Arc<Token>> {
        let shown = hash(secret);
        let found =
            self.tokens.iter().fold(None, |found, token| if token.is(&shown) { Some(token) } else { found });
        found.filter(|token| !token.has_ended(now)).cloned()
    }
}

impl KnownBy {
    fn token(&self) -> Option<&Arc<Token>> {
        match self {
            Self::Nothing => None,
            Self::Token(token) | Self::Session { token, .. } => Some(token),
        }
    }
}

impl Asker {
    /// The name of the token behind them; `None` where no token is configured.
    pub fn name(&self) -> Option<&str> {
        self.known_by.token().map(|token| token.name.as_str())
    }

    /// Tells apart what shares one token: each session is a place of its own.
    pub fn place(&self) -> String {
        match &self.known_by {
            KnownBy::Nothing => String::new(),
            KnownBy::Token(token) => format!("token {}", token.name),
            KnownBy::Session { key, .. } => format!("session {key:?}"),
        }
    }

    /// Who they are, as they may be told.
    pub fn session(&self) -> Session {
        let token = self.known_by.token();
        let (via, expires) = match &self.known_by {
            KnownBy::Nothing => (Via::Open, None),
            KnownBy::Token(token) => (Via::Token, Some(token.expires)),
            KnownBy::Session { ends, .. } => (Via::Session, Some(*ends)),
        };
        Session {
            name: token.map(|token| token.name.clone()),
            role: token.map_or(Role::Viewer, |token| token.role),
            clusters: token
                .and_then(|token| token.bounds.clusters.as_ref())
                .map(|names| names.written.clone()),
            owners: token.and_then(|token| token.bounds.owners.clone()),
            expires,
            via,
        }
    }
}

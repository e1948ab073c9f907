//! SCRAM-SHA-256 and -512 (RFC 5802, 7677), the client's side.
//!
//! A broker chooses how much work the derivation of the key is, and a hostile one chooses a lot. So the number of
//! iterations is bounded, one derivation runs at a time and off the async threads, and what was derived is kept for
//! the cluster's other brokers, which have the same salt. Passwords are taken as UTF-8, as Kafka does, without SASLprep.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::{digest, hmac, pbkdf2};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::sasl::Credentials;
use crate::kafka::error::short;

/// Kafka's least. Fewer would let a broker in between guess the password more cheaply than its owner wanted.
const FEWEST_ITERATIONS: u32 = 4096;
/// Kafka's own most is 16,384. This many take about half a second.
const MOST_ITERATIONS: u32 = 1_000_000;
/// Of a broker's message, and of the salt in it.
const LONGEST_MESSAGE: usize = 4096;
const LONGEST_SALT: usize = 1024;
/// Derived keys that are kept: one, and a few while passwords change.
const KEPT: usize = 4;
/// No channel binding: Kafka has none.
const GS2_HEADER: &str = "n,,";

/// The hash function of a mechanism.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha512,
}

impl Hash {
    /// Kafka's name of the mechanism with it.
    pub fn mechanism(self) -> &'static str {
        match self {
            Self::Sha256 => "SCRAM-SHA-256",
            Self::Sha512 => "SCRAM-SHA-512",
        }
    }

    fn hmac(self, key: &[u8], text: &[u8]) -> hmac::Tag {
        hmac::sign(&self.key(key), text)
    }

    fn key(self, key: &[u8]) -> hmac::Key {
        let algorithm = match self {
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha512 => hmac::HMAC_SHA512,
        };
        hmac::Key::new(algorithm, key)
    }

    fn digest(self, text: &[u8]) -> digest::Digest {
        match self {
            Self::Sha256 => digest::digest(&digest::SHA256, text),
            Self::Sha512 => digest::digest(&digest::SHA512, text),
        }
    }

    /// The two keys that come of a password: the client's and the server's.
    fn keys(self, password: &str, salt: &[u8], iterations: NonZeroU32) -> Keys {
        let (algorithm, length) = match self {
            Self::Sha256 => (pbkdf2::PBKDF2_HMAC_SHA256, digest::SHA256_OUTPUT_LEN),
            Self::Sha512 => (pbkdf2::PBKDF2_HMAC_SHA512, digest::SHA512_OUTPUT_LEN),
        };
        let mut salted = vec![0; length];
        pbkdf2::derive(algorithm, iterations, salt, password.as_bytes(), &mut salted);
        let key = |name: &[u8]| Arc::from(self.hmac(&salted, name).as_ref());
        Keys { client: key(b"Client Key"), server: key(b"Server Key") }
    }
}

#[derive(Clone)]
struct Keys {
    client: Arc<[u8]>,
    server: Arc<[u8]>,
}

struct KeptKeys {
    salt: Vec<u8>,
    iterations: NonZeroU32,
    keys: Keys,
}

/// Signing in by SCRAM, for all connections of a cluster.
pub(crate) struct Scram {
    pub hash: Hash,
    pub credentials: Credentials,
    kept: Arc<Mutex<Vec<KeptKeys>>>,
}

impl fmt::Debug for Scram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scram").field("hash", &self.hash).finish_non_exhaustive()
    }
}

/// Why a broker's message is not accepted: a sentence that goes on "the broker …".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScramFault(pub String);

impl Scram {
    pub fn new(hash: Hash, credentials: Credentials) -> Self {
        Self { hash, credentials, kept: Arc::default() }
    }

    async fn keys(&self, salt: Vec<u8>, iterations: NonZeroU32) -> Result<Keys, ScramFault> {
        let kept = Arc::clone(&self.kept).lock_owned().await;
        let known = kept.iter().find(|keys| keys.salt == salt && keys.iterations == iterations);
        if let Some(known) = known {
            return Ok(known.keys.clone());
        }
        let (hash, password) = (self.hash, self.credentials.password.clone());
        // The lock goes along: whoever gives up waiting does not make room for a second derivation.
        let derived = tokio::task::spawn_blocking(move || derive(kept, hash, &password, salt, iterations));
        derived.await.map_err(|_| ScramFault("could not be answered: the process is ending".to_owned()))
    }
}

fn derive(
    mut kept: OwnedMutexGuard<Vec<KeptKeys>>,
    hash: Hash,
    password: &SecretString,
    salt: Vec<u8>,
    iterations: NonZeroU32,
) -> Keys {
    let keys = hash.keys(password.expose_secret(), &salt, iterations);
    kept.truncate(KEPT - 1);
    kept.insert(0, KeptKeys { salt, iterations, keys: keys.clone() });
    keys
}

/// One signing in: what is sent, in this order, and what each answer must be.
pub(crate) struct Conversation<'a> {
    scram: &'a Scram,
    nonce: String,
    first_bare: String,
    server: Option<(hmac::Key, Vec<u8>)>,
}

impl<'a> Conversation<'a> {
    pub fn start(scram: &'a Scram) -> Self {
        Self::with_nonce(scram, BASE64.encode(rand::random::<[u8; 24]>()))
    }

    fn with_nonce(scram: &'a Scram, nonce: String) -> Self {
        let name = scram.credentials.username.replace('=', "=3D").replace(',', "=2C");
        let first_bare = format!("n={name},r={nonce}");
        Self { scram, nonce, first_bare, server: None }
    }

    /// The first message.
    pub fn first(&self) -> Vec<u8> {
        format!("{GS2_HEADER}{}", self.first_bare).into_bytes()
    }

    /// The proof that answers the broker's challenge.
    pub async fn prove(&mut self, challenge: &[u8]) -> Result<Vec<u8>, ScramFault> {
        let challenge = text(challenge)?;
        let (nonce, salt, iterations) = self.challenge(challenge)?;
        let hash = self.scram.hash;
        let keys = self.scram.keys(salt, iterations).await?;
        let without_proof = format!("c={},r={nonce}", BASE64.encode(GS2_HEADER));
        let exchange = format!("{},{challenge},{without_proof}", self.first_bare).into_bytes();
        let signature = hash.hmac(hash.digest(&keys.client).as_ref(), &exchange);
        let proof: Vec<u8> = keys.client.iter().zip(signature.as_ref()).map(|(a, b)| a ^ b).collect();
        self.server = Some((hash.key(&keys.server), exchange));
        Ok(format!("{without_proof},p={}", BASE64.encode(proof)).into_bytes())
    }

    /// Whether the broker's last message proves that it knows the password too.
    pub fn verify(&self, last: &[u8]) -> Result<(), ScramFault> {
        let last = text(last)?;
        if let Some(error) = attribute(last, 'e') {
            return Err(ScramFault(format!("refused: {}", short(error))));
        }
        let signature = attribute(last, 'v').and_then(|value| BASE64.decode(value).ok());
        let (Some(signature), Some((key, exchange))) = (signature, &self.server) else {
            return Err(garbage());
        };
        hmac::verify(key, exchange, &signature).map_err(|_| {
            ScramFault("did not prove that it knows the password: something else answers in its place".into())
        })
    }

    /// Nonce, salt and iterations of a challenge, in the order that RFC 5802 gives them.
    fn challenge<'b>(&self, challenge: &'b str) -> Result<(&'b str, Vec<u8>, NonZeroU32), ScramFault> {
        if let Some(error) = attribute(challenge, 'e') {
            return Err(ScramFault(format!("refused: {}", short(error))));
        }
        let part = |name| attribute(challenge, name).ok_or_else(garbage);
        let nonce = part('r')?;
        if nonce.len() <= self.nonce.len() || !nonce.starts_with(&self.nonce) {
            return Err(ScramFault(
                "answered with a nonce that is not ours: it answers somebody else".into(),
            ));
        }
        let salt = BASE64.decode(part('s')?).map_err(|_| garbage())?;
        if salt.is_empty() || salt.len() > LONGEST_SALT {
            return Err(garbage());
        }
        let iterations: u64 = part('i')?.parse().map_err(|_| garbage())?;
        let within =
            u32::try_from(iterations).ok().filter(|n| (FEWEST_ITERATIONS..=MOST_ITERATIONS).contains(n));
        match within.and_then(NonZeroU32::new) {
            Some(iterations) => Ok((nonce, salt, iterations)),
            None => Err(ScramFault(format!(
                "wants {iterations} iterations, and {FEWEST_ITERATIONS} to {MOST_ITERATIONS} are accepted"
            ))),
        }
    }
}

fn garbage() -> ScramFault {
    ScramFault("answered with something that is not SCRAM".to_owned())
}

fn text(bytes: &[u8]) -> Result<&str, ScramFault> {
    let bytes = Some(bytes).filter(|bytes| bytes.len() <= LONGEST_MESSAGE);
    bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).ok_or_else(garbage)
}

fn attribute(message: &str, name: char) -> Option<&str> {
    message.split(',').find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The exchange of RFC 7677, section 3.
    const CHALLENGE: &str =
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    const PROOF: &str = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    const LAST: &str = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    fn scram(username: &str, password: &str) -> Scram {
        Scram::new(Hash::Sha256, Credentials { username: username.into(), password: password.into() })
    }

    fn conversation(scram: &Scram) -> Conversation<'_> {
        Conversation::with_nonce(scram, "rOprNGfwEbeRWgbNEkqO".to_owned())
    }

    #[tokio::test]
    async fn the_example_of_the_rfc_is_spoken() {
        let scram = scram("user", "pencil");
        let mut conversation = conversation(&scram);
        assert_eq!(conversation.first(), b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        assert_eq!(conversation.prove(CHALLENGE.as_bytes()).await.unwrap(), PROOF.as_bytes());
        conversation.verify(LAST.as_bytes()).unwrap();
    }

    #[tokio::test]
    async fn a_broker_that_does_not_know_the_password_is_found_out() {
        let scram = scram("user", "another");
        let mut conversation = conversation(&scram);
        conversation.prove(CHALLENGE.as_bytes()).await.unwrap();
        for (last, said) in [
            (LAST, "did not prove that it knows"),
            ("v=AAAA", "did not prove"),
            ("", "not SCRAM"),
            ("v=!", "not SCRAM"),
            ("e=invalid-proof", "refused: invalid-proof"),
        ] {
            let fault = conversation.verify(last.as_bytes()).unwrap_err().0;
            assert!(fault.contains(said), "{fault}");
        }
    }

    #[tokio::test]
    async fn hostile_challenges_are_refused_before_any_work() {
        let with = |nonce: &str, rest: &str| format!("r={nonce}{rest}");
        let ours = "rOprNGfwEbeRWgbNEkqOtheirs";
        let cases = [
            (with(ours, ",s=W22Z,i=1000001"), "wants 1000001 iterations"),
            (with(ours, ",s=W22Z,i=18446744073709551615"), "wants 18446744073709551615"),
            (with(ours, ",s=W22Z,i=4095"), "4096 to 1000000 are accepted"),
            (with(ours, ",s=W22Z,i=-1"), "not SCRAM"),
            (with(ours, ",s=,i=4096"), "not SCRAM"),
            (with(ours, &format!(",s={},i=4096", BASE64.encode([7; 1025]))), "not SCRAM"),
            (with(ours, &format!(",s={},i=4096", "A".repeat(9000))), "not SCRAM"),
            (with("rOprNGfwEbeRWgbNEkqO", ",s=W22Z,i=4096"), "nonce that is not ours"),
            (with("theirs", ",s=W22Z,i=4096"), "nonce that is not ours"),
            ("e=unknown-user\n".into(), "refused: unknown-user"),
            ("\u{0}".into(), "not SCRAM"),
        ];
        let scram = scram("user", "pencil");
        for (challenge, said) in cases {
            let fault = conversation(&scram).prove(challenge.as_bytes()).await.unwrap_err().0;
            assert!(fault.contains(said) && !fault.contains('\n'), "{fault}");
        }
        assert!(conversation(&scram).prove(&[0xff, 0xfe]).await.is_err());
        assert!(scram.kept.lock().await.is_empty());
    }

    #[tokio::test]
    async fn what_was_derived_is_kept_and_only_a_little_of_it() {
        let scram = scram("user", "pencil");
        for round in 0..2 * KEPT {
            let challenge = format!("r=rOprNGfwEbeRWgbNEkqOtheirs,s={},i=4096", BASE64.encode([round as u8]));
            for _ in 0..2 {
                conversation(&scram).prove(challenge.as_bytes()).await.unwrap();
            }
        }
        assert_eq!(scram.kept.lock().await.len(), KEPT);
    }

    #[test]
    fn names_are_escaped() {
        let scram = scram("a=b,c", "x");
        assert!(Conversation::start(&scram).first().starts_with(b"n,,n=a=3Db=2Cc,r="));
    }
}

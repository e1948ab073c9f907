//! Frames: four bytes of length, then as many bytes.
//!
//! The length is the peer's claim and nothing more. It is compared with the limit before a byte is reserved, and
//! the buffer grows with what really arrives.

use tokio::io::{AsyncRead, AsyncReadExt};

use super::Ending;
use crate::kafka::error::{KafkaError, Peer};
use crate::kafka::security::{tls_fault, tls_words};

/// The buffer never has more free room than this before bytes arrive.
const STEP: usize = 256 * 1024;

/// What is wrong with a frame.
#[derive(Debug, PartialEq)]
pub(super) enum FrameFault {
    /// The stream ended between frames.
    Ended,
    /// The stream ended inside a frame.
    EndedInside {
        received: usize,
        claimed: usize,
    },
    /// The operating system's reason.
    Io(String),
    /// TLS failed, after its handshake or in a part of it that only the other side judges.
    Tls(rustls::Error),
    /// Another protocol is spoken.
    Foreign {
        what: &'static str,
        hint: &'static str,
    },
    Negative(i32),
    TooLarge {
        claimed: usize,
        limit: usize,
    },
}

impl FrameFault {
    /// What the fault means for the connection, when it was met instead of the answer to `request`.
    pub(super) fn ending(self, peer: &Peer, request: &'static str) -> Ending {
        let peer = peer.clone();
        let error = match self {
            Self::Ended => return Ending::Lost("the broker closed it".to_owned()),
            Self::EndedInside { received, claimed } => {
                return Ending::Lost(format!("it broke off after {received} of an answer's {claimed} bytes"));
            }
            Self::Io(reason) => return Ending::Lost(reason),
            Self::Tls(fault) => KafkaError::Insecure { peer, reason: tls_words(&fault) },
            Self::Foreign { what, hint } => KafkaError::Foreign { peer, what, hint },
            Self::Negative(length) => {
                KafkaError::Malformed { peer, request, fault: format!("its length is {length}") }
            }
            Self::TooLarge { claimed, limit } => {
                let (size_bytes, limit_bytes) = (claimed as u64, limit as u64);
                KafkaError::TooLarge { peer, request, size_bytes, limit_bytes }
            }
        };
        Ending::Failed { request, error }
    }
}

/// Reads one frame of at most `limit` bytes, without its length.
pub(super) async fn read_frame<R>(stream: &mut R, limit: usize) -> Result<Vec<u8>, FrameFault>
where
    R: AsyncRead + Unpin,
{
    let mut prefix = [0; 4];
    if stream.read(&mut prefix[..1]).await.map_err(io)? == 0 {
        return Err(FrameFault::Ended);
    }
    stream.read_exact(&mut prefix[1..]).await.map_err(io)?;
    let claimed = claimed_length(prefix, limit)?;
    let mut frame = Vec::new();
    while frame.len() < claimed {
        let missing = claimed - frame.len();
        frame.reserve(missing.min(STEP));
        if (&mut *stream).take(missing as u64).read_buf(&mut frame).await.map_err(io)? == 0 {
            return Err(FrameFault::EndedInside { received: frame.len(), claimed });
        }
    }
    Ok(frame)
}

fn claimed_length(prefix: [u8; 4], limit: usize) -> Result<usize, FrameFault> {
    let length = i32::from_be_bytes(prefix);
    match prefix {
        _ if length >= 0 && length as usize <= limit => Ok(length as usize),
        [b'H', b'T', b'T', b'P'] => {
            Err(FrameFault::Foreign { what: "HTTP", hint: "is this the port of a Kafka listener?" })
        }
        // A TLS record of an alert or a handshake, any version.
        [0x15 | 0x16, 0x03, ..] => Err(FrameFault::Foreign {
            what: "TLS",
            hint: "is this listener SSL? Check security.protocol (SSL, SASL_SSL)",
        }),
        _ if length < 0 => Err(FrameFault::Negative(length)),
        _ => Err(FrameFault::TooLarge { claimed: length as usize, limit }),
    }
}

/// What an error of the stream means for a frame.
pub(super) fn io(error: std::io::Error) -> FrameFault {
    if let Some(fault) = tls_fault(&error) {
        return FrameFault::Tls(fault.clone());
    }
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => FrameFault::EndedInside { received: 0, claimed: 4 },
        _ => FrameFault::Io(in_plain_words(&error)),
    }
}

/// The operating system's reason without its number, where Rust has words for it.
pub(super) fn in_plain_words(error: &std::io::Error) -> String {
    if let Some(fault) = tls_fault(error) {
        return tls_words(fault);
    }
    match error.kind().to_string() {
        kind if kind == "uncategorized error" || kind == "other error" => error.to_string(),
        kind => kind,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(mut bytes: &[u8], limit: usize) -> Result<Vec<u8>, FrameFault> {
        read_frame(&mut bytes, limit).await
    }

    #[tokio::test]
    async fn a_frame_is_its_length_and_its_bytes() {
        assert_eq!(read(&[0, 0, 0, 3, 7, 8, 9, 99], 3).await, Ok(vec![7, 8, 9]));
        assert_eq!(read(&[0, 0, 0, 0], 3).await, Ok(vec![]));
    }

    #[tokio::test]
    async fn a_claimed_length_is_refused_before_anything_is_reserved() {
        let limit = 64 << 20;
        assert_eq!(
            read(&[0x7f, 0xff, 0xff, 0xff], limit).await,
            Err(FrameFault::TooLarge { claimed: 0x7fff_ffff, limit })
        );
        assert_eq!(read(&[0xff, 0xff, 0xff, 0xff], limit).await, Err(FrameFault::Negative(-1)));
        assert_eq!(read(&[0x80, 0, 0, 0], limit).await, Err(FrameFault::Negative(i32::MIN)));
    }

    #[tokio::test]
    async fn an_early_end_says_how_far_it_came() {
        assert_eq!(read(&[], 9).await, Err(FrameFault::Ended));
        assert_eq!(read(&[0, 0], 9).await, Err(FrameFault::EndedInside { received: 0, claimed: 4 }));
        assert_eq!(
            read(&[0, 0, 0, 9, 1, 2], 9).await,
            Err(FrameFault::EndedInside { received: 2, claimed: 9 })
        );
    }

    #[tokio::test]
    async fn other_protocols_are_recognised() {
        for (bytes, expected) in [
            (&b"HTTP/1.1 400 Bad Request\r\n"[..], "HTTP"),
            (&[0x15, 0x03, 0x03, 0, 2, 2, 40][..], "TLS"),
            (&[0x16, 0x03, 0x01, 0, 80][..], "TLS"),
        ] {
            match read(bytes, 256 << 20).await {
                Err(FrameFault::Foreign { what, .. }) => assert_eq!(what, expected),
                other => panic!("{other:?}"),
            }
        }
    }

    #[tokio::test]
    async fn the_buffer_grows_with_what_arrives() {
        let mut bytes = vec![0x03, 0x00, 0x00, 0x00];
        bytes.extend(vec![1; 1000]);
        let fault = read(&bytes, 64 << 20).await;
        assert_eq!(fault, Err(FrameFault::EndedInside { received: 1000, claimed: 48 << 20 }));
    }
}

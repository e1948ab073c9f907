//! Why a tail cannot start, or had to end.

/// Each is a sentence for the person who must mend it, without any secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TailError {
    /// librdkafka does not take a property.
    #[error("librdkafka does not take {name}: {reason}")]
    Property {
        /// Its name.
        name: String,
        /// librdkafka's words.
        reason: String,
    },
    /// librdkafka cannot begin with what it was told.
    #[error("librdkafka could not be set up: {0}")]
    Client(String),
    /// Tokens have something beside them that librdkafka's binding cannot hand over.
    #[error(
        "records cannot be read with sasl.oauthbearer.extensions, which the binding of librdkafka does not send"
    )]
    Extensions,
    /// Tokens are asked for by the runtime, and there is none here.
    #[error("tokens for librdkafka need the asynchronous runtime, and the tail was started outside of it")]
    NoRuntime,
    /// There is nothing to read.
    #[error("no topic to read is named")]
    NoTopic,
    /// The partitions to read cannot be assigned.
    #[error("could not assign partitions of {topic}: {reason}")]
    Assignment {
        /// The topic.
        topic: String,
        /// What is wrong with them.
        reason: String,
    },
    /// The operating system gives no thread.
    #[error("could not start a thread: {0}")]
    Thread(String),
    /// librdkafka has given up.
    #[error("librdkafka has given up reading {topics}: {reason}")]
    Fatal {
        /// The topic, or the first of them and how many more.
        topics: String,
        /// librdkafka's words.
        reason: String,
    },
    /// Taking in a record went wrong; the report of it is in the log.
    #[error("the thread that reads ended by itself while a record was taken in")]
    Panicked,
}

impl TailError {
    pub(super) fn thread(error: &std::io::Error) -> Self {
        Self::Thread(error.to_string())
    }

    pub(super) fn assignment(topic: &str, reason: impl ToString) -> Self {
        Self::Assignment { topic: topic.to_owned(), reason: reason.to_string() }
    }
}

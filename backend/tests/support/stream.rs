//! The live stream, read as a browser reads it.

use std::time::Duration;

use shared::live::{Hello, Notices};

use super::Served;

/// An open stream.
pub struct Stream {
    response: reqwest::Response,
    text: String,
}

/// A message of it.
#[derive(Debug)]
pub enum Message {
    /// The first.
    Hello(Hello),
    /// What moved.
    Notices(Notices),
}

impl Stream {
    /// Opens one.
    pub async fn open(served: &Served) -> Self {
        let url = format!("http://{}/api/v1/live", served.address);
        let response = reqwest::get(url).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    /// The next message, which must come soon: a cycle turns every second.
    pub async fn next(&mut self) -> Message {
        let next = tokio::time::timeout(Duration::from_secs(30), self.read()).await;
        next.expect("a message comes within 30 s").expect("the stream goes on")
    }

    /// The next message that is notices.
    pub async fn notices(&mut self) -> Notices {
        loop {
            if let Message::Notices(notices) = self.next().await {
                return notices;
            }
        }
    }

    /// Reads until there is nothing more, as a stream that is ended does.
    pub async fn end(mut self) {
        let end = async { while self.read().await.is_some() {} };
        tokio::time::timeout(Duration::from_secs(10), end).await.expect("the stream ends within 10 s");
    }

    async fn read(&mut self) -> Option<Message> {
        loop {
            if let Some((message, rest)) = self.text.split_once("\n\n") {
                let (message, rest) = (message.to_owned(), rest.to_owned());
                self.text = rest;
                match parse(&message) {
                    Some(message) => return Some(message),
                    None => continue,
                }
            }
            let chunk = self.response.chunk().await.ok()??;
            self.text.push_str(std::str::from_utf8(&chunk).expect("the stream is text"));
        }
    }
}

/// A message; none when it is a comment that only keeps the connection open.
fn parse(message: &str) -> Option<Message> {
    let field = |name: &str| {
        let value = message.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        value.map(str::trim_start)
    };
    let data = field("data")?;
    match field("event") {
        Some("hello") => Some(Message::Hello(serde_json::from_str(data).unwrap())),
        Some("notices") => Some(Message::Notices(serde_json::from_str(data).unwrap())),
        other => panic!("a message of the kind {other:?}: {message}"),
    }
}

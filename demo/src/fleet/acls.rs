//! Grants, as one request to the cluster's controller.
//!
//! Kafka's own tool starts a JVM for every few of them, half a minute for this fleet. The controllers' listener is a
//! plain connection with a login of one message, so that one small request does it here. Granting again changes
//! nothing.

use crate::grants::{Grant, Operation, Resource};
use crate::layout::{Cluster, Ports};
use crate::login::Login;
use crate::wait::until_nothing;
use anyhow::{Context, Result, anyhow, bail, ensure};
use kafka_wire::create_acls_request::AclCreation;
use kafka_wire::{
    CreateAclsRequest, CreateAclsResponse, KafkaMessage, KafkaRequest, OutboundFrameLimits,
    SaslAuthenticateRequest, SaslAuthenticateResponse, SaslHandshakeRequest, SaslHandshakeResponse,
    encode_request,
};
use kafka_wire_core::{ApiVersion, Bytes, BytesMut, DecodeLimits, KafkaDecode, StrBytes};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const ANSWER: Duration = Duration::from_secs(5);
const LONGEST: usize = 1 << 20;
/// It is not the active controller: ask another.
const NOT_CONTROLLER: i16 = 41;
const CLUSTER_NAME: &str = "kafka-cluster";

/// Makes all of these grants hold on the cluster.
pub fn grant(
    ports: Ports,
    cluster: &'static Cluster,
    admin: &Login,
    grants: &[Grant],
    at_most: Duration,
) -> Result<()> {
    if grants.is_empty() {
        return Ok(());
    }
    // The active controller may change while it is looked for.
    until_nothing(at_most, || {
        let mut refusals = Vec::new();
        for broker in cluster.brokers() {
            let address = format!("127.0.0.1:{}", ports.controller(broker));
            match Connection::open(&address, admin).and_then(|mut to| to.create_acls(grants)) {
                Ok(true) => return Ok(None),
                Ok(false) => refusals.push(format!("{} is not the active controller", broker.name())),
                Err(error) => refusals.push(format!("{error:#}")),
            }
        }
        Ok(Some(refusals.join("; ")))
    })
    .with_context(|| format!("could not grant anything on {}", cluster.name))
}

/// A connection to a controller, with a login.
struct Connection {
    stream: TcpStream,
    sent: i32,
}

impl Connection {
    fn open(address: &str, login: &Login) -> Result<Self> {
        let stream =
            TcpStream::connect(address).with_context(|| format!("could not connect to {address}"))?;
        stream.set_read_timeout(Some(ANSWER))?;
        stream.set_write_timeout(Some(ANSWER))?;
        let mut connection = Self { stream, sent: 0 };
        connection.log_in(login).with_context(|| format!("could not log in at {address}"))?;
        Ok(connection)
    }

    fn log_in(&mut self, login: &Login) -> Result<()> {
        let (user, password) = login.credentials().context("there are no logins")?;
        let mut handshake = SaslHandshakeRequest::default();
        handshake.mechanism = StrBytes::from("PLAIN");
        let answer: SaslHandshakeResponse = self.ask(&handshake, 1)?;
        ensure!(answer.error_code == 0, "PLAIN is not spoken there ({})", answer.error_code);
        let mut authenticate = SaslAuthenticateRequest::default();
        authenticate.auth_bytes = Bytes::from(format!("\0{user}\0{password}"));
        let answer: SaslAuthenticateResponse = self.ask(&authenticate, 2)?;
        ensure!(answer.error_code == 0, "{}", answer.error_message.as_deref().unwrap_or("refused"));
        Ok(())
    }

    /// False when another controller is the active one.
    fn create_acls(&mut self, grants: &[Grant]) -> Result<bool> {
        let mut request = CreateAclsRequest::default();
        request.creations = grants.iter().map(creation).collect();
        let answer: CreateAclsResponse = self.ask(&request, 3)?;
        ensure!(answer.results.len() == grants.len(), "the answer is not one to this request");
        let refused = grants.iter().zip(&answer.results).find(|(_, result)| result.error_code != 0);
        match refused {
            None => Ok(true),
            Some((_, result)) if result.error_code == NOT_CONTROLLER => Ok(false),
            Some((grant, result)) => {
                let why = result.error_message.as_deref().unwrap_or("no reason given");
                bail!("{grant:?} was refused with {}: {why}", result.error_code)
            }
        }
    }

    fn ask<Q: KafkaRequest, A: KafkaMessage + KafkaDecode>(
        &mut self,
        request: &Q,
        version: i16,
    ) -> Result<A> {
        self.sent += 1;
        let mut frame = BytesMut::new();
        let (name, version) = (Some(StrBytes::from("demo-fleet")), ApiVersion::new(version));
        encode_request(&mut frame, self.sent, name, request, version, OutboundFrameLimits::new(LONGEST))
            .map_err(|error| anyhow!("could not encode a request: {error}"))?;
        self.stream.write_all(&frame)?;
        let mut length = [0; 4];
        self.stream.read_exact(&mut length)?;
        let length = usize::try_from(i32::from_be_bytes(length)).unwrap_or(usize::MAX);
        ensure!((5..=LONGEST).contains(&length), "an answer of {length} bytes is not Kafka's");
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer)?;
        // Before the body: the correlation id, and where the encoding is flexible no tagged fields.
        let body = if A::is_flexible(version) { 5 } else { 4 };
        A::decode_from_bytes(Bytes::from(answer).slice(body..), version, DecodeLimits::default())
            .map_err(|error| anyhow!("could not read an answer: {error}"))
    }
}

fn creation(grant: &Grant) -> AclCreation {
    const LITERAL: i8 = 3;
    const PREFIXED: i8 = 4;
    const ALLOW: i8 = 3;
    let (kind, name, pattern) = match &grant.resource {
        Resource::Topic(name) => (2, name.as_str(), LITERAL),
        Resource::TopicsLike(prefix) => (2, prefix.as_str(), PREFIXED),
        Resource::Group(name) => (3, name.as_str(), LITERAL),
        Resource::Cluster => (4, CLUSTER_NAME, LITERAL),
        Resource::TransactionalId(id) => (5, id.as_str(), LITERAL),
    };
    let mut creation = AclCreation::default();
    creation.resource_type = kind;
    creation.resource_name = StrBytes::from(name);
    creation.resource_pattern_type = pattern;
    creation.principal = StrBytes::from(format!("User:{}", grant.user).as_str());
    creation.host = StrBytes::from("*");
    creation.operation = number(grant.operation);
    creation.permission_type = ALLOW;
    creation
}

/// The protocol's number of an operation.
fn number(operation: Operation) -> i8 {
    match operation {
        Operation::Read => 3,
        Operation::Write => 4,
        Operation::Create => 5,
        Operation::Describe => 8,
        Operation::DescribeConfigs => 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_an_acl_that_allows_from_everywhere() {
        let grant = Grant {
            user: "riverkeeper".to_owned(),
            resource: Resource::Cluster,
            operation: Operation::Describe,
        };
        let acl = creation(&grant);
        assert_eq!(
            (acl.resource_type, &*acl.resource_name, acl.resource_pattern_type),
            (4, "kafka-cluster", 3)
        );
        assert_eq!(
            (&*acl.principal, &*acl.host, acl.operation, acl.permission_type),
            ("User:riverkeeper", "*", 8, 3)
        );
    }

    #[test]
    fn a_prefix_is_not_a_name() {
        let of = |resource| {
            let acl = creation(&Grant { user: "m".to_owned(), resource, operation: Operation::Read });
            (acl.resource_type, acl.resource_name.to_string(), acl.resource_pattern_type)
        };
        assert_eq!(of(Resource::TopicsLike("mm2-".to_owned())), (2, "mm2-".to_owned(), 4));
        assert_eq!(of(Resource::Topic("mm2-".to_owned())), (2, "mm2-".to_owned(), 3));
    }
}

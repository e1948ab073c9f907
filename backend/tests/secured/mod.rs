//! One broker of real Kafka with a listener for each way to be secured, shared by the tests of a process.
//!
//! It ends with the process, however that ends: a shell waits for the other end of its input to go, kills the broker
//! and removes its folder.

pub mod certificates;
pub mod endpoint;

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use certificates::Authority;
use endpoint::Endpoint;

/// The password of every user.
pub const PASSWORD: &str = "correct-horse-battery";
/// What the private key of the client is encrypted with.
pub const KEY_PASSWORD: &str = "key-of-the-key";

/// The broker's listeners: name, protocol, and what is special about it.
const LISTENERS: [(&str, &str); 10] = [
    ("CONTROLLER", "PLAINTEXT"),
    ("INSIDE", "PLAINTEXT"),
    ("TLS", "SSL"),
    ("MTLS", "SSL"),
    ("EXPIRED", "SSL"),
    ("NAMED", "SSL"),
    ("CLEAR", "SASL_PLAINTEXT"),
    ("PLAIN", "SASL_SSL"),
    ("SCRAM", "SASL_SSL"),
    ("OAUTH", "SASL_SSL"),
];

/// The broker, and what its clients need.
pub struct Broker {
    pub folder: PathBuf,
    pub endpoint: Endpoint,
    ports: Vec<u16>,
    _shell: Child,
}

/// The one broker, started when it is first asked for.
pub static BROKER: LazyLock<Broker> = LazyLock::new(Broker::start);

impl Broker {
    /// Where a listener is.
    pub fn at(&self, listener: &str) -> String {
        let index = LISTENERS.iter().position(|(name, _)| *name == listener).expect("a listener");
        format!("127.0.0.1:{}", self.ports[index])
    }

    /// The path of a file that was made for it.
    pub fn file(&self, name: &str) -> String {
        path(&self.folder, name)
    }

    fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("riverkeeper-secured-").tempdir().unwrap().keep();
        let endpoint = Endpoint::start(&folder);
        let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
        let (ours, foreign) = (Authority::new("test-ca"), Authority::new("foreign-ca"));
        write("ca.pem", &ours.pem());
        write("foreign-ca.pem", &foreign.pem());
        let here = ["127.0.0.1", "localhost"];
        write("broker.pem", &ours.signs("broker", &here, 2020..2040).keystore());
        write("expired.pem", &ours.signs("expired", &here, 2020..2024).keystore());
        write("named.pem", &ours.signs("named", &["kafka.example", "10.9.8.7"], 2020..2040).keystore());
        for (name, authority) in [("client", &ours), ("stranger", &foreign)] {
            let pair = authority.signs(name, &[], 2020..2040);
            write(&format!("{name}.pem"), &pair.certificate);
            write(&format!("{name}.key"), &pair.encrypted_key(KEY_PASSWORD));
        }
        let ports = free_ports(LISTENERS.len());
        write("server.properties", &properties(&folder, &ports));
        Self { _shell: shell(&folder), folder, endpoint, ports }
    }
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

/// Ports below the ones that outgoing connections get.
fn free_ports(count: usize) -> Vec<u16> {
    let base = std::env::var("RIVERKEEPER_SECURITY_PORT").ok().and_then(|port| port.parse().ok());
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    (base.unwrap_or(28_490)..32_000).filter(free).take(count).collect()
}

fn properties(folder: &Path, ports: &[u16]) -> String {
    let listed = |each: &dyn Fn(&str, &str, u16) -> String| {
        let each = LISTENERS.iter().zip(ports).map(|((name, protocol), port)| each(name, protocol, *port));
        each.collect::<Vec<_>>().join(",")
    };
    let listeners = listed(&|name, _, port| format!("{name}://127.0.0.1:{port}"));
    let protocols = listed(&|name, protocol, _| format!("{name}:{protocol}"));
    let controller = ports[0];
    let file = |name| path(folder, name);
    let module = "org.apache.kafka.common.security";
    format!(
        r#"
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
inter.broker.listener.name=INSIDE
listeners={listeners}
listener.security.protocol.map={protocols}
log.dirs={data}
num.network.threads=2
num.io.threads=2
log.cleaner.dedupe.buffer.size=4194304
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
group.initial.rebalance.delay.ms=0
ssl.keystore.type=PEM
ssl.keystore.location={broker}
ssl.truststore.type=PEM
ssl.truststore.location={ca}
listener.name.mtls.ssl.client.auth=required
listener.name.expired.ssl.keystore.type=PEM
listener.name.expired.ssl.keystore.location={expired}
listener.name.named.ssl.keystore.type=PEM
listener.name.named.ssl.keystore.location={named}
listener.name.clear.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.clear.plain.sasl.jaas.config={module}.plain.PlainLoginModule required user_bob="{PASSWORD}";
listener.name.clear.scram-sha-512.sasl.jaas.config={module}.scram.ScramLoginModule required;
listener.name.clear.scram-sha-512.connections.max.reauth.ms=4000
listener.name.plain.sasl.enabled.mechanisms=PLAIN
listener.name.plain.plain.sasl.jaas.config={module}.plain.PlainLoginModule required user_bob="{PASSWORD}";
listener.name.scram.sasl.enabled.mechanisms=SCRAM-SHA-256,SCRAM-SHA-512
listener.name.scram.scram-sha-256.sasl.jaas.config={module}.scram.ScramLoginModule required;
listener.name.scram.scram-sha-512.sasl.jaas.config={module}.scram.ScramLoginModule required;
listener.name.oauth.sasl.enabled.mechanisms=OAUTHBEARER
listener.name.oauth.oauthbearer.sasl.jaas.config={module}.oauthbearer.OAuthBearerLoginModule required;
listener.name.oauth.oauthbearer.sasl.server.callback.handler.class={module}.oauthbearer.OAuthBearerValidatorCallbackHandler
listener.name.oauth.oauthbearer.sasl.oauthbearer.jwks.endpoint.url=file://{jwks}
listener.name.oauth.oauthbearer.sasl.oauthbearer.expected.audience=kafka
listener.name.oauth.oauthbearer.sasl.oauthbearer.expected.issuer=riverkeeper-tests
"#,
        data = file("data"),
        broker = file("broker.pem"),
        ca = file("ca.pem"),
        expired = file("expired.pem"),
        named = file("named.pem"),
        jwks = file("jwks.json"),
    )
}

/// Formats and starts the broker under a shell that outlives it, and not us.
fn shell(folder: &Path) -> Child {
    let jars = std::env::var("RIVERKEEPER_JARS").unwrap_or_else(|_| {
        panic!("RIVERKEEPER_JARS is not set: the folder of Kafka's jars, as `./run test kafka` sets it")
    });
    let java = format!(
        "java -Xms96m -Xmx320m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
         -Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=file://{jwks} -cp '{jars}/*'",
        jwks = path(folder, "jwks.json"),
    );
    let users: String = ["256", "512"]
        .map(|bits| format!(" --add-scram 'SCRAM-SHA-{bits}=[name=alice,password={PASSWORD}]'"))
        .concat();
    let script = format!(
        "{java} kafka.tools.StorageTool format -t MkU3OEVBNTcwNTJENDM2Qg -c server.properties{users} >format.log 2>&1
         {java} kafka.Kafka server.properties >broker.log 2>&1 &
         broker=$!
         cat >/dev/null
         kill -9 $broker
         wait
         cd / && rm -rf {folder}",
        folder = folder.display(),
    );
    Command::new("sh")
        .args(["-c", &script])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell runs")
}

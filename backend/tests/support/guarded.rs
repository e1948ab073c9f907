//! A broker of one's own that asks who is there and what he may do.
//!
//! The fleet has one as well, but its rights are exactly those that Riverkeeper asks for; here they are taken away.
//! Riverkeeper comes in without a login, as `User:ANONYMOUS`; Kafka's tools come in as the administrator.

use std::{
    fmt::Write,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use super::fleet::Target;

/// Ports are looked for from here on.
const FIRST_PORT: u16 = 29_700;
/// Kafka's own module for names and passwords.
const LOGIN: &str = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"admin\" password=\"admin-secret\"";

/// A broker that guards its cluster; it ends when dropped.
pub struct Guarded {
    /// How an administrator reaches it.
    pub admin: Target,
    /// Where Riverkeeper reaches it.
    pub bootstrap: String,
    broker: Child,
    #[expect(dead_code, reason = "its files live as long as the broker")]
    folder: tempfile::TempDir,
}

impl Guarded {
    /// Starts it, empty and without a right for anybody but the administrator. `RIVERKEEPER_BROKER_JARS` names
    /// another version's jars for it.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [open, admin, controller] = ports();
        let properties = folder.path().join("admin.properties");
        std::fs::write(
            &properties,
            format!("security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config={LOGIN};\n"),
        )
        .unwrap();
        let server = folder.path().join("server.properties");
        std::fs::write(&server, settings(folder.path(), open, admin, controller)).unwrap();
        let path = server.to_string_lossy();
        let format = ["format", "-t", "4L6g3nShT-eMCtK--X86sw", "-c", &path];
        let formatted = java("kafka.tools.StorageTool", &format).output().unwrap();
        assert!(formatted.status.success(), "{}", String::from_utf8_lossy(&formatted.stderr));
        let log = std::fs::File::create(folder.path().join("broker.log")).unwrap();
        let broker = java("kafka.Kafka", &[&path]).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let admin = Target {
            name: "guarded".into(),
            bootstrap: format!("127.0.0.1:{admin}"),
            properties: Some(properties.to_string_lossy().into_owned()),
        };
        Self { admin, bootstrap: format!("127.0.0.1:{open}"), broker, folder }
    }

    /// Gives Riverkeeper a right: `--operation Describe --cluster`.
    pub fn grant(&self, right: &str) {
        self.change("--add", right);
    }

    /// Takes it away.
    pub fn take(&self, right: &str) {
        self.change("--remove --force", right);
    }

    fn change(&self, how: &str, right: &str) {
        let words: Vec<&str> =
            how.split(' ').chain(["--allow-principal", "User:ANONYMOUS"]).chain(right.split(' ')).collect();
        self.admin.tool("org.apache.kafka.tools.AclCommand", &words);
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        drop(self.broker.kill());
        drop(self.broker.wait());
    }
}

/// Three ports where nothing listens, below those that systems hand out by themselves.
fn ports() -> [u16; 3] {
    let mut free = (FIRST_PORT..32_000).filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    let mut next = || free.next().expect("three ports are free");
    [next(), next(), next()]
}

fn settings(folder: &Path, open: u16, admin: u16, controller: u16) -> String {
    let mut text = String::new();
    let mut set = |name: &str, value: &str| writeln!(text, "{name}={value}").unwrap();
    let at = |port: u16| format!("127.0.0.1:{port}");
    let (open, admin) = (format!("PLAINTEXT://{}", at(open)), format!("ADMIN://{}", at(admin)));
    set("process.roles", "broker,controller");
    set("node.id", "1");
    set("controller.quorum.voters", &format!("1@{}", at(controller)));
    set("listeners", &format!("{open},{admin},CONTROLLER://{}", at(controller)));
    set("advertised.listeners", &format!("{open},{admin}"));
    set(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,ADMIN:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT",
    );
    set("controller.listener.names", "CONTROLLER");
    set("inter.broker.listener.name", "ADMIN");
    set("sasl.enabled.mechanisms", "PLAIN");
    set("sasl.mechanism.inter.broker.protocol", "PLAIN");
    set("sasl.mechanism.controller.protocol", "PLAIN");
    for listener in ["admin", "controller"] {
        let name = format!("listener.name.{listener}.plain.sasl.jaas.config");
        set(&name, &format!("{LOGIN} user_admin=\"admin-secret\";"));
    }
    set("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    set("super.users", "User:admin");
    set("log.dirs", &folder.join("data").to_string_lossy());
    set("num.network.threads", "2");
    set("num.io.threads", "2");
    set("log.cleaner.dedupe.buffer.size", "4194304");
    set("auto.create.topics.enable", "false");
    set("offsets.topic.replication.factor", "1");
    text
}

fn java(class: &str, words: &[&str]) -> Command {
    let jars = std::env::var("RIVERKEEPER_BROKER_JARS").or_else(|_| std::env::var("RIVERKEEPER_JARS"));
    let jars = PathBuf::from(jars.expect("RIVERKEEPER_JARS is the folder of Kafka's jars")).join("*");
    let mut command = Command::new("java");
    command
        .args(["-Xms96m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"])
        .args(["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp"])
        .arg(jars)
        .arg(class)
        .args(words);
    command
}

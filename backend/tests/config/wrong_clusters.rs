//! Wrong settings of clusters: names and addresses, connections, secrets.

use crate::check;

#[test]
fn a_cluster_that_cannot_be_watched_says_why() {
    check(&[
        (
            "a cluster without a name",
            "[[cluster]]\nbootstrap.servers = 'east:9092'\n",
            &[],
            "riverkeeper.toml:1: cluster[1].name: is missing; takes 1 to 100 letters, digits, '.', '_' and '-' with a letter or digit first",
        ),
        (
            "a cluster without addresses",
            "[[cluster]]\nname = 'east'\n",
            &[],
            "riverkeeper.toml:1: cluster.east.bootstrap.servers: is missing; takes host:port, several by commas",
        ),
        (
            "a name with a blank",
            "[[cluster]]\nname = 'east west'\nbootstrap.servers = 'east:9092'\n",
            &[],
            r#"riverkeeper.toml:2: cluster[1].name: takes 1 to 100 letters, digits, '.', '_' and '-' with a letter or digit first, not "east west""#,
        ),
        (
            "two clusters of one name",
            "<east>[[cluster]]\nname = 'east'\nbootstrap.servers = 'west:9092'\n",
            &[],
            "riverkeeper.toml:5: cluster.east.name: east is the name of another cluster (riverkeeper.toml:2); give each a name of its own",
        ),
        (
            "an alias that is another's name",
            "<east>aliases = ['west']\n[[cluster]]\nname = 'west'\nbootstrap.servers = 'west:9092'\n",
            &[],
            "riverkeeper.toml:4: cluster.east.aliases: west is the name of another cluster (riverkeeper.toml:6); give each a name of its own",
        ),
        (
            "no address",
            "[[cluster]]\nname = 'east'\nbootstrap.servers = ''\n",
            &[],
            "riverkeeper.toml:3: cluster.east.bootstrap.servers: is empty; takes host:port, several by commas",
        ),
        (
            "an address without its port",
            "[[cluster]]\nname = 'east'\nbootstrap.servers = 'east-1:9092,east-2'\n",
            &[],
            "riverkeeper.toml:3: cluster.east.bootstrap.servers: `east-2` is not an address like host:9092: the port is missing",
        ),
        (
            "an address with its listener",
            "[[cluster]]\nname = 'east'\nbootstrap.servers = 'PLAINTEXT://east:9092'\n",
            &[],
            "riverkeeper.toml:3: cluster.east.bootstrap.servers: `PLAINTEXT://east:9092` is not an address like host:9092: leave out the part up to ://",
        ),
        (
            "an address with a password",
            "[[cluster]]\nname = 'east'\nbootstrap.servers = 'me:SECRET@east:9092'\n",
            &[],
            "riverkeeper.toml:3: cluster.east.bootstrap.servers: holds a user or password; write host:port only",
        ),
        (
            "a port that is none",
            "[[cluster]]\nname = 'east'\nbootstrap.servers = 'east:90920'\n",
            &[],
            "riverkeeper.toml:3: cluster.east.bootstrap.servers: `east:90920` is not an address like host:9092: the port is a number from 1 to 65535",
        ),
        (
            "a needed key's short name",
            "[[cluster]]\nname = 'east'\nbootstrap = 'east:9092'\n",
            &[],
            "riverkeeper.toml:3: cluster.east.bootstrap: [[cluster]] has no such key, it takes <keys of cluster> and the properties of its connection; did you mean bootstrap.servers?",
        ),
        (
            "a slip in a key of a cluster",
            "<east>teir = 'regional'\n",
            &[],
            "riverkeeper.toml:4: cluster.east.teir: [[cluster]] has no such key, it takes <keys of cluster> and the properties of its connection; did you mean tier?",
        ),
        (
            "a secret under a key that nobody knows",
            "<east>pasword = 'SECRET'\n",
            &[],
            "riverkeeper.toml:4: cluster.east.pasword: [[cluster]] has no such key, it takes <keys of cluster> and the properties of its connection",
        ),
        (
            "a property of another kind",
            "<east>fetch.min.bytes = 1\n",
            &[],
            "riverkeeper.toml:4: cluster.east.fetch.min.bytes: is not known: the properties of a connection begin with security., sasl., ssl. or https.",
        ),
    ]);
}

#[test]
fn a_connection_that_cannot_be_made_says_why() {
    check(&[
        (
            "a slip in a property",
            "<east>sasl.mechansim = 'PLAIN'\n",
            &[],
            "riverkeeper.toml:4: cluster.east.sasl.mechansim: is not known; did you mean sasl.mechanism?",
        ),
        (
            "a login in the words of Java",
            "<east>sasl.jaas.config = 'ScramLoginModule required password=SECRET;'\n",
            &[],
            "riverkeeper.toml:4: cluster.east.sasl.jaas.config: is Java's: write sasl.username and sasl.password, or sasl.oauthbearer.* for OAUTHBEARER",
        ),
        (
            "a truststore of Java",
            "<east>ssl.truststore.location = 'trust.jks'\n",
            &[],
            "riverkeeper.toml:4: cluster.east.ssl.truststore.location: is Java's: write ssl.ca.location, the path of a PEM file with the authorities",
        ),
        (
            "a protocol that is none",
            "<east>security.protocol = 'TLS'\n",
            &[],
            "riverkeeper.toml:4: cluster.east.security.protocol: takes PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL, not TLS",
        ),
        (
            "Kerberos",
            "<east>security.protocol = 'SASL_SSL'\nsasl.mechanism = 'GSSAPI'\n",
            &[],
            "riverkeeper.toml:5: cluster.east.sasl.mechanism: is GSSAPI: Kerberos is not spoken here; it takes PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER",
        ),
        (
            "a mechanism that is none",
            "<east>security.protocol = 'SASL_SSL'\nsasl.mechanism = 'SCRAM'\nsasl.username = 'riverkeeper'\nsasl.password = { env = 'PASSWORD' }\n",
            &[("PASSWORD", "SECRET")],
            "riverkeeper.toml:5: cluster.east.sasl.mechanism: takes PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER, not SCRAM",
        ),
        (
            "no password",
            "<east><scram>",
            &[],
            "riverkeeper.toml:1: cluster.east.sasl.password: is missing: SCRAM-SHA-512 signs in with a name and a password",
        ),
        (
            "a name over a plain connection",
            "<east>sasl.username = 'riverkeeper'\n",
            &[],
            "riverkeeper.toml:4: cluster.east.sasl.username: says nothing under PLAINTEXT: set security.protocol to SASL_SSL (or SASL_PLAINTEXT)",
        ),
        (
            "an authority over a plain connection",
            "<east>ssl.ca.location = 'ca.pem'\n",
            &[],
            "riverkeeper.toml:4: cluster.east.ssl.ca.location: says nothing under PLAINTEXT: set security.protocol to SSL",
        ),
        (
            "an authority that is not there",
            "<east>security.protocol = 'SSL'\nssl.ca.location = 'ca.pem'\n",
            &[],
            "riverkeeper.toml:5: cluster.east.ssl.ca.location: names ca.pem, which could not be read: there is no such file",
        ),
        (
            "an authority that is not PEM",
            "<east>security.protocol = 'SSL'\nssl.ca.location = 'broken.toml'\n",
            &[],
            "riverkeeper.toml:5: cluster.east.ssl.ca.location: is not PEM: it has no line that begins with -----BEGIN",
        ),
        (
            "certificates that shall not be verified",
            "<east>enable.ssl.certificate.verification = false\n",
            &[],
            "riverkeeper.toml:4: cluster.east.enable.ssl.certificate.verification: is not for choosing here: certificates are always verified; name the authority in ssl.ca.location",
        ),
    ]);
}

#[test]
fn a_secret_that_cannot_be_had_says_where_it_was_looked_for() {
    check(&[
        (
            "a secret in a variable that is not set",
            "<east><scram>sasl.password = { env = 'PASSWORD' }\n",
            &[],
            "riverkeeper.toml:7: cluster.east.sasl.password: the environment variable PASSWORD is not set; set it",
        ),
        (
            "a secret in a variable that is empty",
            "<east><scram>sasl.password = { env = 'PASSWORD' }\n",
            &[("PASSWORD", "")],
            "riverkeeper.toml:7: cluster.east.sasl.password: the environment variable PASSWORD is empty; put the value into it",
        ),
        (
            "a secret in a file that is not there",
            "<east><scram>sasl.password = { file = 'nothing' }\n",
            &[],
            "riverkeeper.toml:7: cluster.east.sasl.password: cannot read the file nothing (there is no such file)",
        ),
        (
            "a secret in an empty file",
            "<east><scram>sasl.password = { file = 'empty' }\n",
            &[],
            "riverkeeper.toml:7: cluster.east.sasl.password: the file empty is empty; put the value into it",
        ),
        (
            "a secret in a folder",
            "<east><scram>sasl.password = { file = '.' }\n",
            &[],
            "riverkeeper.toml:7: cluster.east.sasl.password: . is not a file; put the value into one",
        ),
        (
            "a secret in a file that is too long",
            "<east><scram>sasl.password = { file = 'long' }\n",
            &[],
            "riverkeeper.toml:7: cluster.east.sasl.password: the file long is longer than 65536 bytes; is it the right one?",
        ),
        (
            "a secret in a file of bytes",
            "<east><scram>sasl.password = { file = 'bytes' }\n",
            &[],
            "riverkeeper.toml:7: cluster.east.sasl.password: the file bytes is not UTF-8 text",
        ),
        (
            "a secret in two places",
            "<east><scram>sasl.password = { file = 'password', env = 'PASSWORD' }\n",
            &[],
            r#"riverkeeper.toml:7: cluster.east.sasl.password: takes text, or one of { file = "…" } and { env = "…" }"#,
        ),
        (
            "a slip in the kind of place",
            "<east><scram>sasl.password = { fil = 'password' }\n",
            &[],
            r#"riverkeeper.toml:7: cluster.east.sasl.password: takes text, or one of { file = "…" } and { env = "…" }"#,
        ),
        (
            "a secret in a list",
            "<east><scram>sasl.password = ['SECRET']\n",
            &[],
            r#"riverkeeper.toml:7: cluster.east.sasl.password: takes text, or one of { file = "…" } and { env = "…" }"#,
        ),
    ]);
}

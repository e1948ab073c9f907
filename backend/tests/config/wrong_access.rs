//! Wrong settings of tokens, wrong variables of the environment, and what is only a warning.

use crate::check;

#[test]
fn a_token_that_cannot_be_used_says_why() {
    check(&[
        (
            "a token without an end",
            "<east>[[token]]\n<name><sha256><role>",
            &[],
            "riverkeeper.toml:4: token.ci.expires: is missing; takes a time with its offset, like 2027-01-31T00:00:00Z",
        ),
        (
            "a slip in a needed key",
            "<east>[[token]]\n<name><sha256><role>expire = 2027-01-31T00:00:00Z\n",
            &[],
            "riverkeeper.toml:8: token.ci.expire: [[token]] has no such key, it takes <keys of token>; did you mean expires?",
        ),
        (
            "an end without its offset",
            "<east>[[token]]\n<name><sha256><role>expires = 2027-01-31\n",
            &[],
            "riverkeeper.toml:8: token.ci.expires: takes a time with its offset, like 2027-01-31T00:00:00Z, not 2027-01-31",
        ),
        (
            "a token without a name",
            "<east>[[token]]\n<sha256><role><expires>",
            &[],
            "riverkeeper.toml:4: token[1].name: is missing; takes 1 to 100 letters, digits, '.', '_' and '-' with a letter or digit first",
        ),
        (
            "the token itself where its hash belongs",
            "<east>[[token]]\n<name>sha256 = 'rk_SECRET'\n<role><expires>",
            &[],
            "riverkeeper.toml:6: token.ci.sha256: takes the 64 hexadecimal digits of a token's SHA-256; `riverkeeper token new --name NAME` makes both",
        ),
        (
            "a role that is none",
            "<east>[[token]]\n<name><sha256>role = 'admin'\n<expires>",
            &[],
            r#"riverkeeper.toml:7: token.ci.role: takes "viewer", not "admin""#,
        ),
        (
            "an empty list of clusters",
            "<east>[[token]]\n<name><sha256><role><expires>clusters = []\n",
            &[],
            "riverkeeper.toml:9: token.ci.clusters: is an empty list; remove the key to allow every cluster, or name some",
        ),
        (
            "an empty list of owners",
            "<east>[[token]]\n<name><sha256><role><expires>owners = []\n",
            &[],
            "riverkeeper.toml:9: token.ci.owners: is an empty list; remove the key to allow every owner, or name some",
        ),
        (
            "a glob that is none",
            "<east>[[token]]\n<name><sha256><role><expires>clusters = ['east', '[west']\n",
            &[],
            r#"riverkeeper.toml:9: token.ci.clusters: "[west" is not a glob: unclosed character class; missing ']'"#,
        ),
        (
            "a cluster without its brackets",
            "<east>[[token]]\n<name><sha256><role><expires>clusters = 'east'\n",
            &[],
            r#"riverkeeper.toml:9: token.ci.clusters: takes a list in brackets; each is a name or a glob like "east", "west-*" or "{east,west}", not "east""#,
        ),
        (
            "two tokens of one name",
            "<east>[[token]]\n<name><sha256><role><expires>[[token]]\n<name>sha256 = '<b>'\n<role><expires>",
            &[],
            "riverkeeper.toml:10: token.ci.name: is the name of another token (riverkeeper.toml:5); give each a name of its own",
        ),
        (
            "two tokens of one hash",
            "<east>[[token]]\n<name><sha256><role><expires>[[token]]\nname = 'cd'\n<sha256><role><expires>",
            &[],
            "riverkeeper.toml:11: token.cd.sha256: is the hash of another token (riverkeeper.toml:6); `riverkeeper token new --name NAME` makes one",
        ),
        (
            "tokens, and everybody may see everything",
            "[http]\nanyone_may_see_everything = true\n<east>[[token]]\n<name><sha256><role><expires>",
            &[],
            "riverkeeper.toml:2: http.anyone_may_see_everything: is true, and there are tokens that say who may see what; remove one of the two",
        ),
    ]);
}

#[test]
fn the_environment_is_read_as_strictly_as_the_file() {
    check(&[
        (
            "a slip in a variable",
            "<east>",
            &[("RIVERKEEPER__HTTP__LISEN", "127.0.0.1:80")],
            "RIVERKEEPER__HTTP__LISEN: no setting has this name, they are RIVERKEEPER__SECTION__KEY in capitals; did you mean RIVERKEEPER__HTTP__LISTEN?",
        ),
        (
            "one underscore too few",
            "<east>",
            &[("RIVERKEEPER__HTTP_LISTEN", "127.0.0.1:80")],
            "RIVERKEEPER__HTTP_LISTEN: no setting has this name, they are RIVERKEEPER__SECTION__KEY in capitals; did you mean RIVERKEEPER__HTTP__LISTEN?",
        ),
        (
            "a variable that nobody knows",
            "<east>",
            &[("RIVERKEEPER__COLOUR", "red")],
            "RIVERKEEPER__COLOUR: no setting has this name, they are RIVERKEEPER__SECTION__KEY in capitals",
        ),
        (
            "a variable in small letters",
            "<east>",
            &[("riverkeeper__http__listen", "127.0.0.1:80")],
            "riverkeeper__http__listen: no setting has this name, they are RIVERKEEPER__SECTION__KEY in capitals; did you mean RIVERKEEPER__HTTP__LISTEN?",
        ),
        (
            "a token in the environment",
            "<east>",
            &[("RIVERKEEPER__TOKEN__SHA256", "SECRET")],
            "RIVERKEEPER__TOKEN__SHA256: [[token]] is set in the file only; remove the variable",
        ),
        (
            "a value that cannot be used",
            "<east>",
            &[("RIVERKEEPER__KAFKA__IN_FLIGHT_PER_BROKER", "many")],
            r#"RIVERKEEPER__KAFKA__IN_FLIGHT_PER_BROKER: kafka.in_flight_per_broker: takes a whole number from 1 to 100, not "many""#,
        ),
        (
            "a value of the file that another stands over",
            "[kafka]\nin_flight_per_broker = 0\n<east>",
            &[("RIVERKEEPER__KAFKA__IN_FLIGHT_PER_BROKER", "7")],
            "riverkeeper.toml:2: kafka.in_flight_per_broker: takes a whole number from 1 to 100, not 0",
        ),
    ]);
}

#[test]
fn what_can_be_used_and_is_hardly_meant_is_a_warning() {
    check(&[
        (
            "a secret as it is",
            "<east><scram>sasl.password = 'SECRET'\n",
            &[],
            r#"warning: riverkeeper.toml:7: cluster.east.sasl.password: the secret stands in the file as it is; { file = "…" } or { env = "…" } keeps it elsewhere"#,
        ),
        (
            "a password that travels in the clear",
            "<east>security.protocol = 'SASL_PLAINTEXT'\nsasl.mechanism = 'PLAIN'\nsasl.username = 'me'\nsasl.password = { env = 'PASSWORD' }\n",
            &[("PASSWORD", "SECRET")],
            "warning: riverkeeper.toml:7: cluster.east.sasl.password: travels in the clear: PLAIN sends it as it is, and SASL_PLAINTEXT does not encrypt; use SASL_SSL or SCRAM-SHA-512",
        ),
        (
            "a token that is over",
            "<east>[[token]]\n<name><sha256><role>expires = 2025-01-31T00:00:00Z\n",
            &[],
            "warning: riverkeeper.toml:8: token.ci.expires: is over: the token opens nothing; make a new one or remove it",
        ),
        (
            "a token for a cluster that is not here",
            "<east>[[token]]\n<name><sha256><role><expires>clusters = ['west-*']\n",
            &[],
            r#"warning: riverkeeper.toml:9: token.ci.clusters: "west-*" is no cluster of this file"#,
        ),
        (
            "a token for owners where nobody owns anything",
            "<east>[[token]]\n<name><sha256><role><expires>owners = ['payments']\n",
            &[],
            "warning: riverkeeper.toml:9: token.ci.owners: nothing has an owner without catalog.file, so nothing is seen; give the file of owners",
        ),
        (
            "one address in two clusters",
            "<east>[[cluster]]\nname = 'west'\nbootstrap.servers = 'east:9092'\n",
            &[],
            "warning: riverkeeper.toml:6: cluster.west.bootstrap.servers: east:9092 is an address of east too; one cluster under two names is read once",
        ),
        (
            "an address that others cannot call by name",
            "[http]\nlisten = '0.0.0.0:8080'\n<east>[[token]]\n<name><sha256><role><expires>",
            &[],
            "warning: riverkeeper.toml:2: http.listen: 0.0.0.0:8080 can be reached from other machines, but a request for their name of this one is answered with 421; give http.public_url or http.hosts",
        ),
        (
            "turns that end before their requests",
            "[inventory]\nmetadata_period_seconds = 5\n<east>",
            &[],
            "warning: riverkeeper.toml:2: inventory.metadata_period_seconds: a turn ends after 4.0 s (0.8 of inventory.metadata_period_seconds) and a request may take 7 s (kafka.request_timeout_seconds), so a broker that is slow will not be named",
        ),
    ]);
}

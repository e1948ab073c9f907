//! The rights of the table as commands for Kafka's own tool, and as the table of the README.
//!
//! Riverkeeper never grants anything itself: an operator reads these, and runs them as somebody who may.

use super::rights::{EVERY, RIGHTS, Resource, Right};

/// Where the commands are to be run, and for whom.
#[derive(Clone, Debug)]
pub struct Grantee {
    /// The cluster's bootstrap servers.
    pub bootstrap: String,
    /// Who is allowed, as Kafka writes it: `User:riverkeeper`.
    pub principal: String,
}

/// Commands that grant exactly what is needed, one a resource.
pub fn commands(grantee: &Grantee) -> String {
    by_resource().map(|rights| command(grantee, rights)).collect()
}

/// The same, after comments that say what each right is for.
pub fn commented(grantee: &Grantee) -> String {
    by_resource()
        .map(|rights| {
            let why: String = rights.iter().map(comment).collect();
            why + &command(grantee, rights)
        })
        .collect()
}

/// The table has the rights of a resource together.
fn by_resource() -> impl Iterator<Item = &'static [Right]> {
    RIGHTS.chunk_by(|a, b| (a.resource, a.name) == (b.resource, b.name))
}

/// The rights as rows of Markdown: right, requests, what it is for.
pub fn table() -> String {
    let row = |right: &Right| {
        let requests = right.requests.join(", ");
        format!("| {} | {requests} | {} |\n", name(right), right.needed_for)
    };
    let rows: String = RIGHTS.iter().map(row).collect();
    format!("| right | requests | needed for |\n| --- | --- | --- |\n{rows}")
}

fn name(right: &Right) -> String {
    let Right { operation, name, .. } = right;
    match right.resource {
        Resource::Cluster => format!("{operation} on the cluster"),
        resource if *name == EVERY => format!("{operation} on every {}", resource.word()),
        resource if right.is_prefix => {
            format!("{operation} on every {} that begins with {name}", resource.word())
        }
        resource => format!("{operation} on the {} {name}", resource.word()),
    }
}

fn comment(right: &Right) -> String {
    format!("# {}: {}\n", name(right), right.needed_for)
}

/// The command that grants these rights, which are of one resource.
fn command(grantee: &Grantee, rights: &[Right]) -> String {
    let operations: String = rights.iter().map(|right| format!(" --operation {}", right.operation)).collect();
    let on = match rights {
        [Right { resource: Resource::Cluster, .. }, ..] | [] => "--cluster".to_owned(),
        [Right { resource, name, is_prefix: true, .. }, ..] => {
            format!("--resource-pattern-type prefixed --{} {}", resource.word(), word(name))
        }
        [Right { resource, name, .. }, ..] => format!("--{} {}", resource.word(), word(name)),
    };
    format!(
        "kafka-acls.sh --bootstrap-server {} --command-config admin.properties --add \\\n  \
         --allow-principal {}{operations} {on}\n",
        word(&grantee.bootstrap),
        word(&grantee.principal),
    )
}

/// A word of a shell's command line, quoted where it must be.
fn word(text: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || ".,:_/@=+-".contains(character);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::rights::OFFSETS_TOPIC;

    fn for_the_readme() -> Grantee {
        Grantee { bootstrap: "HOST:PORT".to_owned(), principal: "User:riverkeeper".to_owned() }
    }

    #[test]
    fn the_readme_tells_these_commands_and_this_table() {
        let readme = include_str!("../../../README.md");
        let commands = commands(&for_the_readme());
        assert!(readme.contains(&commands), "README.md does not have these commands:\n{commands}");
        assert!(readme.contains(&table()), "README.md does not have this table:\n{}", table());
    }

    #[test]
    fn every_right_is_granted_and_its_purpose_told() {
        let text = commented(&for_the_readme());
        let granted = text.matches("--operation").count();
        let told = text.lines().filter(|line| line.starts_with('#')).count();
        assert_eq!((granted, told), (RIGHTS.len(), RIGHTS.len()), "{text}");
        let without: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(without.join("\n") + "\n", commands(&for_the_readme()));
    }

    #[test]
    fn only_describing_is_asked_for_and_reading_of_what_kafka_and_mirrors_wrote_for_themselves() {
        for right in RIGHTS {
            let of_its_own = [OFFSETS_TOPIC, "mm2-", "heartbeats"].contains(&right.name);
            let reads = of_its_own && right.operation == "Read";
            assert!(right.operation.starts_with("Describe") || reads, "{right:?}");
        }
    }

    #[test]
    fn each_resource_has_one_command() {
        let text = commands(&for_the_readme());
        let granted: Vec<&str> =
            text.lines().filter_map(|line| line.split_once("User:riverkeeper ")).map(|(_, on)| on).collect();
        assert_eq!(
            granted,
            [
                "--operation Describe --cluster",
                "--operation Describe --operation DescribeConfigs --topic '*'",
                "--operation Read --topic __consumer_offsets",
                "--operation Read --resource-pattern-type prefixed --topic mm2-",
                "--operation Read --topic heartbeats",
                "--operation Describe --group '*'",
            ]
        );
    }

    #[test]
    fn a_name_that_a_shell_would_take_apart_is_quoted() {
        let of = |principal: &str| {
            let grantee = Grantee { principal: principal.to_owned(), ..for_the_readme() };
            commands(&grantee)
        };
        let text = of("User:CN=rk,O=It's us");
        assert!(text.contains(r"--allow-principal 'User:CN=rk,O=It'\''s us' --operation"), "{text}");
        assert!(of("User:$(reboot)").contains("'User:$(reboot)'"));
        assert!(of("").contains("--allow-principal '' "));
    }
}

//! The commands, as they are run.

use std::process::{Command, Output};

use crate::{SECRET, folder};

fn riverkeeper(arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_riverkeeper"))
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

fn file(folder: &tempfile::TempDir) -> String {
    folder.path().join("riverkeeper.toml").display().to_string()
}

#[test]
fn a_check_ends_with_0_for_a_file_that_can_be_used_and_counts_its_warnings() {
    let folder = folder("<east><scram>sasl.password = 'SECRET'\n");
    let file = file(&folder);
    let (code, out, err) = riverkeeper(&["config", "check", &file], &[]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.starts_with(&format!("warning: {file}:7: cluster.east.sasl.password: ")), "{out}");
    assert!(out.ends_with(&format!("\n{file}: 1 cluster, 0 tokens; 0 faults, 1 warning\n")), "{out}");
}

#[test]
fn a_check_ends_with_1_and_every_fault_and_serving_says_the_same() {
    let folder = folder("[http]\nlisten = 1\ncolour = 'red'\n");
    let file = file(&folder);
    let (code, out, _) = riverkeeper(&["config", "check", &file], &[]);
    assert_eq!(code, Some(1));
    let (faults, count) = out.trim_end().rsplit_once('\n').unwrap();
    assert_eq!(count, format!("{file}: 3 faults, 0 warnings"));
    assert_eq!(faults.lines().count(), 3);
    let (code, out, err) = riverkeeper(&["serve", "--config", &file], &[]);
    assert_eq!((code, out.as_str(), err.trim_end()), (Some(1), "", faults));
}

#[test]
fn no_command_shows_a_secret() {
    let texts = [
        "<east><scram>sasl.password = 'SECRET'\n",
        "<east><scram>sasl.password = { file = 'password' }\n",
        "<east><scram>sasl.password = { env = 'PASSWORD' }\n",
        "<east>sasl.pasword = 'SECRET'\nssl.key.pem = 'SECRET'\nfoo.bar = 'SECRET'\nsasl.jaas.config = 'SECRET'\n",
        "<east><scram>sasl.password = 'SECRET'\nsasl.password = 'SECRET'\n",
        "<east><scram>sasl.password = SECRET\n",
        "<east><scram>sasl.password = 'SECRET\n",
        "<east>[[token]]\n<name>sha256 = 'SECRET'\nsha257 = 'SECRET'\n",
        "[database]\nurl = 'postgres://ann:SECRET@db/history'\n<east>",
        "[database]\nurl = 'postgres://ann:SECRET@db:port/history'\n<east>",
        "[database]\nurl = 'SECRET'\n<east>",
        "[http]\nothers = ['SECRET']\npublic_url = 'https://a:SECRET@b'\n<east>",
    ];
    for text in texts {
        let folder = folder(text);
        let file = file(&folder);
        // The variable is a fault, so that serving ends at once.
        let variables = [("PASSWORD", SECRET), ("RUST_LOG", "trace"), ("RIVERKEEPER__TOKEN__SHA256", SECRET)];
        for arguments in
            [["config", "check", &file], ["config", "print", &file], ["serve", "--config", &file]]
        {
            let (code, out, err) = riverkeeper(&arguments, &variables);
            assert_eq!(code, Some(1), "{arguments:?}\n{text}");
            assert!(!out.contains(SECRET) && !err.contains(SECRET), "{arguments:?}\n{text}\n{out}\n{err}");
        }
    }
}

#[test]
fn secrets_print_as_stars_with_where_they_come_from() {
    let folder =
        folder("<east><scram>sasl.password = 'SECRET'\n<east><scram>sasl.password = { file = 'password' }\n");
    let (_, out, _) = riverkeeper(&["config", "print", &file(&folder)], &[]);
    let file = file(&folder);
    for line in [
        format!("sasl.username = \"riverkeeper\"  # {file}:6\n"),
        format!("sasl.password = \"***\"  # {file}:7\n"),
        format!("sasl.password = \"***\"  # {file}:14, {{ file = \"password\" }}\n"),
    ] {
        assert!(out.contains(&line), "{line}{out}");
    }
}

#[test]
fn a_new_token_can_be_put_into_the_file_and_is_not_in_it() {
    let (code, made, _) = riverkeeper(&["token", "new", "--name", "ci", "--days", "30"], &[]);
    assert_eq!(code, Some(0));
    let token = made.lines().find_map(|line| line.strip_prefix("#   rk_")).unwrap();
    assert_eq!(token.len(), 43, "256 bits");
    let table = &made[made.find("[[token]]").unwrap()..];
    assert!(!table.contains(token));
    let folder = folder(&format!("<east>{table}"));
    let (_, out, _) = riverkeeper(&["config", "check", &file(&folder)], &[]);
    assert!(out.ends_with("1 cluster, 1 token; 0 faults, 0 warnings\n"), "{out}");
    let (_, again, _) = riverkeeper(&["token", "new", "--name", "ci"], &[]);
    assert!(!again.contains(token));
    let (code, _, err) = riverkeeper(&["token", "new", "--name", "a b"], &[]);
    assert_eq!(code, Some(1));
    assert!(err.contains("--name takes 1 to 100 letters"), "{err}");
}

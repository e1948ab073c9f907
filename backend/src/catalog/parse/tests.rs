//! What each wrong line of the file says.

use proptest::prelude::*;

use super::*;

fn faults(text: &str) -> Vec<(usize, String)> {
    match declared(text) {
        Ok(_) => vec![],
        Err(faults) => faults.into_iter().map(|fault| (fault.line, fault.what)).collect(),
    }
}

#[test]
fn a_whole_owner_is_read() {
    let text = r#"
        [[owner]]
        name = "checkout"
        title = "Checkout team"
        links = [{ title = "Runbook", url = "https://wiki.example/checkout" }]
        topics = ["orders", "payments-*"]
        groups = ["checkout-*"]
        principals = ["User:checkout"]
        client_ids = ["checkout-*"]
        clusters = ["east"]
    "#;
    let declared = declared(text).unwrap();
    let [one] = declared.as_slice() else { panic!("{declared:?}") };
    assert_eq!(one.owner.title.as_deref(), Some("Checkout team"));
    assert_eq!(one.owner.links[0].url, "https://wiki.example/checkout");
    assert_eq!(
        (one.topics.len(), one.groups.len(), one.principals.len(), one.client_ids.len()),
        (2, 1, 1, 1)
    );
    assert_eq!(one.clusters.as_ref().map(Vec::len), Some(1));
}

#[test]
fn an_empty_file_owns_nothing() {
    assert!(declared("").unwrap().is_empty());
}

#[test]
fn each_wrong_line_gives_one_sentence() {
    let owner = |line: &str| format!("[[owner]]\nname = \"a\"\n{line}\n");
    let list = "takes a list of names or globs, like [\"orders\", \"payments-*\"]";
    for (line, said) in [
        ("topic = []", "owner.a.topic: there is no such key; an owner has ".to_owned() + KEYS),
        ("topics = \"x\"", format!("owner.a.topics: {list}")),
        ("groups = [1]", format!("owner.a.groups: {list}")),
        (
            "topics = [\"\"]",
            "owner.a.topics: an empty pattern matches nothing: give a name, or a glob like \"orders-*\""
                .into(),
        ),
        (
            "clusters = []",
            "owner.a.clusters: an empty list owns nowhere; leave it out for all clusters".into(),
        ),
        ("title = 3", "owner.a.title: takes a text of one line, at most 500 bytes".into()),
        ("title = \"a\\nb\"", "owner.a.title: takes a text of one line, at most 500 bytes".into()),
        (
            "links = \"x\"",
            "owner.a.links: takes at most 20 links, like [{ title = \"Runbook\", url = \"https://…\" }]"
                .into(),
        ),
        ("links = [{ title = \"x\" }]", "owner.a.links: a link has a title and a url".into()),
        (
            "links = [{ title = \"x\", url = \"javascript:alert(1)\" }]",
            "owner.a.links.url: takes an address that begins with http:// or https://".into(),
        ),
        (
            "links = [{ title = \"x\", url = \"https://a\", rel = \"y\" }]",
            "owner.a.links.rel: there is no such key; a link has title, url".into(),
        ),
    ] {
        assert_eq!(faults(&owner(line)), [(3, said)], "{line}");
    }
    for (text, line, said) in [
        ("[owner]\nname = \"a\"", 1, "owner: begin each owner with [[owner]]"),
        ("owners = 3", 1, "owners: there is no such key; the file has only [[owner]]"),
        ("[[owner]]", 1, "owner: name is missing"),
        (
            "[[owner]]\nname = \"the team\"",
            2,
            "owner.name: takes up to 100 letters, digits, '.', '_' and '-'; what people call it is its title",
        ),
        (
            "[[owner]]\nname = \"a\"\n[[owner]]\nname = \"a\"",
            3,
            "owner.a: two owners have this name; put them together",
        ),
    ] {
        assert_eq!(faults(text), [(line, said.to_owned())], "{text}");
    }
}

#[test]
fn what_is_no_toml_says_where() {
    let told = faults("[[owner]]\nname = \"a\"\ntopics = [\"x\n");
    assert!(!told.is_empty() && told.iter().all(|(line, what)| *line >= 3 && !what.is_empty()), "{told:?}");
}

#[test]
fn patterns_without_end_are_refused() {
    let many = vec!["\"x\""; MOST_PATTERNS + 1].join(",");
    let text = format!("[[owner]]\nname = \"a\"\ntopics = [{many}]");
    assert_eq!(faults(&text), [(1, "the file has 10001 patterns; at most 10000 are read".to_owned())]);
}

#[test]
fn only_web_addresses_are_links() {
    for url in ["https://a.example/x?y#z", "http://[::1]/", "HTTPS://A"] {
        assert!(is_web_address(url), "{url}");
    }
    for url in ["javascript:alert(1)", "https://", "https:// a", "//a", "data:text/html,x", "https://a b"] {
        assert!(!is_web_address(url), "{url}");
    }
}

proptest! {
    #[test]
    fn no_text_ends_us(text in "(\\PC|\n){0,200}") {
        let _ = declared(&text);
    }

    #[test]
    fn no_toml_ends_us(text in "(\\[\\[owner\\]\\]\n|name = \"[a-z*\\[{]{0,3}\"\n|topics = (1|\\[\"[*a\\[{]{0,4}\"\\]|\\{\\})\n|clusters = \\[\\]\n|links = \\[\\{\\}\\]\n){0,8}") {
        let _ = declared(&text);
    }
}

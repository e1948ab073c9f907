//! Laws of the reading: it ends with an answer, whatever it is given.

use proptest::{collection::vec, prelude::*};

use super::{
    layers::{Arguments, Environment},
    report::Fault,
    whole::{Sources, described, read_text},
};

fn read(text: &[u8], variables: &[(String, String)]) -> (Vec<Fault>, String) {
    let environment: Environment =
        variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
    let sources = Sources {
        file: Some("/nowhere/riverkeeper.toml".as_ref()),
        environment: &environment,
        arguments: &Arguments::default(),
        now: shared::DateTime::UNIX_EPOCH,
    };
    let reading = read_text(&sources, Some(Ok(text.to_vec())));
    (reading.report.faults.clone(), reading.print())
}

/// Keys that mean something, and some that do not.
fn key() -> impl Strategy<Value = String> {
    let known = described().into_iter().flat_map(|table| {
        let table_name = table.table;
        table.settings.into_iter().flat_map(move |setting| {
            [setting.key.to_owned(), format!("{table_name}.{}", setting.key), table_name.to_owned()]
        })
    });
    let properties = crate::kafka::PROPERTIES.iter().map(|property| property.name.to_owned());
    let known: Vec<String> = known.chain(properties).chain(["file".into(), "env".into()]).collect();
    prop_oneof![8 => proptest::sample::select(known), 1 => "[a-z.]{1,8}", 1 => Just("\"\"".to_owned())]
}

/// A value of any kind, well formed.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        any::<i128>().prop_map(|number| number.to_string()),
        any::<f32>().prop_map(|number| format!("{number:?}").replace("NaN", "nan")),
        any::<bool>().prop_map(|switch| switch.to_string()),
        "[^'\\x00-\\x1f\\x7f]{0,12}".prop_map(|text| format!("'{text}'")),
        Just("2027-01-31T00:00:00Z".to_owned()),
        Just("'127.0.0.1:9092,[::1]:1'".to_owned()),
        Just("'SASL_SSL'".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|list| format!("[{}]", list.join(", "))),
            vec((key(), inner), 0..3).prop_map(|table| {
                let pairs: Vec<String> =
                    table.iter().map(|(key, value)| format!("{key} = {value}")).collect();
                format!("{{ {} }}", pairs.join(", "))
            }),
        ]
    })
}

fn line() -> impl Strategy<Value = String> {
    let header = proptest::sample::select(
        ["[http]", "[[cluster]]", "[[token]]", "[kafka]", "[cluster.sasl]", "[token]", "[a.b]"].as_slice(),
    );
    prop_oneof![1 => header.prop_map(str::to_owned), 4 => (key(), value()).prop_map(|(key, value)| format!("{key} = {value}"))]
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(bytes in vec(any::<u8>(), 0..400)) {
        read(&bytes, &[]);
    }

    #[test]
    fn any_toml_is_read_to_an_end_and_each_fault_is_a_line_with_a_place(
        lines in vec(line(), 0..24),
        variables in vec(("RIVERKEEPER__[A-Z_]{0,12}", "[a-z0-9,]{0,6}"), 0..3),
    ) {
        let (faults, printed) = read(lines.join("\n").as_bytes(), &variables);
        for fault in faults {
            let line = fault.to_string();
            prop_assert!(line.starts_with("/nowhere/riverkeeper.toml") || line.starts_with("RIVERKEEPER__"), "{line}");
            prop_assert!(!line.contains('\n'), "{line}");
        }
        // What is printed is TOML again.
        let (_, errors) = toml::de::DeTable::parse_recoverable(&printed);
        prop_assert!(errors.iter().all(|error| error.message() == "duplicate key"), "{printed}\n{errors:?}");
    }
}

//! Wrong settings of the file as a whole: what is not TOML, what is not known, what cannot be used.

use crate::check;

#[test]
fn what_is_not_toml_says_so_with_its_line() {
    check(&[
        (
            "text without quotes",
            "[http]\nlisten = localhost\n<east>",
            &[],
            r#"riverkeeper.toml:2: this is not TOML: a value is text in "quotes", a number, true, false or a [list]"#,
        ),
        (
            "an address without quotes",
            "[http]\nlisten = 127.0.0.1:80\n<east>",
            &[],
            r#"riverkeeper.toml:2: this is not TOML: a value is text in "quotes", a number, true, false or a [list]"#,
        ),
        (
            "text without its end",
            "[kafka]\nclient_id = \"watcher\n<east>",
            &[],
            r#"riverkeeper.toml:2: this is not TOML: text that begins with " ends with " on the same line"#,
        ),
        (
            "a table without its bracket",
            "[http\nlisten = '127.0.0.1:80'\n<east>",
            &[],
            "riverkeeper.toml:1: this is not TOML: the name of a table stands in brackets, like [http]",
        ),
        (
            "a list of tables without its bracket",
            "[[cluster]\nname = 'east'\nbootstrap.servers = 'east:9092'\n",
            &[],
            "riverkeeper.toml:1: this is not TOML: the name of a list of tables stands in two brackets, like [[cluster]]",
        ),
        (
            "a key without a value",
            "[http]\nlisten\n<east>",
            &[],
            "riverkeeper.toml:2: this is not TOML: a setting is written KEY = VALUE",
        ),
        (
            "a key given twice",
            "[http]\nlisten = '127.0.0.1:80'\nlisten = '127.0.0.1:81'\n<east>",
            &[],
            "riverkeeper.toml:3: listen: is given twice; keep one",
        ),
        (
            "a table given twice",
            "[http]\n[kafka]\n[http]\n<east>",
            &[],
            "riverkeeper.toml:3: http: is given twice; keep one",
        ),
        (
            "a property given bare and quoted",
            "<east>security.protocol = 'PLAINTEXT'\n'security.protocol' = 'PLAINTEXT'\n",
            &[],
            "riverkeeper.toml:5: cluster.east.security.protocol: is given twice; keep one",
        ),
    ]);
}

#[test]
fn an_unknown_table_or_key_names_what_there_is_and_what_may_have_been_meant() {
    check(&[
        (
            "a slip in the name of a table",
            "[htp]\nlisten = '127.0.0.1:80'\n<east>",
            &[],
            r#"riverkeeper.toml:1: htp: there is no table "htp", there are <tables>; did you mean http?"#,
        ),
        (
            "a table that nobody knows",
            "[colours]\n<east>",
            &[],
            r#"riverkeeper.toml:1: colours: there is no table "colours", there are <tables>"#,
        ),
        (
            "a key outside of its table",
            "listen = '127.0.0.1:80'\n<east>",
            &[],
            "riverkeeper.toml:1: listen: stands outside of its table; write it below [http]",
        ),
        (
            "a key of another table",
            "[http]\nclient_id = 'watcher'\n<east>",
            &[],
            "riverkeeper.toml:2: http.client_id: [http] has no such key, it takes <keys of http>; client_id belongs to [kafka]",
        ),
        (
            "a slip in a key",
            "[http]\nlisen = '127.0.0.1:80'\n<east>",
            &[],
            "riverkeeper.toml:2: http.lisen: [http] has no such key, it takes <keys of http>; did you mean listen?",
        ),
        (
            "a key without its end",
            "[inventory]\nmetadata_period = 10\n<east>",
            &[],
            "riverkeeper.toml:2: inventory.metadata_period: [inventory] has no such key, it takes <keys of inventory>; did you mean metadata_period_seconds?",
        ),
        (
            "a key that nobody knows",
            "[http]\ncolour = 'red'\n<east>",
            &[],
            "riverkeeper.toml:2: http.colour: [http] has no such key, it takes <keys of http>",
        ),
        (
            "a value where a table belongs",
            "http = 3\n<east>",
            &[],
            "riverkeeper.toml:1: http: takes a table: write [http] and its settings below it",
        ),
        (
            "a list where a table belongs",
            "[[http]]\nlisten = '127.0.0.1:80'\n<east>",
            &[],
            "riverkeeper.toml:1: http: takes a table: write [http] and its settings below it",
        ),
        (
            "one bracket for a cluster",
            "[cluster]\nname = 'east'\nbootstrap.servers = 'east:9092'\n",
            &[],
            "riverkeeper.toml:1: cluster: takes [[cluster]] in two brackets, once for each",
        ),
        (
            "no cluster",
            "[kafka]\nclient_id = 'watcher'\n",
            &[],
            "riverkeeper.toml: cluster: there is none; add [[cluster]] with its name and bootstrap.servers",
        ),
    ]);
}

#[test]
fn a_value_that_cannot_be_used_says_what_is_taken() {
    check(&[
        (
            "a name where an address belongs",
            "[http]\nlisten = 'localhost'\n<east>",
            &[],
            r#"riverkeeper.toml:2: http.listen: takes an IP address with its port, like "127.0.0.1:8080" or "[::1]:8080", not "localhost""#,
        ),
        (
            "a port alone",
            "[http]\nlisten = 8080\n<east>",
            &[],
            r#"riverkeeper.toml:2: http.listen: takes an IP address with its port, like "127.0.0.1:8080" or "[::1]:8080", not 8080"#,
        ),
        (
            "an address of others without a token",
            "[http]\nlisten = '0.0.0.0:8080'\nhosts = ['ops.example.com']\n<east>",
            &[],
            "riverkeeper.toml:2: http.listen: 0.0.0.0:8080 can be reached from other machines, and there is no token; add one (`riverkeeper token new --name NAME` prints it), or set http.anyone_may_see_everything = true",
        ),
        (
            "an address of others by IPv6",
            "[http]\nlisten = '[::]:8080'\nhosts = ['ops.example.com']\n<east>",
            &[],
            "riverkeeper.toml:2: http.listen: [::]:8080 can be reached from other machines, and there is no token; add one (`riverkeeper token new --name NAME` prints it), or set http.anyone_may_see_everything = true",
        ),
        (
            "a URL without its scheme",
            "[http]\npublic_url = 'ops.example.com'\n<east>",
            &[],
            r#"riverkeeper.toml:2: http.public_url: takes http:// or https:// with host and path, like "https://ops.example.com/kafka", not "ops.example.com""#,
        ),
        (
            "a URL of another scheme",
            "[http]\npublic_url = 'ftp://ops.example.com'\n<east>",
            &[],
            r#"riverkeeper.toml:2: http.public_url: takes http:// or https:// with host and path, like "https://ops.example.com/kafka", not "ftp://ops.example.com""#,
        ),
        (
            "a URL with a password",
            "[http]\npublic_url = 'https://me:SECRET@ops.example.com'\n<east>",
            &[],
            "riverkeeper.toml:2: http.public_url: holds a user or password; write scheme, host and path only",
        ),
        (
            "a host with its scheme",
            "[http]\nhosts = ['https://ops.example.com']\n<east>",
            &[],
            r#"riverkeeper.toml:2: http.hosts: takes the name or IP address of a host, without scheme, port and path, not "https://ops.example.com""#,
        ),
        (
            "every host",
            "[http]\nhosts = ['*']\n<east>",
            &[],
            r#"riverkeeper.toml:2: http.hosts: takes the name or IP address of a host, without scheme, port and path, not "*""#,
        ),
        (
            "text where a list belongs",
            "[http]\nhosts = 'ops.example.com'\n<east>",
            &[],
            r#"riverkeeper.toml:2: http.hosts: takes a list in brackets; each is the name or IP address of a host, without scheme, port and path, not "ops.example.com""#,
        ),
        (
            "a word where yes or no belongs",
            "[http]\nanyone_may_see_everything = 'yes'\n<east>",
            &[],
            r#"riverkeeper.toml:2: http.anyone_may_see_everything: takes true or false, not "yes""#,
        ),
        (
            "a number that is too small",
            "[kafka]\nin_flight_per_broker = 0\n<east>",
            &[],
            "riverkeeper.toml:2: kafka.in_flight_per_broker: takes a whole number from 1 to 100, not 0",
        ),
        (
            "a number that is too large",
            "[inventory]\nhistory_hours = 1000\n<east>",
            &[],
            "riverkeeper.toml:2: inventory.history_hours: takes a number from 0 to 48, not 1000",
        ),
        (
            "a number in quotes",
            "[kafka]\nin_flight_per_broker = '4'\n<east>",
            &[],
            r#"riverkeeper.toml:2: kafka.in_flight_per_broker: takes a whole number from 1 to 100, not "4""#,
        ),
        (
            "a fraction where none belongs",
            "[kafka]\nin_flight_per_broker = 2.5\n<east>",
            &[],
            "riverkeeper.toml:2: kafka.in_flight_per_broker: takes a whole number from 1 to 100, not 2.5",
        ),
        (
            "no number",
            "[kafka]\nconnect_timeout_seconds = nan\n<east>",
            &[],
            "riverkeeper.toml:2: kafka.connect_timeout_seconds: takes a number from 0.05 to 86400, not NaN",
        ),
        (
            "time that runs back",
            "[inventory]\nmetadata_period_seconds = -10\n<east>",
            &[],
            "riverkeeper.toml:2: inventory.metadata_period_seconds: takes a number from 0.05 to 86400, not -10",
        ),
        (
            "an empty client id",
            "[kafka]\nclient_id = ''\n<east>",
            &[],
            r#"riverkeeper.toml:2: kafka.client_id: takes text of 1 to 200 characters, not """#,
        ),
        (
            "a list where text belongs",
            "[kafka]\nclient_id = ['a', 'b']\n<east>",
            &[],
            "riverkeeper.toml:2: kafka.client_id: takes text of 1 to 200 characters, not a list",
        ),
        (
            "a file of owners that is not there",
            "[catalog]\nfile = 'owners.toml'\n<east>",
            &[],
            "riverkeeper.toml:2: catalog.file: cannot read owners.toml (there is no such file)",
        ),
        (
            "a folder of owners",
            "[catalog]\nfile = '.'\n<east>",
            &[],
            "riverkeeper.toml:2: catalog.file: . is not a file; give the path of one",
        ),
        (
            "a file of owners that is broken",
            "[catalog]\nfile = 'broken.toml'\n<east>",
            &[],
            "riverkeeper.toml:2: catalog.file: broken.toml:1: string values must be quoted, expected literal string",
        ),
        (
            "a database of another kind",
            "[database]\nurl = 'mysql://ann:SECRET@db/history'\n<east>",
            &[],
            "riverkeeper.toml:2: database.url: takes sqlite:PATH, or postgres://USER:PASSWORD@HOST:PORT/NAME",
        ),
        (
            "a server that is not one",
            "[database]\nurl = 'postgres://ann:SECRET@db:port/history'\n<east>",
            &[],
            "riverkeeper.toml:2: database.url: cannot be read; PostgreSQL is postgres://USER:PASSWORD@HOST:PORT/NAME",
        ),
        (
            "a database without a file",
            "[database]\nurl = 'sqlite:'\n<east>",
            &[],
            "riverkeeper.toml:2: database.url: names no file; write sqlite:PATH",
        ),
        (
            "a database in memory",
            "[database]\nurl = 'sqlite::memory:'\n<east>",
            &[],
            "riverkeeper.toml:2: database.url: keeps nothing; leave the URL out, or name a file",
        ),
        (
            "a file with parameters",
            "[database]\nurl = 'sqlite:history.db?mode=ro'\n<east>",
            &[],
            "riverkeeper.toml:2: database.url: takes a path without parameters, like sqlite:PATH",
        ),
        (
            "a URL in a file that is not there",
            "[database]\nurl = { file = 'url' }\n<east>",
            &[],
            "riverkeeper.toml:2: database.url: cannot read the file url (there is no such file)",
        ),
        (
            "a URL of the environment that is none",
            "<east>",
            &[("RIVERKEEPER__DATABASE__URL", "db:SECRET")],
            "RIVERKEEPER__DATABASE__URL: database.url: takes sqlite:PATH, or postgres://USER:PASSWORD@HOST:PORT/NAME",
        ),
        (
            "history that ends at once",
            "[history]\nminutes_days = 0\n<east>",
            &[],
            "riverkeeper.toml:2: history.minutes_days: takes a number from 1 to 366, not 0",
        ),
        (
            "history that is not known",
            "[history]\nevent_days = 3\n<east>",
            &[],
            "riverkeeper.toml:2: history.event_days: [history] has no such key, it takes minutes_days, ten_minutes_days, hours_days, events_days; did you mean events_days?",
        ),
    ]);
}

//! Where the reader is. All state of a page lives in its address: sort, search, filters, time range, zone.

mod query;

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use shared::units::Zone;

use crate::{
    live::use_store,
    time_range::{Span, TimeRange},
};

/// What a link to another page keeps.
const KEPT: [&str; 4] = ["range", "from", "to", "tz"];

/// Goes to an address: in place of this one or not, and to the top of the page or not.
type Go = Box<dyn Fn(&str, bool, bool)>;

/// The address, as pages read and change it.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    path: Memo<String>,
    search: Memo<String>,
    go: StoredValue<Go, LocalStorage>,
}

impl Place {
    /// Reads the router; called once, inside of it.
    pub(crate) fn provide() -> Self {
        let location = use_location();
        let navigate = use_navigate();
        let go: Go = Box::new(move |url, replace, scroll| {
            let options = NavigateOptions { resolve: false, replace, scroll, ..NavigateOptions::default() };
            navigate(url, options);
        });
        let place = Self { path: location.pathname, search: location.search, go: StoredValue::new_local(go) };
        provide_context(place);
        place
    }

    /// One parameter of the address.
    pub(crate) fn param(self, name: &str) -> Option<String> {
        self.search.with(|search| query::get(search, name))
    }

    /// The time range of charts and timelines.
    pub(crate) fn range(self) -> TimeRange {
        let [range, from, to] = ["range", "from", "to"].map(|name| self.param(name));
        TimeRange::parse(range.as_deref(), from.as_deref(), to.as_deref())
    }

    /// The same as a question says it, which stays for a while as time passes.
    pub(crate) fn span(self) -> Memo<Span> {
        let store = use_store();
        Memo::new(move |_| self.range().span(store.clock.now()))
    }

    /// The reader's zone: UTC by `tz=utc`, else the browser's.
    pub(crate) fn zone(self) -> Zone {
        if self.is_utc() { Zone::utc() } else { browser_zone() }
    }

    /// Whether the address asks for UTC.
    pub(crate) fn is_utc(self) -> bool {
        self.param("tz").as_deref() == Some("utc")
    }

    /// This page with some parameters changed; `None` takes one away.
    pub(crate) fn here(self, changes: &[(&str, Option<&str>)]) -> String {
        let search = self.search.with(|search| query::with(search, changes));
        self.path.with(|path| format!("{path}{search}"))
    }

    /// A link to another page (relative to the base), which keeps the time range and the zone.
    pub(crate) fn to(self, page: &str) -> String {
        let kept = self.search.with(|search| query::only(search, &KEPT));
        query::onto(if page.is_empty() { "./" } else { page }, &kept)
    }

    /// Goes to a page, as if its link had been followed.
    pub(crate) fn go(self, page: &str) {
        let url = format!("{}/{page}", base_path());
        self.go.with_value(|go| go(&url, false, true));
    }

    /// Goes to a page in place of this one, which the way back then leaves out.
    pub(crate) fn replace(self, page: &str) {
        let url = format!("{}/{page}", base_path());
        self.go.with_value(|go| go(&url, true, false));
    }

    /// The page with its parameters, relative to the base.
    pub(crate) fn page(self) -> String {
        let here = self.here(&[]);
        here.strip_prefix(base_path().as_str()).unwrap_or(&here).trim_start_matches('/').to_owned()
    }

    /// Changes parameters of this page without a step in the history.
    pub(crate) fn change(self, changes: &[(&str, Option<&str>)]) {
        let url = untrack(|| self.here(changes));
        self.go.with_value(|go| go(&url, true, false));
    }

    /// Changes parameters of this page as a step of its own, which the way back undoes.
    pub(crate) fn step(self, changes: &[(&str, Option<&str>)]) {
        let url = untrack(|| self.here(changes));
        self.go.with_value(|go| go(&url, false, false));
    }

    /// The path of the page, tracked.
    pub(crate) fn path(self) -> String {
        self.path.get()
    }
}

/// The address of the current page.
pub(crate) fn use_place() -> Place {
    expect_context()
}

/// The path under which the product is mounted, without its last slash.
pub(crate) fn base_path() -> String {
    let base = document().base_uri().ok().flatten().unwrap_or_default();
    let path = web_sys::Url::new(&base).map(|url| url.pathname()).unwrap_or_default();
    path.rsplit_once('/').map(|(mount, _)| mount.to_owned()).unwrap_or_default()
}

fn browser_zone() -> Zone {
    Zone::east_of_utc(-(js_sys::Date::new_0().get_timezone_offset() as i32))
}

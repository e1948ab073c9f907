//! `<Shown/>`: a panel in one of the five states. Nothing else on any page draws waiting, absence, age or failure.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    look::{Face, Known, Look, look, telling},
    query::{Query, View},
    store::use_store,
};
use crate::{
    access::use_who,
    api::Fault,
    components::{Age, Clocked, Panel},
    place::use_place,
};

/// What an empty panel says: what is not there, and what would be here.
#[derive(Clone, Copy)]
pub(crate) struct Empty {
    /// What is not there.
    pub title: &'static str,
    /// What would be here, and when.
    pub text: &'static str,
}

/// A panel that shows a query.
#[component]
pub(crate) fn Shown<T, F>(
    /// What is shown.
    query: Query<T>,
    /// The part whose reading tells the panel's age.
    part: &'static str,
    /// The panel's heading.
    title: &'static str,
    /// What stands beside the heading.
    #[prop(optional, into)]
    note: ViewFn,
    /// A link or button at the end of the header.
    #[prop(optional, into)]
    more: ViewFn,
    /// Where the numbers come from.
    source: &'static str,
    /// What is said when there are no rows.
    #[prop(into)]
    empty: Signal<Empty>,
    /// Each row has a reading of its own and shows it.
    #[prop(optional)]
    rows_speak: bool,
    /// Draws the view.
    body: F,
) -> impl IntoView
where
    T: View,
    F: Fn(Arc<T>) -> AnyView + Clone + Send + Sync + 'static,
{
    let look = looked_at(query, part, rows_speak);
    let body = ViewFn::from(move || query.view.get().map(body.clone()));
    let frame = Frame { look, is_behind: Signal::derive(move || query.is_behind()), empty, source };
    frame.draw(title.into(), note, more, body)
}

/// The same where what is drawn follows the view by itself, and is made only once.
pub(crate) struct Standing {
    /// The part whose reading tells the panel's age.
    pub part: &'static str,
    /// The panel's heading.
    pub title: Signal<&'static str>,
    /// What stands beside the heading.
    pub note: ViewFn,
    /// A link or button at the end of the header.
    pub more: ViewFn,
    /// Where the numbers come from.
    pub source: &'static str,
    /// What is said when there are no rows.
    pub empty: Signal<Empty>,
}

impl Standing {
    /// The panel around what `body` draws.
    pub(crate) fn shown<T: View>(self, query: Query<T>, body: ViewFn) -> AnyView {
        let look = looked_at(query, self.part, false);
        let is_behind = Signal::derive(move || query.is_behind());
        let frame = Frame { look, is_behind, empty: self.empty, source: self.source };
        frame.draw(self.title, self.note, self.more, body)
    }
}

fn looked_at<T: View>(query: Query<T>, part: &'static str, rows_speak: bool) -> Memo<Look> {
    let store = use_store();
    Memo::new(move |_| {
        let now = store.clock.now();
        let readings = query.readings();
        let fault = query.fault();
        let reading = telling(&readings, part, now);
        look(&Known { rows: query.rows(), reading, fault: fault.as_ref(), rows_speak }, now)
    })
}

/// A strip of facts with its source and age. Where there is no view yet, the panels say why.
#[component]
pub(crate) fn ShownFacts<T, F>(
    /// What is shown.
    query: Query<T>,
    /// The part whose reading tells the age.
    part: &'static str,
    /// Where the numbers come from.
    source: &'static str,
    /// Draws the facts.
    facts: F,
) -> impl IntoView
where
    T: View,
    F: Fn(&T) -> AnyView + Clone + Send + Sync + 'static,
{
    let look = looked_at(query, part, false);
    let face = Memo::new(move |_| look.with(|look| look.face));
    let facts = ViewFn::from(move || query.view.with(|view| view.as_deref().map(facts.clone())));
    let inside = move || match face.get() {
        Face::Loading => Some(view! { <div class="skeleton"></div> }.into_any()),
        Face::Failed | Face::Empty => None,
        _ => Some(view! { {facts.run()} <p>{move || look.with(|look| foot(source, look))}</p> }.into_any()),
    };
    view! { <div class="strip" class:is-stale=move || face.get() == Face::Stale>{inside}</div> }.into_any()
}

/// A panel in its state, once for all types of views.
struct Frame {
    look: Memo<Look>,
    is_behind: Signal<bool>,
    empty: Signal<Empty>,
    source: &'static str,
}

impl Frame {
    fn draw(self, title: Signal<&'static str>, note: ViewFn, more: ViewFn, body: ViewFn) -> AnyView {
        let Self { look, is_behind, empty, source } = self;
        let face = Memo::new(move |_| look.with(|look| look.face));
        let tone = Signal::derive(move || match face.get() {
            Face::Stale => "is-stale",
            Face::Failed => "is-failed",
            _ => "",
        });
        let inside = move || match face.get() {
            Face::Loading => skeleton(),
            Face::Empty => nothing(empty.get()),
            Face::Failed => failed(look),
            Face::Fresh | Face::Stale => body.run(),
        };
        let foot = move || look.with(|look| foot(source, look));
        view! {
            <Panel title=title note=note more=more tone=tone age=move || stale_age(look) foot=foot>
                {move || bar(look)}
                <div
                    class="panel-body"
                    class:is-behind=is_behind
                    aria-busy=move || (is_behind.get() || face.get() == Face::Loading).to_string()
                >
                    {inside}
                </div>
            </Panel>
        }
        .into_any()
    }
}

fn skeleton() -> AnyView {
    view! {
        <div class="state-box skeleton">
            <span class="hidden">"Loading…"</span>
            <i class="w-30"></i>
            <i class="w-90"></i>
            <i class="w-80"></i>
            <i class="w-60"></i>
        </div>
    }
    .into_any()
}

fn nothing(empty: Empty) -> AnyView {
    view! {
        <div class="state-box">
            <b>{empty.title}</b>
            <p>{empty.text}</p>
        </div>
    }
    .into_any()
}

fn failed(look: Memo<Look>) -> AnyView {
    let place = use_place();
    let who = use_who();
    let said = move || {
        look.with(|look| match (&look.fault, &look.failure) {
            (Some(fault), _) => (fault.title(), fault.sentence(), None),
            (None, Some(failure)) => ("Could not be read".into(), failure.what.clone(), Some(failure.since)),
            (None, None) => Default::default(),
        })
    };
    let since = move || said().2.map(|since| view! { " Failing since " <Clocked at=since /> "." });
    // Riverkeeper's own page has nothing to say while Riverkeeper does not answer.
    let is_silent = move || look.with(|look| matches!(look.fault, Some(Fault::Unreachable(_))));
    let more = move || {
        (!is_silent() && !who.is_of_owners()).then(
            || view! { <a class="link" href=move || place.to("status")>"Show on Riverkeeper's status"</a> },
        )
    };
    view! {
        <div class="state-box">
            <b class="bad">{move || said().0}</b>
            <p>{move || said().1} {since}</p>
            {more}
        </div>
    }
    .into_any()
}

/// The bar above an old view: why it is old. Above a view that is not old yet, the failure is only named.
fn bar(look: Memo<Look>) -> Option<AnyView> {
    let Look { face, as_of, failure, fault } = look.get();
    let passing = fault.filter(|fault| face != Face::Failed && !matches!(fault, Fault::Unreachable(_)));
    if let Some(fault) = passing {
        return Some(
            view! { <p class="bar-note"><b>{fault.title()}". "</b>{fault.sentence()}" Below is what was last seen."</p> }
                .into_any(),
        );
    }
    match (face, failure) {
        (Face::Stale, Some(failure)) => Some(
            view! {
                <p class="bar-note">
                    <b>{failure.what}" Failing since "<Clocked at=failure.since />". "</b>
                    "Below is what was last seen."
                </p>
            }
            .into_any(),
        ),
        (Face::Stale, None) => as_of.map(|as_of| {
            view! {
                <p class="bar-note">
                    <b>"Not read again since "<Clocked at=as_of />". "</b>
                    "Below is what was last seen."
                </p>
            }
            .into_any()
        }),
        (Face::Fresh | Face::Empty, Some(failure)) => Some(
            view! { <p class="bar-note is-quiet"><b>"The last turn failed: "</b>{failure.what}</p> }
                .into_any(),
        ),
        _ => None,
    }
}

fn stale_age(look: Memo<Look>) -> Option<AnyView> {
    let old = look.with(|look| (look.face == Face::Stale).then_some(look.as_of).flatten());
    old.map(|as_of| view! { <span class="warn"><Age at=as_of suffix="old" /></span> }.into_any())
}

fn foot(source: &'static str, look: &Look) -> AnyView {
    let age = look.as_of.map(|as_of| view! { ", " <Age at=as_of suffix="ago" /> });
    view! { <span>"From " {source} {age}</span> }.into_any()
}

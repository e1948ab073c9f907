//! Who is signed in, as the server says it.

use leptos::prelude::*;
use shared::{
    access::{Session, SignIn, Via},
    route::api as routes,
};
use wasm_bindgen_futures::spawn_local;

use super::{PAGE, returning};
use crate::{
    api::{self, Fault},
    live::Store,
    place::Place,
};

/// What is known of the one who reads this.
#[derive(Clone, Debug, PartialEq)]
enum Known {
    /// The first answer is on its way.
    Asking,
    /// Nobody, or nothing can be told.
    Nobody,
    /// The server knows them.
    Somebody(Session),
}

/// How signing in went.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SignedIn {
    /// Well.
    Yes,
    /// The token is not taken, or there was no answer.
    Refused(Fault),
    /// The token is taken, and the browser did not keep the cookie.
    Forgotten,
}

/// Who is signed in.
#[derive(Clone, Copy)]
pub(crate) struct Who {
    known: RwSignal<Known>,
    store: Store,
    place: Place,
}

/// Who reads this page.
pub(crate) fn use_who() -> Who {
    expect_context()
}

impl Who {
    /// Asks the server, and leads to the page on which one signs in as soon as anything is refused.
    pub(crate) fn provide(store: Store, place: Place) -> Self {
        let who = Self { known: RwSignal::new(Known::Asking), store, place };
        provide_context(who);
        spawn_local(async move { drop(who.ask().await) });
        let is_refused = Memo::new(move |_| store.is_refused.get());
        Effect::new(move || {
            if is_refused.get() {
                who.leave();
            }
        });
        who
    }

    /// Somebody who is known from the start, for pictures.
    #[cfg(debug_assertions)]
    pub(crate) fn sampled(store: Store, place: Place, session: Session) -> Self {
        let who = Self { known: RwSignal::new(Known::Somebody(session)), store, place };
        provide_context(who);
        who
    }

    /// Whether the first answer has come, so that pages know what is worth asking for.
    pub(crate) fn is_known(self) -> bool {
        self.known.with(|known| *known != Known::Asking)
    }

    /// Who it is; `None` where nobody has to sign in.
    pub(crate) fn session(self) -> Option<Session> {
        self.known.with(|known| match known {
            Known::Somebody(session) if session.via != Via::Open => Some(session.clone()),
            _ => None,
        })
    }

    /// Whether only what some owners have is shown: then there are no brokers, no loads and no status to ask for.
    pub(crate) fn is_of_owners(self) -> bool {
        self.known.with(|known| matches!(known, Known::Somebody(session) if session.owners.is_some()))
    }

    /// What a dash stands for.
    pub(crate) fn why_unknown(self) -> Signal<&'static str> {
        Signal::derive(move || {
            if self.is_of_owners() { "Not known, or not shown to your token" } else { "Not known" }
        })
    }

    /// Exchanges a token for a session.
    pub(crate) async fn sign_in(self, token: String) -> SignedIn {
        let body = serde_json::to_string(&SignIn { token }).unwrap_or_default();
        if let Err(fault) = api::send("POST", routes::SESSION, Some(&body)).await {
            return SignedIn::Refused(fault);
        }
        match self.ask().await {
            Ok(()) => SignedIn::Yes,
            Err(fault) if fault.is_refused() => SignedIn::Forgotten,
            Err(fault) => SignedIn::Refused(fault),
        }
    }

    /// Ends the session. What was on the screen is forgotten.
    pub(crate) fn sign_out(self) {
        spawn_local(async move {
            // One who cannot be told stays signed in there, so the page must not look as if it had worked.
            match api::send("DELETE", routes::SESSION, None).await {
                Ok(_) => self.store.is_refused.set(true),
                Err(fault) if fault.is_refused() => self.store.is_refused.set(true),
                Err(_) => self.store.hear_nothing(),
            }
        });
    }

    /// Goes to the page on which one signs in, to come back to this one afterwards.
    fn leave(self) {
        self.known.set(Known::Nobody);
        self.store.forget();
        let here = untrack(|| self.place.page());
        if here.split('?').next() != Some(PAGE) {
            self.place.replace(&returning::sign_in_page(&here));
        }
    }

    /// Goes on to where one came from.
    pub(crate) fn go_on(self) {
        let to = untrack(|| self.place.param("to"));
        self.place.replace(&returning::page_after(to.as_deref()));
    }

    async fn ask(self) -> Result<(), Fault> {
        let answer = api::send("GET", routes::SESSION, None).await;
        let session = answer.and_then(|text| {
            serde_json::from_str(&text).map_err(|error| Fault::Unreadable(error.to_string()))
        });
        match session {
            Ok(session) => {
                self.known.set(Known::Somebody(session));
                self.store.accept();
                Ok(())
            }
            Err(fault) => {
                self.known.set(Known::Nobody);
                if fault.is_refused() {
                    self.store.is_refused.set(true);
                }
                Err(fault)
            }
        }
    }
}

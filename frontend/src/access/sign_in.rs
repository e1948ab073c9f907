//! The page on which one signs in: one token, exchanged once for a session.

use leptos::{html, prelude::*};
use wasm_bindgen_futures::spawn_local;

use super::{SignedIn, Who, use_who};
use crate::{
    api::Fault,
    app::set_way,
    components::{Icon, icon},
    shell::focus,
};

/// What stands below the field when it went wrong.
fn said(signed_in: &SignedIn) -> String {
    match signed_in {
        SignedIn::Yes => String::new(),
        SignedIn::Forgotten => {
            "The token is right, but this browser did not keep the session: it keeps one only over \
                                https, or on this machine as localhost. Open Riverkeeper by such an address."
                .into()
        }
        SignedIn::Refused(Fault::Problem(problem)) if problem.status == 401 => {
            "This token is not known here. Check that it was copied whole and that it has not ended.".into()
        }
        SignedIn::Refused(Fault::Problem(problem)) if problem.status == 429 => {
            "There were too many attempts. Wait a minute, then try again.".into()
        }
        SignedIn::Refused(fault) => format!("{}. {}", fault.title(), fault.sentence()),
    }
}

/// How far signing in is.
#[derive(Clone, Debug, Default, PartialEq)]
struct Attempt {
    is_sent: bool,
    said: String,
}

/// The page.
#[component]
pub(crate) fn SignInPage(
    /// An attempt that is under way or went wrong, for pictures.
    #[prop(optional)]
    sent: bool,
    /// How one went wrong, for pictures.
    #[prop(optional)]
    refused: Option<Fault>,
) -> impl IntoView {
    set_way(vec![("Sign in".into(), None)]);
    let refused = refused.map(|fault| said(&SignedIn::Refused(fault))).unwrap_or_default();
    let attempt = RwSignal::new(Attempt { is_sent: sent, said: refused });
    let who = use_who();
    let field = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let Some(field) = field.get() {
            focus(&field);
        }
    });
    let is_wrong = Memo::new(move |_| attempt.with(|attempt| !attempt.said.is_empty()));
    let is_sent = Memo::new(move |_| attempt.with(|attempt| attempt.is_sent));
    view! {
        <div class="sign-in">
            <p class="brand">{icon(Icon::River)}<span>"Riverkeeper"</span></p>
            <section class="panel" aria-labelledby="sign-in-title">
                <h1 id="sign-in-title" tabindex="-1">"Sign in"</h1>
                <form novalidate aria-busy=move || is_sent.get().to_string() on:submit=move |event| { event.prevent_default(); send(who, attempt, field); }>
                    <label for="token">"Token"</label>
                    <input
                        id="token" name="token" type="password" autocomplete="current-password" autocapitalize="none" spellcheck="false"
                        node_ref=field aria-describedby="token-said token-help" aria-invalid=move || is_wrong.get().to_string()
                        on:input=move |_| attempt.update(|attempt| attempt.said.clear())
                    />
                    <p id="token-said" class="bad" role="alert">{move || attempt.with(|attempt| attempt.said.clone())}</p>
                    <button type="submit" class="btn is-first" aria-disabled=move || is_sent.get().to_string()>
                        {move || if is_sent.get() { "Signing in…" } else { "Sign in" }}
                    </button>
                </form>
                <p id="token-help" class="foot">
                    "Ask whoever runs this Riverkeeper for a token; "<code>"riverkeeper token new"</code>" makes one. It is exchanged for a session that ends by itself, and is not kept in this browser."
                </p>
            </section>
        </div>
    }
    .into_any()
}

fn send(who: Who, attempt: RwSignal<Attempt>, field: NodeRef<html::Input>) {
    let Some(field) = field.get_untracked().filter(|_| !attempt.with_untracked(|attempt| attempt.is_sent))
    else {
        return;
    };
    let token = field.value().trim().to_owned();
    if token.is_empty() {
        attempt.set(Attempt { is_sent: false, said: "Paste the token first.".into() });
        focus(&field);
        return;
    }
    attempt.set(Attempt { is_sent: true, said: String::new() });
    spawn_local(async move {
        let signed_in = who.sign_in(token).await;
        if signed_in == SignedIn::Yes {
            field.set_value("");
            return who.go_on();
        }
        attempt.set(Attempt { is_sent: false, said: said(&signed_in) });
        field.select();
    });
}

#[cfg(test)]
mod tests {
    use shared::problem::Problem;

    use super::*;

    fn refused(status: u16) -> String {
        let problem = Problem { kind: String::new(), title: "T".into(), status, detail: "D.".into() };
        said(&SignedIn::Refused(Fault::Problem(problem)))
    }

    #[test]
    fn each_refusal_says_what_to_do() {
        assert!(refused(401).contains("copied whole"));
        assert!(refused(429).contains("Wait"));
        assert_eq!(refused(503), "T. D.");
        assert!(said(&SignedIn::Forgotten).contains("https"));
        assert!(said(&SignedIn::Refused(Fault::Unreachable(String::new()))).contains("does not answer"));
    }
}

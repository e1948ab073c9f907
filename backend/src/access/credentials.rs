//! What a request shows of who is asking: a token in a header, or a session in a cookie. The header goes first.

use axum::http::{HeaderMap, header};
use cookie::{Cookie, SameSite, time::Duration};

/// What was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown<'a> {
    /// Nothing.
    Nothing,
    /// A token.
    Token(&'a str),
    /// A session's key.
    Session(&'a str),
    /// Something that cannot be read; the reason as a sentence.
    Unreadable(&'static str),
}

/// Reads what was shown; `cookie` is the name of our cookie.
pub(super) fn shown<'a>(headers: &'a HeaderMap, cookie: &str) -> Shown<'a> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    match (given.next(), given.next()) {
        (None, _) => session(headers, cookie).map_or(Shown::Nothing, Shown::Session),
        (Some(value), None) => match value.to_str().ok().and_then(bearer) {
            Some(token) => Shown::Token(token),
            None => Shown::Unreadable("Authorization takes the word Bearer and a token."),
        },
        (Some(_), Some(_)) => Shown::Unreadable("Give one Authorization header, not several."),
    }
}

/// The session's key; none when two cookies of that name disagree about it.
pub(super) fn session<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut found = texts
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value);
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// The name of our cookie. `__Host-` makes browsers refuse it from elsewhere, but asks for the path `/`: so two
/// Riverkeepers under two paths of one host tell theirs apart by the name.
pub(super) fn cookie_name(base_path: &str) -> String {
    let path: String = base_path
        .trim_matches('/')
        .chars()
        .map(|character| if character.is_ascii_alphanumeric() { character } else { '-' })
        .collect();
    let dash = if path.is_empty() { "" } else { "-" };
    format!("__Host-riverkeeper{dash}{path}")
}

/// The cookie as it is set; without a secret as it is taken back.
pub(super) fn set_cookie(name: &str, secret: Option<&str>) -> String {
    let cookie = Cookie::build((name, secret.unwrap_or_default()))
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax);
    let cookie = if secret.is_none() { cookie.max_age(Duration::ZERO) } else { cookie };
    cookie.to_string()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const COOKIE: &str = "__Host-riverkeeper";

    fn with(pairs: &[(header::HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).fold(
            HeaderMap::new(),
            |mut headers, (name, value)| {
                headers.append(name, value);
                headers
            },
        )
    }

    #[test]
    fn a_header_goes_before_a_cookie_even_when_it_is_of_no_use() {
        let cookie = (header::COOKIE, "a=1; __Host-riverkeeper=key; b=2");
        assert_eq!(shown(&with(&[]), COOKIE), Shown::Nothing);
        assert_eq!(shown(&with(std::slice::from_ref(&cookie)), COOKIE), Shown::Session("key"));
        let token = (header::AUTHORIZATION, "bearer secret");
        assert_eq!(shown(&with(&[token, cookie.clone()]), COOKIE), Shown::Token("secret"));
        for useless in ["Basic c2VjcmV0", "Bearer", "Bearer ", "secret", ""] {
            let headers = with(&[(header::AUTHORIZATION, useless), cookie.clone()]);
            let shown = shown(&headers, COOKIE);
            assert!(matches!(shown, Shown::Unreadable(_)), "{useless}: {shown:?}");
        }
        let twice = with(&[(header::AUTHORIZATION, "Bearer a"), (header::AUTHORIZATION, "Bearer b")]);
        assert!(matches!(shown(&twice, COOKIE), Shown::Unreadable(_)));
    }

    #[test]
    fn a_cookie_of_another_name_or_two_that_disagree_are_none() {
        for (value, found) in [
            ("riverkeeper=key", None),
            ("__Host-riverkeeper-ops=key", None),
            ("__host-riverkeeper=key", None),
            ("__Host-riverkeeper=a; __Host-riverkeeper=b", None),
            ("__Host-riverkeeper=a; __Host-riverkeeper=a", Some("a")),
            (" __Host-riverkeeper=a", Some("a")),
        ] {
            assert_eq!(session(&with(&[(header::COOKIE, value)]), COOKIE), found, "{value}");
        }
    }

    #[test]
    fn under_a_path_the_cookie_carries_the_path_in_its_name() {
        for (path, name) in [
            ("/", "__Host-riverkeeper"),
            ("", "__Host-riverkeeper"),
            ("/ops/river_keeper/", "__Host-riverkeeper-ops-river-keeper"),
        ] {
            assert_eq!(cookie_name(path), name);
        }
    }

    #[test]
    fn the_cookie_stays_on_this_host_out_of_scripts_and_at_home() {
        assert_eq!(
            set_cookie(COOKIE, Some("key")),
            "__Host-riverkeeper=key; HttpOnly; SameSite=Lax; Secure; Path=/"
        );
        assert_eq!(
            set_cookie(COOKIE, None),
            "__Host-riverkeeper=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0"
        );
    }
}

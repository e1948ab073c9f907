//! Where one goes on after signing in: pure.

use shared::route::segment;

use super::PAGE;

/// The page on which one signs in, which knows where to go on. `here` is a page of ours, relative to the base.
pub(crate) fn sign_in_page(here: &str) -> String {
    match page_after(Some(here)) {
        page if page.is_empty() => PAGE.into(),
        page => format!("{PAGE}?to={}", segment(&page)),
    }
}

/// The page to go on to, relative to the base. Whatever the address asks for, it is one of ours: what is not plainly
/// so leads to the first page.
pub(crate) fn page_after(to: Option<&str>) -> String {
    let to = to.unwrap_or_default();
    let (path, rest) = to.split_at(to.find(['?', '#']).unwrap_or(to.len()));
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let steps_are_ours =
        path.split('/').all(|step| !step.is_empty() && !step.contains(':') && !step.starts_with('.'));
    let is_ours = (path.is_empty() || steps_are_ours) && path != PAGE && is_plain(path) && is_plain(rest);
    if is_ours { to.to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_on_to_the_page_that_was_asked_for() {
        for page in
            ["", "status", "clusters/east/topics?sort=-size_bytes&q=a%20b", "?range=6h", "clusters/a%2Fb"]
        {
            assert_eq!(page_after(Some(page)), page);
        }
        assert_eq!(sign_in_page("clusters/east?tz=utc"), "sign-in?to=clusters%2Feast%3Ftz%3Dutc");
        assert_eq!(sign_in_page(""), "sign-in");
        assert_eq!(page_after(None), "");
    }

    #[test]
    fn nobody_is_sent_elsewhere() {
        for foreign in [
            "https://evil.example",
            "//evil.example",
            "/evil.example",
            "\\\\evil.example",
            "javascript:alert(1)",
            "x/../../y",
            "x//evil.example",
            "x\nhttps:",
            "größe",
            "sign-in",
            "sign-in?to=status",
            ".",
            "x?\\",
        ] {
            assert_eq!(page_after(Some(foreign)), "", "{foreign}");
        }
    }
}

//! Why an answer is missing.

use shared::problem::Problem;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fault {
    /// Nobody asked any more.
    Aborted,
    /// Riverkeeper does not answer; with what the browser says about it.
    Unreachable(String),
    /// Riverkeeper refused, and says why.
    Problem(Problem),
    /// An answer that this page does not understand.
    Unreadable(String),
}

impl Fault {
    /// The fault in few words.
    pub(crate) fn title(&self) -> String {
        match self {
            Self::Aborted => "The question was taken back".into(),
            Self::Unreachable(_) => "Riverkeeper does not answer".into(),
            Self::Problem(problem) => problem.title.clone(),
            Self::Unreadable(_) => "Riverkeeper's answer could not be read".into(),
        }
    }

    /// What to know and what to check.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Aborted => String::new(),
            Self::Unreachable(what) if what.is_empty() => {
                "Check that it runs and that this network reaches it.".into()
            }
            Self::Unreachable(what) => {
                format!("Check that it runs and that this network reaches it. The browser says: {what}.")
            }
            Self::Problem(problem) => problem.detail.clone(),
            Self::Unreadable(what) => {
                format!("The page may be older than the server: reload it. It says: {what}.")
            }
        }
    }

    /// Whether the thing asked for does not exist.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Problem(problem) if problem.status == 404)
    }

    /// Whether the one who asks is not signed in, or not any more.
    pub(crate) fn is_refused(&self) -> bool {
        matches!(self, Self::Problem(problem) if problem.status == 401)
    }

    /// Whether asking again without a change may help.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Problem(problem) => problem.status >= 500 || problem.status == 429,
            Self::Aborted | Self::Unreadable(_) => false,
        }
    }
}

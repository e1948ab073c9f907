//! Inks: what a shape means, instead of its colour.
//!
//! plotters knows only colours, and a colour in the SVG would ignore the theme. So an ink passes through plotters as a
//! code in an RGB triple and comes out as a CSS class.

use plotters::style::RGBColor;

/// What a shape or text means; the style sheet decides how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ink {
    /// Lines to read values by.
    Grid,
    /// The zero line.
    Axis,
    /// Words and numbers of the axes.
    Label,
    /// One of five colours that only tell lines apart: 1 to 5, beyond that from the beginning.
    Series(u8),
    /// One of many lines, behind those that speak.
    Quiet,
    /// A person should look at it.
    Warning,
    /// A person must act.
    Critical,
    /// A moment to point at.
    Mark,
    /// The tint behind a time of trouble.
    Band(Tint),
}

/// How bad a tinted time was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tint {
    /// Nobody knows.
    Unknown,
    /// A person should have looked at it.
    Warning,
    /// A person had to act.
    Critical,
}

/// How an ink is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Applied {
    Stroke,
    Fill,
    Text,
}

impl Ink {
    /// The series ink of the line at `index`, counted from zero.
    pub fn series(index: usize) -> Self {
        Self::Series((index % 5) as u8 + 1)
    }

    pub(super) fn code(self) -> RGBColor {
        match self {
            Self::Grid => RGBColor(0, 0, 0),
            Self::Axis => RGBColor(0, 0, 1),
            Self::Label => RGBColor(0, 0, 2),
            Self::Warning => RGBColor(0, 0, 3),
            Self::Critical => RGBColor(0, 0, 4),
            Self::Quiet => RGBColor(0, 0, 5),
            Self::Mark => RGBColor(0, 0, 6),
            Self::Series(number) => RGBColor(1, 0, number),
            Self::Band(Tint::Unknown) => RGBColor(2, 0, 0),
            Self::Band(Tint::Warning) => RGBColor(2, 0, 1),
            Self::Band(Tint::Critical) => RGBColor(2, 0, 2),
        }
    }

    /// The ink behind a code; a label for any colour that is none of ours.
    pub(super) fn of_code(code: (u8, u8, u8)) -> Self {
        match code {
            (0, 0, 0) => Self::Grid,
            (0, 0, 1) => Self::Axis,
            (0, 0, 3) => Self::Warning,
            (0, 0, 4) => Self::Critical,
            (0, 0, 5) => Self::Quiet,
            (0, 0, 6) => Self::Mark,
            (1, 0, number) => Self::Series(number),
            (2, 0, 0) => Self::Band(Tint::Unknown),
            (2, 0, 1) => Self::Band(Tint::Warning),
            (2, 0, 2) => Self::Band(Tint::Critical),
            _ => Self::Label,
        }
    }

    /// The CSS class: `stroke-grid`, `fill-series-2`, `text-critical`.
    pub(super) fn class(self, applied: Applied) -> String {
        let how = match applied {
            Applied::Stroke => "stroke",
            Applied::Fill => "fill",
            Applied::Text => "text",
        };
        let what = match self {
            Self::Grid => "grid",
            Self::Axis => "axis",
            Self::Label => "label",
            Self::Warning => "warning",
            Self::Critical => "critical",
            Self::Quiet => "quiet",
            Self::Mark => "mark",
            Self::Series(number) => return format!("{how}-series-{}", number.saturating_sub(1) % 5 + 1),
            Self::Band(Tint::Unknown) => "band-unknown",
            Self::Band(Tint::Warning) => "band-warning",
            Self::Band(Tint::Critical) => "band-critical",
        };
        format!("{how}-{what}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ink_survives_its_code() {
        let plain = [Ink::Grid, Ink::Axis, Ink::Label, Ink::Quiet, Ink::Mark, Ink::Warning, Ink::Critical];
        let bands = [Tint::Unknown, Tint::Warning, Tint::Critical].map(Ink::Band);
        for ink in plain.into_iter().chain(bands).chain((0..=255).map(Ink::Series)) {
            let RGBColor(red, green, blue) = ink.code();
            assert_eq!(Ink::of_code((red, green, blue)), ink);
        }
    }

    #[test]
    fn a_sixth_line_looks_like_the_first() {
        assert_eq!(Ink::series(5), Ink::Series(1));
        assert_eq!(Ink::Series(6).class(Applied::Stroke), "stroke-series-1");
        assert_eq!(Ink::Series(0).class(Applied::Text), "text-series-1");
    }
}

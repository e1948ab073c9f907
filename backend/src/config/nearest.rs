//! "did you mean …?"

/// The known word that is most like an unknown one, if any is like it at all.
pub fn nearest<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Where a word begins counts most: operators leave out endings and mix up letters.
    const ALIKE: f64 = 0.85;
    let unknown = unknown.to_lowercase();
    let scored = known.into_iter().map(|word| (strsim::jaro_winkler(&unknown, &word.to_lowercase()), word));
    scored.filter(|(score, _)| *score >= ALIKE).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, word)| word)
}

/// The end of a sentence about an unknown word.
pub fn did_you_mean<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(unknown, known).map_or_else(String::new, |word| format!("; did you mean {word}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_finds_its_word_and_another_word_finds_none() {
        let known = ["listen", "public_url", "hosts", "metadata_period_seconds", "sasl.mechanism"];
        for (unknown, word) in [
            ("lisen", Some("listen")),
            ("Listen", Some("listen")),
            ("public-url", Some("public_url")),
            ("metadata_period", Some("metadata_period_seconds")),
            ("sasl.mechansim", Some("sasl.mechanism")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(unknown, known), word, "{unknown}");
        }
    }
}

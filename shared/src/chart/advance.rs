//! How wide text is in Inter, the bundled font, without asking a browser.
//!
//! A chart must come out the same byte for byte on the server and in the browser, so it never measures text on a
//! platform: it adds up the font's own advances. Kerning is left out, which makes an estimate a hair too wide.
//!
//! The numbers are in units of the font, 2048 per em. They were read once with fontTools from the `hmtx` table of
//! `inter-latin-wght-normal.woff2` (npm `@fontsource-variable/inter` 5.3.0, Inter 4.001, SIL OFL 1.1), after pinning
//! the `wght` axis to 400 and to 600, for the printable ASCII characters in order, from space to tilde.

/// Units per em.
const EM: u32 = 2048;

/// The size of every text in a chart, in pixels.
pub const FONT_SIZE: u32 = 11;

/// How heavy a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// 400: axes and bands.
    Regular,
    /// 600: the labels of lines.
    Strong,
}

#[rustfmt::skip]
const REGULAR: [u16; 95] = [
    576, 589, 954, 1297, 1314, 2011, 1319, 614, 747, 747, 1026, 1355, 590, 942, 590, 738,
    1292, 833, 1249, 1265, 1323, 1215, 1270, 1159, 1267, 1270, 590, 618, 1355, 1355, 1355, 1047,
    1978, 1413, 1340, 1496, 1478, 1231, 1209, 1528, 1522, 550, 1169, 1376, 1158, 1850, 1543, 1566,
    1308, 1566, 1318, 1314, 1322, 1524, 1413, 2018, 1397, 1390, 1288, 747, 738, 747, 965, 934,
    661, 1150, 1254, 1170, 1254, 1194, 758, 1256, 1211, 496, 496, 1124, 496, 1794, 1210, 1228,
    1254, 1254, 771, 1081, 670, 1211, 1151, 1676, 1118, 1151, 1131, 873, 681, 873, 1355,
];

#[rustfmt::skip]
const STRONG: [u16; 95] = [
    516, 658, 1071, 1318, 1332, 2057, 1357, 667, 764, 764, 1105, 1378, 653, 953, 653, 776,
    1351, 866, 1276, 1303, 1364, 1254, 1310, 1180, 1311, 1310, 653, 674, 1378, 1378, 1378, 1113,
    2046, 1490, 1350, 1509, 1479, 1240, 1204, 1534, 1527, 567, 1187, 1440, 1158, 1889, 1555, 1574,
    1321, 1583, 1336, 1332, 1352, 1507, 1490, 2089, 1474, 1461, 1336, 764, 776, 764, 986, 961,
    719, 1176, 1278, 1193, 1278, 1211, 796, 1281, 1254, 536, 536, 1166, 536, 1844, 1253, 1247,
    1278, 1278, 813, 1125, 723, 1254, 1202, 1719, 1165, 1205, 1159, 931, 735, 931, 1378,
];

/// The few others that labels use: en dash, ellipsis, middle dot, minus; regular and strong.
const OTHERS: [(char, u16, u16); 4] =
    [('–', 1024, 1024), ('…', 1770, 1958), ('·', 590, 653), ('−', 1355, 1378)];

/// What stands for a character the table lacks: about as wide as a capital, or an em for the wide scripts.
fn unlisted(character: char) -> u32 {
    if character < '\u{1100}' { 1536 } else { EM }
}

fn advance(character: char, weight: Weight) -> u32 {
    let (ascii, strong) = match weight {
        Weight::Regular => (&REGULAR, false),
        Weight::Strong => (&STRONG, true),
    };
    let index = (character as usize).wrapping_sub(' ' as usize);
    if let Some(units) = ascii.get(index) {
        return u32::from(*units);
    }
    OTHERS.iter().find(|(other, ..)| *other == character).map_or_else(
        || unlisted(character),
        |(_, regular, heavy)| u32::from(if strong { *heavy } else { *regular }),
    )
}

/// The width of a text in tenths of a pixel, rounded up.
pub fn width_in_tenths(text: &str, weight: Weight) -> u32 {
    let units = text.chars().fold(0_u32, |sum, character| sum.saturating_add(advance(character, weight)));
    u32::try_from((u64::from(units) * u64::from(FONT_SIZE) * 10).div_ceil(u64::from(EM))).unwrap_or(u32::MAX)
}

/// The width of a text in pixels.
pub fn width(text: &str, weight: Weight) -> f64 {
    f64::from(width_in_tenths(text, weight)) / 10.0
}

/// The text, or as much of its beginning as fits into `room` pixels with an ellipsis; nothing if not even that fits.
pub fn fitted(text: &str, weight: Weight, room: f64) -> String {
    if width(text, weight) <= room {
        return text.into();
    }
    let mut kept: Vec<char> = text.chars().take(200).collect();
    while kept.pop().is_some() {
        let shorter: String =
            kept.iter().collect::<String>().trim_end_matches([' ', '.', '-', '_']).to_owned() + "…";
        if kept.len() > 1 && width(&shorter, weight) <= room {
            return shorter;
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_words_are_as_wide_as_the_font_says() {
        assert_eq!(width_in_tenths("", Weight::Regular), 0);
        // The font's zero is 1,292 units: 6.94 px.
        assert_eq!(width_in_tenths("0", Weight::Regular), 70);
        assert!((25.0..35.0).contains(&width("13:00", Weight::Regular)));
        assert!((80.0..100.0).contains(&width("under-replicated", Weight::Strong)));
    }

    #[test]
    fn letters_rank_as_in_any_grotesque() {
        for weight in [Weight::Regular, Weight::Strong] {
            let ranked = ["i", "t", "n", "m", "W"].map(|letter| width_in_tenths(letter, weight));
            assert!(ranked.is_sorted(), "{ranked:?}");
        }
    }

    #[test]
    fn strong_text_is_wider() {
        assert!(width("orders", Weight::Strong) > width("orders", Weight::Regular));
    }

    #[test]
    fn every_advance_is_between_a_fifth_of_an_em_and_an_em_and_a_bit() {
        assert!(REGULAR.iter().chain(&STRONG).all(|units| (400..2200).contains(units)));
    }

    proptest! {
        #[test]
        fn fitted_text_fits(text in ".{0,40}", room in 0.0..200.0_f64) {
            prop_assert!(width(&fitted(&text, Weight::Strong, room), Weight::Strong) <= room);
        }
    }
}

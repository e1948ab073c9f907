//! A value as a whole number of 19 bits: sign, exponent and ten bits of fraction.
//!
//! What a broker says of itself is never exact to more than three digits, and digits that mean nothing are what does
//! not compress. The numbers are in the order of the values, so that close values differ by little.

/// What is not known.
pub const UNKNOWN: u32 = 0;

/// The number of zero; below are the negative ones.
const ZERO: u32 = 1 << 18;

/// Bits of an `f32` that are left out.
const LEFT_OUT: u32 = 13;

/// The largest magnitude that is a number; above are infinity and its like.
const LARGEST: u32 = (0xff << 10) - 1;

/// A value, rounded to the nearest of 1,024 steps between two powers of two: at most 0.05 % from what it was.
/// Infinities and what is no number are not known.
pub fn encode(value: Option<f32>) -> u32 {
    let Some(value) = value.filter(|value| value.is_finite()) else { return UNKNOWN };
    let bits = value.to_bits() & !(1 << 31);
    let magnitude = ((bits + (1 << (LEFT_OUT - 1))) >> LEFT_OUT).min(LARGEST);
    if value.is_sign_negative() { ZERO - magnitude } else { ZERO + magnitude }
}

/// The value behind a number; numbers that none has are not known.
pub fn decode(code: u32) -> Option<f32> {
    let magnitude = code.abs_diff(ZERO);
    if code == UNKNOWN || magnitude > LARGEST {
        return None;
    }
    let value = f32::from_bits(magnitude << LEFT_OUT);
    Some(if code < ZERO { -value } else { value })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_value_comes_back_within_a_two_thousandth(value in proptest::num::f32::NORMAL) {
            let back = decode(encode(Some(value))).unwrap();
            prop_assert!((back - value).abs() <= value.abs() / 2_000.0, "{value} came back as {back}");
            prop_assert_eq!(decode(encode(Some(back))), Some(back), "a second time changes nothing");
        }

        #[test]
        fn the_order_of_values_is_the_order_of_their_numbers(one in proptest::num::f32::NORMAL, other in proptest::num::f32::NORMAL) {
            prop_assume!(one <= other);
            prop_assert!(encode(Some(one)) <= encode(Some(other)));
        }
    }

    #[test]
    fn what_is_no_number_is_unknown_and_zero_is_zero() {
        for value in [None, Some(f32::NAN), Some(f32::INFINITY), Some(f32::NEG_INFINITY)] {
            assert_eq!(encode(value), UNKNOWN);
        }
        assert_eq!([0.0, -0.0].map(|zero| decode(encode(Some(zero)))), [Some(0.0); 2]);
        assert_eq!([UNKNOWN, 1, 1 << 19, u32::MAX].map(decode), [None; 4]);
        assert!(decode(encode(Some(f32::MAX))).unwrap() > 3.4e38);
    }
}

//! Reading and writing lists by index without a panic.
//!
//! All indexes inside the layout are its own and in range; were one not, a picture is off rather than a page gone.

/// The value at an index.
pub(super) fn at<T: Copy + Default>(list: &[T], index: usize) -> T {
    list.get(index).copied().unwrap_or_default()
}

/// Puts a value at an index.
pub(super) fn put<T>(list: &mut [T], index: usize, value: T) {
    if let Some(cell) = list.get_mut(index) {
        *cell = value;
    }
}

/// Adds to the list at an index.
pub(super) fn push_at<T>(lists: &mut [Vec<T>], index: usize, value: T) {
    if let Some(list) = lists.get_mut(index) {
        list.push(value);
    }
}

/// The list at an index.
pub(super) fn row<T>(lists: &[Vec<T>], index: usize) -> &[T] {
    lists.get(index).map_or(&[], Vec::as_slice)
}

/// A size as it came in, cut so that sums stay small.
pub(super) fn size(given: u32) -> i64 {
    i64::from(given.min(super::LARGEST))
}

/// A position as a number to calculate with.
pub(super) fn number(index: usize) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX)
}

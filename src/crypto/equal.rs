//! Comparing secrets without telling by the time it takes where they differ.

use aws_lc_rs::constant_time::verify_slices_are_equal;

/// Equal in length and content. Only the length may be learnt from the time this takes.
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    verify_slices_are_equal(a, b).is_ok()
}

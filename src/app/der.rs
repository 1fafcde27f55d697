//! Reads from a given certificate when it ends: the one thing of it that the studio must know.

use crate::base::clock::Moment;

/// `notAfter` of an X.509 certificate.
pub(super) fn not_after(certificate: &[u8]) -> Option<Moment> {
    let (_, outer, _) = element(certificate)?;
    let (_, mut fields, _) = element(outer)?;
    // version (explicit 0, optional), serial, signature, issuer, then validity.
    let (tag, _, rest) = element(fields)?;
    if tag == 0xA0 {
        fields = rest;
    }
    for _ in 0..3 {
        fields = element(fields)?.2;
    }
    let (_, validity, _) = element(fields)?;
    let (_, _, after) = element(validity)?;
    let (tag, text, _) = element(after)?;
    time(tag, std::str::from_utf8(text).ok()?)
}

/// Tag, content and what follows.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7F => (usize::from(first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
            (digits.iter().fold(0, |n, d| n << 8 | usize::from(*d)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// `UTCTime` has two digits for the year, `GeneralizedTime` four.
fn time(tag: u8, text: &str) -> Option<Moment> {
    let text = text.strip_suffix('Z')?;
    let (year, rest) = match tag {
        0x17 => {
            let (year, rest) = text.split_at_checked(2)?;
            (if year < "50" { format!("20{year}") } else { format!("19{year}") }, rest)
        }
        0x18 => text.split_at_checked(4).map(|(year, rest)| (year.to_owned(), rest))?,
        _ => return None,
    };
    let part = |at: usize| rest.get(at..at + 2);
    let (month, day, hour, minute, second) = (part(0)?, part(2)?, part(4)?, part(6)?, part(8)?);
    Moment::parse(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_writing_a_time_are_read() {
        assert_eq!(time(0x17, "270102030405Z"), Moment::parse("2027-01-02T03:04:05Z"));
        assert_eq!(time(0x18, "20510102030405Z"), Moment::parse("2051-01-02T03:04:05Z"));
        assert_eq!(time(0x17, "2701Z"), None);
    }

    #[test]
    fn a_cut_certificate_is_no_certificate() {
        assert_eq!(not_after(&[0x30, 0x82, 0xFF, 0xFF, 0x30]), None);
        assert_eq!(not_after(&[]), None);
    }
}

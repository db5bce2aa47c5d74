//! Searching text eight bytes at a time, in the words of the machine.
//!
//! Most strings of a partner are shorter than what a search by vectors costs to set up. A test marks each byte of a
//! word that passes by its highest bit; only the lowest mark counts, as a carry may set false ones above it.

/// A word with the lowest bit of each byte set.
const ONES: u64 = u64::MAX / 255;

/// The highest bit of each byte.
const MARKS: u64 = ONES << 7;

/// Marks the bytes that end a JSON string, begin an escape, or must not appear in a string.
#[inline(always)]
pub fn special_in_string(word: u64) -> u64 {
    quote_or_control_or(b'\\', word)
}

/// Marks quotes, control characters, and the bytes that are another ASCII character.
#[inline(always)]
pub fn quote_or_control_or(other: u8, word: u64) -> u64 {
    // With the second bit turned, the quote is the first byte after the control characters.
    let quote_or_control = (word ^ (ONES << 1)).wrapping_sub(ONES * (u64::from(b'"') - 1));
    let other = (word ^ (ONES * u64::from(other))).wrapping_sub(ONES);
    (quote_or_control | other) & !word & MARKS
}

/// Marks the bytes that are one of these ASCII characters.
#[inline(always)]
pub fn any_of<const N: usize>(wanted: [u8; N]) -> impl Fn(u64) -> u64 {
    let wanted = wanted.map(|byte| ONES * u64::from(byte));
    move |word| wanted.iter().fold(0, |marks, wanted| marks | (word ^ wanted).wrapping_sub(ONES)) & !word & MARKS
}

/// The place of the first byte that passes the test.
#[inline(always)]
pub fn find(bytes: &[u8], test: impl Fn(u64) -> u64) -> Option<usize> {
    let (words, _) = bytes.as_chunks();
    let found = (0..).step_by(8).zip(words).find_map(|(at, word)| Some(at + first(test(u64::from_le_bytes(*word)))?));
    let rest = || Some(8 * words.len() + first(test(last_word(bytes, 8 * words.len())))?);
    found.or_else(rest).filter(|at| *at < bytes.len())
}

/// The bytes from there to the end, fewer than eight, with zeros behind them.
#[inline(always)]
pub fn last_word(bytes: &[u8], at: usize) -> u64 {
    match bytes.last_chunk() {
        // What is before them is shifted out; in two steps, as there may be nothing left.
        Some(word) => u64::from_le_bytes(*word) >> (8 * (7 - (bytes.len() - at))) >> 8,
        None => bytes[at..].iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// The eight bytes that begin there, if there are so many.
#[inline(always)]
pub fn word_at(bytes: &[u8], at: usize) -> Option<u64> {
    let word = bytes.get(at..at + 8)?.first_chunk()?;
    Some(u64::from_le_bytes(*word))
}

/// Which byte of a word is the first that is marked.
#[inline(always)]
pub fn first(marks: u64) -> Option<usize> {
    (marks != 0).then(|| marks.trailing_zeros() as usize / 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_found_where_it_is_the_first_that_passes() {
        for length in 0..20 {
            for at in 0..length {
                for byte in 0..=u8::MAX {
                    let mut bytes = vec![b'!'; length];
                    bytes[at] = byte;
                    // Whatever follows changes nothing.
                    for after in [b'!', b'"', b',', 0xff] {
                        bytes[at + 1..].fill(after);
                        let place = |is_wanted: fn(&u8) -> bool| bytes.iter().position(is_wanted);
                        let special = place(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
                        assert_eq!(find(&bytes, special_in_string), special, "{bytes:?}");
                        let comma_or_line = place(|byte| matches!(byte, b',' | b'\n'));
                        assert_eq!(find(&bytes, any_of([b',', b'\n'])), comma_or_line, "{bytes:?}");
                    }
                }
            }
        }
    }
}

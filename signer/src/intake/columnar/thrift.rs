//! Thrift's compact protocol as far as Parquet uses it: walked over before anything is taken in, so that what a footer or
//! the header of a page asks for is known before it gets any memory.

/// How deep structures may lie in structures; Parquet's lie half as deep.
const MOST_DEPTH: usize = 16;

/// What is met on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// A whole number, or a truth as 1 or 0.
    Whole(i64),
    /// The end of a structure.
    End,
}

/// Walks over bytes.
pub(super) struct Walk<'b> {
    rest: &'b [u8],
    /// The ids of the fields that lead here.
    path: Vec<i16>,
    /// How many structures were met in lists.
    listed: u64,
}

impl<'b> Walk<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes, path: Vec::new(), listed: 0 }
    }

    /// Returns what was not walked over yet.
    pub(super) fn rest(&self) -> &'b [u8] {
        self.rest
    }

    /// Returns how many structures were met in lists.
    pub(super) fn listed(&self) -> u64 {
        self.listed
    }

    /// Walks over a structure, and shows numbers and ends by the ids of the fields that lead to them.
    ///
    /// Returns nothing where the bytes end before, where fields do not come in the order of their ids, so that one could
    /// stand twice, and where there is what Parquet has not: readers do not agree how long that is.
    pub(super) fn structure(&mut self, see: &mut dyn FnMut(&[i16], Seen)) -> Option<()> {
        if self.path.len() >= MOST_DEPTH {
            return None;
        }
        let mut last = 0;
        loop {
            let head = self.byte()?;
            let (delta, kind) = (head >> 4, head & 0x0f);
            if kind == 0 {
                see(&self.path, Seen::End);
                return Some(());
            }
            let id = match delta {
                0 => i16::try_from(self.whole()?).ok()?,
                delta => i16::from(delta).checked_add(last)?,
            };
            if id <= last {
                return None;
            }
            last = id;
            self.path.push(id);
            match kind {
                1 => see(&self.path, Seen::Whole(1)),
                2 => see(&self.path, Seen::Whole(0)),
                9 => self.list(see)?,
                kind => self.value(kind, see)?,
            }
            self.path.pop();
        }
    }

    fn list(&mut self, see: &mut dyn FnMut(&[i16], Seen)) -> Option<()> {
        let head = self.byte()?;
        let (short, kind) = (head >> 4, head & 0x0f);
        let count = if short == 15 { self.varint()? } else { u64::from(short) };
        for _ in 0..count {
            if kind == 12 {
                self.listed = self.listed.checked_add(1)?;
            }
            self.value(kind, see)?;
        }
        Some(())
    }

    fn value(&mut self, kind: u8, see: &mut dyn FnMut(&[i16], Seen)) -> Option<()> {
        let number = match kind {
            3 => self.byte()?.cast_signed().into(),
            4 => i16::try_from(self.whole()?).ok()?.into(),
            5 => i32::try_from(self.whole()?).ok()?.into(),
            6 => self.whole()?,
            7 => return self.take(8).map(|_| ()),
            8 => {
                let length = usize::try_from(self.varint()?).ok()?;
                return self.take(length).map(|_| ());
            }
            12 => return self.structure(see),
            _ => return None,
        };
        see(&self.path, Seen::Whole(number));
        Some(())
    }

    fn whole(&mut self) -> Option<i64> {
        self.varint().map(zigzag)
    }

    fn varint(&mut self) -> Option<u64> {
        let (number, rest) = varint(self.rest)?;
        self.rest = rest;
        Some(number)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }
}

/// Reads a number of seven bits a byte, and returns what stands behind it.
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0_u64;
    let mut rest = bytes;
    for shift in (0..u64::BITS).step_by(7) {
        let (byte, behind) = rest.split_first()?;
        rest = behind;
        let digit = u64::from(byte & 0x7f);
        // What does not fit would be lost.
        if digit.checked_shl(shift)?.checked_shr(shift)? != digit {
            return None;
        }
        number |= digit.checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some((number, rest));
        }
    }
    None
}

/// Returns the number whose sign stands in its last bit.
pub(super) fn zigzag(number: u64) -> i64 {
    let magnitude = (number >> 1).cast_signed();
    if number & 1 == 0 { magnitude } else { !magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walked(bytes: &[u8]) -> Option<Vec<(Vec<i16>, Seen)>> {
        let mut seen = Vec::new();
        let mut walk = Walk::new(bytes);
        walk.structure(&mut |path, what| seen.push((path.to_vec(), what)))?;
        walk.rest().is_empty().then_some(seen)
    }

    #[test]
    fn numbers_are_seen_by_their_paths() {
        let bytes = [
            0x15, 0x06, // field 1: 3
            0x11, // field 2: true
            0x18, 0x02, b'a', b'b', // field 3: a text
            0x1c, 0x15, 0x01, 0x00, // field 4: a structure of -1
            0x19, 0x2c, 0x15, 0x02, 0x00, 0x00, // field 5: two structures
            0x05, 0x28, 0xd0, 0x0f, // field 20, by its number: 1000
            0x00,
        ];
        let whole = |path: &[i16], number| (path.to_vec(), Seen::Whole(number));
        let end = |path: &[i16]| (path.to_vec(), Seen::End);
        let expected = vec![
            whole(&[1], 3),
            whole(&[2], 1),
            whole(&[4, 1], -1),
            end(&[4]),
            whole(&[5, 1], 1),
            end(&[5]),
            end(&[5]),
            whole(&[20], 1_000),
            end(&[]),
        ];
        assert_eq!(walked(&bytes), Some(expected));
        for length in 0..bytes.len() {
            assert_eq!(walked(bytes.get(..length).unwrap_or_default()), None, "{length}");
        }
    }

    #[test]
    fn what_readers_do_not_agree_on_is_refused() {
        let deep = |depth: usize| [vec![0x1c; depth], vec![0; depth.saturating_add(1)]].concat();
        assert!(walked(&deep(MOST_DEPTH - 1)).is_some());
        for (bytes, what) in [
            (deep(MOST_DEPTH), "too deep"),
            (deep(100_000), "far too deep"),
            (vec![0x15, 0x02, 0x05, 0x02, 0x04, 0x00], "a field twice"),
            (vec![0x25, 0x02, 0x05, 0x02, 0x04, 0x00], "fields that change places"),
            (vec![0x19, 0x21, 0x01, 0x01, 0x00], "a list of truths"),
            (vec![0x1b, 0x00, 0x00], "a map"),
            (vec![0x1a, 0x00, 0x00], "a set"),
            (vec![0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x00], "a list that is longer than the bytes"),
            (vec![0x15, 0x80, 0x80, 0x80, 0x80, 0x20, 0x00], "33 bits for 32"),
            ([vec![0x16], vec![0x80; 10], vec![0x01, 0x00]].concat(), "a number without an end"),
        ] {
            assert_eq!(walked(&bytes), None, "{what}");
        }
    }

    #[test]
    fn signs_stand_last() {
        for (number, expected) in [(0, 0), (1, -1), (2, 1), (3, -2), (u64::MAX, i64::MIN), (u64::MAX - 1, i64::MAX)] {
            assert_eq!(zigzag(number), expected);
        }
    }
}

//! The values of a page, where they stand or spelled out, for each of the ways in which they can be written.

use std::ops::Range;

use ambassador_core::word::Word;
use parquet::{
    basic::{Encoding, Type as Physical},
    column::page::Page,
    schema::types::ColumnDescriptor,
};

use super::{ColumnarError, bounds::held_too_much, damaged, delta};

/// How the values of a column stand in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Bytes of any length.
    Texts,
    /// So many bytes each.
    Fixed(usize),
    /// 32 bits, the lowest byte first.
    Int,
    /// 64 bits, the lowest byte first.
    Long,
}

impl Shape {
    pub(super) fn of(column: &ColumnDescriptor) -> Option<Self> {
        match column.physical_type() {
            Physical::BYTE_ARRAY => Some(Self::Texts),
            Physical::FIXED_LEN_BYTE_ARRAY => {
                usize::try_from(column.type_length()).ok().filter(|width| *width > 0).map(Self::Fixed)
            }
            Physical::INT32 => Some(Self::Int),
            Physical::INT64 => Some(Self::Long),
            _ => None,
        }
    }

    /// Returns the bytes of each value, where all have as many.
    fn width(self) -> Option<usize> {
        match self {
            Self::Texts => None,
            Self::Fixed(width) => Some(width),
            Self::Int => Some(4),
            Self::Long => Some(8),
        }
    }
}

/// The value of a row, or a value of the dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'v> {
    /// The row has none.
    Missing,
    Bytes(&'v [u8]),
    Int(i32),
    Long(i64),
}

/// The values of a page, or of the dictionary.
pub(super) struct Values {
    bytes: Bytes,
    form: Form,
}

enum Bytes {
    /// Those of a page from a place on.
    Page(Box<Page>, usize),
    Own(Vec<u8>),
}

enum Form {
    Spans(Vec<Span>),
    Even(Shape),
    Numbers(Shape, Vec<i64>),
}

/// Where a text begins and ends.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: u32,
    end: u32,
}

impl Span {
    fn range(self) -> Range<usize> {
        let wide = |place: u32| usize::try_from(place).unwrap_or(usize::MAX);
        wide(self.start)..wide(self.end)
    }
}

impl Bytes {
    fn get(&self) -> &[u8] {
        match self {
            Self::Page(page, start) => page.buffer().get(*start..).unwrap_or_default(),
            Self::Own(bytes) => bytes,
        }
    }
}

impl Values {
    /// Reads so many values of a page behind its levels; at most `room` bytes are taken to spell them out.
    pub(super) fn read(
        page: Page,
        start: usize,
        encoding: Encoding,
        shape: Shape,
        count: usize,
        room: u64,
    ) -> Result<Self, ColumnarError> {
        let bytes = page.buffer().get(start..).ok_or_else(others)?;
        let (own, form) = match (encoding, shape) {
            // A page of which every row has nothing may say anything else.
            _ if count == 0 => (None, Form::Spans(Vec::new())),
            (Encoding::DELTA_BYTE_ARRAY, Shape::Texts | Shape::Fixed(_)) => {
                let (own, spans) = spelled_out(bytes, count, room)?;
                let fits = |span: &Span| shape.width().is_none_or(|width| span.range().len() == width);
                (Some(own), Form::Spans(spans.iter().all(fits).then_some(spans).ok_or_else(others)?))
            }
            (Encoding::BYTE_STREAM_SPLIT, _) => {
                let shape = even(bytes, shape, count).ok_or_else(others)?;
                (Some(put_together(bytes, count)), Form::Even(shape))
            }
            _ => (None, in_place(bytes, encoding, shape, count).ok_or_else(others)?),
        };
        let bytes = own.map_or_else(|| Bytes::Page(Box::new(page), start), Bytes::Own);
        Ok(Self { bytes, form })
    }

    /// Returns a value by its place.
    pub(super) fn get(&self, place: usize) -> Option<Value<'_>> {
        let bytes = self.bytes.get();
        match &self.form {
            Form::Spans(spans) => bytes.get(spans.get(place)?.range()).map(Value::Bytes),
            Form::Even(shape) => {
                let width = shape.width()?;
                let start = place.checked_mul(width)?;
                let bytes = bytes.get(start..start.checked_add(width)?)?;
                Some(match shape {
                    Shape::Int => Value::Int(i32::from_le_bytes(bytes.try_into().ok()?)),
                    Shape::Long => Value::Long(i64::from_le_bytes(bytes.try_into().ok()?)),
                    Shape::Texts | Shape::Fixed(_) => Value::Bytes(bytes),
                })
            }
            Form::Numbers(shape, numbers) => {
                let number = *numbers.get(place)?;
                let [a, b, c, d, ..] = number.to_le_bytes();
                let lower = i32::from_le_bytes([a, b, c, d]);
                Some(if *shape == Shape::Int { Value::Int(lower) } else { Value::Long(number) })
            }
        }
    }

    /// Returns a text by its place, to be looked at quickly.
    pub(super) fn word(&self, place: usize) -> Option<Word<'_>> {
        let Form::Spans(spans) = &self.form else { return None };
        Word::within(self.bytes.get(), spans.get(place)?.range())
    }

    /// Returns how many bytes it takes.
    pub(super) fn held_bytes(&self) -> usize {
        let lists = match &self.form {
            Form::Spans(spans) => size_of_val(spans.as_slice()),
            Form::Even(_) => 0,
            Form::Numbers(_, numbers) => size_of_val(numbers.as_slice()),
        };
        self.bytes.get().len().saturating_add(lists)
    }
}

fn others() -> ColumnarError {
    damaged(&"a page holds other values than it says")
}

/// Finds values that stand in their page as they are.
fn in_place(bytes: &[u8], encoding: Encoding, shape: Shape, count: usize) -> Option<Form> {
    Some(match (encoding, shape) {
        (Encoding::PLAIN, Shape::Texts) => Form::Spans(plain_texts(bytes, count)?),
        (Encoding::PLAIN, _) => Form::Even(even(bytes, shape, count)?),
        (Encoding::DELTA_LENGTH_BYTE_ARRAY, Shape::Texts) => Form::Spans(counted_texts(bytes, count)?),
        (Encoding::DELTA_BINARY_PACKED, Shape::Int | Shape::Long) => {
            Form::Numbers(shape, delta::numbers(bytes, count)?.0)
        }
        _ => return None,
    })
}

/// Finds texts that have their lengths in front.
fn plain_texts(bytes: &[u8], count: usize) -> Option<Vec<Span>> {
    let mut spans = Vec::with_capacity(count);
    let mut place = 0_usize;
    for _ in 0..count {
        let length = u32::from_le_bytes(*bytes.get(place..)?.first_chunk()?);
        let start = place.checked_add(4)?;
        place = start.checked_add(usize::try_from(length).ok()?)?;
        spans.push(span(start, place)?);
    }
    (place == bytes.len()).then_some(spans)
}

/// Finds texts whose lengths stand before all of them.
fn counted_texts(bytes: &[u8], count: usize) -> Option<Vec<Span>> {
    let (lengths, texts) = delta::lengths(bytes, count)?;
    let mut place = bytes.len().checked_sub(texts.len())?;
    let mut spans = Vec::with_capacity(count);
    for length in lengths {
        let start = place;
        place = start.checked_add(usize::try_from(length).ok()?)?;
        spans.push(span(start, place)?);
    }
    (place == bytes.len()).then_some(spans)
}

/// Spells out texts of which each begins as the one before.
fn spelled_out(bytes: &[u8], count: usize, room: u64) -> Result<(Vec<u8>, Vec<Span>), ColumnarError> {
    let (shared, rest) = delta::lengths(bytes, count).ok_or_else(others)?;
    let (own, rest) = delta::lengths(rest, count).ok_or_else(others)?;
    let all = shared.iter().chain(&own).fold(0, |sum: u64, length| sum.saturating_add((*length).into()));
    if all > room {
        return Err(held_too_much());
    }
    spell_out(shared.into_iter().zip(own), rest).ok_or_else(others)
}

fn spell_out(lengths: impl ExactSizeIterator<Item = (u32, u32)>, mut rest: &[u8]) -> Option<(Vec<u8>, Vec<Span>)> {
    let (mut texts, mut spans) = (Vec::new(), Vec::with_capacity(lengths.len()));
    let mut before = 0..0_usize;
    for (shared, own) in lengths {
        let (text, behind) = rest.split_at_checked(usize::try_from(own).ok()?)?;
        rest = behind;
        let shared = usize::try_from(shared).ok().filter(|shared| *shared <= before.len())?;
        let start = texts.len();
        texts.extend_from_within(before.start..before.start.checked_add(shared)?);
        texts.extend_from_slice(text);
        before = start..texts.len();
        spans.push(span(before.start, before.end)?);
    }
    rest.is_empty().then_some((texts, spans))
}

fn span(start: usize, end: usize) -> Option<Span> {
    Some(Span { start: start.try_into().ok()?, end: end.try_into().ok()? })
}

/// Checks that there are exactly so many values of one width.
fn even(bytes: &[u8], shape: Shape, count: usize) -> Option<Shape> {
    (count.checked_mul(shape.width()?)? == bytes.len()).then_some(shape)
}

/// Puts values together of which the first bytes stand first, then all second ones, and so on.
fn put_together(bytes: &[u8], count: usize) -> Vec<u8> {
    let nth = |value: usize| bytes.iter().skip(value).step_by(count.max(1));
    (0..count).flat_map(|value| nth(value).copied()).collect()
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "a test that cannot go on should stop"
    )]

    use parquet::schema::types::Type;

    use super::*;

    const ROOM: u64 = 600;

    fn read(bytes: &[u8], encoding: Encoding, shape: Shape, count: usize) -> Option<Values> {
        let buf = bytes.to_vec().into();
        let page = Page::DictionaryPage { buf, num_values: 0, encoding: Encoding::PLAIN, is_sorted: false };
        Values::read(page, 0, encoding, shape, count, ROOM).ok()
    }

    fn shown(bytes: &[u8], encoding: Encoding, shape: Shape, count: usize) -> Option<Vec<String>> {
        let values = read(bytes, encoding, shape, count)?;
        assert!(values.get(count).is_none());
        let show = |place| {
            let value = values.get(place).expect("it is there");
            let word = values.word(place).map(|word| word.bytes().to_vec());
            let bytes = if let Value::Bytes(bytes) = value { Some(bytes.to_vec()) } else { None };
            assert!(matches!(shape, Shape::Fixed(_)) || word == bytes);
            match value {
                Value::Missing => "missing".to_owned(),
                Value::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                Value::Int(number) => format!("{number}i"),
                Value::Long(number) => format!("{number}l"),
            }
        };
        Some((0..count).map(show).collect())
    }

    /// Lengths of no more than 32 texts, each of 8 bits.
    fn lengths(lengths: &[u8]) -> Vec<u8> {
        let [first, others @ ..] = lengths else { return vec![0x80, 1, 4, 0, 0] };
        let count = u8::try_from(lengths.len()).expect("they are few");
        if others.is_empty() {
            return vec![0x80, 1, 4, count, first * 2];
        }
        // Differences to the smallest possible one, -128.
        let mut before = *first;
        let mut steps: Vec<u8> = others
            .iter()
            .map(|length| {
                let step = i32::from(*length) - i32::from(before) + 128;
                before = *length;
                u8::try_from(step).expect("it is small")
            })
            .collect();
        steps.resize(32, 0);
        [&[0x80, 1, 4, count, first * 2, 0xff, 0x01, 8, 0, 0, 0][..], &steps].concat()
    }

    #[test]
    fn each_way_of_writing_says_the_same() {
        let texts = Some(vec!["ab".to_owned(), String::new(), "abc".to_owned()]);
        let plain = b"\x02\0\0\0ab\0\0\0\0\x03\0\0\0abc";
        let counted = [lengths(&[2, 0, 3]), b"ababc".to_vec()].concat();
        let shared = [lengths(&[0, 0, 0]), lengths(&[2, 0, 3]), b"ababc".to_vec()].concat();
        for (bytes, encoding) in [
            (&plain[..], Encoding::PLAIN),
            (&counted, Encoding::DELTA_LENGTH_BYTE_ARRAY),
            (&shared, Encoding::DELTA_BYTE_ARRAY),
        ] {
            assert_eq!(shown(bytes, encoding, Shape::Texts, 3), texts, "{encoding}");
            for length in 0..bytes.len() {
                assert!(read(&bytes[..length], encoding, Shape::Texts, 3).is_none(), "{encoding} {length}");
            }
            assert!(read(&[bytes, b"x"].concat(), encoding, Shape::Texts, 3).is_none(), "{encoding}");
            assert!(read(bytes, encoding, Shape::Texts, 2).is_none(), "{encoding}");
            assert_eq!(shown(bytes, encoding, Shape::Texts, 0), Some(vec![]));
        }
        let beginnings = [lengths(&[0, 2, 1]), lengths(&[2, 1, 0]), b"abc".to_vec()].concat();
        let spelled = Some(["ab", "abc", "a"].map(str::to_owned).to_vec());
        assert_eq!(shown(&beginnings, Encoding::DELTA_BYTE_ARRAY, Shape::Texts, 3), spelled);
        let long = [lengths(&[0, 3]), lengths(&[2, 0]), b"ab".to_vec()].concat();
        assert!(read(&long, Encoding::DELTA_BYTE_ARRAY, Shape::Texts, 2).is_none());
    }

    #[test]
    fn values_of_one_width() {
        let pairs = Some(["ab", "cd"].map(str::to_owned).to_vec());
        let shared = [lengths(&[0, 0]), lengths(&[2, 2]), b"abcd".to_vec()].concat();
        for (bytes, encoding) in [
            (&b"abcd"[..], Encoding::PLAIN),
            (b"acbd", Encoding::BYTE_STREAM_SPLIT),
            (&shared, Encoding::DELTA_BYTE_ARRAY),
        ] {
            assert_eq!(shown(bytes, encoding, Shape::Fixed(2), 2), pairs, "{encoding}");
            assert!(read(bytes.get(1..).unwrap_or_default(), encoding, Shape::Fixed(2), 2).is_none(), "{encoding}");
        }
        let uneven = [lengths(&[0, 0]), lengths(&[2, 3]), b"abcde".to_vec()].concat();
        assert!(read(&uneven, Encoding::DELTA_BYTE_ARRAY, Shape::Fixed(2), 2).is_none());
        let numbers = |shape, suffix: &str| {
            let width = shape_width(shape);
            let plain: Vec<u8> = [vec![0xfe], vec![0xff; width - 1], vec![3], vec![0; width - 1]].concat();
            let split: Vec<u8> = [vec![0xfe, 3], [0xff, 0].repeat(width - 1)].concat();
            let expected = Some(vec![format!("-2{suffix}"), format!("3{suffix}")]);
            assert_eq!(shown(&plain, Encoding::PLAIN, shape, 2), expected);
            assert_eq!(shown(&split, Encoding::BYTE_STREAM_SPLIT, shape, 2), expected);
            // -2, then 5 more.
            let delta = [0x80, 1, 4, 2, 3, 10, 0, 0, 0, 0];
            assert_eq!(shown(&delta, Encoding::DELTA_BINARY_PACKED, shape, 2), expected);
        };
        numbers(Shape::Int, "i");
        numbers(Shape::Long, "l");
    }

    fn shape_width(shape: Shape) -> usize {
        shape.width().expect("it has one")
    }

    #[test]
    fn shapes_are_those_of_the_types() {
        let shape = |physical, length| {
            let column = Type::primitive_type_builder("x", physical).with_length(length).build().expect("a column");
            Shape::of(&ColumnDescriptor::new(column.into(), 0, 0, "x".into()))
        };
        for (physical, length, expected) in [
            (Physical::BYTE_ARRAY, -1, Some(Shape::Texts)),
            (Physical::FIXED_LEN_BYTE_ARRAY, 16, Some(Shape::Fixed(16))),
            (Physical::FIXED_LEN_BYTE_ARRAY, 0, None),
            (Physical::INT32, -1, Some(Shape::Int)),
            (Physical::INT64, -1, Some(Shape::Long)),
            (Physical::BOOLEAN, -1, None),
        ] {
            assert_eq!(shape(physical, length), expected, "{physical} {length}");
        }
    }

    #[test]
    fn what_is_held_is_known() {
        let held = |bytes: &[u8], encoding, shape, count| read(bytes, encoding, shape, count).map(|it| it.held_bytes());
        assert_eq!(held(b"\0\0\0\0\0\0\0\0", Encoding::PLAIN, Shape::Texts, 2), Some(8 + 16));
        assert_eq!(held(b"abcd", Encoding::PLAIN, Shape::Fixed(2), 2), Some(4));
        assert_eq!(held(&lengths(&[4]), Encoding::DELTA_BINARY_PACKED, Shape::Long, 1), Some(5 + 8));
    }

    #[test]
    fn sums_of_32_bits_wrap() {
        // 2^31 - 1, then 1 more.
        let delta = [0x80, 1, 4, 2, 0xfe, 0xff, 0xff, 0xff, 0x0f, 2, 0, 0, 0, 0];
        let shown = shown(&delta, Encoding::DELTA_BINARY_PACKED, Shape::Int, 2);
        assert_eq!(shown, Some(vec![format!("{}i", i32::MAX), format!("{}i", i32::MIN)]));
    }

    #[test]
    fn what_no_writer_writes_is_refused() {
        for (encoding, shape) in [
            (Encoding::DELTA_LENGTH_BYTE_ARRAY, Shape::Fixed(2)),
            (Encoding::DELTA_BINARY_PACKED, Shape::Texts),
            (Encoding::DELTA_BINARY_PACKED, Shape::Fixed(4)),
            (Encoding::DELTA_BYTE_ARRAY, Shape::Int),
            (Encoding::BYTE_STREAM_SPLIT, Shape::Texts),
            (Encoding::RLE, Shape::Int),
        ] {
            assert!(read(&lengths(&[4]), encoding, shape, 1).is_none(), "{encoding}");
        }
    }

    #[test]
    fn what_is_spelled_out_has_room() {
        let long = u8::try_from(ROOM / 10).expect("it is small");
        let beginnings = |count: usize| {
            let shared: Vec<u8> = (0..count).map(|nth| if nth == 0 { 0 } else { long }).collect();
            let own: Vec<u8> = (0..count).map(|nth| if nth == 0 { long } else { 0 }).collect();
            [lengths(&shared), lengths(&own), vec![b'u'; long.into()]].concat()
        };
        assert!(read(&beginnings(10), Encoding::DELTA_BYTE_ARRAY, Shape::Texts, 10).is_some());
        assert!(read(&beginnings(11), Encoding::DELTA_BYTE_ARRAY, Shape::Texts, 11).is_none());
    }
}

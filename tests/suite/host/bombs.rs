//! Files of Parquet that ask for more memory or time than they are worth: refused in words, within the memory that a door
//! has.

use std::{fs, io::Write as _, process::Command};

use super::{
    HUNG,
    parquet::{
        Codec, Column, DELTA_LENGTHS, DELTA_TEXTS, DICTIONARY, PLAIN, dictionary, file, long, nest, page, plain,
        schema, short, varint, zigzag,
    },
};
use crate::{
    binary::{self, Run},
    cli::folder::Folder,
    crash::in_parallel,
};

const MEBIBYTE: usize = 1024 * 1024;
const MOST: i64 = 2_147_483_647;
/// So many bytes a command may ask for.
const MEMORY: &str = "--as=1073741824";
const SECONDS: &str = "20";

/// Two good events.
fn good() -> Vec<Column> {
    let column = |name, texts: [&str; 2]| {
        let body = plain(&texts);
        let pages = page(2, PLAIN, long(body.len()), &body);
        Column { name, codec: Codec::NONE, pages }
    };
    vec![
        column("event_id", ["bomb-1", "bomb-2"]),
        column("occurred_at", ["2020-12-05T00:00:00Z", "2020-12-06T00:00:00Z"]),
        column("coin", ["ELSE", "ELSE"]),
        column("kind", ["buy", "buy"]),
        column("actor", ["u1", "u2"]),
        column("amount_usd", ["5", "7.5"]),
    ]
}

/// Writes them with other pages in one column.
fn with(codec: Codec, pages: Vec<u8>) -> Vec<u8> {
    let mut columns = good();
    columns[4] = Column { codec, pages, ..columns[4].clone() };
    file(&columns, &schema(&columns), 2, 1, 0)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory can be written");
    encoder.finish().expect("memory can be written")
}

fn zstandard(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).expect("memory can be written")
}

/// Returns how many bits a number needs.
fn bits(number: i64) -> u8 {
    u8::try_from(64 - number.leading_zeros()).expect("a number has 64 bits at most")
}

/// Packs numbers as `DELTA_BINARY_PACKED`: their differences from the least one, by 128, with so many bits as 32 of them need.
fn packed(numbers: &[i64]) -> Vec<u8> {
    let mut bytes = [varint(128), varint(4), varint(long(numbers.len()).cast_unsigned()), zigzag(numbers[0])].concat();
    let steps: Vec<i64> = numbers.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for block in steps.chunks(128) {
        let least = *block.iter().min().expect("a block has a number");
        bytes.extend_from_slice(&zigzag(least));
        let width = |mini: &[i64]| mini.iter().map(|step| bits(step - least)).max().unwrap_or(0);
        bytes.extend((0..4).map(|place| block.chunks(32).nth(place).map_or(0, width)));
        for mini in block.chunks(32) {
            let width = usize::from(width(mini));
            let mut packed = vec![0_u8; width * 4];
            for (at, step) in mini.iter().enumerate() {
                for bit in (0..width).filter(|bit| ((step - least) >> bit) & 1 == 1) {
                    packed[(at * width + bit) / 8] |= 1 << ((at * width + bit) % 8);
                }
            }
            bytes.extend_from_slice(&packed);
        }
    }
    bytes
}

/// Says that there are `count` numbers, which need not a bit each.
fn said(count: u64) -> Vec<u8> {
    [varint(128), varint(4), varint(count), zigzag(0), zigzag(0), vec![0; 4]].concat()
}

/// A long text, and behind it others that are as the one before.
fn repeated_beginnings(count: usize) -> Vec<u8> {
    let length = long(MEBIBYTE);
    let shared: Vec<i64> = (0..count).map(|at| if at == 0 { 0 } else { length }).collect();
    let own: Vec<i64> = (0..count).map(|at| if at == 0 { length } else { 0 }).collect();
    [packed(&shared), packed(&own), vec![b'u'; MEBIBYTE]].concat()
}

/// Rows of which each is the one value of its column's dictionary: a few bytes for any number of them.
fn repeated(rows: i64) -> Vec<Column> {
    let mut columns = good();
    for (column, text) in columns.iter_mut().zip(["e", "1606780800", "ELSE", "buy", "u1", "5"]) {
        let run = [vec![1], varint(rows.cast_unsigned() << 1), vec![0]].concat();
        column.pages = [dictionary(1, &plain(&[text])), page(rows, DICTIONARY, long(run.len()), &run)].concat();
    }
    columns
}

/// Events of which each actor is a page of a mebibyte.
fn large_pages(pages: usize) -> Vec<Column> {
    let body = [&short(MEBIBYTE - 4)[..], &vec![b'u'; MEBIBYTE - 4]].concat();
    let mut columns = repeated(long(pages));
    columns[4].codec = Codec::ZSTANDARD;
    columns[4].pages = page(1, PLAIN, long(body.len()), &zstandard(&body)).repeat(pages);
    columns
}

/// A file, and the code by which it is refused.
type Bomb = (&'static str, Vec<u8>, &'static str);

/// Pages that unpack to more than the file is worth, or say so.
fn pages() -> Vec<Bomb> {
    let beyond = [b"\xff\xff\xff\xff\x07".to_vec(), b"u1".to_vec()].concat();
    let (zeros, many_zeros) = (vec![0; 4 * MEBIBYTE], vec![0; 200 * MEBIBYTE]);
    let (many, large) = (repeated(MOST), large_pages(1_000));
    let large = file(&large, &schema(&large), 1_000, 1, MEBIBYTE);
    vec![
        ("a page that says 2 GiB", with(Codec::SNAPPY, page(2, PLAIN, MOST, &beyond)), "PARQUET_SWELLS"),
        (
            "a page of 200 MiB",
            with(Codec::ZSTANDARD, page(2, PLAIN, long(many_zeros.len()), &zstandard(&many_zeros))),
            "PARQUET_SWELLS",
        ),
        (
            "a page of 400 MiB that says 12 bytes",
            with(Codec::GZIP, page(2, PLAIN, 12, &gzip(&zeros).repeat(100))),
            "PARQUET_SWELLS",
        ),
        ("a thousand pages of a mebibyte for a thousand rows", large, "NAME_TOO_LONG"),
        ("two thousand million rows", file(&many, &schema(&many), MOST, 1, 0), "PARQUET_SWELLS"),
    ]
}

/// Values of which there are more than there can be.
fn values() -> Vec<Bomb> {
    let with = |pages| with(Codec::NONE, pages);
    let body = repeated_beginnings(1_000);
    let mut beginnings = repeated(1_000);
    beginnings[4].pages = page(1_000, DELTA_TEXTS, long(body.len()), &body);
    vec![
        (
            "a dictionary that says 2^31 values",
            with([dictionary(MOST, &plain(&["u1"])), page(2, DICTIONARY, 3, &[1, 4, 0])].concat()),
            "PARQUET_SWELLS",
        ),
        ("2^40 lengths", with(page(2, DELTA_LENGTHS, 30, &said(1 << 40))), "PARQUET_DAMAGED"),
        ("2^40 beginnings", with(page(2, DELTA_TEXTS, 30, &said(1 << 40))), "PARQUET_DAMAGED"),
        ("2^31 lengths", with(page(MOST, DELTA_LENGTHS, 30, &said(MOST.cast_unsigned()))), "PARQUET_DAMAGED"),
        (
            "a thousand texts that begin with a mebibyte",
            file(&beginnings, &schema(&beginnings), 1_000, 1, 0),
            "PARQUET_SWELLS",
        ),
    ]
}

/// Footers that name more than there is.
fn footers() -> Vec<Bomb> {
    let columns = good();
    let mut root = schema(&columns);
    root[0] = nest(MOST);
    let mut shared = good();
    shared[4].pages = [dictionary(1_000, &plain(&["u1"; 1_000])), page(2, DICTIONARY, 3, &[1, 4, 0])].concat();
    let deep = [vec![nest(1); 100_000], schema(&columns)[1..2].to_vec()].concat();
    vec![
        ("2^31 columns within one", file(&columns, &root, 2, 1, 0), "PARQUET_DAMAGED"),
        ("columns in columns, a hundred thousand deep", file(&columns, &deep, 2, 1, 0), "PARQUET_SWELLS"),
        ("groups that share their pages", file(&shared, &schema(&shared), 2, 3, 0), "PARQUET_DAMAGED"),
    ]
}

fn run(bytes: &[u8]) -> Run {
    let folder = Folder::base();
    fs::write(folder.path().join("activity/bomb.parquet"), bytes).expect("a file can be written");
    let mut process = Command::new("timeout");
    process.args([SECONDS, "prlimit", MEMORY]).arg(binary::path()).arg("check");
    binary::of(process.current_dir(folder.path()))
}

#[test]
fn parquet_that_is_worth_its_memory_is_taken() {
    let (columns, repeated) = (good(), repeated(40_000));
    let lengths = [packed(&[2, 2]), b"u1u2".to_vec()].concat();
    let beginnings = [packed(&[0, 1]), packed(&[2, 1]), b"u12".to_vec()].concat();
    for (what, bytes) in [
        ("two events", file(&columns, &schema(&columns), 2, 1, 0)),
        ("one event again and again", file(&repeated, &schema(&repeated), 40_000, 1, 0)),
        ("lengths", with(Codec::NONE, page(2, DELTA_LENGTHS, long(lengths.len()), &lengths))),
        ("beginnings", with(Codec::NONE, page(2, DELTA_TEXTS, long(beginnings.len()), &beginnings))),
    ] {
        let run = run(&bytes);
        assert_eq!(run.status, 0, "{what}: {} {}", run.stdout, run.stderr);
    }
}

#[test]
fn parquet_that_asks_for_more_than_it_is_worth_is_refused() {
    in_parallel(&[pages(), values(), footers()].concat(), |(what, bytes, code)| {
        let run = run(bytes);
        assert_ne!(run.status, HUNG, "{what} hangs");
        assert_eq!(run.status, 3, "{what}: {} {}", run.stdout, run.stderr);
        assert!(run.stderr.contains(&format!("error[{code}]")), "{what}: {}", run.stderr);
        assert!(run.stderr.contains("activity/bomb.parquet"), "{what}: {}", run.stderr);
        assert!(run.stderr.contains("  help: "), "{what}: {}", run.stderr);
    });
}

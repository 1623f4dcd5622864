//! Parquet: a table that is written in any way says what it says as CSV; a file that is damaged is refused in words or
//! read, and neither panics nor takes more memory than its size can ask for.
//!
//! Bytes that begin with `PAR1` are taken for a file. Others are a table of CSV, which is written as Parquet; behind a
//! line that begins with `!` stand changes of the file, each of two bytes for the place and one for the value.

use std::{
    panic::{self, PanicHookInfo},
    sync::{Arc, Once},
};

use ambassador_core::{calendar::Instant, hash::keccak256, usd::Volume, volume::Measured};
use ambassador_signer::{
    intake::{activity::Scrutiny, doors::Parts},
    problem::Failure,
};
use parquet::{
    basic::{Compression, Encoding, GzipLevel, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel},
    data_type::{ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType, Int64Type},
    file::{
        properties::{WriterProperties, WriterVersion},
        writer::SerializedFileWriter,
    },
    schema::types::{ColumnPath, Type},
};

use super::{activity::COLUMNS, programme::Folder, slow};

/// What is said of a table: lines of CSV and rows of Parquet are told by their rows.
type Said = Result<(Measured, u64), Vec<(Option<u64>, Option<String>, String)>>;

/// Checks a file, or a table that is written as one.
pub fn check(bytes: &[u8]) {
    expect_foreign_panics();
    if bytes.starts_with(b"PAR1") {
        damaged(bytes);
    } else {
        let changes = bytes.windows(2).position(|window| window == b"\n!");
        let (text, changes) = changes.map_or((bytes, &[][..]), |at| (&bytes[..=at], &bytes[at + 2..]));
        let (rows, slips) = slow::read(text, &COLUMNS);
        if slips.is_empty() {
            let ways = Ways::of(bytes);
            let mut file = written(&rows, ways);
            if changes.is_empty() {
                assert_eq!(said("e.parquet", &file, 0, ways.threads), said("e.csv", &as_csv(&rows), 1, 1));
            } else {
                change(&mut file, changes);
                damaged(&file);
            }
        }
    }
}

/// Reads a file that may be damaged: by any number of threads it says the same.
fn damaged(file: &[u8]) {
    let one = said("e.parquet", file, 0, 1);
    assert_eq!(said("e.parquet", file, 0, 3), one);
    let is_told = |code: &str| {
        ["PARQUET_", "TIME_", "NAME_", "NUMBER_", "EVENT_", "REVERSAL_", "MORE", "VOLUME_"]
            .iter()
            .any(|start| code.starts_with(start))
    };
    if let Err(problems) = one {
        assert!(problems.iter().all(|(_, _, code)| is_told(code)), "{problems:?}");
    }
}

fn change(file: &mut [u8], changes: &[u8]) {
    for change in changes.as_chunks::<3>().0 {
        let [high, low, value] = *change;
        // Places count from the end, where what a reader believes stands.
        let place = file.len() - 1 - usize::from(u16::from_be_bytes([high, low])) % file.len();
        file[place] = value;
    }
}

fn said(name: &str, bytes: &[u8], head: u64, threads: usize) -> Said {
    let parts = Parts { threads, chunk_bytes: 1 << 16, scrutiny: Scrutiny::All };
    let places = |failure: Failure| {
        let problems = failure.problems.into_iter();
        problems.map(|problem| (problem.line.map(|line| line - head), problem.column, problem.code)).collect()
    };
    let file = (format!("activity/{name}"), bytes.to_vec());
    Folder::with(&[file], |folder| folder.measure(parts)).map_err(places)
}

/// Keeps panics of others quiet, which would end a fuzzer although the signer catches them.
fn expect_foreign_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |about: &PanicHookInfo<'_>| {
            let is_ours = about.location().is_none_or(|location| {
                let rooms = ["core/src/", "signer/src/", "checks/"];
                let file = location.file();
                !file.contains("library/") && rooms.iter().any(|room| file.contains(room))
            });
            if is_ours {
                before(about);
            }
        }));
    });
}

/// How a table is written.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a way of its own, which the bytes choose")]
struct Ways {
    threads: usize,
    group_rows: usize,
    page_rows: usize,
    dictionary: bool,
    times: bool,
    decimals: bool,
    /// How texts, timestamps and decimals are written where there is no dictionary.
    encodings: [Encoding; 3],
    version: WriterVersion,
    compression: Compression,
    /// Whether nothing is written as an absent value or as an empty text.
    absent: bool,
}

impl Ways {
    fn of(bytes: &[u8]) -> Self {
        let hash = keccak256(&[bytes]);
        let [threads, group_rows, page_rows, flags, compression, numbers, ..] = *hash.as_bytes();
        let compressions = [
            Compression::UNCOMPRESSED,
            Compression::SNAPPY,
            Compression::GZIP(GzipLevel::default()),
            Compression::ZSTD(ZstdLevel::default()),
        ];
        Self {
            threads: 1 + usize::from(threads % 3),
            group_rows: 1 + usize::from(group_rows % 8),
            page_rows: 1 + usize::from(page_rows % 5),
            dictionary: flags & 1 != 0,
            times: flags & 2 != 0,
            decimals: flags & 4 != 0,
            absent: flags & 8 != 0,
            encodings: [
                [Encoding::PLAIN, Encoding::DELTA_LENGTH_BYTE_ARRAY, Encoding::DELTA_BYTE_ARRAY, Encoding::PLAIN]
                    [usize::from(flags >> 4 & 3)],
                [Encoding::PLAIN, Encoding::DELTA_BINARY_PACKED, Encoding::BYTE_STREAM_SPLIT][usize::from(numbers % 3)],
                [Encoding::PLAIN, Encoding::DELTA_BYTE_ARRAY, Encoding::BYTE_STREAM_SPLIT]
                    [usize::from(numbers / 3 % 3)],
            ],
            version: if flags & 64 == 0 { WriterVersion::PARQUET_1_0 } else { WriterVersion::PARQUET_2_0 },
            compression: compressions[usize::from(compression % 4)],
        }
    }
}

/// Writes rows as CSV in which every cell stands in quotes.
fn as_csv(rows: &[slow::Row]) -> Vec<u8> {
    let mut text = COLUMNS.map(|(name, _)| name).join(",") + "\n";
    for row in rows {
        let cell = |name| format!("\"{}\"", row.cell(name).unwrap_or_default().replace('"', "\"\""));
        text += &(COLUMNS.map(|(name, _)| cell(name)).join(",") + "\n");
    }
    text.into_bytes()
}

/// Returns a time as nanoseconds and an amount as its unscaled number, where they can be written so.
fn nanos(text: &str) -> Option<i64> {
    text.parse::<Instant>().ok().map(Instant::to_unix_nanos)
}

fn unscaled(text: &str) -> Option<i128> {
    i128::try_from(text.parse::<Volume>().ok()?.as_attos()).ok()
}

fn written(rows: &[slow::Row], ways: Ways) -> Vec<u8> {
    let cells = |name: &'static str| rows.iter().map(move |row| row.cell(name).unwrap_or_default());
    let times = ways.times && cells("occurred_at").all(|cell| nanos(cell).is_some());
    let decimals = ways.decimals && cells("amount_usd").all(|cell| unscaled(cell).is_some());
    let fields = COLUMNS.map(|(name, _)| {
        let builder = |physical| Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
        let field = match name {
            "occurred_at" if times => {
                builder(Physical::INT64).with_logical_type(Some(LogicalType::timestamp(true, TimeUnit::NANOS)))
            }
            "amount_usd" if decimals => builder(Physical::FIXED_LEN_BYTE_ARRAY)
                .with_length(16)
                .with_logical_type(Some(LogicalType::decimal(18, 38)))
                .with_precision(38)
                .with_scale(18),
            _ => builder(Physical::BYTE_ARRAY).with_logical_type(Some(LogicalType::String)),
        };
        Arc::new(field.build().expect("the field is good"))
    });
    let schema = Type::group_type_builder("events").with_fields(fields.into()).build().expect("the schema is good");
    let mut properties = WriterProperties::builder()
        .set_dictionary_enabled(ways.dictionary)
        .set_writer_version(ways.version)
        .set_data_page_row_count_limit(ways.page_rows)
        .set_write_batch_size(ways.page_rows)
        .set_compression(ways.compression);
    for (name, _) in COLUMNS {
        let [texts_as, times_as, decimals_as] = ways.encodings;
        let encoding = match name {
            "occurred_at" if times => times_as,
            "amount_usd" if decimals => decimals_as,
            _ => texts_as,
        };
        properties = properties.set_column_encoding(ColumnPath::from(name), encoding);
    }
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties.build()))
        .expect("the writer opens");
    for rows in rows.chunks(ways.group_rows) {
        let mut group = writer.next_row_group().expect("a group opens");
        for (name, _) in COLUMNS {
            let mut column = group.next_column().expect("a column opens").expect("there is one more");
            let cells = || rows.iter().map(|row| row.cell(name).unwrap_or_default());
            let is_there = |cell: &str| !(ways.absent && cell.is_empty());
            let levels: Vec<i16> = cells().map(|cell| i16::from(is_there(cell))).collect();
            match name {
                "occurred_at" if times => {
                    let values: Vec<_> = cells().filter_map(nanos).collect();
                    column.typed::<Int64Type>().write_batch(&values, Some(&levels), None)
                }
                "amount_usd" if decimals => {
                    let bytes = |number: i128| FixedLenByteArray::from(number.to_be_bytes().to_vec());
                    let values: Vec<_> = cells().filter_map(unscaled).map(bytes).collect();
                    column.typed::<FixedLenByteArrayType>().write_batch(&values, Some(&levels), None)
                }
                _ => {
                    let values: Vec<_> = cells().filter(|cell| is_there(cell)).map(ByteArray::from).collect();
                    column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)
                }
            }
            .expect("values can be written");
            column.close().expect("the column closes");
        }
        group.close().expect("the group closes");
    }
    writer.close().expect("the file closes");
    bytes
}

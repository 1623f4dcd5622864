//! Parquet: groups of rows read by batches of columns, against the same rows one by one.

use parquet::{
    basic::{Compression, Encoding},
    file::properties::{WriterProperties, WriterVersion},
    schema::types::ColumnPath,
};

use super::*;

const NAMES: [&str; 7] = ["event_id", "reverses", "actor", "occurred_at", "coin", "kind", "amount_usd"];

/// How a table is written.
#[derive(Clone, Copy, Debug)]
struct Ways {
    group_rows: usize,
    page_rows: usize,
    dictionary: bool,
    times: bool,
    decimals: bool,
    /// How values are written where there is no dictionary.
    encodings: Encodings,
    version: WriterVersion,
    compression: Compression,
}

/// How texts, timestamps and decimals are written.
type Encodings = [Encoding; 3];

fn ways() -> impl Strategy<Value = Ways> {
    let rows = (1..2_500_usize, 1..1_200_usize);
    let texts = vec![Encoding::PLAIN, Encoding::DELTA_LENGTH_BYTE_ARRAY, Encoding::DELTA_BYTE_ARRAY];
    let times = vec![Encoding::PLAIN, Encoding::DELTA_BINARY_PACKED, Encoding::BYTE_STREAM_SPLIT];
    let decimals = vec![Encoding::PLAIN, Encoding::DELTA_BYTE_ARRAY, Encoding::BYTE_STREAM_SPLIT];
    let version = select(vec![WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0]);
    let compression = select(vec![Compression::UNCOMPRESSED, Compression::SNAPPY]);
    let encodings = (select(texts), select(times), select(decimals)).prop_map(|(a, b, c)| [a, b, c]);
    (rows, any::<[bool; 3]>(), encodings, version, compression).prop_map(
        |((group_rows, page_rows), [dictionary, times, decimals], encodings, version, compression)| Ways {
            group_rows,
            page_rows,
            dictionary,
            times,
            decimals,
            encodings,
            version,
            compression,
        },
    )
}

/// A table in which a cell may be missing; it is long, so that batches, pages and groups end within it.
fn table(wrong: u32) -> impl Strategy<Value = Vec<[Option<String>; 7]>> {
    // All but the second column: a reversal that takes nothing back would be another event of the same id.
    let odd = (select(vec![0, 2, 3, 4, 5, 6]), select(vec![None, Some(""), Some(" x"), Some("\u{202e}")]))
        .prop_map(|(column, text)| (column, text.map(str::to_string)));
    let row = (good_cells(), prop_oneof![400 => Just(None), wrong => odd.prop_map(Some)]).prop_map(|(cells, odd)| {
        let mut cells = cells.map(|cell| (!cell.is_empty()).then_some(cell));
        if let Some((column, cell)) = odd {
            cells[column] = cell;
        }
        cells
    });
    (vec(row, 0..40), 1..120_usize).prop_map(|(rows, times)| {
        let count = rows.len() * times;
        rows.into_iter().cycle().take(count).collect()
    })
}

/// Returns a text as nanoseconds and an amount as its unscaled number, where they can be written so.
fn nanos(text: &str) -> Option<i64> {
    text.parse::<Instant>().ok().map(Instant::to_unix_nanos)
}

fn unscaled(text: &str) -> Option<i128> {
    let amount = text.parse::<ambassador_core::usd::Volume>().ok()?;
    i128::try_from(amount.as_attos()).ok()
}

fn written(rows: &[[Option<String>; 7]], ways: Ways) -> Vec<u8> {
    // A column has one type: text where one of its cells is nothing else.
    let all = |column: usize, fits: fn(&str) -> bool| rows.iter().flat_map(|row| &row[column]).all(|cell| fits(cell));
    let times = ways.times && all(3, |text| nanos(text).is_some());
    let decimals = ways.decimals && all(6, |text| unscaled(text).is_some());
    let fields = NAMES.map(|name| {
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
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(ways.dictionary)
        .set_writer_version(ways.version)
        .set_compression(ways.compression)
        .set_data_page_row_count_limit(ways.page_rows)
        .set_write_batch_size(ways.page_rows.min(97));
    let [texts_as, times_as, decimals_as] = ways.encodings;
    let properties = NAMES.iter().fold(properties, |properties, name| {
        let encoding = match *name {
            "occurred_at" if times => times_as,
            "amount_usd" if decimals => decimals_as,
            _ => texts_as,
        };
        properties.set_column_encoding(ColumnPath::from(*name), encoding)
    });
    let properties = properties.build();
    let mut bytes = Vec::new();
    let mut writer =
        SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties)).expect("the writer opens");
    for rows in rows.chunks(ways.group_rows) {
        let mut group = writer.next_row_group().expect("a group opens");
        for (number, name) in NAMES.iter().enumerate() {
            let mut column = group.next_column().expect("a column opens").expect("there is one more");
            let levels: Vec<i16> = rows.iter().map(|row| i16::from(row[number].is_some())).collect();
            let cells = || rows.iter().flat_map(|row| &row[number]);
            match *name {
                "occurred_at" if times => {
                    let values: Vec<_> = cells().filter_map(|cell| nanos(cell)).collect();
                    column.typed::<Int64Type>().write_batch(&values, Some(&levels), None)
                }
                "amount_usd" if decimals => {
                    let bytes = |number: i128| FixedLenByteArray::from(number.to_be_bytes().to_vec());
                    let values: Vec<_> = cells().filter_map(|cell| unscaled(cell)).map(bytes).collect();
                    column.typed::<FixedLenByteArrayType>().write_batch(&values, Some(&levels), None)
                }
                _ => {
                    let values: Vec<_> = cells().map(|cell| ByteArray::from(cell.as_str())).collect();
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

fn expected(rows: &[[Option<String>; 7]], scrutiny: Scrutiny) -> Said {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| cell.clone().unwrap_or_default()).collect()).collect();
    let numbered = (1_u64..).zip(&rows);
    // A hundred are told.
    let wrong: Vec<u64> =
        numbered.filter(|(_, cells)| !is_good(cells, scrutiny)).map(|(number, _)| number).take(100).collect();
    if wrong.is_empty() { judged(rows) } else { Said::Wrong(wrong) }
}

fn check(rows: &[[Option<String>; 7]], ways: Ways, threads: usize) -> Result<(), TestCaseError> {
    let file = written(rows, ways);
    let folder = folder(&[("activity/e.parquet", Some(&file))]);
    for scrutiny in [Scrutiny::All, Scrutiny::Referred] {
        let split = said(&folder, Reading::by(threads, 64, scrutiny));
        let single = said(&folder, Reading::by(1, 64, scrutiny));
        prop_assert_eq!(&split, &single);
        check_said(split, expected(rows, scrutiny), b"")?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn good_rows_are_summed_as_the_oracle_sums_them(rows in table(0), ways in ways(), threads in 1_usize..=4) {
        check(&rows, ways, threads)?;
    }

    #[test]
    fn wrong_rows_are_told_as_the_oracle_tells_them(rows in table(2), ways in ways(), threads in 1_usize..=4) {
        check(&rows, ways, threads)?;
    }
}

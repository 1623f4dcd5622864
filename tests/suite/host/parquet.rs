//! Files of Parquet by their bytes, of which every number can be a lie.

/// How pages are packed, by its number.
#[derive(Clone, Copy)]
pub(super) struct Codec(i64);

impl Codec {
    pub(super) const NONE: Self = Self(0);
    pub(super) const SNAPPY: Self = Self(1);
    pub(super) const GZIP: Self = Self(2);
    pub(super) const ZSTANDARD: Self = Self(6);
}

/// Numbers of the format.
pub(super) const PLAIN: i64 = 0;
pub(super) const DELTA_LENGTHS: i64 = 6;
pub(super) const DELTA_TEXTS: i64 = 7;
pub(super) const DICTIONARY: i64 = 8;

/// A column of texts, which all groups share.
#[derive(Clone)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) codec: Codec,
    /// Pages with their headers.
    pub(super) pages: Vec<u8>,
}

/// A structure of Thrift's compact protocol.
#[derive(Default)]
pub(super) struct Structure {
    bytes: Vec<u8>,
    last: u8,
}

impl Structure {
    fn field(mut self, id: u8, kind: u8, bytes: &[u8]) -> Self {
        let delta = id.checked_sub(self.last).expect("fields come in their order");
        self.bytes.push((delta << 4) | kind);
        self.bytes.extend_from_slice(bytes);
        self.last = id;
        self
    }

    pub(super) fn int(self, id: u8, number: i64) -> Self {
        self.field(id, 5, &zigzag(number))
    }

    fn long(self, id: u8, number: i64) -> Self {
        self.field(id, 6, &zigzag(number))
    }

    fn text(self, id: u8, text: &str) -> Self {
        self.field(id, 8, &lengthy(text.as_bytes()))
    }

    pub(super) fn inner(self, id: u8, inner: Self) -> Self {
        self.field(id, 12, &inner.end())
    }

    fn list(self, id: u8, kind: u8, items: &[Vec<u8>]) -> Self {
        let head = [vec![0xf0 | kind], varint(long(items.len()).cast_unsigned())].concat();
        self.field(id, 9, &[head, items.concat()].concat())
    }

    fn end(self) -> Vec<u8> {
        [self.bytes, vec![0]].concat()
    }
}

pub(super) fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            bytes.push(low & 0x7f);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

pub(super) fn long(length: usize) -> i64 {
    i64::try_from(length).expect("what is in memory is small")
}

/// Writes a length in four bytes.
pub(super) fn short(length: usize) -> [u8; 4] {
    u32::try_from(length).expect("a text is short").to_le_bytes()
}

pub(super) fn zigzag(number: i64) -> Vec<u8> {
    varint(((number << 1) ^ (number >> 63)).cast_unsigned())
}

fn lengthy(bytes: &[u8]) -> Vec<u8> {
    [&varint(long(bytes.len()).cast_unsigned()), bytes].concat()
}

/// Writes a page of `values` values that says that it unpacks to `unpacked` bytes.
pub(super) fn page(values: i64, encoding: i64, unpacked: i64, body: &[u8]) -> Vec<u8> {
    let about = Structure::default().int(1, values).int(2, encoding).int(3, 3).int(4, 3);
    let header = Structure::default().int(1, 0).int(2, unpacked).int(3, long(body.len())).inner(5, about);
    [&header.end(), body].concat()
}

/// Writes a dictionary that says that it has `values` values.
pub(super) fn dictionary(values: i64, body: &[u8]) -> Vec<u8> {
    let length = long(body.len());
    let about = Structure::default().int(1, values).int(2, PLAIN);
    let header = Structure::default().int(1, 2).int(2, length).int(3, length).inner(7, about);
    [&header.end(), body].concat()
}

/// Writes texts as `PLAIN`.
pub(super) fn plain(texts: &[&str]) -> Vec<u8> {
    let written = |text: &&str| [&short(text.len()), text.as_bytes()].concat();
    texts.iter().flat_map(written).collect()
}

/// Lists columns as a footer does: the root, and within it these.
pub(super) fn schema(columns: &[Column]) -> Vec<Vec<u8>> {
    let root = Structure::default().text(4, "events").int(5, long(columns.len()));
    let leaf = |column: &Column| Structure::default().int(1, 6).int(3, 0).text(4, column.name).int(6, 0);
    [root].into_iter().chain(columns.iter().map(leaf)).map(Structure::end).collect()
}

/// Writes a file of groups of `rows` rows that are all in the same place, behind `padding` bytes.
pub(super) fn file(columns: &[Column], schema: &[Vec<u8>], rows: i64, groups: usize, padding: usize) -> Vec<u8> {
    let mut bytes = [b"PAR1".to_vec(), vec![0; padding]].concat();
    let mut chunks = Vec::new();
    for column in columns {
        let (start, length) = (long(bytes.len()), long(column.pages.len()));
        bytes.extend_from_slice(&column.pages);
        let about = Structure::default()
            .int(1, 6)
            .list(2, 5, &[zigzag(PLAIN)])
            .list(3, 8, &[lengthy(column.name.as_bytes())])
            .int(4, column.codec.0)
            .long(5, rows)
            .long(6, length)
            .long(7, length)
            .long(9, start);
        chunks.push(Structure::default().long(2, start).inner(3, about).end());
    }
    let group = Structure::default().list(1, 12, &chunks).long(2, long(bytes.len())).long(3, rows).end();
    let groups = vec![group; groups];
    let footer = Structure::default().int(1, 1).list(2, 12, schema).long(3, rows).list(4, 12, &groups).end();
    let length = short(footer.len());
    [bytes, footer, length.to_vec(), b"PAR1".to_vec()].concat()
}

/// Names a structure of a column that says that it has so many within it.
pub(super) fn nest(children: i64) -> Vec<u8> {
    Structure::default().int(3, 0).text(4, "n").int(5, children).end()
}

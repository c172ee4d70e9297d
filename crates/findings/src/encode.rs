//! Tables as files: CSV and Parquet.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow::array::{
    Array, AsArray, Float64Array, RecordBatch, StringArray, TimestampMillisecondArray, UInt64Array,
};
use arrow::datatypes::{
    DataType, Float64Type, SchemaRef, TimeUnit, TimestampMillisecondType, UInt64Type,
};
use overt_files::{Contents, MARK, Text, safe_cell};
use overt_model::Timestamp;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::Error;
use crate::write::Parts;

/// Rows of a group of Parquet, which is held until it is whole.
const ROWS_A_GROUP: usize = 1 << 17;
/// Characters that a cell of Excel holds.
const EXCEL_CELL: usize = 32_767;

/// A table being written, as CSV, as Parquet or as both, part by part: a large one is never held whole.
pub(crate) struct TableFiles {
    csv: Option<CsvFile>,
    parquet: Option<ParquetFile>,
}

impl TableFiles {
    /// Begins a table of a name in a folder, in the formats wanted.
    pub(crate) fn begin(
        folder: &Path,
        name: &str,
        schema: &SchemaRef,
        parts: Parts,
    ) -> Result<Self, Error> {
        let path = |ending: &str| folder.join(format!("{name}.{ending}"));
        let csv = parts
            .csv
            .then(|| CsvFile::begin(path("csv"), schema, parts.text));
        let parquet = parts
            .parquet
            .then(|| ParquetFile::begin(path("parquet"), schema));
        Ok(Self {
            csv: csv.transpose()?,
            parquet: parquet.transpose()?,
        })
    }

    /// Adds rows.
    pub(crate) fn add(&mut self, rows: &RecordBatch) -> Result<(), Error> {
        if let Some(csv) = &mut self.csv {
            csv.add(rows)?;
        }
        if let Some(parquet) = &mut self.parquet {
            parquet.add(rows)?;
        }
        Ok(())
    }

    /// Ends the files.
    pub(crate) fn end(self) -> Result<(), Error> {
        self.csv.map(CsvFile::end).transpose()?;
        self.parquet.map(ParquetFile::end).transpose()?;
        Ok(())
    }
}

/// CSV. Cells that a spreadsheet would take for a formula get an apostrophe in front. Marked as Excel knows it, lines end
/// as they do there, times are written as it reads them, and no cell is longer than it can hold.
struct CsvFile {
    path: PathBuf,
    for_excel: bool,
    writer: csv::Writer<BufWriter<File>>,
}

impl CsvFile {
    fn begin(path: PathBuf, schema: &SchemaRef, text: Text) -> Result<Self, Error> {
        let mut file = overt_files::create(&path, Contents::Personal).map_err(Error::io(&path))?;
        let for_excel = text == Text::Marked;
        let mut lines = csv::WriterBuilder::new();
        if for_excel {
            file.write_all(MARK).map_err(Error::io(&path))?;
            lines.terminator(csv::Terminator::CRLF);
        }
        let mut csv = Self {
            writer: lines.from_writer(BufWriter::new(file)),
            path,
            for_excel,
        };
        let names = schema.fields().iter().map(|f| f.name().as_str());
        let begun = csv.writer.write_record(names);
        begun.map_err(|e| csv.failed(e))?;
        Ok(csv)
    }

    fn failed(&self, e: csv::Error) -> Error {
        Error::Io {
            path: self.path.clone(),
            source: e.into(),
        }
    }

    fn add(&mut self, rows: &RecordBatch) -> Result<(), Error> {
        let columns: Vec<Cells<'_>> = rows
            .columns()
            .iter()
            .map(|c| Cells::new(c.as_ref()))
            .collect();
        let mut cell = String::new();
        for row in 0..rows.num_rows() {
            for column in &columns {
                cell.clear();
                column.write(row, self.for_excel, &mut cell);
                let written = self.writer.write_field(cell.as_bytes());
                written.map_err(|e| self.failed(e))?;
            }
            let ended = self.writer.write_record(None::<&[u8]>);
            ended.map_err(|e| self.failed(e))?;
        }
        Ok(())
    }

    fn end(mut self) -> Result<(), Error> {
        self.writer.flush().map_err(Error::io(&self.path))
    }
}

enum Cells<'a> {
    Text(&'a StringArray),
    Number(&'a Float64Array),
    Count(&'a UInt64Array),
    Time(&'a TimestampMillisecondArray),
    Other,
}

impl<'a> Cells<'a> {
    fn new(column: &'a dyn Array) -> Self {
        match column.data_type() {
            DataType::Utf8 => Self::Text(column.as_string()),
            DataType::Float64 => Self::Number(column.as_primitive::<Float64Type>()),
            DataType::UInt64 => Self::Count(column.as_primitive::<UInt64Type>()),
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                Self::Time(column.as_primitive::<TimestampMillisecondType>())
            }
            _ => Self::Other,
        }
    }

    fn write(&self, row: usize, for_excel: bool, out: &mut String) {
        use std::fmt::Write;
        // Writing to a string cannot fail.
        let _ = match self {
            Self::Text(t) if for_excel && t.value(row).len() > EXCEL_CELL => {
                let cell: String = safe_cell(t.value(row))
                    .chars()
                    .take(EXCEL_CELL / 2 - 1)
                    .collect();
                write!(out, "{cell}…")
            }
            Self::Text(t) => write!(out, "{}", safe_cell(t.value(row))),
            Self::Number(n) if n.is_null(row) => Ok(()),
            Self::Number(n) => write!(out, "{}", number(n.value(row))),
            Self::Count(n) => write!(out, "{}", n.value(row)),
            Self::Time(t) if t.is_null(row) => Ok(()),
            Self::Time(t) => {
                let time = Timestamp(t.value(row)).to_string();
                if for_excel {
                    write!(out, "{}", time.trim_end_matches('Z').replace('T', " "))
                } else {
                    write!(out, "{time}")
                }
            }
            Self::Other => Ok(()),
        };
    }
}

/// A number without hundreds of digits: very small and very large ones as powers of ten.
pub(crate) fn number(x: f64) -> String {
    if x != 0.0 && !(1e-4..1e15).contains(&x.abs()) {
        format!("{x:e}")
    } else {
        x.to_string()
    }
}

/// Parquet, text as it is.
struct ParquetFile {
    path: PathBuf,
    writer: ArrowWriter<File>,
}

impl ParquetFile {
    fn begin(path: PathBuf, schema: &SchemaRef) -> Result<Self, Error> {
        let file = overt_files::create(&path, Contents::Personal).map_err(Error::io(&path))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(ROWS_A_GROUP))
            .set_created_by("overt".to_owned())
            .build();
        let begun = ArrowWriter::try_new(file, schema.clone(), Some(properties));
        match begun {
            Ok(writer) => Ok(Self { path, writer }),
            Err(e) => Err(unwritten(&path, e)),
        }
    }

    fn add(&mut self, rows: &RecordBatch) -> Result<(), Error> {
        let added = self.writer.write(rows);
        added.map_err(|e| unwritten(&self.path, e))
    }

    fn end(self) -> Result<(), Error> {
        let ended = self.writer.close();
        ended.map_err(|e| unwritten(&self.path, e)).map(drop)
    }
}

fn unwritten(path: &Path, e: parquet::errors::ParquetError) -> Error {
    Error::Io {
        path: path.to_owned(),
        source: std::io::Error::other(e),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn numbers_are_short_and_read_back_the_same() {
        for x in [
            0.0,
            1e300,
            1e-300,
            f64::MIN_POSITIVE,
            12_452_545.0,
            0.25,
            -3e20,
        ] {
            let text = number(x);
            assert!(text.len() < 25, "{text}");
            assert_eq!(text.parse::<f64>(), Ok(x));
        }
    }

    #[test]
    fn excel_gets_what_it_reads() {
        let folder = tempfile::tempdir().unwrap();
        let written = |batch: &RecordBatch, text| {
            let path = folder.path().join("t.csv");
            let mut csv = CsvFile::begin(path.clone(), &batch.schema(), text).unwrap();
            csv.add(batch).unwrap();
            csv.end().unwrap();
            std::fs::read_to_string(&path).unwrap()
        };
        let long = "=é".repeat(EXCEL_CELL);
        let batch = RecordBatch::try_from_iter([
            (
                "name",
                Arc::new(StringArray::from(vec![long])) as Arc<dyn Array>,
            ),
            (
                "at",
                Arc::new(TimestampMillisecondArray::from(vec![0]).with_timezone("UTC")),
            ),
        ])
        .unwrap();
        let text = written(&batch, Text::Marked);
        assert!(text.starts_with("\u{feff}name,at\r\n'=é="));
        assert!(text.ends_with("…,1970-01-01 00:00:00\r\n"));
        assert!(text.encode_utf16().count() < EXCEL_CELL);
        let text = written(&batch, Text::Plain);
        assert!(text.ends_with(",1970-01-01T00:00:00Z\n"));
    }
}

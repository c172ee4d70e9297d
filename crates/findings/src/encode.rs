//! Tables as files: CSV and Parquet.

use std::io::{BufWriter, Write};
use std::path::Path;

use arrow::array::{
    Array, AsArray, Float64Array, RecordBatch, StringArray, TimestampMillisecondArray, UInt64Array,
};
use arrow::datatypes::{DataType, Float64Type, TimeUnit, TimestampMillisecondType, UInt64Type};
use overt_files::{Contents, MARK, Text, safe_cell};
use overt_model::Timestamp;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::Error;

/// Characters that a cell of Excel holds.
const EXCEL_CELL: usize = 32_767;

/// Writes a table as CSV. Cells that a spreadsheet would take for a formula get an apostrophe in front. Marked as Excel
/// knows it, lines end as they do there, times are written as it reads them, and no cell is longer than it can hold.
///
/// # Errors
/// When the file cannot be written.
pub fn write_csv(path: &Path, batch: &RecordBatch, text: Text) -> Result<(), Error> {
    let mut file = overt_files::create(path, Contents::Personal).map_err(Error::io(path))?;
    let for_excel = text == Text::Marked;
    let mut lines = csv::WriterBuilder::new();
    if for_excel {
        file.write_all(MARK).map_err(Error::io(path))?;
        lines.terminator(csv::Terminator::CRLF);
    }
    let mut writer = lines.from_writer(BufWriter::new(file));
    let failed = |e: csv::Error| Error::Io {
        path: path.to_owned(),
        source: e.into(),
    };
    writer
        .write_record(batch.schema().fields().iter().map(|f| f.name().as_str()))
        .map_err(failed)?;
    let columns: Vec<Cells<'_>> = batch
        .columns()
        .iter()
        .map(|c| Cells::new(c.as_ref()))
        .collect();
    let mut cell = String::new();
    for row in 0..batch.num_rows() {
        for column in &columns {
            cell.clear();
            column.write(row, for_excel, &mut cell);
            writer.write_field(cell.as_bytes()).map_err(failed)?;
        }
        writer.write_record(None::<&[u8]>).map_err(failed)?;
    }
    writer.flush().map_err(Error::io(path))
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

/// Writes a table as Parquet, text as it is.
///
/// # Errors
/// When the file cannot be written.
pub fn write_parquet(path: &Path, batch: &RecordBatch) -> Result<(), Error> {
    let file = overt_files::create(path, Contents::Personal).map_err(Error::io(path))?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by("overt".to_owned())
        .build();
    let failed = |e: parquet::errors::ParquetError| Error::Io {
        path: path.to_owned(),
        source: std::io::Error::other(e),
    };
    let mut writer =
        ArrowWriter::try_new(file, batch.schema(), Some(properties)).map_err(failed)?;
    writer.write(batch).map_err(failed)?;
    writer.close().map_err(failed)?;
    Ok(())
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
        let path = folder.path().join("t.csv");
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
        write_csv(&path, &batch, Text::Marked).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("\u{feff}name,at\r\n'=é="));
        assert!(text.ends_with("…,1970-01-01 00:00:00\r\n"));
        assert!(text.encode_utf16().count() < EXCEL_CELL);
        write_csv(&path, &batch, Text::Plain).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.ends_with(",1970-01-01T00:00:00Z\n"));
    }
}

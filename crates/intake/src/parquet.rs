//! Parquet: columns told by name or mapping, as in delimited text.

use std::fs::File;
use std::io::copy;
use std::path::Path;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray, make_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, TimeUnit};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};

use crate::delimited::{Layout, Row};
use crate::error::{Error, Reason};
use crate::read::Ingest;
use crate::source::{Input, Source};

/// Rows decoded at a time.
const BATCH: usize = 1 << 14;

/// Reads a Parquet file. It must be sought in, so what comes from a pipe or an archive is kept in a temporary file.
pub(crate) fn read(
    input: &Input,
    source: &mut Source,
    ingest: &mut Ingest<'_>,
) -> Result<Vec<String>, Error> {
    let path = source.path.clone();
    let unreadable = |source| Error::Unreadable {
        path: path.clone(),
        source,
    };
    let file = if let Input::File(file) = input {
        File::open(file).map_err(unreadable)?
    } else {
        let mut file = tempfile::tempfile().map_err(unreadable)?;
        copy(&mut source.bytes, &mut file).map_err(unreadable)?;
        file
    };
    let broken = |e: &dyn std::fmt::Display| Error::Truncated {
        path: path.clone(),
        rows: 0,
        detail: e.to_string(),
    };
    let metadata =
        ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|e| broken(&e))?;
    let columns: Vec<String> = metadata
        .schema()
        .fields()
        .iter()
        .map(|f| f.name().clone())
        .collect();
    let layout = Layout::find(&path, &columns, None, ingest)?;
    let used = layout.columns();
    let mask = ProjectionMask::roots(metadata.parquet_schema(), used.iter().copied());
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
        .with_projection(mask)
        .with_batch_size(BATCH)
        .build()
        .map_err(|e| broken(&e))?;
    let platform = ingest.settings.platform.clone().unwrap_or_default();
    for batch in reader {
        let rows = ingest.rows;
        let batch = batch.map_err(|e| Error::Truncated {
            path: path.clone(),
            rows,
            detail: e.to_string(),
        })?;
        hand_in(&path, &batch, &used, &layout, &platform, ingest)?;
    }
    Ok(columns)
}

fn hand_in(
    path: &Path,
    batch: &RecordBatch,
    used: &[usize],
    layout: &Layout,
    platform: &str,
    ingest: &mut Ingest<'_>,
) -> Result<(), Error> {
    let cells: Vec<Cells> = batch
        .columns()
        .iter()
        .zip(used)
        .map(|(c, column)| Cells::new(path, c.as_ref(), layout.is_time(*column)))
        .collect::<Result<_, _>>()?;
    let mut place = vec![0; used.last().map_or(0, |last| last + 1)];
    used.iter()
        .enumerate()
        .for_each(|(n, column)| place[*column] = n);
    for row in 0..batch.num_rows() {
        ingest.row()?;
        let line = ingest.rows;
        let cells = BatchRow {
            cells: &cells,
            place: &place,
            row,
        };
        match layout.post(&cells, platform) {
            Ok(post) => ingest.post(&post, line)?,
            Err((reason, detail)) => ingest.reject(line, reason, detail)?,
        }
    }
    Ok(())
}

/// A row of a batch.
struct BatchRow<'a> {
    cells: &'a [Cells],
    /// Where each column of the file stands among those read.
    place: &'a [usize],
    row: usize,
}

impl<'a> Row<'a> for BatchRow<'a> {
    fn cell(&self, column: usize) -> Result<&'a str, Reason> {
        let text = &self.cells[self.place[column]].text;
        Ok(if text.is_null(self.row) {
            ""
        } else {
            text.value(self.row)
        })
    }

    fn whole_number(&self, column: usize) -> Option<i64> {
        let numbers = self.cells[self.place[column]].numbers.as_ref()?;
        (!numbers.is_null(self.row)).then(|| numbers.value(self.row))
    }
}

/// A column as text: strings as they are, everything else as Arrow writes it, times as epoch microseconds.
struct Cells {
    text: StringArray,
    /// Of a column of times, its whole numbers; they need no text then.
    numbers: Option<Int64Array>,
}

impl Cells {
    fn new(path: &Path, column: &dyn Array, is_time: bool) -> Result<Self, Error> {
        let wrong = |e: arrow::error::ArrowError| Error::WrongFormat {
            path: path.to_owned(),
            format: "parquet",
            detail: format!(
                "a column of type {} cannot be read as text: {e}",
                column.data_type()
            ),
        };
        let mut column: ArrayRef = make_array(column.to_data());
        if matches!(column.data_type(), DataType::Timestamp(..)) {
            let micros = DataType::Timestamp(TimeUnit::Microsecond, None);
            let whole = cast(&column, &micros).map_err(wrong)?;
            column = cast(&whole, &DataType::Int64).map_err(wrong)?;
        }
        if is_time && *column.data_type() == DataType::Int64 {
            return Ok(Self {
                text: StringArray::new_null(column.len()),
                numbers: Some(column.as_primitive::<Int64Type>().clone()),
            });
        }
        let text = cast(&column, &DataType::Utf8).map_err(wrong)?;
        Ok(Self {
            text: text.as_string().clone(),
            numbers: None,
        })
    }
}

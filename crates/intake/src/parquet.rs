//! Parquet: columns told by name or mapping, as in delimited text.

use std::fs::File;
use std::io::copy;
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use arrow::datatypes::{DataType, TimeUnit};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};

use crate::delimited::Layout;
use crate::error::Error;
use crate::read::Desk;
use crate::source::{Input, Source};

/// Rows decoded at a time.
const BATCH: usize = 1 << 14;

/// Reads a Parquet file. It must be sought in, so what comes from a pipe or an archive is kept in a temporary file.
pub(crate) fn read(
    input: &Input,
    source: &mut Source,
    desk: &mut Desk<'_>,
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
    let layout = Layout::find(&path, &columns, None, desk)?;
    let used = layout.columns();
    let mask = ProjectionMask::roots(metadata.parquet_schema(), used.iter().copied());
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
        .with_projection(mask)
        .with_batch_size(BATCH)
        .build()
        .map_err(|e| broken(&e))?;
    let platform = desk.settings.platform.clone().unwrap_or_default();
    for batch in reader {
        let rows = desk.rows;
        let batch = batch.map_err(|e| Error::Truncated {
            path: path.clone(),
            rows,
            detail: e.to_string(),
        })?;
        hand_in(&path, &batch, &used, &layout, &platform, desk)?;
    }
    Ok(columns)
}

fn hand_in(
    path: &Path,
    batch: &RecordBatch,
    used: &[usize],
    layout: &Layout,
    platform: &str,
    desk: &mut Desk<'_>,
) -> Result<(), Error> {
    let cells: Vec<Cells> = batch
        .columns()
        .iter()
        .map(|c| Cells::new(path, c.as_ref()))
        .collect::<Result<_, _>>()?;
    let place = |column: usize| used.binary_search(&column).unwrap_or(0);
    for row in 0..batch.num_rows() {
        desk.row()?;
        let line = desk.rows;
        match layout.post(|column| Ok(cells[place(column)].get(row)), platform) {
            Ok(post) => desk.post(&post, line)?,
            Err((reason, detail)) => desk.reject(line, reason, detail)?,
        }
    }
    Ok(())
}

/// A column as text: strings as they are, everything else as Arrow writes it, times as epoch microseconds.
struct Cells(StringArray);

impl Cells {
    fn new(path: &Path, column: &dyn Array) -> Result<Self, Error> {
        let wrong = |e: arrow::error::ArrowError| Error::WrongFormat {
            path: path.to_owned(),
            format: "parquet",
            detail: format!(
                "a column of type {} cannot be read as text: {e}",
                column.data_type()
            ),
        };
        if matches!(column.data_type(), DataType::Timestamp(..)) {
            let whole =
                arrow::compute::cast(column, &DataType::Timestamp(TimeUnit::Microsecond, None))
                    .map_err(wrong)?;
            let number = arrow::compute::cast(&whole, &DataType::Int64).map_err(wrong)?;
            let text = arrow::compute::cast(&number, &DataType::Utf8).map_err(wrong)?;
            return Ok(Self(text.as_string().clone()));
        }
        let text = arrow::compute::cast(column, &DataType::Utf8).map_err(wrong)?;
        Ok(Self(text.as_string().clone()))
    }

    fn get(&self, row: usize) -> &str {
        if self.0.is_null(row) {
            ""
        } else {
            self.0.value(row)
        }
    }
}

//! Parquet: columns told by name or mapping, as in delimited text; fields of structures by path.

use std::borrow::Cow;
use std::fs::File;
use std::io::copy;
use std::path::{Path, PathBuf};

use arrow::array::{
    Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray, StructArray, make_array,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Int64Type, TimeUnit};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};

use crate::detect::Format;
use crate::error::{Error, LeftOut, Reason};
use crate::layout::{Layout, Row, not_there};
use crate::mapping::recognise;
use crate::read::Ingest;
use crate::sample::{self, Sample};
use crate::source::{Input, Source};

/// Rows decoded at a time.
const BATCH: usize = 1 << 14;

/// Reads a Parquet file, whose format its columns may tell more closely. It must be sought in, so what comes from a pipe or an archive is kept in a temporary file.
pub(crate) fn read(
    input: &Input,
    source: &mut Source,
    format: &mut Format,
    ingest: &mut Ingest<'_>,
) -> Result<Vec<String>, Error> {
    let path = source.path.clone();
    let opened = Opened::open(input, source)?;
    let columns = opened.columns();
    let leaves = &opened.leaves;
    let settings = ingest.settings;
    if *format == Format::Parquet
        && settings.mapping.is_none()
        && let Some(mapping) = recognise(&columns)
    {
        *format = Format::of(mapping);
    }
    let mapping = settings.mapping_of(*format);
    let mut layout = Layout::find(&path, &columns, mapping, settings)?;
    if let Some(told) = not_there(settings, &columns) {
        ingest.warn(&path, &told);
    }
    if layout.guessed {
        let sample = opened.sample()?;
        let told = sample::decide(&mut layout, &columns, &sample, settings);
        ingest.warn_all(&path, &told);
    }
    let used = layout.columns();
    for batch in opened.batches(&used)? {
        let rows = ingest.rows;
        let batch = batch.map_err(|e| broken(&path, rows, &e))?;
        hand_in(&path, &batch, &used, leaves, &layout, ingest)?;
    }
    Ok(columns)
}

/// The columns of a Parquet file, and its first rows.
pub(crate) fn sample(input: &Input, source: &mut Source) -> Result<(Vec<String>, Sample), Error> {
    let opened = Opened::open(input, source)?;
    Ok((opened.columns(), opened.sample()?))
}

/// A Parquet file with its description.
struct Opened {
    path: PathBuf,
    file: File,
    metadata: ArrowReaderMetadata,
    leaves: Vec<Leaf>,
}

impl Opened {
    fn open(input: &Input, source: &mut Source) -> Result<Self, Error> {
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
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new());
        let metadata = metadata.map_err(|e| broken(&path, 0, &e))?;
        let leaves = Leaf::of(metadata.schema().fields());
        Ok(Self {
            path,
            file,
            metadata,
            leaves,
        })
    }

    fn columns(&self) -> Vec<String> {
        self.leaves.iter().map(|l| l.name.clone()).collect()
    }

    /// Batches of the columns in use.
    fn batches(&self, used: &[usize]) -> Result<ParquetRecordBatchReader, Error> {
        let roots = used.iter().map(|column| self.leaves[*column].path[0]);
        let mask = ProjectionMask::roots(self.metadata.parquet_schema(), roots);
        let file = self.file.try_clone().map_err(|source| Error::Unreadable {
            path: self.path.clone(),
            source,
        })?;
        ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_projection(mask)
            .with_batch_size(BATCH)
            .build()
            .map_err(|e| broken(&self.path, 0, &e))
    }

    /// The first rows, as text.
    fn sample(&self) -> Result<Sample, Error> {
        let all: Vec<usize> = (0..self.leaves.len()).collect();
        let Some(Ok(batch)) = self.batches(&all)?.next() else {
            return Ok(Sample::of_rows(std::iter::empty()));
        };
        let batch = batch.slice(0, batch.num_rows().min(SAMPLED));
        let roots: Vec<usize> = (0..batch.num_columns()).collect();
        let cells: Vec<Cells> = self
            .leaves
            .iter()
            .map(|leaf| match leaf.find(&batch, &roots) {
                Some(column) => Cells::new(&self.path, column.as_ref(), false),
                None => Ok(Cells::nothing(batch.num_rows())),
            })
            .collect::<Result<_, _>>()?;
        let row = |row: usize| cells.iter().map(|c| c.at(row).to_owned()).collect();
        Ok(Sample::of_rows((0..batch.num_rows()).map(row)))
    }
}

fn broken(path: &Path, rows: u64, e: &dyn std::fmt::Display) -> Error {
    Error::Truncated {
        path: path.to_owned(),
        rows,
        detail: e.to_string(),
    }
}

/// Rows that are looked at to tell what columns are.
const SAMPLED: usize = 1000;

/// The most columns, with those inside structures.
const COLUMNS: usize = 10_000;
/// How deep structures are looked into.
const DEEPEST: usize = 4;

/// A column, or a field of a structure.
struct Leaf {
    /// Its name, with dots where it stands in structures.
    name: String,
    /// Its place in the file, and in each structure.
    path: Vec<usize>,
}

impl Leaf {
    fn of(fields: &arrow::datatypes::Fields) -> Vec<Self> {
        let mut leaves = Vec::new();
        for (at, field) in fields.iter().enumerate() {
            Self::add(field, String::new(), vec![at], &mut leaves);
        }
        leaves
    }

    fn add(field: &Field, above: String, path: Vec<usize>, leaves: &mut Vec<Self>) {
        let name = above + field.name();
        match field.data_type() {
            DataType::Struct(fields) if path.len() < DEEPEST => {
                for (at, inner) in fields.iter().enumerate() {
                    let mut path = path.clone();
                    path.push(at);
                    Self::add(inner, format!("{name}."), path, leaves);
                }
            }
            _ if leaves.len() < COLUMNS => leaves.push(Self { name, path }),
            _ => {}
        }
    }

    /// The column in a batch whose own columns are these of the file's.
    fn find(&self, batch: &RecordBatch, roots: &[usize]) -> Option<ArrayRef> {
        let at = roots.binary_search(&self.path[0]).ok()?;
        let mut array = batch.columns().get(at)?.clone();
        for step in &self.path[1..] {
            let inner = array.as_any().downcast_ref::<StructArray>()?;
            let nulls = inner.nulls().cloned();
            let column = inner.columns().get(*step)?;
            // Where a structure is nothing, so are its fields.
            let data = column.to_data();
            let both = arrow::buffer::NullBuffer::union(nulls.as_ref(), data.nulls());
            array = make_array(data.into_builder().nulls(both).build().ok()?);
        }
        Some(array)
    }
}

fn hand_in(
    path: &Path,
    batch: &RecordBatch,
    used: &[usize],
    leaves: &[Leaf],
    layout: &Layout,
    ingest: &mut Ingest<'_>,
) -> Result<(), Error> {
    let mut roots: Vec<usize> = used.iter().map(|column| leaves[*column].path[0]).collect();
    roots.dedup();
    let cells: Vec<Cells> = used
        .iter()
        .map(|column| match leaves[*column].find(batch, &roots) {
            Some(array) => Cells::new(path, array.as_ref(), layout.is_time(*column)),
            None => Ok(Cells::nothing(batch.num_rows())),
        })
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
        match layout.post(&cells) {
            Ok(post) if layout.is_nobody(&post.account) => ingest.leave_out(LeftOut::Nobody),
            Ok(mut post) => {
                if post.platform.is_empty() {
                    post.platform = Cow::Borrowed(&layout.platform);
                }
                ingest.post(&post, line)?;
            }
            Err((reason, detail)) => ingest.reject(line, reason, &detail)?,
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
        Ok(self.cells[self.place[column]].at(self.row))
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
        let text = match column.data_type() {
            DataType::List(_)
            | DataType::LargeList(_)
            | DataType::FixedSizeList(..)
            | DataType::Map(..) => written(column.as_ref()).map_err(wrong)?,
            _ => cast(&column, &DataType::Utf8)
                .map_err(wrong)?
                .as_string()
                .clone(),
        };
        Ok(Self {
            text,
            numbers: None,
        })
    }

    /// A column that says nothing.
    fn nothing(rows: usize) -> Self {
        Self {
            text: StringArray::new_null(rows),
            numbers: None,
        }
    }

    fn at(&self, row: usize) -> &str {
        if self.text.is_null(row) {
            ""
        } else {
            self.text.value(row)
        }
    }
}

/// Lists as `[a, b]`.
fn written(column: &dyn Array) -> Result<StringArray, arrow::error::ArrowError> {
    let options = FormatOptions::default();
    let format = ArrayFormatter::try_new(column, &options)?;
    let rows = (0..column.len()).map(|row| {
        (!column.is_null(row)).then(|| format.value(row).try_to_string().unwrap_or_default())
    });
    Ok(rows.collect())
}

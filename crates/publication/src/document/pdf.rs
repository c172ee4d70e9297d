//! A document as a PDF of A4 pages: laid out first, drawn then.

use std::collections::BTreeSet;

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::Stroke;
use overt_model::{spelt, visible};

use super::fonts::{Fonts, Line, Source, Style, Weight};
use super::{Block, Document};

/// Why a document could not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the document could not be written as a PDF: {0}")]
pub struct PdfError(pub(super) String);

const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 56.0;
/// Space below the text, for the page's number.
const FOOT: f32 = 40.0;
/// Height of a line as a multiple of the size of its letters.
const LEADING: f32 = 1.35;

const TITLE: Style = Style::new(17.0, Weight::Bold);
const WARNING: Style = Style::new(10.0, Weight::Bold);
const HEADING: Style = Style::new(13.0, Weight::Bold);
const SUBHEADING: Style = Style::new(10.5, Weight::Bold);
const BODY: Style = Style::new(9.5, Weight::Regular);
const HEAD: Style = Style::new(7.5, Weight::Bold);
const CELL: Style = Style::new(7.5, Weight::Regular);
/// The protocol asks for twelve points or more.
const MARKING: Style = Style::new(12.0, Weight::Bold);
/// Where the marking stands at the head.
const HEAD_MARK: f32 = 34.0;
const NUMBER: Style = Style::new(8.0, Weight::Regular);

/// A document as it is given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The file.
    pub bytes: Vec<u8>,
    /// Characters that no font here has: they are boxes in the PDF, and it says so at its end.
    pub missing: BTreeSet<char>,
}

pub(super) fn render(document: &Document) -> Result<Rendered, PdfError> {
    let (pages, fonts) = lay_out(document)?;
    Ok(Rendered {
        bytes: draw(&document.title, &pages, &fonts)?,
        missing: fonts.missing().clone(),
    })
}

/// How many pages a document has.
#[cfg(test)]
pub(super) fn pages(document: &Document) -> Result<usize, PdfError> {
    Ok(lay_out(document)?.0.len())
}

/// Pages and the fonts they are set in: the built-in one, and those of the machine only where it lacks a letter, so that
/// most documents are the same everywhere.
fn lay_out(document: &Document) -> Result<(Vec<Vec<Mark>>, Fonts), PdfError> {
    let mut fonts = Fonts::new(Source::BuiltIn);
    let pages = Sheet::new(&mut fonts).fill(document)?;
    if fonts.missing().is_empty() {
        return Ok((pages, fonts));
    }
    let mut fonts = Fonts::new(Source::Machine);
    let pages = Sheet::new(&mut fonts).fill(document)?;
    Ok((pages, fonts))
}

/// Something on a page.
enum Mark {
    Line { x: f32, y: f32, line: Line },
    Rule { y: f32 },
}

/// Pages being filled from top to bottom.
struct Sheet<'f> {
    fonts: &'f mut Fonts,
    pages: Vec<Vec<Mark>>,
    y: f32,
}

impl<'f> Sheet<'f> {
    fn new(fonts: &'f mut Fonts) -> Self {
        Self {
            fonts,
            pages: vec![Vec::new()],
            y: MARGIN,
        }
    }

    fn fill(mut self, document: &Document) -> Result<Vec<Vec<Mark>>, PdfError> {
        self.paragraph(&document.title, TITLE)?;
        for warning in &document.warnings {
            self.gap(4.0);
            self.paragraph(warning, WARNING)?;
        }
        for block in &document.blocks {
            self.block(block)?;
        }
        self.missing()?;
        self.numbers()?;
        if let Some(marking) = document.marking {
            self.marking(marking.label())?;
        }
        Ok(self.pages)
    }

    fn block(&mut self, block: &Block) -> Result<(), PdfError> {
        match block {
            Block::Heading(text) => {
                self.gap(14.0);
                self.keep(110.0);
                self.mark(Mark::Rule { y: self.y });
                self.gap(10.0);
                self.paragraph(text, HEADING)
            }
            Block::Subheading(text) => {
                self.gap(8.0);
                self.keep(45.0);
                self.paragraph(text, SUBHEADING)
            }
            Block::Text(text) => text
                .split('\n')
                .try_for_each(|line| self.paragraph(line, BODY)),
            Block::List(points) => {
                points.iter().try_for_each(|point| self.point(point))?;
                self.gap(4.0);
                Ok(())
            }
            Block::Table { head, rows } => self.table(head, rows),
        }
    }

    fn paragraph(&mut self, text: &str, style: Style) -> Result<(), PdfError> {
        for line in self.fonts.wrap(text, style, WIDTH - 2.0 * MARGIN)? {
            self.keep(style.size * LEADING);
            self.at(MARGIN, line, style);
            self.y += style.size * LEADING;
        }
        self.gap(4.0);
        Ok(())
    }

    fn point(&mut self, text: &str) -> Result<(), PdfError> {
        const INDENT: f32 = 12.0;
        let mut bullet = self.fonts.wrap("•", BODY, INDENT)?.into_iter().next();
        for line in self.fonts.wrap(text, BODY, WIDTH - 2.0 * MARGIN - INDENT)? {
            self.keep(BODY.size * LEADING);
            if let Some(bullet) = bullet.take() {
                self.at(MARGIN, bullet, BODY);
            }
            self.at(MARGIN + INDENT, line, BODY);
            self.y += BODY.size * LEADING;
        }
        Ok(())
    }

    fn table(&mut self, head: &[String], rows: &[Vec<String>]) -> Result<(), PdfError> {
        let widths = self.columns(head, rows);
        self.row(head, &widths, HEAD)?;
        for cells in rows {
            let pages = self.pages.len();
            self.row(cells, &widths, CELL)?;
            if self.pages.len() > pages && self.y < MARGIN + 2.0 * CELL.size {
                self.row(head, &widths, HEAD)?;
            }
        }
        self.gap(6.0);
        Ok(())
    }

    fn row(&mut self, cells: &[String], widths: &[f32], style: Style) -> Result<(), PdfError> {
        const PAD: f32 = 6.0;
        let mut wrapped = Vec::with_capacity(cells.len());
        for (cell, width) in cells.iter().zip(widths) {
            wrapped.push(self.fonts.wrap(cell, style, width - PAD)?);
        }
        let lines = wrapped.iter().map(Vec::len).max().unwrap_or(0);
        // A row of more than a page is broken; any other moves to the next page as a whole.
        let height = lines as f32 * style.size * LEADING;
        if height < HEIGHT - MARGIN - FOOT - MARGIN {
            self.keep(height + 4.0);
        }
        for n in 0..lines {
            self.keep(style.size * LEADING);
            let mut x = MARGIN;
            for (cell, width) in wrapped.iter_mut().zip(widths) {
                if let Some(line) = cell.get_mut(n) {
                    self.at(x, std::mem::take(line), style);
                }
                x += width;
            }
            self.y += style.size * LEADING;
        }
        self.y += 2.0;
        self.mark(Mark::Rule { y: self.y });
        self.y += 3.0;
        Ok(())
    }

    /// Says which characters are boxes above.
    fn missing(&mut self) -> Result<(), PdfError> {
        if self.fonts.missing().is_empty() {
            return Ok(());
        }
        let shown: Vec<String> = self.fonts.missing().iter().map(|c| spelt(*c)).collect();
        let text = format!(
            "No font on the machine that made this PDF has these characters, which are boxes above: {}. The HTML and \
             Markdown of this document have them.",
            shown.join(" ")
        );
        self.gap(8.0);
        self.paragraph(&text, WARNING)
    }

    /// The number of each page, at its foot.
    fn numbers(&mut self) -> Result<(), PdfError> {
        let all = self.pages.len();
        for page in 0..all {
            let text = format!("{} / {all}", page + 1);
            let x = (WIDTH - self.fonts.width(&text, NUMBER)) / 2.0;
            for line in self.fonts.wrap(&text, NUMBER, WIDTH)? {
                self.pages[page].push(Mark::Line {
                    x,
                    y: HEIGHT - FOOT,
                    line,
                });
            }
        }
        Ok(())
    }

    /// The marking at the head and the foot of every page, to the right, as the protocol asks for.
    fn marking(&mut self, label: &str) -> Result<(), PdfError> {
        let x = WIDTH - MARGIN - self.fonts.width(label, MARKING);
        for page in 0..self.pages.len() {
            for y in [HEAD_MARK, HEIGHT - FOOT] {
                for line in self.fonts.wrap(label, MARKING, WIDTH)? {
                    self.pages[page].push(Mark::Line { x, y, line });
                }
            }
        }
        Ok(())
    }

    /// Widths of columns that fill the page: as wide as their longest text where there is room, in proportion else.
    fn columns(&mut self, head: &[String], rows: &[Vec<String>]) -> Vec<f32> {
        const LOOKED_AT: usize = 200;
        let all = WIDTH - 2.0 * MARGIN;
        let mut widest = |column: usize| {
            let cells = rows
                .iter()
                .take(LOOKED_AT)
                .filter_map(|row| row.get(column));
            let widths = cells.map(|cell| {
                let shown: String = cell.chars().take(80).collect();
                self.fonts.width(&shown, CELL)
            });
            let widest = widths.fold(0.0, f32::max);
            widest.max(self.fonts.width(&head[column], HEAD)) + 8.0
        };
        let mut widths: Vec<f32> = (0..head.len()).map(&mut widest).collect();
        let sum: f32 = widths.iter().sum();
        if sum > all {
            // Narrow columns stay as they are; what they leave is shared by the others.
            let fair = all / widths.len() as f32;
            let narrow: f32 = widths.iter().filter(|w| **w <= fair).sum();
            let wide: f32 = widths.iter().filter(|w| **w > fair).sum();
            for width in widths.iter_mut().filter(|w| **w > fair) {
                *width *= (all - narrow) / wide;
            }
        }
        widths
    }

    fn at(&mut self, x: f32, line: Line, style: Style) {
        let y = self.y + style.size;
        self.mark(Mark::Line { x, y, line });
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    fn gap(&mut self, height: f32) {
        if self.y > MARGIN {
            self.y += height;
        }
    }

    /// A new page, unless there is so much room on this one.
    fn keep(&mut self, height: f32) {
        if self.y + height > HEIGHT - MARGIN - FOOT / 2.0 {
            self.pages.push(Vec::new());
            self.y = MARGIN;
        }
    }
}

fn draw(title: &str, pages: &[Vec<Mark>], fonts: &Fonts) -> Result<Vec<u8>, PdfError> {
    let mut pdf = krilla::Document::new();
    pdf.set_metadata(
        Metadata::new()
            .title(visible(title))
            .keywords(fonts_used(fonts))
            .language("en".to_owned())
            .creator("overt".to_owned()),
    );
    for marks in pages {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT)
            .ok_or_else(|| PdfError("the page has no size".to_owned()))?;
        let mut page = pdf.start_page_with(settings);
        let mut surface = page.surface();
        for mark in marks {
            if let Mark::Line { x, y, line } = mark {
                for run in &line.runs {
                    let at = Point::from_xy(x + run.x, *y);
                    let font = run.font.clone();
                    surface.draw_glyphs(at, &run.glyphs, font, &run.text, run.size, false);
                }
            }
        }
        surface.set_stroke(Some(Stroke {
            paint: rgb::Color::new(200, 205, 210).into(),
            width: 0.6,
            ..Stroke::default()
        }));
        surface.set_fill(None);
        for mark in marks {
            if let Mark::Rule { y } = mark {
                let mut path = PathBuilder::new();
                path.move_to(MARGIN, *y);
                path.line_to(WIDTH - MARGIN, *y);
                if let Some(path) = path.finish() {
                    surface.draw_path(&path);
                }
            }
        }
        surface.finish();
        page.finish();
    }
    pdf.finish().map_err(|e| PdfError(format!("{e:?}")))
}

/// Which fonts a PDF was set in, to be told apart from one of another machine.
fn fonts_used(fonts: &Fonts) -> Vec<String> {
    fonts
        .used()
        .iter()
        .map(|(hash, name)| format!("font {name} sha256:{hash}"))
        .collect()
}

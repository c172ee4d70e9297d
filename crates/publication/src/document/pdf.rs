//! A document as a PDF of A4 pages: laid out first, drawn then.

use dejavu::sans;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::Stroke;
use krilla::text::{Font, TextDirection};
use overt_model::visible;
use rustybuzz::{Face, UnicodeBuffer};

use super::{Block, Document};

/// Why a document could not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the document could not be written as a PDF: {0}")]
pub struct PdfError(String);

const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 56.0;
/// Space below the text, for the page's number.
const FOOT: f32 = 40.0;
/// Height of a line as a multiple of the size of its letters.
const LEADING: f32 = 1.35;

pub(super) fn render(document: &Document) -> Result<Vec<u8>, PdfError> {
    let fonts = Fonts::new()?;
    draw(&document.title, &lay_out(document, &fonts), &fonts)
}

/// How many pages a document has.
#[cfg(test)]
pub(super) fn pages(document: &Document) -> Result<usize, PdfError> {
    Ok(lay_out(document, &Fonts::new()?).len())
}

fn lay_out(document: &Document, fonts: &Fonts) -> Vec<Vec<Mark>> {
    let mut sheet = Sheet::new(fonts);
    sheet.paragraph(&document.title, 17.0, Weight::Bold);
    for warning in &document.warnings {
        sheet.gap(4.0);
        sheet.paragraph(warning, 10.0, Weight::Bold);
    }
    document.blocks.iter().for_each(|b| sheet.block(b));
    sheet.pages
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    Regular,
    Bold,
}

/// DejaVu Sans: Latin, Greek, Cyrillic, Arabic, Hebrew and more, free to be embedded.
struct Fonts {
    regular: (Face<'static>, Font),
    bold: (Face<'static>, Font),
}

impl Fonts {
    fn new() -> Result<Self, PdfError> {
        let font = |bytes: &'static [u8]| {
            let face = Face::from_slice(bytes, 0);
            let font = Font::new(bytes.into(), 0);
            face.zip(font)
                .ok_or_else(|| PdfError("a font cannot be read".to_owned()))
        };
        Ok(Self {
            regular: font(sans::regular())?,
            bold: font(sans::bold())?,
        })
    }

    fn of(&self, weight: Weight) -> &(Face<'static>, Font) {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// How wide a text is, shaped as it will be drawn.
    fn width(&self, text: &str, size: f32, weight: Weight) -> f32 {
        let (face, _) = self.of(weight);
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        let shaped = rustybuzz::shape(face, &[], buffer);
        let units: i32 = shaped.glyph_positions().iter().map(|p| p.x_advance).sum();
        units as f32 * size / face.units_per_em() as f32
    }
}

/// Something on a page.
enum Mark {
    Text {
        x: f32,
        y: f32,
        size: f32,
        weight: Weight,
        text: String,
    },
    Rule {
        y: f32,
    },
}

/// Pages being filled from top to bottom.
struct Sheet<'f> {
    fonts: &'f Fonts,
    pages: Vec<Vec<Mark>>,
    y: f32,
}

impl<'f> Sheet<'f> {
    fn new(fonts: &'f Fonts) -> Self {
        Self {
            fonts,
            pages: vec![Vec::new()],
            y: MARGIN,
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(text) => {
                self.gap(14.0);
                self.keep(110.0);
                self.mark(Mark::Rule { y: self.y });
                self.gap(10.0);
                self.paragraph(text, 13.0, Weight::Bold);
            }
            Block::Subheading(text) => {
                self.gap(8.0);
                self.keep(45.0);
                self.paragraph(text, 10.5, Weight::Bold);
            }
            Block::Text(text) => {
                for line in text.split('\n') {
                    self.paragraph(line, 9.5, Weight::Regular);
                }
            }
            Block::List(points) => {
                for point in points {
                    let lines = self.wrap(point, 9.5, Weight::Regular, WIDTH - 2.0 * MARGIN - 12.0);
                    for (n, line) in lines.into_iter().enumerate() {
                        self.keep(9.5 * LEADING);
                        let bullet = if n == 0 { "•" } else { "" };
                        self.at(MARGIN, bullet.to_owned(), 9.5, Weight::Regular);
                        self.at(MARGIN + 12.0, line, 9.5, Weight::Regular);
                        self.y += 9.5 * LEADING;
                    }
                }
                self.gap(4.0);
            }
            Block::Table { head, rows } => self.table(head, rows),
        }
    }

    fn paragraph(&mut self, text: &str, size: f32, weight: Weight) {
        for line in self.wrap(text, size, weight, WIDTH - 2.0 * MARGIN) {
            self.keep(size * LEADING);
            self.at(MARGIN, line, size, weight);
            self.y += size * LEADING;
        }
        self.gap(4.0);
    }

    fn table(&mut self, head: &[String], rows: &[Vec<String>]) {
        const SIZE: f32 = 7.5;
        const PAD: f32 = 6.0;
        let widths = self.columns(head, rows, SIZE);
        let row = |sheet: &mut Self, cells: &[String], weight: Weight| {
            let wrapped: Vec<Vec<String>> = cells
                .iter()
                .zip(&widths)
                .map(|(cell, width)| sheet.wrap(cell, SIZE, weight, width - PAD))
                .collect();
            let lines = wrapped.iter().map(Vec::len).max().unwrap_or(0);
            // A row of more than a page is broken; any other moves to the next page as a whole.
            let height = lines as f32 * SIZE * LEADING;
            if height < HEIGHT - MARGIN - FOOT - MARGIN {
                sheet.keep(height + 4.0);
            }
            for line in 0..lines {
                sheet.keep(SIZE * LEADING);
                let mut x = MARGIN;
                for (cell, width) in wrapped.iter().zip(&widths) {
                    if let Some(text) = cell.get(line) {
                        sheet.at(x, text.clone(), SIZE, weight);
                    }
                    x += width;
                }
                sheet.y += SIZE * LEADING;
            }
            sheet.y += 2.0;
            sheet.mark(Mark::Rule { y: sheet.y });
            sheet.y += 3.0;
        };
        row(self, head, Weight::Bold);
        for cells in rows {
            let pages = self.pages.len();
            row(self, cells, Weight::Regular);
            if self.pages.len() > pages && self.y < MARGIN + 2.0 * SIZE {
                row(self, head, Weight::Bold);
            }
        }
        self.gap(6.0);
    }

    /// Widths of columns that fill the page: as wide as their longest text where there is room, in proportion else.
    fn columns(&self, head: &[String], rows: &[Vec<String>], size: f32) -> Vec<f32> {
        const LOOKED_AT: usize = 200;
        let all = WIDTH - 2.0 * MARGIN;
        let widest = |column: usize| {
            let cells = rows
                .iter()
                .take(LOOKED_AT)
                .filter_map(|row| row.get(column));
            let widths = cells.map(|cell| {
                let shown: String = cell.chars().take(80).collect();
                self.fonts.width(&shown, size, Weight::Regular)
            });
            let heading = self.fonts.width(&head[column], size, Weight::Bold);
            widths.fold(heading, f32::max) + 8.0
        };
        let mut widths: Vec<f32> = (0..head.len()).map(widest).collect();
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

    /// Lines no wider than a width. A word that is wider is cut.
    fn wrap(&self, text: &str, size: f32, weight: Weight, width: f32) -> Vec<String> {
        let space = self.fonts.width(" ", size, weight);
        let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0.0);
        for word in visible(text).split_whitespace() {
            for piece in self.pieces(word, size, weight, width) {
                let long = self.fonts.width(&piece, size, weight);
                let gap = if line.is_empty() { 0.0 } else { space };
                if used + gap + long > width && !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                    used = 0.0;
                }
                if !line.is_empty() {
                    line.push(' ');
                    used += space;
                }
                line.push_str(&piece);
                used += long;
            }
        }
        if !line.is_empty() || lines.is_empty() {
            lines.push(line);
        }
        lines
    }

    fn pieces(&self, word: &str, size: f32, weight: Weight, width: f32) -> Vec<String> {
        if self.fonts.width(word, size, weight) <= width {
            return vec![word.to_owned()];
        }
        let (mut pieces, mut piece, mut used) = (Vec::new(), String::new(), 0.0);
        for c in word.chars() {
            let long = self.fonts.width(c.encode_utf8(&mut [0; 4]), size, weight);
            if used + long > width && !piece.is_empty() {
                pieces.push(std::mem::take(&mut piece));
                used = 0.0;
            }
            piece.push(c);
            used += long;
        }
        pieces.push(piece);
        pieces
    }

    fn at(&mut self, x: f32, text: String, size: f32, weight: Weight) {
        let y = self.y + size;
        self.mark(Mark::Text {
            x,
            y,
            size,
            weight,
            text,
        });
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
            .language("en".to_owned())
            .creator("overt".to_owned()),
    );
    for (n, marks) in pages.iter().enumerate() {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT)
            .ok_or_else(|| PdfError("the page has no size".to_owned()))?;
        let mut page = pdf.start_page_with(settings);
        let mut surface = page.surface();
        let mut write = |x: f32, y: f32, size: f32, weight: Weight, text: &str| {
            let (_, font) = fonts.of(weight);
            for (offset, run) in runs(text) {
                let before = fonts.width(&text[..offset], size, weight);
                let at = Point::from_xy(x + before, y);
                surface.draw_text(at, font.clone(), size, run, false, TextDirection::Auto);
            }
        };
        for mark in marks {
            if let Mark::Text {
                x,
                y,
                size,
                weight,
                text,
            } = mark
            {
                write(*x, *y, *size, *weight, text);
            }
        }
        let foot = format!("{} / {}", n + 1, pages.len());
        write(
            WIDTH / 2.0 - 10.0,
            HEIGHT - FOOT,
            8.0,
            Weight::Regular,
            &foot,
        );
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

/// Runs of one direction of writing, with where they begin: signs of scripts that run from right to left stay together
/// with the spaces between them.
fn runs(text: &str) -> Vec<(usize, &str)> {
    let leftward = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}');
    let mut runs: Vec<(usize, usize, bool)> = Vec::new();
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        match runs.last_mut() {
            Some((_, last, direction)) if *direction == leftward(c) || c == ' ' && *direction => {
                *last = end;
            }
            _ => runs.push((at, end, leftward(c))),
        }
    }
    runs.into_iter()
        .map(|(from, to, _)| (from, &text[from..to]))
        .collect()
}

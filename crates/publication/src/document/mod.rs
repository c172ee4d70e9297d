//! Documents that people read: built once from blocks, written as HTML, Markdown and PDF.

mod fonts;
mod html;
mod markdown;
mod pdf;

use overt_attribution::Marking;

pub use pdf::{PdfError, Rendered};

/// A document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// Who may have it; none of what has no audience of its own.
    pub marking: Option<Marking>,
    /// What a reader must know before anything else: that it is a proposal, that it is flagged.
    pub warnings: Vec<String>,
    /// What it says, in order.
    pub blocks: Vec<Block>,
}

/// A part of a document. All of it is plain text: what it shows may come from anywhere.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A heading.
    Heading(String),
    /// A heading below a heading.
    Subheading(String),
    /// A paragraph.
    Text(String),
    /// Points.
    List(Vec<String>),
    /// A table: its header, its rows, each as long as the header.
    Table {
        /// The names of its columns.
        head: Vec<String>,
        /// Its cells.
        rows: Vec<Vec<String>>,
    },
}

impl Document {
    /// An empty document.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    /// Adds a heading.
    pub fn heading(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Heading(text.into()));
    }

    /// Adds a heading below a heading.
    pub fn subheading(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Subheading(text.into()));
    }

    /// Adds a paragraph; an empty one is passed over.
    pub fn text(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.blocks.push(Block::Text(text));
        }
    }

    /// Adds points; none are passed over.
    pub fn list(&mut self, points: Vec<String>) {
        if !points.is_empty() {
            self.blocks.push(Block::List(points));
        }
    }

    /// Adds a table; one without rows is passed over.
    pub fn table(&mut self, head: &[&str], rows: Vec<Vec<String>>) {
        if !rows.is_empty() {
            let head = head.iter().map(|h| (*h).to_owned()).collect();
            self.blocks.push(Block::Table { head, rows });
        }
    }

    /// As a page of HTML that loads nothing and runs nothing.
    pub fn html(&self) -> String {
        html::render(self)
    }

    /// As Markdown, in which nothing of the text is taken for markup.
    pub fn markdown(&self) -> String {
        markdown::render(self)
    }

    /// As a PDF of A4 pages, set in the font that comes with the program and, where it lacks a letter, in those of the
    /// machine: the same document and fonts give the same bytes.
    ///
    /// # Errors
    ///
    /// When a font cannot be used.
    pub fn pdf(&self) -> Result<Rendered, PdfError> {
        pdf::render(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hostile() -> Document {
        let mut document = Document::new("A <title> & more");
        document.warnings.push("A *proposal*".to_owned());
        document.heading("# <script>alert(1)</script>");
        document.text("[a](javascript:b) `x` _y_ | \u{202e}z\n# no heading");
        document.list(vec!["- one".to_owned(), "1. two".to_owned()]);
        document.table(
            &["a|b", "c"],
            vec![vec!["x\ny".to_owned(), "<b>".to_owned()]],
        );
        document
    }

    #[test]
    fn nothing_of_the_text_is_taken_for_markup() {
        let html = hostile().html();
        assert!(!html.contains("<script>") && !html.contains("<b>") && !html.contains('\u{202e}'));
        let markdown = hostile().markdown();
        assert!(
            markdown.contains("\\[a\\]\\(javascript:b\\) \\`x\\` \\_y\\_ \\|"),
            "{markdown}"
        );
        assert!(markdown.contains("\\[U+202E\\]"), "{markdown}");
        assert!(
            markdown.contains("| a\\|b | c |\n|---|---|\n| x y | \\<b\\> |"),
            "{markdown}"
        );
        assert!(!markdown.contains("\n# no heading"));
    }

    #[test]
    fn a_pdf_is_the_same_every_time_and_breaks_pages() {
        let mut document = hostile();
        for n in 0..300 {
            document.text(format!(
                "Paragraph {n} of Пригожин and نام with a long word {}",
                "x".repeat(200)
            ));
        }
        let one = document.pdf().unwrap();
        assert!(one.bytes.starts_with(b"%PDF-"));
        assert!(one == document.pdf().unwrap());
        let pages = pdf::pages(&document).unwrap();
        assert!((10..60).contains(&pages), "{pages}");
    }
}

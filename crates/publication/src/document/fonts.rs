//! Lines of text: which letters of which font stand where, in any script and both directions.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use dejavu::sans;
use krilla::text::{Font, GlyphId, KrillaGlyph, Tag};
use overt_model::visible;
use parley::fontique::{Blob, Collection, CollectionOptions, FontInfoOverride};
use parley::layout::{Glyph, GlyphRun, Layout, PositionedLayoutItem};
use parley::style::{FontFamily, FontFamilyName, FontWeight, OverflowWrap, StyleProperty};
use parley::{
    Alignment, AlignmentOptions, BaseDirection, FontContext, GenericFamily, LayoutContext,
};

use skrifa::MetadataProvider;
use skrifa::string::StringId;

use super::PdfError;
use crate::release::sha256;

/// The name that the built-in font goes by here, so that no font of the machine is taken for it.
const BUILT_IN: &str = "built-in";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// How a text is set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) size: f32,
    pub(super) weight: Weight,
}

impl Style {
    pub(super) const fn new(size: f32, weight: Weight) -> Self {
        Self { size, weight }
    }
}

/// A line that is set, its letters from left to right.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    pub(super) runs: Vec<Run>,
}

/// Letters of one font in a line.
#[derive(Debug, Clone)]
pub(super) struct Run {
    /// From the line's left end.
    pub(super) x: f32,
    pub(super) size: f32,
    pub(super) font: Font,
    pub(super) glyphs: Vec<KrillaGlyph>,
    pub(super) text: String,
}

/// Where fonts are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// What comes with the program: the same everywhere.
    BuiltIn,
    /// And the fonts of this machine, for what the built-in one lacks.
    Machine,
}

/// A font's file, its number in that file, and the places on its axes.
type FontKey = (u64, u32, Vec<(u32, u32)>);

/// The built-in font, DejaVu Sans, and what is found beside it.
pub(super) struct Fonts {
    fonts: FontContext,
    layouts: LayoutContext<()>,
    used: HashMap<FontKey, Font>,
    names: BTreeMap<String, String>,
    missing: BTreeSet<char>,
}

impl Fonts {
    pub(super) fn new(source: Source) -> Self {
        let mut collection = Collection::new(CollectionOptions {
            shared: false,
            system_fonts: source == Source::Machine,
        });
        for bytes in [sans::regular(), sans::bold()] {
            let name = FontInfoOverride {
                family_name: Some(BUILT_IN),
                ..FontInfoOverride::default()
            };
            collection.register_fonts(Blob::new(Arc::new(bytes)), Some(name));
        }
        Self {
            fonts: FontContext {
                collection,
                source_cache: parley::fontique::SourceCache::default(),
            },
            layouts: LayoutContext::new(),
            used: HashMap::new(),
            names: BTreeMap::new(),
            missing: BTreeSet::new(),
        }
    }

    /// What no font has that was asked for.
    pub(super) fn missing(&self) -> &BTreeSet<char> {
        &self.missing
    }

    /// The fonts that lines were set in: the SHA-256 of the file, and what it is called.
    pub(super) fn used(&self) -> &BTreeMap<String, String> {
        &self.names
    }

    /// How wide a text is on one line.
    pub(super) fn width(&mut self, text: &str, style: Style) -> f32 {
        let mut layout = self.lay_out(&collapse_spaces(text), style);
        layout.break_all_lines(None);
        layout.width()
    }

    /// The lines of a text, none wider than a width. A word that is wider is broken. A text that runs from right to left
    /// ends at the right.
    pub(super) fn wrap(
        &mut self,
        text: &str,
        style: Style,
        width: f32,
    ) -> Result<Vec<Line>, PdfError> {
        let text = collapse_spaces(text);
        let mut layout = self.lay_out(&text, style);
        layout.break_all_lines(Some(width));
        layout.align(Alignment::Start, AlignmentOptions::default());
        let mut lines = Vec::new();
        for line in layout.lines() {
            let mut runs = Vec::new();
            for item in line.items() {
                if let PositionedLayoutItem::GlyphRun(run) = item {
                    runs.push(self.run(&run, &text)?);
                }
            }
            lines.push(Line { runs });
        }
        if lines.is_empty() {
            lines.push(Line::default());
        }
        Ok(lines)
    }

    fn lay_out(&mut self, text: &str, style: Style) -> Layout<()> {
        let families = [
            FontFamilyName::named(BUILT_IN),
            FontFamilyName::Generic(GenericFamily::SansSerif),
            FontFamilyName::Generic(GenericFamily::Emoji),
        ];
        let weight = match style.weight {
            Weight::Regular => FontWeight::NORMAL,
            Weight::Bold => FontWeight::BOLD,
        };
        let mut builder = self
            .layouts
            .ranged_builder(&mut self.fonts, text, 1.0, false);
        builder.set_base_direction(direction(text));
        builder.push_default(StyleProperty::FontFamily(FontFamily::List(Cow::Borrowed(
            &families,
        ))));
        builder.push_default(StyleProperty::FontSize(style.size));
        builder.push_default(StyleProperty::FontWeight(weight));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        builder.build(text)
    }

    fn run(&mut self, laid: &GlyphRun<'_, ()>, text: &str) -> Result<Run, PdfError> {
        let run = laid.run();
        let size = run.font_size();
        let span = run.text_range();
        let mut clusters = clusters(run);
        if run.is_rtl() {
            clusters.reverse();
        }
        let mut glyphs = Vec::new();
        for (range, of_cluster) in clusters {
            for glyph in of_cluster {
                if glyph.id == 0 {
                    let shown = text[range.clone()].chars();
                    self.missing.extend(shown.filter(|c| !is_blank(*c)));
                }
                glyphs.push(KrillaGlyph::new(
                    GlyphId::new(glyph.id),
                    glyph.advance / size,
                    glyph.x / size,
                    -glyph.y / size,
                    0.0,
                    range.start - span.start..range.end - span.start,
                    None,
                ));
            }
        }
        Ok(Run {
            x: laid.offset(),
            size,
            font: self.font(laid)?,
            glyphs,
            text: text[span].to_owned(),
        })
    }

    /// A font as it is embedded: a variable one at the place on its axes that the letters were measured at.
    fn font(&mut self, laid: &GlyphRun<'_, ()>) -> Result<Font, PdfError> {
        let data = laid.run().font();
        let synthesis = laid.run().synthesis();
        let axes: Vec<(Tag, f32)> = synthesis
            .variation_settings()
            .iter()
            .map(|(tag, value)| (Tag::new(&tag.to_be_bytes()), *value))
            .collect();
        let place = axes
            .iter()
            .map(|(tag, value)| (u32::from_be_bytes(*tag.get()), value.to_bits()))
            .collect();
        let key = (data.data.id(), data.index, place);
        if let Some(font) = self.used.get(&key) {
            return Ok(font.clone());
        }
        let bytes = data.data.data();
        let font = Font::new_variable(bytes.to_vec().into(), data.index, &axes)
            .ok_or_else(|| PdfError("a font cannot be read".to_owned()))?;
        self.names
            .insert(sha256(bytes), font_name(bytes, data.index));
        self.used.insert(key, font.clone());
        Ok(font)
    }
}

/// What letters were made of which part of the text, in its own order. A ligature is one part, or what is copied from the
/// page would lack letters.
fn clusters(run: &parley::layout::Run<'_, ()>) -> Vec<(Range<usize>, Vec<Glyph>)> {
    let mut clusters: Vec<(Range<usize>, Vec<Glyph>)> = Vec::new();
    for cluster in run.clusters() {
        let range = cluster.text_range();
        match clusters.last_mut() {
            Some((whole, _)) if cluster.is_ligature_continuation() => whole.end = range.end,
            _ => clusters.push((range, cluster.glyphs().collect())),
        }
    }
    clusters
}

/// A text with one space between its words, nothing that acts without being seen, and, where it runs from left to right,
/// each part that does not set apart.
fn collapse_spaces(text: &str) -> String {
    let shown = visible(text);
    let text = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    match direction(&text) {
        BaseDirection::Ltr => isolate(&text),
        _ => text,
    }
}

/// Documents are in English: a text with any word from left to right runs that way, whatever name it begins with.
fn direction(text: &str) -> BaseDirection {
    if text.chars().any(|c| c.is_alphabetic() && !is_rtl(c)) {
        BaseDirection::Ltr
    } else {
        BaseDirection::Auto
    }
}

/// Sets parts from right to left apart (Unicode's isolates), so that a number or a full stop after a name is not drawn
/// into it.
fn isolate(text: &str) -> String {
    let (mut out, mut held, mut inside) = (String::with_capacity(text.len()), String::new(), false);
    for c in text.chars() {
        if is_rtl(c) {
            if !inside {
                out.push('\u{2068}');
                inside = true;
            }
            out.push_str(&held);
            held.clear();
            out.push(c);
        } else if inside && !c.is_alphabetic() {
            // Part of it only if more of it follows.
            held.push(c);
        } else {
            if inside {
                out.push('\u{2069}');
                inside = false;
            }
            out.push_str(&held);
            held.clear();
            out.push(c);
        }
    }
    if inside {
        out.push('\u{2069}');
    }
    out.push_str(&held);
    out
}

/// Letters and marks of scripts that run from right to left.
fn is_rtl(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// What a font calls itself.
fn font_name(bytes: &[u8], index: u32) -> String {
    let font = skrifa::FontRef::from_index(bytes, index).ok();
    let named = font.and_then(|font| {
        let names = font.localized_strings(StringId::FULL_NAME);
        names.english_or_first().map(|name| name.to_string())
    });
    named.unwrap_or_else(|| "a font without a name".to_owned())
}

/// Whether a character has nothing to show: spaces, joiners, choices between forms of a letter.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{2066}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style::new(10.0, Weight::Regular);

    /// The texts of a line's runs, from left to right.
    fn seen(text: &str) -> Vec<String> {
        let mut fonts = Fonts::new(Source::BuiltIn);
        let lines = fonts.wrap(text, STYLE, 500.0).unwrap();
        assert_eq!(lines.len(), 1);
        let mut runs = lines[0].runs.clone();
        runs.sort_by(|a, b| a.x.total_cmp(&b.x));
        runs.into_iter()
            .map(|run| run.text.trim().to_owned())
            .collect()
    }

    #[test]
    fn numbers_in_a_text_from_right_to_left_keep_their_own_direction() {
        assert_eq!(seen("شركة 24 نام"), ["نام", "24", "شركة"]);
        // What follows a name in an English sentence follows it on the page.
        for text in ["in שלום 24, then", "שלום 24, then", "שלום acted for נום."] {
            let names = ["שלום", "נום"];
            let seen = seen(text).concat();
            let places: Vec<usize> = text
                .split([' ', ',', '.'])
                .filter(|word| !word.is_empty() && !names.contains(word))
                .map(|word| seen.find(word).unwrap())
                .collect();
            assert!(places.is_sorted(), "{text}: {seen}");
            let (first, second) = (seen.find("שלום"), seen.find("24").or(seen.find("נום")));
            assert!(first < second, "{text}: {seen}");
        }
    }

    #[test]
    fn a_text_from_right_to_left_ends_at_the_right() {
        let mut fonts = Fonts::new(Source::BuiltIn);
        let lines = fonts.wrap("نام", STYLE, 500.0).unwrap();
        assert!(lines[0].runs[0].x > 400.0);
    }

    #[test]
    fn letters_of_a_ligature_are_all_in_its_text() {
        let mut fonts = Fonts::new(Source::BuiltIn);
        let lines = fonts.wrap("لأ", STYLE, 500.0).unwrap();
        let run = &lines[0].runs[0];
        assert_eq!((run.glyphs.len(), &run.glyphs[0].text_range), (1, &(0..4)));
    }

    #[test]
    fn long_words_are_broken_and_wide_texts_wrapped() {
        let mut fonts = Fonts::new(Source::BuiltIn);
        for text in ["x".repeat(300), "a few words ".repeat(30)] {
            let lines = fonts.wrap(&text, STYLE, 100.0).unwrap();
            assert!(lines.len() > 10);
            let letters: usize = lines
                .iter()
                .flat_map(|l| &l.runs)
                .map(|r| r.text.len())
                .sum();
            assert!(letters >= text.trim().len());
        }
    }

    #[test]
    fn what_no_font_has_is_noted() {
        let mut fonts = Fonts::new(Source::Machine);
        fonts
            .wrap("an unassigned \u{378} sign, a\u{200d}b", STYLE, 500.0)
            .unwrap();
        assert!(fonts.missing().iter().eq(&['\u{378}']));
        let names: Vec<&String> = fonts.used().values().collect();
        assert_eq!(names, ["DejaVu Sans"]);
    }
}

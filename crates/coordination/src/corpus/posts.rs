//! The columns of posts.

use overt_model::{Location, Post};

use crate::column::{Column, Strings};
use crate::intern::Interner;

/// One row a post, in the order they were read.
pub struct Posts {
    pub(super) account: Vec<u32>,
    pub(super) time: Vec<i64>,
    ids: Strings,
    line: Vec<u32>,
    /// First post of each file.
    files: Vec<(u32, u32)>,
    text: Strings,
    links: Strings,
    words: Interner,
    language: Column<u32>,
    client: Column<u32>,
    community: Column<u32>,
    likes: Column<u64>,
    shares: Column<u64>,
    views: Column<u64>,
}

impl Default for Posts {
    fn default() -> Self {
        let none = || Column::new(u32::MAX);
        let count = || Column::new(u64::MAX);
        Self {
            account: Vec::new(),
            time: Vec::new(),
            ids: Strings::default(),
            line: Vec::new(),
            files: Vec::new(),
            text: Strings::default(),
            links: Strings::default(),
            words: Interner::default(),
            language: none(),
            client: none(),
            community: none(),
            likes: count(),
            shares: count(),
            views: count(),
        }
    }
}

impl Posts {
    /// Number of posts.
    pub fn len(&self) -> usize {
        self.time.len()
    }

    /// Whether there is no post.
    pub fn is_empty(&self) -> bool {
        self.time.is_empty()
    }

    /// The account of a post.
    pub fn account(&self, post: u32) -> u32 {
        self.account[post as usize]
    }

    /// The time of a post, in milliseconds.
    pub fn time(&self, post: u32) -> i64 {
        self.time[post as usize]
    }

    /// The platform's id of a post; empty where the export has none.
    pub fn id(&self, post: u32) -> &str {
        self.ids.get(post as usize)
    }

    /// Where the post was read.
    pub fn location(&self, post: u32) -> Location {
        let at = self.files.partition_point(|(first, _)| *first <= post);
        let file = if at == 0 { 0 } else { self.files[at - 1].1 };
        Location {
            file,
            line: u64::from(self.line[post as usize]),
        }
    }

    /// Number of posts read before a file; files are read in the order of their numbers.
    pub(super) fn before_file(&self, file: u32) -> usize {
        let at = self.files.partition_point(|(_, f)| *f < file);
        self.files
            .get(at)
            .map_or(self.len(), |(first, _)| *first as usize)
    }

    /// The words of a post; empty where there are none or they were not kept.
    pub fn text(&self, post: u32) -> &str {
        self.text.get(post as usize)
    }

    /// The links of a post: those the export names, or else those in its words.
    pub fn all_links(&self, post: u32) -> impl Iterator<Item = &str> {
        let own = self.links(post);
        let from = if own.is_empty() { self.text(post) } else { own };
        from.split_whitespace().filter(|w| w.contains("://"))
    }

    /// Whether any post has words.
    pub fn has_text(&self) -> bool {
        self.text.is_used()
    }

    /// The links of a post as written, separated by spaces.
    pub fn links(&self, post: u32) -> &str {
        self.links.get(post as usize)
    }

    fn word(&self, column: &Column<u32>, post: u32) -> Option<&str> {
        column.get(post as usize).map(|w| self.words.name(w))
    }

    /// Language as the export writes it.
    pub fn language(&self, post: u32) -> Option<&str> {
        self.word(&self.language, post)
    }

    /// The program the post was made with.
    pub fn client(&self, post: u32) -> Option<&str> {
        self.word(&self.client, post)
    }

    /// The group, channel or page the post appeared in.
    pub fn community(&self, post: u32) -> Option<&str> {
        self.word(&self.community, post)
    }

    /// Likes, shares and views at the time of the export.
    pub fn engagement(&self, post: u32) -> [Option<u64>; 3] {
        [&self.likes, &self.shares, &self.views].map(|c| c.get(post as usize))
    }

    /// Adds a row; its account is not known yet.
    pub(super) fn push(&mut self, post: &Post<'_>, at: Location, keep_text: bool) {
        let row = self.time.len();
        self.time.push(post.time);
        self.ids.set(row, Some(&post.id));
        self.line.push(u32::try_from(at.line).unwrap_or(u32::MAX));
        if self.files.last().is_none_or(|(_, file)| *file != at.file) {
            self.files.push((row as u32, at.file));
        }
        let words = &mut self.words;
        let mut word = |column: &mut Column<u32>, text: &Option<std::borrow::Cow<'_, str>>| {
            if let Some(text) = text.as_deref().filter(|t| !t.is_empty()) {
                column.set(row, Some(words.intern(text)));
            }
        };
        word(&mut self.language, &post.language);
        word(&mut self.client, &post.client);
        word(&mut self.community, &post.community);
        self.likes.set(row, post.likes);
        self.shares.set(row, post.shares);
        self.views.set(row, post.views);
        if keep_text {
            self.text.set(row, post.text.as_deref());
            if !post.urls.is_empty() {
                self.links.set(row, Some(&post.urls.join(" ")));
            }
        }
    }

    /// Leaves only some rows; `kept` has their numbers, in order.
    pub(super) fn keep_only(&mut self, kept: &[u32]) {
        for (to, &from) in kept.iter().enumerate() {
            let from = from as usize;
            self.account[to] = self.account[from];
            self.time[to] = self.time[from];
            self.line[to] = self.line[from];
        }
        self.account.truncate(kept.len());
        self.time.truncate(kept.len());
        self.line.truncate(kept.len());
        for (first, _) in &mut self.files {
            *first = kept.partition_point(|k| *k < *first) as u32;
        }
        for column in [&mut self.ids, &mut self.text, &mut self.links] {
            column.keep_only(kept);
        }
        for column in [&mut self.language, &mut self.client, &mut self.community] {
            column.keep_only(kept);
        }
        for column in [&mut self.likes, &mut self.shares, &mut self.views] {
            column.keep_only(kept);
        }
    }

    /// Bytes held.
    pub(super) fn memory(&self) -> usize {
        let words = [&self.language, &self.client, &self.community].map(Column::memory);
        let counts = [&self.likes, &self.shares, &self.views].map(Column::memory);
        let strings = [&self.ids, &self.text, &self.links].map(Strings::memory);
        let columns = words.iter().chain(&counts).chain(&strings).sum::<usize>();
        self.time.capacity() * 16 + columns
    }
}

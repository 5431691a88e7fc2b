//! How results look: what a renderer may know of the reader, and the few tones that it has.

use anstyle::{AnsiColor, Effects};
use std::fmt::{self, Display};

/// What a renderer may know of the reader.
pub(crate) struct Style<'a> {
    /// Whether to colour.
    pub(crate) color: bool,
    /// Whether to print only what is wrong.
    pub(crate) quiet: bool,
    /// How much more to print: the number of `-v`.
    pub(crate) verbose: u8,
    /// What comes before a path, relative to `pipeline.toml`, to make it relative to the repository; empty,
    /// or it ends with `/`. For formats whose reader starts at the repository.
    pub(crate) prefix: &'a str,
    /// A word that nobody could know before: it guards free text in a GitHub log.
    pub(crate) stop_token: &'a str,
    /// The text of a file that a position names, where it can be read.
    pub(crate) source: &'a dyn Fn(&str) -> Option<String>,
}

/// What a word says beside its letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Something is wrong.
    Bad,
    /// Something deserves a look.
    Doubt,
    /// Something is right.
    Good,
    /// Something is to be found at a glance.
    Strong,
    /// Something is said by us, about what follows.
    Label,
    /// Something may be skipped.
    Dim,
}

impl Style<'_> {
    /// `text` in a tone, where colour is wanted.
    pub(crate) fn paint<T: Display>(&self, tone: Tone, text: T) -> Painted<T> {
        Painted { style: if self.color { tone.style() } else { anstyle::Style::new() }, text }
    }
}

impl Tone {
    fn style(self) -> anstyle::Style {
        let color = |color: AnsiColor| color.on_default().effects(Effects::BOLD);
        match self {
            Self::Bad => color(AnsiColor::Red),
            Self::Doubt => color(AnsiColor::Yellow),
            Self::Good => color(AnsiColor::Green),
            Self::Strong => anstyle::Style::new().bold(),
            Self::Label => color(AnsiColor::Cyan),
            Self::Dim => anstyle::Style::new().dimmed(),
        }
    }
}

/// A text in its colour.
pub(crate) struct Painted<T> {
    style: anstyle::Style,
    text: T,
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = self.style;
        write!(formatter, "{style}")?;
        self.text.fmt(formatter)?;
        write!(formatter, "{style:#}")
    }
}

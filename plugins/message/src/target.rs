/// Where a message goes, which decides how somebody else's text is escaped and how a list looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Text in Markdown on GitHub, Gitea or Forgejo: a comment, the body of a pull request.
    Markdown,
    /// One line on a forge that is no Markdown: the title of a pull request, the subject of a commit, the
    /// description of a status.
    Title,
    /// Slack's `mrkdwn`, in a text object with `verbatim`.
    Slack,
    /// The `formatted_body` of a Matrix message: HTML.
    Matrix,
    /// Text without any markup.
    Plain,
}

/// The most that a place takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Unicode characters.
    Characters(usize),
    /// Bytes of UTF-8.
    Bytes(usize),
}

impl Target {
    /// A limit that every place of this kind takes, with some room.
    pub fn limit(self) -> Limit {
        match self {
            // GitHub takes 65,536 characters.
            Self::Markdown => Limit::Characters(60_000),
            // GitHub and Gitea take 256 and 255 characters.
            Self::Title => Limit::Characters(250),
            // One text object takes 3,000 characters.
            Self::Slack => Limit::Characters(2_900),
            // An event takes 65,536 bytes, and a message holds its text twice.
            Self::Matrix => Limit::Bytes(24_000),
            Self::Plain => Limit::Characters(4_000),
        }
    }
}

impl Limit {
    /// Whether a text is within the limit.
    pub fn holds(self, text: &str) -> bool {
        match self {
            Self::Characters(most) => text.chars().count() <= most,
            Self::Bytes(most) => text.len() <= most,
        }
    }

    /// The text, cut between two characters where it is longer.
    pub(crate) fn cut(self, text: &str) -> String {
        let mut kept = text.to_owned();
        while !self.holds(&format!("{kept}…")) && kept.pop().is_some() {}
        format!("{}…", kept.trim_end())
    }
}

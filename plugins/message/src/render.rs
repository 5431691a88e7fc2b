use crate::clean::shorten;
use crate::escape::escape;
use crate::findings::{self, Fit};
use crate::template::{Part, Placeholder, diagnose};
use crate::{Limit, Notice, Target, Template};
use countersign_plugin::Failure;

/// The most characters of one value where there is room.
const LONGEST_VALUE: usize = 300;

/// The most names of a list where there is room.
const MOST_NAMES: usize = 20;

/// Digits of a commit and of a digest that a message shows.
const SHOWN_DIGITS: usize = 12;

/// Where a message goes and how much of it there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Where it goes.
    pub target: Target,
    /// How many findings are listed at most.
    pub findings: usize,
    /// How long it may be.
    pub limit: Limit,
}

impl Style {
    /// The three worst findings, and as long as every place of this kind takes.
    pub fn new(target: Target) -> Self {
        Self { target, findings: 3, limit: target.limit() }
    }
}

impl Template {
    /// The template, filled from a notice. Where it would be too long, fewer findings are listed, and then
    /// values are shortened; nothing is cut after it was escaped.
    ///
    /// # Errors
    /// [`Failure::InvalidConfig`] where the template's own text is longer than the place takes.
    pub fn render(&self, notice: &Notice, style: &Style) -> Result<String, Failure> {
        let rendered = fits(style).map(|fit| self.fill(notice, style.target, fit));
        let mut last = String::new();
        for text in rendered {
            if style.limit.holds(&text) {
                return Ok(text);
            }
            last = text;
        }
        match style.target {
            // These have no markup that a cut could leave open.
            Target::Title | Target::Plain => Ok(style.limit.cut(&last)),
            Target::Markdown | Target::Slack | Target::Matrix => {
                let message = format!("`{}` is longer than a message may be", self.key);
                let help = Some("shorten it".to_owned());
                Err(Failure::InvalidConfig(vec![diagnose(&self.key, message, help)]))
            }
        }
    }

    fn fill(&self, notice: &Notice, target: Target, fit: Fit) -> String {
        let lines = self.lines.iter().filter_map(|line| fill_line(line, notice, target, fit));
        let text = lines.collect::<Vec<_>>().join("\n");
        let text = text.trim_matches(['\n', ' ']).to_owned();
        // A title of several lines would be the title and a body.
        if target == Target::Title { text.replace('\n', " ") } else { text }
    }
}

/// From everything to the least that says something.
fn fits(style: &Style) -> impl Iterator<Item = Fit> {
    let most = style.findings;
    [(LONGEST_VALUE, MOST_NAMES, 1), (120, MOST_NAMES, 1), (64, 5, 0), (24, 1, 0)].into_iter().flat_map(
        move |(length, names, least)| {
            (least.min(most)..=most).rev().map(move |findings| Fit { findings, length, names })
        },
    )
}

/// A line; none where it has placeholders and all of them are empty.
fn fill_line(line: &[Part], notice: &Notice, target: Target, fit: Fit) -> Option<String> {
    let mut shown = String::new();
    let (mut places, mut filled) = (0_usize, 0_usize);
    for part in line {
        match part {
            Part::Text(text) => shown.push_str(text),
            Part::Place(placeholder) => {
                let value = value(*placeholder, notice, target, fit, &shown);
                places += 1;
                filled += usize::from(!value.is_empty());
                shown.push_str(&value);
            }
        }
    }
    (places == 0 || filled > 0).then_some(shown)
}

fn value(placeholder: Placeholder, notice: &Notice, target: Target, fit: Fit, before: &str) -> String {
    let text = |text: &str| escape(&shorten(text, fit.length), target);
    let link = |url: Option<String>| url.map(|url| link(&url, target, before)).unwrap_or_default();
    match placeholder {
        Placeholder::Contract => text(&notice.contract),
        Placeholder::Client => text(notice.client.as_deref().unwrap_or_default()),
        Placeholder::Clients => match (&notice.client, notice.clients.is_empty()) {
            (Some(client), true) => text(client),
            (_, _) => findings::names(&notice.clients, target, fit),
        },
        Placeholder::Verdict => notice.verdict.as_str().to_owned(),
        Placeholder::Breaking => notice.counts().breaking.to_string(),
        Placeholder::Risky => notice.counts().risky.to_string(),
        Placeholder::Compatible => notice.counts().compatible.to_string(),
        Placeholder::Total => notice.total.to_string(),
        Placeholder::From => digits(notice.from.as_deref().unwrap_or_default(), target),
        Placeholder::To => digits(&notice.to, target),
        Placeholder::Commit => digits(&notice.commit, target),
        Placeholder::Link => link(notice.main_link()),
        Placeholder::Compare => link(notice.link("compare")),
        Placeholder::PullRequest => link(notice.link("pull-request")),
        Placeholder::Findings => findings::list(notice, target, fit),
    }
}

/// The first digits of a commit or a digest, which the host computed. Anything else is somebody's text.
fn digits(text: &str, target: Target) -> String {
    let hexadecimal = text.strip_prefix("sha256:").unwrap_or(text);
    if hexadecimal.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return hexadecimal.chars().take(SHOWN_DIGITS).collect();
    }
    escape(&shorten(text, 64), target)
}

/// A link as the target writes one, or its address alone where the template already has the markup around it.
fn link(url: &str, target: Target, before: &str) -> String {
    let bare = url.replace('&', "&amp;");
    match target {
        Target::Markdown | Target::Title | Target::Plain => url.to_owned(),
        Target::Slack if before.ends_with('<') => bare,
        Target::Slack => format!("<{bare}>"),
        Target::Matrix if before.ends_with(['"', '\'']) => bare,
        Target::Matrix => format!("<a href=\"{bare}\">{bare}</a>"),
    }
}

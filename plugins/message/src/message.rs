use crate::{Limit, Notice, Style, Target, Template, Verdict, defaults, pushes};
use countersign_plugin::Failure;

/// The keys of a stage's configuration that say how a message is worded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    /// The template of the title; a default where there is none.
    pub title: Option<String>,
    /// The template of the text; a default where there is none.
    pub message: Option<String>,
    /// How many findings are listed at most; 3 where it is not said.
    pub findings: Option<usize>,
}

/// A title and a text, ready for where they go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// One line.
    pub title: String,
    /// The text.
    pub text: String,
}

impl Wording {
    /// Title and text about a notice, each for where it goes.
    ///
    /// # Errors
    /// [`Failure::InvalidConfig`] where a template is wrong or too long.
    pub fn write(&self, notice: &Notice, title: Target, text: Target) -> Result<Message, Failure> {
        Ok(Message { title: self.title(notice, title, None)?, text: self.text(notice, text, None)? })
    }

    /// The title, within a limit of its own where there is one.
    ///
    /// # Errors
    /// [`Failure::InvalidConfig`] where the template is wrong or too long.
    pub fn title(&self, notice: &Notice, target: Target, limit: Option<Limit>) -> Result<String, Failure> {
        if notice.verdict == Verdict::Pushed {
            let limit = limit.unwrap_or(target.limit());
            let shown = pushes::title(&notice.pushes, target);
            return Ok(if limit.holds(&shown) { shown } else { "pushes".to_owned() });
        }
        let template = self.title.as_deref().unwrap_or_else(|| defaults::title(notice));
        Template::parse("title", template)?.render(notice, &self.style(target, limit))
    }

    /// The text, within a limit of its own where there is one.
    ///
    /// # Errors
    /// [`Failure::InvalidConfig`] where the template is wrong or too long.
    pub fn text(&self, notice: &Notice, target: Target, limit: Option<Limit>) -> Result<String, Failure> {
        if notice.verdict == Verdict::Pushed {
            return Ok(pushes::text(&notice.pushes, target, limit.unwrap_or(target.limit())));
        }
        let default = || defaults::message(notice, target);
        let template = self.message.clone().unwrap_or_else(default);
        Template::parse("message", &template)?.render(notice, &self.style(target, limit))
    }

    fn style(&self, target: Target, limit: Option<Limit>) -> Style {
        let style = Style::new(target);
        Style {
            findings: self.findings.unwrap_or(style.findings),
            limit: limit.unwrap_or(style.limit),
            ..style
        }
    }
}

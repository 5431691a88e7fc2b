//! What a message says of pushes: a line for each branch that was pushed to.

use crate::clean::shorten;
use crate::escape::escape;
use crate::{Limit, Target, safe_url};
use serde::Deserialize;

/// The most characters of one name.
const LONGEST_NAME: usize = 100;

/// Pushes to one branch, put together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Pushes {
    /// The repository, as `owner/name`.
    pub repository: String,
    /// The branch.
    pub branch: String,
    /// Who pushed first.
    pub author: String,
    /// How many others pushed too.
    pub others: u32,
    /// How many pushes there were.
    pub pushes: u32,
    /// How many commits they brought, where that is known.
    pub commits: Option<u32>,
    /// Where they can be read.
    pub link: Option<String>,
}

/// One line for all of them.
pub(crate) fn title(lines: &[Pushes], target: Target) -> String {
    match lines {
        [] => "no pushes".to_owned(),
        [only] => sentence(only, target),
        _ => {
            let pushes: u32 = lines.iter().map(|line| line.pushes.max(1)).sum();
            format!("{pushes} pushes to {} branches", lines.len())
        }
    }
}

/// A line for each branch, as many as there is room for; for a single one, where it can be read.
pub(crate) fn text(lines: &[Pushes], target: Target, limit: Limit) -> String {
    let shown: Vec<String> = match lines {
        [only] => link(only, target).into_iter().collect(),
        _ => lines.iter().map(|line| with_link(line, target)).collect(),
    };
    let mut most = shown.len();
    loop {
        let mut kept: Vec<String> = shown.iter().take(most).cloned().collect();
        if most < shown.len() {
            kept.push(format!("and {} more branches", shown.len() - most));
        }
        let text = kept.join("\n");
        if limit.holds(&text) || most == 0 {
            return text;
        }
        most -= 1 + most / 8;
    }
}

fn sentence(line: &Pushes, target: Target) -> String {
    let name = |text: &str| escape(&shorten(text, LONGEST_NAME), target);
    let others = match line.others {
        0 => String::new(),
        1 => " and another".to_owned(),
        others => format!(" and {others} others"),
    };
    let commits = match line.commits {
        None | Some(0) => String::new(),
        Some(1) => " 1 commit".to_owned(),
        Some(commits) => format!(" {commits} commits"),
    };
    let pushes = if line.pushes > 1 { format!(" in {} pushes", line.pushes) } else { String::new() };
    let (repository, author, branch) = (name(&line.repository), name(&line.author), name(&line.branch));
    format!("[{repository}] {author}{others} pushed{commits} to {branch}{pushes}")
}

fn with_link(line: &Pushes, target: Target) -> String {
    let sentence = sentence(line, target);
    link(line, target).map_or(sentence.clone(), |link| format!("{sentence} {link}"))
}

fn link(line: &Pushes, target: Target) -> Option<String> {
    let url = safe_url(line.link.as_deref()?)?;
    let bare = url.replace('&', "&amp;");
    Some(match target {
        Target::Markdown | Target::Title | Target::Plain => url,
        Target::Slack => format!("<{bare}>"),
        Target::Matrix => format!("<a href=\"{bare}\">{bare}</a>"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(repository: &str, commits: Option<u32>) -> Pushes {
        Pushes {
            repository: repository.into(),
            branch: "main".into(),
            author: "alice".into(),
            pushes: 1,
            commits,
            link: Some("https://github.com/acme/api/compare/a...b".into()),
            ..Pushes::default()
        }
    }

    #[test]
    fn one_push_is_one_sentence_and_a_link() {
        let lines = [line("acme/api", Some(3))];
        assert_eq!(title(&lines, Target::Plain), "[acme/api] alice pushed 3 commits to main");
        assert_eq!(
            text(&lines, Target::Plain, Target::Plain.limit()),
            "https://github.com/acme/api/compare/a...b"
        );
    }

    #[test]
    fn pushes_that_were_put_together_are_counted() {
        let together = Pushes { others: 2, pushes: 4, ..line("acme/api", Some(1)) };
        let lines = [together, line("acme/web", None)];
        assert_eq!(title(&lines, Target::Plain), "5 pushes to 2 branches");
        let text = text(&lines, Target::Plain, Target::Plain.limit());
        let expected = "[acme/api] alice and 2 others pushed 1 commit to main in 4 pushes";
        assert!(text.starts_with(expected), "{text}");
        assert!(text.contains("\n[acme/web] alice pushed to main https://"), "{text}");
    }

    #[test]
    fn names_of_others_call_nobody_and_bring_no_markup() {
        let hostile = Pushes {
            author: "<img src=x> @room <!channel> [a](javascript:b)".into(),
            branch: "</strong><script>".into(),
            link: Some("javascript:alert(1)".into()),
            ..line("acme/api", Some(1))
        };
        for target in [Target::Matrix, Target::Slack, Target::Markdown] {
            let shown = title(std::slice::from_ref(&hostile), target);
            assert!(
                !shown.contains("<img") && !shown.contains("<script") && !shown.contains("<!channel"),
                "{shown}"
            );
            assert_eq!(text(std::slice::from_ref(&hostile), target, target.limit()), "");
        }
    }

    #[test]
    fn what_is_too_long_is_counted() {
        let lines = vec![line("acme/api", Some(1)); 2000];
        let text = text(&lines, Target::Plain, Target::Plain.limit());
        assert!(Target::Plain.limit().holds(&text));
        assert!(text.lines().last().unwrap().starts_with("and "), "{text}");
    }
}

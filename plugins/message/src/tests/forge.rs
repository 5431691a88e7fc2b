use super::corpus::HOSTILE;
use super::{elements, notice, runs};
use crate::{Notice, Style, Target, Template, clean, escape};
use proptest::prelude::*;

/// Rendered by a Markdown of another hand, with everything on that a forge has on.
fn rendered(markdown: &str) -> String {
    let mut options = comrak::Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.alerts = true;
    options.extension.math_dollars = true;
    options.extension.math_code = true;
    options.extension.wikilinks_title_after_pipe = true;
    options.extension.multiline_block_quotes = true;
    options.extension.description_lists = true;
    options.render.r#unsafe = true;
    options.render.hardbreaks = true;
    comrak::markdown_to_html(markdown, &options)
}

/// What a forge finds in a run of text, after Markdown: mentions, references, commits, emoji, links.
fn live(run: &str) -> Option<String> {
    let characters: Vec<char> = run.chars().collect();
    let word = |character: &char| character.is_ascii_alphanumeric();
    for (index, character) in characters.iter().enumerate() {
        let after = characters.get(index + 1);
        let before = index.checked_sub(1).and_then(|before| characters.get(before));
        let found = match character {
            '@' => after.is_some_and(word),
            '#' | '!' => after.is_some_and(char::is_ascii_digit),
            '-' => before.is_some_and(word) && after.is_some_and(char::is_ascii_digit),
            ':' => after.is_some_and(|after| word(after) || "/+_-".contains(*after)),
            '[' => after == Some(&'['),
            _ => false,
        };
        if found {
            return Some(characters[index..].iter().take(12).collect());
        }
    }
    let words = run.split(|character: char| !character.is_alphanumeric() && character != '_');
    let commit = |word: &&str| word.len() >= 7 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    words.into_iter().find(commit).map(str::to_owned)
}

fn assert_dead(text: &str) {
    let escaped = escape(text, Target::Markdown);
    let html = rendered(&escaped);
    assert!(elements(&html).iter().all(|element| ["<p>", "</p>"].contains(element)), "{text:?}\n{html}");
    let runs = runs(&html);
    assert_eq!(runs.concat().trim_end(), clean(text), "{escaped}");
    for run in runs {
        assert_eq!(live(&run), None, "{text:?} in {html}");
    }
}

#[test]
fn hostile_text_is_its_own_words_in_one_paragraph() {
    HOSTILE.iter().for_each(|text| assert_dead(text));
}

#[test]
fn what_a_forge_looks_for_would_be_found_in_text_that_is_not_escaped() {
    for text in ["@octocat", "see #1", "GH-2", "c0ffee0123456", ":tada:", "https://a.example", "[[wiki]]"] {
        assert!(live(text).is_some(), "{text}");
    }
}

/// Places in which a template of a user may have a value, with the elements that it makes.
const AROUND: &[&str] = &[
    "{findings}",
    "**{clients}**",
    "# {clients}",
    "> {clients}",
    "- {clients}\n- {clients}",
    "`{clients}`",
    "```\n{clients}\n```",
    "| a | b |\n|---|---|\n| {clients} | {clients} |",
    "<b title=\"{clients}\">{clients}</b>",
    "<div>\n{clients}\n</div>",
    "[{clients}](https://forge.example)",
    "text {clients}{clients} text",
];

fn hostile_notice(text: &str) -> Notice {
    Notice { clients: vec![text.into(), text.into()], client: Some(text.into()), ..notice(text) }
}

fn filled(template: &str, text: &str) -> String {
    let template = Template::parse("message", template).unwrap();
    template.render(&hostile_notice(text), &Style::new(Target::Markdown)).unwrap()
}

#[test]
fn a_value_changes_nothing_around_it_wherever_a_template_has_it() {
    for text in HOSTILE.iter().filter(|text| !clean(text).is_empty() && !text.contains('`')) {
        for template in AROUND {
            let (harmless, hostile) = (rendered(&filled(template, "x")), rendered(&filled(template, text)));
            let names = |html: &str| -> Vec<String> {
                let name = |element: &&str| element.split(' ').next().unwrap_or_default().to_owned();
                elements(html).iter().map(name).collect()
            };
            assert_eq!(names(&hostile), names(&harmless), "{template} with {text:?}:\n{hostile}");
        }
    }
}

#[test]
fn a_title_calls_nobody_and_closes_nothing() {
    for text in HOSTILE {
        let title = escape(text, Target::Title);
        assert!(!title.contains(['@', '#', '`', '\n']) && !title.contains("://"), "{title}");
        assert!(!title.contains("[skip") && !title.contains("GH-"), "{title}");
    }
}

proptest! {
    #[test]
    fn any_text_is_its_own_words(text in ".{0,60}") {
        assert_dead(&text);
    }

    #[test]
    fn any_text_of_markup_is_its_own_words(text in r#"([-@#a-f0-9w.:/<>`*_~|\[\]()!&;\\$+= \n]|GH-1|www\.|http://|<!--|-->|&#64;|\{\}){0,24}"#) {
        assert_dead(&text);
    }
}

//! A comparison as one page to read: without a script, and without anything from a network.

mod article;

use super::escape::{html as escape, html_prose};
use super::excerpt::Texts;
use super::{IMPACTS, changelog, of_impact, sentence, shortened, tally, verdict};
use crate::render::words;
use crate::view::DiffView;
use countersign_model::{Change, Digest, Impact};
use std::io::{self, Write};

const STYLE: &str = include_str!("page.css");

/// A list of more entries than these is folded, unless it is of breaking changes.
const LISTED: usize = 25;

/// A longer sentence or name is cut.
const SENTENCE: usize = 1_000;
const ENTRY: usize = 160;

/// A change with its number on the page, which counts the worst first.
type Numbered<'a> = (usize, &'a Change);

/// Write a comparison.
pub(in crate::render) fn html(diff: &DiffView, out: &mut dyn Write) -> io::Result<()> {
    let mut numbers = 1..;
    let groups = IMPACTS.map(|impact| {
        let changes = of_impact(diff, impact).into_iter();
        (impact, changes.zip(numbers.by_ref()).map(|(change, number)| (number, change)).collect::<Vec<_>>())
    });
    let groups: Vec<_> = groups.into_iter().filter(|(_, changes)| !changes.is_empty()).collect();
    head(diff, out)?;
    header(diff, out)?;
    writeln!(out, "<div class=\"columns\">")?;
    contents(&groups, out)?;
    writeln!(out, "<main id=\"changes\">")?;
    let texts = Texts::new(&diff.texts);
    for (impact, changes) in &groups {
        let (name, count) = (impact.as_str(), words::count(changes.len(), "change"));
        writeln!(out, "<section class=\"{name}\" aria-labelledby=\"{name}\">")?;
        writeln!(out, "<h2 id=\"{name}\">{}: {count}</h2>", sentence(name))?;
        changes.iter().try_for_each(|change| article::write(diff, &texts, *change, out))?;
        writeln!(out, "</section>")?;
    }
    entry(diff, out)?;
    writeln!(out, "</main>\n</div>\n<footer>Written by Countersign {}.</footer>", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "</body>\n</html>")
}

fn head(diff: &DiffView, out: &mut dyn Write) -> io::Result<()> {
    let hash = base64(&Digest::of(STYLE.as_bytes()).hexadecimal());
    let policy =
        format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'");
    let title = format!("{}: {} → {}", sentence(verdict(diff)), escape(&diff.old), escape(&diff.new));
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#changes\">Skip to the changes</a>"
    )
}

/// What all of it comes to.
fn header(diff: &DiffView, out: &mut dyn Write) -> io::Result<()> {
    let (old, new) = (escape(&diff.old), escape(&diff.new));
    writeln!(out, "<header>\n<p class=\"kicker\">Contract diff, {}</p>", escape(&diff.format))?;
    writeln!(
        out,
        "<h1>{old}<span class=\"arrow\" aria-hidden=\"true\">→</span><span class=\"unseen\"> to </span>{new}</h1>"
    )?;
    let (class, text) = match diff.changes.worst() {
        Some(impact) => (impact.as_str(), format!("{}. {}", sentence(meaning(impact)), tally(diff))),
        None => ("none", "Nothing changed".into()),
    };
    let mark = mark(diff.changes.worst().unwrap_or(Impact::Compatible));
    writeln!(out, "<p class=\"verdict {class}\"><span aria-hidden=\"true\">{mark}</span> {text}.</p>")?;
    writeln!(out, "<dl class=\"tally\">")?;
    for impact in IMPACTS {
        let (name, count) = (sentence(impact.as_str()), of_impact(diff, impact).len());
        writeln!(out, "<div><dt>{name}</dt><dd>{count}</dd></div>")?;
    }
    writeln!(out, "<div><dt>Suggested version</dt><dd>{}</dd></div>\n</dl>\n</header>", diff.bump())
}

/// What the worst of the changes means to who uses the contract.
fn meaning(impact: Impact) -> &'static str {
    match impact {
        Impact::Breaking => "somebody who relied on the old contract breaks",
        Impact::Risky => "nothing breaks for certain, and some of it may",
        Impact::Compatible => "nothing breaks",
    }
}

/// A mark that says without colour what the colour says.
fn mark(impact: Impact) -> &'static str {
    match impact {
        Impact::Breaking => "✕",
        Impact::Risky => "!",
        Impact::Compatible => "✓",
    }
}

/// The choice of an impact, and a link to each change.
fn contents(groups: &[(Impact, Vec<Numbered<'_>>)], out: &mut dyn Write) -> io::Result<()> {
    if groups.is_empty() {
        return Ok(());
    }
    writeln!(out, "<nav aria-label=\"Changes\">")?;
    if groups.len() > 1 {
        writeln!(out, "<fieldset>\n<legend>Show</legend>")?;
        writeln!(out, "<label><input type=\"radio\" name=\"only\" id=\"only-all\" checked> all</label>")?;
        for (impact, _) in groups {
            let name = impact.as_str();
            writeln!(out, "<label><input type=\"radio\" name=\"only\" id=\"only-{name}\"> {name}</label>")?;
        }
        writeln!(out, "</fieldset>")?;
    }
    for (impact, changes) in groups {
        let name = impact.as_str();
        let open = if *impact == Impact::Breaking || changes.len() <= LISTED { " open" } else { "" };
        let title = format!("{} ({})", sentence(name), changes.len());
        writeln!(out, "<details class=\"{name}\"{open}>\n<summary>{title}</summary>\n<ol class=\"list\">")?;
        for (number, change) in changes {
            let summary = html_prose(&sentence(&shortened(&change.summary, ENTRY)));
            let place = escape(&shortened(change.operations.first().unwrap_or(&change.subject), ENTRY));
            let place = format!("<span class=\"where\">{place}</span>");
            writeln!(out, "<li><a href=\"#c{number}\">{} {place}</a></li>", plain(&summary))?;
        }
        writeln!(out, "</ol>\n</details>")?;
    }
    writeln!(out, "</nav>")
}

/// A sentence without the frames around its names.
fn plain(prose: &str) -> String {
    prose.replace("<code>", "").replace("</code>", "")
}

fn entry(diff: &DiffView, out: &mut dyn Write) -> io::Result<()> {
    let entries = changelog::entries(diff);
    if entries.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = entries.iter().flat_map(|entry| entry.lines()).map(escape).collect();
    writeln!(
        out,
        "<details>\n<summary>Changelog entry, to paste</summary>\n<pre class=\"paste\">{}</pre>\n</details>",
        lines.join("\n")
    )
}

/// Base64 (RFC 4648, section 4) of bytes in hexadecimal digits, as a content security policy names a hash.
fn base64(hexadecimal: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> = (hexadecimal.chars().filter_map(|digit| digit.to_digit(16)))
        .flat_map(|digit| [3, 2, 1, 0].map(|bit| (digit >> bit & 1) as u8))
        .collect();
    let sextet =
        |bits: &[u8]| (0..6).fold(0, |value, bit| value << 1 | bits.get(bit).copied().unwrap_or_default());
    let mut text: String = bits.chunks(6).map(|bits| ALPHABET[usize::from(sextet(bits))] as char).collect();
    text.push_str(match text.len() % 4 {
        2 => "==",
        3 => "=",
        _ => "",
    });
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_of_the_published_vectors() {
        let vectors =
            [("", ""), ("66", "Zg=="), ("666f", "Zm8="), ("666f6f", "Zm9v"), ("666f6f6261", "Zm9vYmE=")];
        for (bytes, text) in vectors {
            assert_eq!(base64(bytes), text);
        }
    }
}

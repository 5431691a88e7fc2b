//! JUnit XML, as test reports of CI servers read it: what is wrong is a failure, everything else passed.

use super::item::{Item, Level};
use super::safe;
use super::style::Style;
use std::io::{self, Write};

/// The suite, and the class of what is in no file.
const SUITE: &str = "countersign";

/// Write things that were found.
pub(super) fn write(items: &[Item], style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    let items: Vec<_> = items.iter().filter(|item| !style.quiet || item.level == Level::Error).collect();
    let failures = items.iter().filter(|item| item.level == Level::Error).count();
    // Some servers take a suite without a case for a run that went wrong.
    let tests = items.len().max(1);
    let counts = format!("name=\"{SUITE}\" tests=\"{tests}\" failures=\"{failures}\"");
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites {counts}>\n  <testsuite {counts} errors=\"0\" skipped=\"0\">")?;
    if items.is_empty() {
        writeln!(out, "    <testcase classname=\"{SUITE}\" name=\"nothing to report\"/>")?;
    }
    items.iter().try_for_each(|item| case(item, out))?;
    writeln!(out, "  </testsuite>\n</testsuites>")
}

fn case(item: &Item, out: &mut dyn Write) -> io::Result<()> {
    let class = xml(item.file.as_deref().unwrap_or(SUITE));
    let (rule, message) = (xml(&item.rule), xml(&item.message));
    let place = match (&item.file, item.place) {
        (Some(file), Some((line, column))) => format!("{}:{line}:{column}: ", xml(file)),
        (Some(file), None) => format!("{}: ", xml(file)),
        (None, _) => String::new(),
    };
    write!(out, "    <testcase classname=\"{class}\" name=\"{rule}: {message}\"")?;
    match item.level {
        Level::Error => writeln!(
            out,
            ">\n      <failure type=\"{rule}\" message=\"{message}\">{place}{message}</failure>\n    </testcase>"
        ),
        Level::Warning => writeln!(
            out,
            ">\n      <system-out>warning: {place}{rule}: {message}</system-out>\n    </testcase>"
        ),
        Level::Note => writeln!(out, "/>"),
    }
}

/// For the text and the attributes of XML 1.0, section 2.2: what is no character there is spelt out.
fn xml(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 8);
    for character in safe(text).chars() {
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => shown.extend(character.escape_unicode()),
            character => shown.push(character),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::xml;

    #[test]
    fn only_characters_of_xml_are_left() {
        assert_eq!(xml("a\u{0}\u{b}\u{fffe}\n<&>\"'"), "a\\u{0}\\u{b}\\u{fffe}\\n&lt;&amp;&gt;&quot;&apos;");
    }
}

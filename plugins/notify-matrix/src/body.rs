//! The two forms of a message: HTML, and the same as text for clients that show none.

/// HTML in which the template's own line ends are seen. A list brings its own.
pub(crate) fn with_breaks(text: &str) -> String {
    text.replace("</ul>\n\n", "</ul>").replace("</ul>\n", "</ul>").replace('\n', "<br>")
}

/// The text of HTML.
pub(crate) fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&decoded(&rest[..at]));
        let Some(length) = rest[at..].find('>') else { break };
        text.push_str(stand_in(&rest[at..=at + length]));
        rest = &rest[at + length + 1..];
    }
    text.push_str(&decoded(rest));
    text.trim().to_owned()
}

/// What an element looks like in text.
fn stand_in(element: &str) -> &'static str {
    match element {
        "<br>" | "<br/>" | "<br />" | "</p>" | "</ul>" | "</ol>" => "\n",
        "<li>" => "\n• ",
        _ => "",
    }
}

fn decoded(text: &str) -> String {
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    named.into_iter().fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character))
}

use countersign_message::Message;
use serde_json::{Map, Value, json};

/// A message of two blocks. `verbatim` keeps Slack from making links and mentions of plain text
/// (docs.slack.dev, text object); `text` is what a notification shows, where no markup is read.
pub(crate) fn message(message: &Message) -> Map<String, Value> {
    let section = |text: &str| json!({ "type": "section", "text": { "type": "mrkdwn", "text": text, "verbatim": true } });
    // A text object is never empty.
    let texts = [format!("*{}*", message.title), message.text.clone()];
    let blocks: Vec<Value> = texts.iter().filter(|text| !text.is_empty()).map(|text| section(text)).collect();
    let mut fields = Map::new();
    fields.insert("text".into(), message.title.clone().into());
    fields.insert("blocks".into(), blocks.into());
    fields.insert("unfurl_links".into(), false.into());
    fields.insert("unfurl_media".into(), false.into());
    fields
}

use crate::Send;
use countersign_message::{encode_segment, refusal, retry_after, unavailable};
use countersign_plugin::{Failure, Receipt, http};
use serde_json::Value;

/// A room that a message can go to, or what became of the notice already.
pub(crate) enum Room {
    /// Its identifier, percent-encoded.
    Found(String),
    /// Nothing more can be done.
    Settled(Receipt),
}

/// The requests to one homeserver.
pub(crate) struct Client<'a> {
    base: String,
    credential: &'a str,
    send: Send<'a>,
}

/// An answer that is not 2xx.
struct Refused {
    status: u16,
    /// The error's code, such as `M_FORBIDDEN`.
    code: String,
    /// Seconds until it may be asked again.
    retry_after: Option<u64>,
}

impl<'a> Client<'a> {
    pub(crate) fn new(homeserver: &str, credential: &'a str, send: Send<'a>) -> Self {
        Self { base: format!("{}/_matrix/client/v3", homeserver.trim_end_matches('/')), credential, send }
    }

    /// The room by its identifier or its alias. An identifier is not looked into: since version 12 of rooms
    /// it does not name a server.
    pub(crate) fn room(&mut self, named: &str) -> Result<Room, Failure> {
        if !named.starts_with('#') {
            return Ok(Room::Found(encode_segment(named)));
        }
        let response = match self.request("GET", &format!("directory/room/{}", encode_segment(named)), None) {
            Ok(response) => response,
            // Nothing was written, so nothing is unknown.
            Err(error) => {
                return match refusal(error, "the homeserver")? {
                    Receipt::Unknown(text) => Err(unavailable(&text, None)),
                    receipt => Ok(Room::Settled(receipt)),
                };
            }
        };
        if response.status != 200 {
            let refused = Refused::of(&response);
            return Err(match refused.code.as_str() {
                "M_NOT_FOUND" => Failure::Other("the homeserver knows no room with this alias".into()),
                _ => refused.failure(),
            });
        }
        let room = text_of(&response.body, "room_id");
        let room = room.ok_or_else(|| unavailable("the homeserver named no room for the alias", None))?;
        Ok(Room::Found(encode_segment(&room)))
    }

    /// Send the event. The transaction's identifier makes it one event however often it is sent, so a lost
    /// answer is asked for again at once.
    pub(crate) fn deliver(&mut self, room: &str, key: &str, content: &str) -> Result<Receipt, Failure> {
        let path = format!("rooms/{room}/send/m.room.message/{}", encode_segment(key));
        let mut answer = self.request("PUT", &path, Some(content));
        if matches!(answer, Err(http::HttpError::Timeout | http::HttpError::Other(_))) {
            answer = self.request("PUT", &path, Some(content));
        }
        if let Ok(response) = &answer
            && Refused::of(response).code == "M_FORBIDDEN"
            && self.join(room)
        {
            answer = self.request("PUT", &path, Some(content));
        }
        let response = match answer {
            Ok(response) => response,
            Err(error) => return refusal(error, "the homeserver"),
        };
        if (200..300).contains(&response.status) {
            return Ok(Receipt::Delivered(text_of(&response.body, "event_id").unwrap_or_default()));
        }
        Err(Refused::of(&response).failure())
    }

    /// Whether the bot could join the room, which it can where it was invited or the room is public.
    fn join(&mut self, room: &str) -> bool {
        let joined = self.request("POST", &format!("join/{room}"), Some("{}"));
        joined.is_ok_and(|response| response.status == 200)
    }

    fn request(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&str>,
    ) -> Result<http::Response, http::HttpError> {
        let content_type = body.map(|_| ("content-type".into(), "application/json".into()));
        (self.send)(&http::Request {
            method: method.into(),
            url: format!("{}/{path}", self.base),
            headers: content_type.into_iter().collect(),
            body: body.map(|body| body.as_bytes().to_vec()),
            credential: Some(self.credential.to_owned()),
            timeout_ms: None,
        })
    }
}

impl Refused {
    fn of(response: &http::Response) -> Self {
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let milliseconds = body.get("retry_after_ms").and_then(Value::as_u64);
        Self {
            status: response.status,
            code: text_of(&response.body, "errcode").unwrap_or_default(),
            retry_after: retry_after(response).or(milliseconds.map(|wait| wait.div_ceil(1000))),
        }
    }

    fn failure(&self) -> Failure {
        let status = self.status;
        match (status, self.code.as_str()) {
            (429, _) | (_, "M_LIMIT_EXCEEDED") => {
                unavailable("the homeserver takes no more messages now", self.retry_after)
            }
            (_, "M_UNKNOWN_TOKEN" | "M_MISSING_TOKEN") => Failure::Other(
                "the homeserver does not know the access token: log in again and store the new one".into(),
            ),
            (_, "M_FORBIDDEN") => Failure::Other(
                "the account may not write in this room: invite it, and let it send messages".into(),
            ),
            (_, "M_NOT_FOUND") => Failure::Other("the homeserver knows no such room".into()),
            (413, _) | (_, "M_TOO_LARGE") => {
                Failure::Other("the homeserver finds the message too large: shorten `message`".into())
            }
            // The same identifier makes the same event, so that sending again is right whatever happened.
            (408 | 500..=599, _) => {
                unavailable(&format!("the homeserver answered with status {status}"), self.retry_after)
            }
            (_, code) => {
                let code = countersign_message::clean(code);
                Failure::Other(format!("the homeserver refused the message with status {status} {code}"))
            }
        }
    }
}

fn text_of(body: &[u8], key: &str) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let text: String = body.get(key)?.as_str()?.chars().take(255).collect();
    Some(text)
}

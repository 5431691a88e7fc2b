//! A validating parser for JSON (RFC 8259) that writes the tape. It keeps its own stack, so that the depth of
//! a text never is the depth of ours.

use crate::document::{MAXIMUM_DEPTH, MAXIMUM_NODES};
use crate::scan::{self, Fault};
use crate::tape::{self, Builder, Tag, Tape};
use crate::{Code, Problem, document, excerpt};

/// Parse a text whose first byte that is no white space may be anything.
pub(crate) fn parse(text: &str) -> Result<Tape, Problem> {
    // Real documents have a value or a key for every 20 to 30 bytes.
    let builder = Builder::with_capacity((text.len() / 22 + 16).min(MAXIMUM_NODES));
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, builder };
    reader.document()?;
    Ok(reader.builder.finish())
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    builder: Builder,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<(), Problem> {
        self.skip();
        match self.peek() {
            Some(b'{' | b'[') => {}
            _ => return Err(self.not_a_document()),
        }
        self.value()?;
        while self.builder.depth() > 0 {
            self.step()?;
        }
        self.skip();
        match self.peek() {
            None => Ok(()),
            Some(_) => {
                let found = excerpt(document::line(self.text, self.at));
                Err(self.problem(Code::TrailingContent, format!("`{found}` stands after the document")))
            }
        }
    }

    /// Go on inside the innermost container: its end, or its next entry or item.
    fn step(&mut self) -> Result<(), Problem> {
        let Some(open) = self.builder.innermost() else { return Ok(()) };
        self.skip();
        let (end, name) = if open.object { (b'}', "}") } else { (b']', "]") };
        match self.peek() {
            Some(byte) if byte == end => return self.close(),
            Some(b',') if open.length > 0 => {
                self.at += 1;
                self.skip();
            }
            _ if open.length > 0 => return Err(self.expected(&format!("`,` or `{name}`"))),
            _ => {}
        }
        document::check_nodes(self.builder.next())?;
        self.builder.count();
        if open.object {
            self.key()?;
        }
        self.value()
    }

    fn close(&mut self) -> Result<(), Problem> {
        self.at += 1;
        self.builder.close(self.text, self.at).map_err(|key| {
            let name = self.builder.key(self.text, key);
            let offset = self.builder.slot(key).start();
            tape::duplicate(&name)
                .within(self.builder.pointer_of_key(self.text, &name))
                .at(document::position(self.text, offset))
        })
    }

    fn key(&mut self) -> Result<(), Problem> {
        match self.peek() {
            Some(b'"') => self.string()?,
            _ => return Err(self.expected("a key in double quotes")),
        }
        self.skip();
        match self.peek() {
            Some(b':') => self.at += 1,
            _ => return Err(self.expected("`:` after a key")),
        }
        self.skip();
        Ok(())
    }

    /// Read a scalar, or open a container.
    fn value(&mut self) -> Result<(), Problem> {
        match self.peek() {
            Some(b'{') => self.open(true),
            Some(b'[') => self.open(false),
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => {
                let end = scan::number(self.bytes, self.at).map_err(|fault| self.fault(&fault))?;
                self.scalar(Tag::Number, end);
                Ok(())
            }
            Some(b't') => self.literal("true", Tag::True),
            Some(b'f') => self.literal("false", Tag::False),
            Some(b'n') => self.literal("null", Tag::Null),
            _ => Err(self.expected("a value")),
        }
    }

    fn open(&mut self, object: bool) -> Result<(), Problem> {
        if self.builder.depth() >= MAXIMUM_DEPTH {
            let message = format!("the document is nested deeper than {MAXIMUM_DEPTH} levels");
            return Err(self.problem(Code::TooDeep, message));
        }
        self.builder.open(object, self.at);
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<(), Problem> {
        let (end, escaped) = scan::string(self.bytes, self.at).map_err(|fault| self.fault(&fault))?;
        self.scalar(if escaped { Tag::Escaped } else { Tag::String }, end);
        Ok(())
    }

    fn literal(&mut self, literal: &str, tag: Tag) -> Result<(), Problem> {
        let end = self.at + literal.len();
        let rest = self.bytes.get(self.at..end.min(self.bytes.len())).unwrap_or_default();
        if rest != literal.as_bytes() {
            return match literal.as_bytes().starts_with(rest) {
                true => Err(self.truncated()),
                false => Err(self.expected("a value")),
            };
        }
        self.scalar(tag, end);
        Ok(())
    }

    fn scalar(&mut self, tag: Tag, end: usize) {
        self.builder.push(tag, self.at, end);
        self.at = end;
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip(&mut self) {
        self.at = scan::space(self.bytes, self.at);
    }

    fn not_a_document(&self) -> Problem {
        let found = excerpt(document::line(self.text, self.at));
        self.problem(
            Code::NotADocument,
            format!("the document starts with `{found}`, not with an object or array"),
        )
    }

    fn expected(&self, what: &str) -> Problem {
        match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            None => self.truncated(),
            Some(found) => self.problem(Code::InvalidJson, format!("expected {what}, found `{found}`")),
        }
    }

    fn truncated(&self) -> Problem {
        let fault =
            Fault { code: Code::Truncated, offset: self.bytes.len(), message: "the document ends too early" };
        self.fault(&fault)
    }

    fn fault(&self, fault: &Fault) -> Problem {
        let problem = Problem::new(fault.code, fault.message)
            .within(self.builder.pointer(self.text))
            .at(document::position(self.text, fault.offset));
        if fault.code == Code::Truncated {
            return problem.help("it was cut off while it was written or sent; fetch or write it again");
        }
        problem
    }

    fn problem(&self, code: Code, message: String) -> Problem {
        Problem::new(code, message)
            .within(self.builder.pointer(self.text))
            .at(document::position(self.text, self.at))
    }
}

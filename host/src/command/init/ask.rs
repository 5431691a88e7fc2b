//! The few questions of `init`. A flag answers its question; an empty line takes what is in brackets.

use super::answers::{
    Answer, Answers, ClientAnswer, Dump, Side, distinct, flag_client, flag_dump, likely_dump, likely_ours,
    provider, side_of, unanswered, words,
};
use super::detect::{Detected, name_from};
use crate::args::InitArgs;
use countersign_model::{Name, Problem, terminal};
use std::io::{self, BufRead, Write};

/// Ask what flags do not say.
pub(super) fn ask(
    args: &InitArgs,
    detected: &Detected,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
) -> Answer<Answers> {
    let mut asker = Asker { input, output };
    let ours = match side_of(args) {
        Some(ours) => ours,
        None => asker.yes("Is the API served by code in this repository?", likely_ours(detected))?,
    };
    let contract = match &args.contract {
        Some(contract) => contract.clone(),
        None => asker.name("What is the contract called?", detected.name.as_ref())?,
    };
    let side = if ours { asker.ours(args, detected)? } else { asker.theirs(args)? };
    let clients = match flag_client(args, detected)? {
        Some(client) => vec![client],
        None => asker.clients(detected)?,
    };
    Ok(Answers { contract, side, clients: distinct(clients) })
}

fn ended(error: &io::Error) -> Box<Problem> {
    let mut problem = unanswered("the answers ended too early", "countersign init --help names the flags");
    problem.causes.push(error.to_string());
    problem
}

struct Asker<'a> {
    input: &'a mut dyn BufRead,
    output: &'a mut dyn Write,
}

impl Asker<'_> {
    fn say(&mut self, text: &str) -> Answer<()> {
        writeln!(self.output, "{text}").map_err(|error| ended(&error))
    }

    fn line(&mut self, question: &str, default: &str) -> Answer<String> {
        let answer = self.heard(question, default).map_err(|error| ended(&error))?;
        let answer = answer.trim();
        Ok(if answer.is_empty() { default.to_owned() } else { answer.to_owned() })
    }

    fn heard(&mut self, question: &str, default: &str) -> io::Result<String> {
        let bracket = if default.is_empty() { String::new() } else { format!(" [{}]", terminal(default)) };
        write!(self.output, "{question}{bracket} ")?;
        self.output.flush()?;
        let mut answer = String::new();
        match self.input.read_line(&mut answer)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(answer),
        }
    }

    fn yes(&mut self, question: &str, default: bool) -> Answer<bool> {
        loop {
            let answer = self.line(question, if default { "Y/n" } else { "y/N" })?;
            match answer.to_lowercase().as_str() {
                "y/n" => return Ok(default),
                "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                _ => self.say("  please answer y or n")?,
            }
        }
    }

    fn name(&mut self, question: &str, default: Option<&Name>) -> Answer<Name> {
        loop {
            let answer = self.line(question, default.map_or("", Name::as_str))?;
            match answer.parse() {
                Ok(name) => return Ok(name),
                Err(error) => self.say(&format!("  {error}"))?,
            }
        }
    }

    fn ours(&mut self, args: &InitArgs, detected: &Detected) -> Answer<Side> {
        if let Some(dump) = flag_dump(args)? {
            return Ok(Side::Ours(dump));
        }
        let default = match likely_dump(detected) {
            Some(Dump::Command(words)) => words.join(" "),
            Some(Dump::Url(text) | Dump::File(text)) => text,
            None => String::new(),
        };
        self.say("How does the code give its API document? A URL, a file, or a command that")?;
        let answer = self.line("writes it to {out}:", &default)?;
        if answer.starts_with("http://") || answer.starts_with("https://") {
            Ok(Side::Ours(Dump::Url(answer)))
        } else if !answer.contains(' ') && answer.ends_with(".json") {
            Ok(Side::Ours(Dump::File(answer)))
        } else {
            words(&answer).map(|words| Side::Ours(Dump::Command(words)))
        }
    }

    fn theirs(&mut self, args: &InitArgs) -> Answer<Side> {
        let live = match &args.live {
            Some(live) => live.clone(),
            None => self.line("Where does the running service give its document? A URL, or nothing:", "")?,
        };
        let provider = match provider(args.provider.as_deref()) {
            Some(provider) => Some(provider),
            None => {
                let question = "Which repository owns it? Such as github:acme/watcher, or nothing:";
                provider(Some(&self.line(question, "")?))
            }
        };
        Ok(Side::Theirs { provider, live: Some(live).filter(|live| !live.is_empty()) })
    }

    fn clients(&mut self, detected: &Detected) -> Answer<Vec<ClientAnswer>> {
        let mut clients = Vec::new();
        for found in &detected.clients {
            let (root, output) = (terminal(&found.root), terminal(&found.output));
            let question = format!("Keep {root}/{output}, by {}, in agreement?", found.generate);
            if self.yes(&question, true)? {
                clients.push(ClientAnswer::from(found));
            }
        }
        if detected.clients.is_empty() {
            clients.extend(self.client(detected)?);
        }
        Ok(clients)
    }

    fn client(&mut self, detected: &Detected) -> Answer<Option<ClientAnswer>> {
        let root =
            self.line("Is there a generated client in this repository? Its folder, or nothing:", "")?;
        if root.is_empty() {
            return Ok(None);
        }
        let root = root.trim_end_matches('/').to_owned();
        let output = self.line(&format!("Where in {root} are the generated files?"), "src/generated")?;
        let usual = name_from(detected.generator_of(&root).unwrap_or("openapi-python-client"));
        let generate = self.name("Which generator makes it?", usual.as_ref())?;
        let name = name_from(root.rsplit('/').next().unwrap_or_default());
        let name = self.name("What is the client called?", name.as_ref())?;
        Ok(Some(ClientAnswer { name, root, output, generate }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(args: &InitArgs, detected: &Detected, input: &str) -> (Answers, String) {
        let mut output = Vec::new();
        let answers = ask(args, detected, &mut input.as_bytes(), &mut output).unwrap();
        (answers, String::from_utf8(output).unwrap())
    }

    #[test]
    fn empty_answers_take_what_was_detected() {
        let detected =
            Detected { name: name_from("watcher"), fastapi: true, uv: true, ..Detected::default() };
        let (answers, _) = asked(&InitArgs::default(), &detected, "\n\n\n\n");
        assert_eq!(answers.contract.as_str(), "watcher");
        assert!(matches!(answers.side, Side::Ours(Dump::Command(words)) if words[0] == "uv"));
    }

    #[test]
    fn a_flag_answers_its_question() {
        let args = InitArgs { theirs: true, contract: name_from("watcher"), ..InitArgs::default() };
        let input = "http://localhost/openapi.json\nacme\nclients/a\n\n\n\n";
        let (answers, output) = asked(&args, &Detected::default(), input);
        assert!(!output.contains("What is the contract called?"), "{output}");
        assert_eq!(answers.clients[0].name.as_str(), "a");
        assert_eq!(answers.clients[0].output, "src/generated");
    }

    #[test]
    fn answers_that_end_too_early_are_an_error_and_not_a_default() {
        let result = ask(&InitArgs::default(), &Detected::default(), &mut "".as_bytes(), &mut Vec::new());
        assert_eq!(result.unwrap_err().message, "the answers ended too early");
    }
}

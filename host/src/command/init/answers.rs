//! What `init` has to know, and how flags say it.

use super::detect::{Detected, FoundClient, name_from};
use crate::args::InitArgs;
use countersign_model::{Name, Problem};
use std::path::Path;

/// An answer, or why there is none. Boxed: a problem is large, and answers are passed on often.
pub(super) type Answer<T> = Result<T, Box<Problem>>;

/// What `init` has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answers {
    /// The contract's name.
    pub(super) contract: Name,
    /// Whose API it is.
    pub(super) side: Side,
    /// The clients in this repository.
    pub(super) clients: Vec<ClientAnswer>,
}

/// Whose API it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Ours: the code says what the contract is.
    Ours(Dump),
    /// Somebody else's.
    Theirs {
        /// The repository that owns it, such as `github:acme/watcher`.
        provider: Option<String>,
        /// Where the running service gives its document.
        live: Option<String>,
    },
}

/// How to learn what the code says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Dump {
    /// By a command, word by word.
    Command(Vec<String>),
    /// At a URL.
    Url(String),
    /// In a file.
    File(String),
}

/// A client in this repository. Paths have `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ClientAnswer {
    /// Its name.
    pub(super) name: Name,
    /// Its project's folder.
    pub(super) root: String,
    /// The generated files, relative to its root.
    pub(super) output: String,
    /// The generator.
    pub(super) generate: Name,
}

impl From<&FoundClient> for ClientAnswer {
    fn from(found: &FoundClient) -> Self {
        Self {
            name: found.name.clone(),
            root: found.root.clone(),
            output: found.output.clone(),
            generate: found.generate.clone(),
        }
    }
}

impl Answers {
    /// The answers that flags and the folder give, without a question.
    ///
    /// # Errors
    /// A problem that names the flag that is missing.
    pub(super) fn from_flags(args: &InitArgs, detected: &Detected) -> Answer<Self> {
        let ours = side_of(args).or_else(|| args.yes.then(|| likely_ours(detected)));
        let Some(ours) = ours else {
            let hint = "countersign init --ours, or --theirs, or --yes to take what was detected";
            return Err(unanswered("nobody said whose API it is, and nobody can be asked here", hint));
        };
        let contract = args.contract.clone().or_else(|| detected.name.clone());
        let Some(contract) = contract.or_else(|| name_from("api")) else {
            return Err(unanswered("the contract needs a name", "countersign init --contract NAME"));
        };
        let side = match ours {
            true => Side::Ours(dump(args, detected)?),
            false => Side::Theirs { provider: provider(args.provider.as_deref()), live: args.live.clone() },
        };
        let clients = match flag_client(args, detected)? {
            Some(client) => vec![client],
            None => detected.clients.iter().map(ClientAnswer::from).collect(),
        };
        Ok(Self { contract, side, clients: distinct(clients) })
    }
}

/// A question without an answer.
pub(super) fn unanswered(message: &str, hint: &str) -> Box<Problem> {
    Box::new(Problem::new("no-answer", message).hint(hint))
}

/// Whose API it is, as far as flags say: true for ours.
pub(super) fn side_of(args: &InitArgs) -> Option<bool> {
    let dumps = args.dump_command.is_some() || args.dump_url.is_some() || args.dump_file.is_some();
    let elsewhere = args.live.is_some() || args.provider.is_some();
    if args.ours || dumps {
        Some(true)
    } else if args.theirs || elsewhere {
        Some(false)
    } else {
        None
    }
}

/// Whose API it probably is: true for ours.
pub(super) fn likely_ours(detected: &Detected) -> bool {
    detected.fastapi || detected.clients.is_empty()
}

/// The repository that owns the contract; `acme/watcher` is short for one on GitHub.
pub(super) fn provider(text: Option<&str>) -> Option<String> {
    let text = text.filter(|text| !text.is_empty())?;
    Some(if text.contains(':') { text.to_owned() } else { format!("github:{text}") })
}

/// How flags say what the code says, if they do.
pub(super) fn flag_dump(args: &InitArgs) -> Answer<Option<Dump>> {
    if let Some(command) = &args.dump_command {
        return words(command).map(|words| Some(Dump::Command(words)));
    }
    let url = args.dump_url.clone().map(Dump::Url);
    Ok(url.or_else(|| args.dump_file.clone().map(Dump::File)))
}

/// How the code probably says what it says.
pub(super) fn likely_dump(detected: &Detected) -> Option<Dump> {
    if detected.fastapi {
        let uv = ["uv", "run", "--frozen", "--no-sync", "--offline"];
        let python = ["python", "scripts/dump_openapi.py", "{out}"];
        let words = if detected.uv { [&uv[..], &python].concat() } else { python.to_vec() };
        return Some(Dump::Command(words.into_iter().map(str::to_owned).collect()));
    }
    detected.documents.first().cloned().map(Dump::File)
}

fn dump(args: &InitArgs, detected: &Detected) -> Answer<Dump> {
    flag_dump(args)?.or_else(|| likely_dump(detected)).ok_or_else(|| {
        unanswered(
            "nobody said how the code gives its API document, and nothing was detected",
            "countersign init --ours --dump-command 'COMMAND {out}', or --dump-url, or --dump-file",
        )
    })
}

/// A command line, word by word, as a shell would split it.
pub(super) fn words(command: &str) -> Answer<Vec<String>> {
    shlex::split(command).filter(|words| !words.is_empty()).ok_or_else(|| {
        let message = format!("`{command}` is not a command: it is empty or a quote is open");
        unanswered(&message, "countersign init --ours --dump-command 'COMMAND {out}'")
    })
}

/// The client that flags name, if they do.
pub(super) fn flag_client(args: &InitArgs, detected: &Detected) -> Answer<Option<ClientAnswer>> {
    let Some(root) = args.client_root.as_deref().map(slashed) else { return Ok(None) };
    let found = detected.clients.iter().find(|client| client.root == root);
    let missing = |flag: &str| {
        let message = format!("the client in `{root}` needs `{flag}`; nothing was detected there");
        unanswered(&message, "countersign init --help")
    };
    let output = args.client_output.as_deref().map(slashed);
    let output = output.or_else(|| found.map(|it| it.output.clone()));
    let generate = args.generate.clone().or_else(|| found.map(|it| it.generate.clone()));
    let generate = generate.or_else(|| detected.generator_of(&root)?.parse().ok());
    let name = args.client.clone().or_else(|| name_from(root.rsplit('/').next().unwrap_or_default()));
    Ok(Some(ClientAnswer {
        name: name.ok_or_else(|| missing("--client"))?,
        output: output.ok_or_else(|| missing("--client-output"))?,
        generate: generate.ok_or_else(|| missing("--generate"))?,
        root,
    }))
}

fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let text = text.trim_start_matches("./").trim_end_matches('/');
    if text.is_empty() { ".".into() } else { text.to_owned() }
}

/// Clients with the same name get a number: a name is a key.
pub(super) fn distinct(clients: Vec<ClientAnswer>) -> Vec<ClientAnswer> {
    let mut told: Vec<ClientAnswer> = Vec::new();
    for mut client in clients {
        let base = client.name.to_string();
        for number in 2_u32.. {
            if told.iter().all(|other| other.name != client.name) {
                break;
            }
            if let Ok(name) = format!("{base}-{number}").parse() {
                client.name = name;
            }
        }
        told.push(client);
    }
    told
}

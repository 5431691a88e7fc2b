//! The document that is proposed: fetched once, from where it was asked for, and what is known of where it comes from.

use super::announcement::Announcement;
use super::forge::{Remote, problem_of};
use super::plan::Latest;
use super::{ProposeOptions, ProposeSource};
use crate::config::{ContractConfig, Forge, ProviderConfig, Repository};
use crate::forges::page;
use crate::project::Project;
use crate::project::observe::Observing;
use countersign_forge::ForgeError;
use countersign_model::{Beside, Digest, Problem, RawDocument, markdown};

/// A document as it was fetched.
pub(crate) struct Document {
    pub(crate) raw: RawDocument,
    pub(crate) origin: Origin,
}

/// Where a document comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A provider's repository.
    Provider {
        /// Which, and where in it.
        provider: ProviderConfig,
        /// The commit, or another revision where the forge did not say which commit it is.
        revision: String,
        /// The page that compares the commit with what was before.
        compare: Option<String>,
        /// Whether the revision is the head of the default branch.
        is_head: bool,
    },
    /// The running service.
    Live,
    /// A file or a URL that the user named.
    Given(String),
}

/// Why there is no document.
pub(crate) enum NoDocument {
    /// It could not be reached.
    Unreachable(Problem),
    /// It could not be decided.
    Failed(Vec<Problem>),
}

impl From<Problem> for NoDocument {
    fn from(problem: Problem) -> Self {
        if problem.code == "source-unreachable" {
            Self::Unreachable(problem)
        } else {
            Self::Failed(vec![problem])
        }
    }
}

impl Project {
    /// The document of a contract.
    pub(crate) fn proposed_document(
        &self,
        contract: &ContractConfig,
        announcement: Option<&Announcement>,
        options: &ProposeOptions,
    ) -> Result<Document, NoDocument> {
        match &options.source {
            ProposeSource::Live => self.live_document(contract),
            ProposeSource::From(from) => {
                let raw = self.given_document(contract, from).map_err(NoDocument::from)?;
                Ok(Document { raw, origin: Origin::Given(from.clone()) })
            }
            ProposeSource::Provider { revision } => {
                let provider = provider_of(contract)?;
                let remote = self.remote(&provider.repository)?;
                provided(contract, provider, &remote, announcement, revision.as_deref())
            }
        }
    }

    fn live_document(&self, contract: &ContractConfig) -> Result<Document, NoDocument> {
        match self.live(contract) {
            Observing::Seen(observed, _) => {
                let media_type = crate::project::compare::media_type(contract.format).into();
                let raw =
                    RawDocument { content: observed.0.bytes().to_vec(), media_type, beside: Beside::Nowhere };
                Ok(Document { raw, origin: Origin::Live })
            }
            Observing::Unreachable(problem) => Err(NoDocument::Unreachable(problem)),
            Observing::Failed(problems) => Err(NoDocument::Failed(problems)),
        }
    }

    /// What the provider's default branch holds now, next to a document that came from elsewhere in its history.
    /// `canonical` gives the digest of the canonical form.
    pub(crate) fn latest_of(
        &self,
        document: &Document,
        canonical: impl Fn(RawDocument) -> Option<Digest>,
    ) -> Latest {
        let Origin::Provider { provider, is_head: false, .. } = &document.origin else { return Latest::This };
        let Ok(remote) = self.remote(&provider.repository) else { return Latest::Unknown };
        let Ok((_, Some(content))) = at_head(&remote, &provider.path) else { return Latest::Unknown };
        if content == document.raw.content {
            return Latest::This;
        }
        let raw =
            RawDocument { content, media_type: document.raw.media_type.clone(), beside: Beside::Nowhere };
        canonical(raw).map_or(Latest::Unknown, Latest::Other)
    }

    /// Whether the source still says what the document says.
    pub(crate) fn is_still_latest(&self, document: &Document) -> bool {
        let Origin::Provider { provider, .. } = &document.origin else { return true };
        let Ok(remote) = self.remote(&provider.repository) else { return false };
        at_head(&remote, &provider.path)
            .is_ok_and(|(_, content)| content.as_ref() == Some(&document.raw.content))
    }
}

fn provider_of(contract: &ContractConfig) -> Result<&ProviderConfig, Problem> {
    contract.provider.as_ref().ok_or_else(|| {
        let name = &contract.name;
        let hint = match contract.live {
            Some(_) => format!("countersign propose {name} --live"),
            None => format!("countersign propose {name} --from FILE"),
        };
        Problem::new("no-source", format!("contract `{name}` has no `provider`")).hint(hint)
    })
}

/// The commit at the head of the default branch, and the file there.
fn at_head(remote: &Remote, path: &str) -> Result<(String, Option<Vec<u8>>), ForgeError> {
    let branch = remote.forge.repository(&remote.slug)?.default_branch;
    let head = remote.forge.branch(&remote.slug, &branch)?;
    let head = head.ok_or_else(|| ForgeError::NotFound { what: format!("branch {branch}") })?;
    let content = remote.forge.file(&remote.slug, path, &head)?;
    Ok((head, content))
}

fn provided(
    contract: &ContractConfig,
    provider: &ProviderConfig,
    remote: &Remote,
    announcement: Option<&Announcement>,
    revision: Option<&str>,
) -> Result<Document, NoDocument> {
    let failed = |error: ForgeError| unreadable(contract, &provider.repository, &error);
    let named = revision.map(str::to_owned).or_else(|| announcement.map(|news| news.commit.clone()));
    let (revision, content, is_head) = match named {
        Some(revision) => {
            let content = remote.forge.file(&remote.slug, &provider.path, &revision).map_err(failed)?;
            (revision, content, false)
        }
        None => {
            let (head, content) = at_head(remote, &provider.path).map_err(failed)?;
            (head, content, true)
        }
    };
    let Some(content) = content else {
        let message = format!(
            "contract `{}`: `{}` has no file `{}` at `{}`",
            contract.name,
            provider.repository,
            provider.path,
            shown(&revision)
        );
        return Err(Problem::new("provider-file-missing", message)
            .hint(format!("correct `provider.path` under `[contracts.{}]`", contract.name))
            .into());
    };
    if let Some(news) = announcement {
        check_digest(contract, news, &content)?;
    }
    let media_type = crate::stage::media_type(&provider.path).into();
    let web = page(&provider.repository);
    let compare = announcement.and_then(|news| news.compare.clone());
    let compare = compare.filter(|url| is_compare(url, &web));
    let origin = Origin::Provider { provider: provider.clone(), revision, compare, is_head };
    Ok(Document { raw: RawDocument { content, media_type, beside: Beside::Nowhere }, origin })
}

/// What the provider keeps is canonical, so its digest is that of the file.
fn check_digest(contract: &ContractConfig, news: &Announcement, content: &[u8]) -> Result<(), Problem> {
    let found = Digest::of(content);
    if found == news.to {
        return Ok(());
    }
    let message = format!(
        "contract `{}`: the event says that the record is `{}`, and the file at its commit is `{found}`",
        contract.name, news.to
    );
    Err(Problem::new("event-mismatch", message).hint(format!(
        "nothing was proposed; to propose what the provider has now: countersign propose {} --revision {}",
        contract.name, news.commit
    )))
}

fn unreadable(contract: &ContractConfig, repository: &Repository, error: &ForgeError) -> NoDocument {
    let problem = problem_of(error, &format!("read the document of `{}` from `{repository}`", contract.name));
    if error.is_transient() {
        return NoDocument::Unreachable(Problem { code: "source-unreachable".into(), ..problem });
    }
    NoDocument::Failed(vec![problem])
}

fn shown(text: &str) -> String {
    text.chars().take(200).collect()
}

/// Whether a link of an event leads to a comparison in the repository that we know.
fn is_compare(url: &str, web: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    url.strip_prefix(web)
        .and_then(|rest| rest.strip_prefix("/compare/"))
        .is_some_and(|rest| !rest.is_empty() && rest.len() < 200 && rest.bytes().all(plain))
}

impl Origin {
    /// The commit that holds the document.
    pub(crate) fn commit(&self) -> Option<&str> {
        match self {
            Self::Provider { revision, .. } if is_object_name(revision) => Some(revision),
            Self::Provider { .. } | Self::Live | Self::Given(_) => None,
        }
    }

    /// For people, in Markdown.
    pub(crate) fn markdown(&self) -> String {
        match self {
            Self::Provider { provider, revision, compare, .. } => {
                let (repository, path) =
                    (markdown(&provider.repository.to_string()), markdown(&provider.path));
                let compare =
                    compare.as_ref().map(|url| format!(" \\([compare]({url})\\)")).unwrap_or_default();
                let at = match self.commit() {
                    Some(commit) => {
                        format!(
                            "[`{}`]({})",
                            super::carry::short(commit),
                            commit_page(&provider.repository, commit)
                        )
                    }
                    None => markdown(revision),
                };
                format!("{repository}, {path} at {at}{compare}")
            }
            Self::Live => "the running service".to_owned(),
            Self::Given(from) => markdown(&plain(&public(from))),
        }
    }

    /// For a commit's message, on one line.
    pub(crate) fn line(&self) -> String {
        match self {
            Self::Provider { provider, revision, .. } => {
                format!("{} {} at {}", provider.repository, plain(&provider.path), plain(revision))
            }
            Self::Live => "the running service".to_owned(),
            Self::Given(from) => plain(&public(from)),
        }
    }

    /// The command that does the same here.
    pub(crate) fn command(&self, contract: &str) -> String {
        match self {
            Self::Provider { provider, revision, .. } => {
                let url = raw_file(&provider.repository, revision, &provider.path);
                format!("countersign accept {contract} --from {}", shell(&url))
            }
            Self::Live => format!("countersign accept {contract} --live"),
            Self::Given(from) => format!("countersign accept {contract} --from {}", shell(&public(from))),
        }
    }
}

fn is_object_name(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn commit_page(repository: &Repository, commit: &str) -> String {
    let between = if repository.forge == Forge::Gitlab { "/-" } else { "" };
    format!("{}{between}/commit/{commit}", page(repository))
}

/// Where a browser, or `--from`, gets a file as it is.
fn raw_file(repository: &Repository, revision: &str, path: &str) -> String {
    let (revision, path) = (encoded(revision), encoded(path));
    let Repository { forge, host, owner, name } = repository;
    match (forge, host) {
        (Forge::Github, None) => {
            format!("https://raw.githubusercontent.com/{owner}/{name}/{revision}/{path}")
        }
        (Forge::Github, Some(host)) => format!("https://{host}/raw/{owner}/{name}/{revision}/{path}"),
        (Forge::Gitea, _) => format!("{}/raw/commit/{revision}/{path}", page(repository)),
        (Forge::Gitlab, _) => format!("{}/-/raw/{revision}/{path}", page(repository)),
    }
}

/// A path of a URL (RFC 3986, section 3.3).
fn encoded(path: &str) -> String {
    let mut encoded = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(byte.into());
            }
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// One word of a shell's command line.
fn shell(word: &str) -> String {
    let word = plain(word);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:%~+=@".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        word
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// What everybody may read of where a document was given: of a URL neither a password nor the query, which are where
/// secrets stand.
fn public(from: &str) -> String {
    match url::Url::parse(from) {
        Ok(mut url) if matches!(url.scheme(), "http" | "https") => {
            // Neither can fail: the URL has a host.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.set_query(None);
            url.set_fragment(None);
            url.into()
        }
        Ok(_) | Err(_) => from.to_owned(),
    }
}

/// A text on one line, without what moves a cursor.
fn plain(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(1000).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(repository: &str, path: &str, compare: Option<&str>) -> Origin {
        Origin::Provider {
            provider: ProviderConfig { repository: repository.parse().unwrap(), path: path.into() },
            revision: "a".repeat(40),
            compare: compare.map(Into::into),
            is_head: true,
        }
    }

    #[test]
    fn a_path_of_the_provider_leaves_neither_its_link_nor_its_code_block() {
        let hostile = origin("github:acme/api", "a](x) `b`\n```\n'$(c)'.json", None);
        assert!(!hostile.markdown().contains("](x)"), "{}", hostile.markdown());
        let command = hostile.command("api");
        assert!(!command.contains(['\n', '`', '$', '\'']), "{command}");
        assert_eq!(
            Origin::Given("it's; rm".into()).command("api"),
            r"countersign accept api --from 'it'\''s; rm'"
        );
    }

    #[test]
    fn no_secret_of_a_url_gets_into_a_pull_request() {
        let given = Origin::Given("https://ana:s3cr3t@api.example/openapi.json?token=s3cr3t#s3cr3t".into());
        for text in [given.markdown(), given.line(), given.command("api")] {
            assert!(text.contains("example") && !text.contains("s3cr3t"), "{text}");
        }
        assert_eq!(Origin::Given("a/openapi.json?x".into()).line(), "a/openapi.json?x");
    }

    #[test]
    fn a_link_of_an_event_is_shown_only_where_it_leads_to_the_provider() {
        let web = page(&"github:acme/api".parse().unwrap());
        assert!(is_compare("https://github.com/acme/api/compare/abc...def", &web));
        for url in [
            "https://evil.example/acme/api/compare/a",
            "https://github.com/acme/api/compare/a)[x](y",
            "https://github.com/acme/api/compare/",
        ] {
            assert!(!is_compare(url, &web), "{url}");
        }
    }
}

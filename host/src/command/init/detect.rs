//! What a folder tells about itself: a light look, by names and first lines, that runs nothing.

use super::packages;
use countersign_model::Name;
use std::io::Read;
use std::path::Path;

/// Folders this deep are looked at; generated clients rarely lie deeper.
const DEPTH: usize = 7;
const ENTRIES: usize = 20_000;
const SKIPPED: [&str; 9] =
    [".git", ".venv", "venv", "node_modules", "target", "dist", "build", "__pycache__", ".countersign"];

/// What was found in a folder. Paths are relative to it, with `/`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Detected {
    /// A name for the contract, from the folder's.
    pub(super) name: Option<Name>,
    /// Whether a Python project here depends on FastAPI.
    pub(super) fastapi: bool,
    /// Whether it is locked by uv.
    pub(super) uv: bool,
    /// API documents that are committed, or at least here.
    pub(super) documents: Vec<String>,
    /// Generated clients.
    pub(super) clients: Vec<FoundClient>,
    /// Generators that projects here depend on.
    pub(super) generators: Vec<FoundGenerator>,
    /// The main branch of the remote, such as `origin/main`.
    pub(super) baseline: Option<String>,
    /// The text of `.gitattributes`.
    pub(super) gitattributes: Option<String>,
}

/// A generated client that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FoundClient {
    /// A name for it.
    pub(super) name: Name,
    /// Its project's folder.
    pub(super) root: String,
    /// The generated files, relative to its root.
    pub(super) output: String,
    /// The generator.
    pub(super) generate: Name,
}

/// A generator that a project here depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FoundGenerator {
    /// The project's folder.
    pub(super) folder: String,
    /// The preset.
    pub(super) preset: &'static str,
}

impl Detected {
    /// Look at a folder.
    pub(super) fn in_folder(root: &Path) -> Self {
        let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap_or_default();
        let mut found = Self {
            name: root.file_name().and_then(|name| name_from(&name.to_string_lossy())),
            fastapi: (["pyproject.toml", "requirements.txt", "requirements.in"].iter())
                .any(|path| read(path).to_lowercase().contains("fastapi")),
            uv: root.join("uv.lock").is_file(),
            baseline: Self::remote(root),
            gitattributes: std::fs::read_to_string(root.join(".gitattributes")).ok(),
            ..Self::default()
        };
        let mut left = ENTRIES;
        found.walk(root, "", DEPTH, &mut left);
        found.documents.sort();
        found.clients.sort_by(|left, right| left.root.cmp(&right.root).then(left.output.cmp(&right.output)));
        found.generators.sort_by(|left, right| left.folder.cmp(&right.folder));
        found.clients.dedup_by(|left, right| left.root == right.root && left.output == right.output);
        found
    }

    /// The main branch of the remote, such as `origin/main`.
    pub(super) fn remote(root: &Path) -> Option<String> {
        remote_head(&std::fs::read_to_string(root.join(".git/refs/remotes/origin/HEAD")).unwrap_or_default())
    }

    /// The generator that the project in `folder`, or in the nearest folder around it, depends on.
    pub(super) fn generator_of(&self, folder: &str) -> Option<&'static str> {
        let around = |found: &&FoundGenerator| {
            let rest = folder.strip_prefix(found.folder.as_str());
            found.folder == "." || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let depth = |found: &&FoundGenerator| if found.folder == "." { 0 } else { found.folder.len() };
        self.generators.iter().filter(around).max_by_key(depth).map(|found| found.preset)
    }

    fn walk(&mut self, root: &Path, folder: &str, depth: usize, left: &mut usize) {
        let Ok(entries) = std::fs::read_dir(root.join(folder)) else { return };
        let mut files = Vec::new();
        for entry in entries.flatten() {
            *left = left.saturating_sub(1);
            let name = entry.file_name();
            let (Some(name), Ok(kind)) = (name.to_str(), entry.file_type()) else { continue };
            if *left == 0 || SKIPPED.contains(&name) {
                continue;
            }
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            if kind.is_dir() && name == ".openapi-generator" {
                self.client(root, folder, "openapi-generator");
            } else if kind.is_dir() && depth > 0 {
                self.walk(root, &path, depth - 1, left);
            } else if kind.is_file() {
                self.file(root, folder, name, &path);
                files.push(name.to_owned());
            }
        }
        let place = if folder.is_empty() { "." } else { folder };
        let found = packages::presets(&root.join(folder), &files).into_iter();
        let found = found.map(|preset| FoundGenerator { folder: place.into(), preset: preset.name });
        self.generators.extend(found);
    }

    fn file(&mut self, root: &Path, folder: &str, name: &str, path: &str) {
        let ours = folder.starts_with("contracts/");
        match name {
            "openapi.json" | "swagger.json" if !ours => self.documents.push(path.into()),
            "client.py" if is_python_client(root, folder) => {
                self.client(root, folder, "openapi-python-client");
            }
            _ if name.ends_with(".ts") => {
                if let Some(generator) = typescript_generator(&head(&root.join(path))) {
                    self.client(root, folder, generator);
                }
            }
            _ => {}
        }
    }

    fn client(&mut self, root: &Path, output: &str, generate: &str) {
        let manifests = ["pyproject.toml", "package.json", "setup.py", "Cargo.toml", "go.mod"];
        let has_manifest =
            |folder: &&str| manifests.iter().any(|name| root.join(folder).join(name).is_file());
        let ancestors = std::iter::successors(Some(output), |path| {
            if path.is_empty() { None } else { Some(path.rsplit_once('/').map_or("", |(parent, _)| parent)) }
        });
        let home = ancestors.into_iter().find(has_manifest).unwrap_or("");
        let relative = output.strip_prefix(home).unwrap_or(output).trim_start_matches('/');
        let last = |path: &str| name_from(path.rsplit('/').next().unwrap_or_default());
        let name = last(home).or_else(|| last(output)).or_else(|| name_from("client"));
        let (Some(name), Ok(generate)) = (name, generate.parse()) else { return };
        self.clients.push(FoundClient {
            name,
            root: if home.is_empty() { ".".into() } else { home.into() },
            output: if relative.is_empty() { ".".into() } else { relative.into() },
            generate,
        });
    }
}

/// The layout of openapi-python-client: client.py beside types.py and models/.
fn is_python_client(root: &Path, folder: &str) -> bool {
    let folder = root.join(folder);
    let knows = head(&folder.join("client.py")).contains("AuthenticatedClient");
    knows && folder.join("types.py").is_file() && folder.join("models").is_dir()
}

fn typescript_generator(head: &str) -> Option<&'static str> {
    let marks = [
        ("auto-generated by openapi-typescript", "openapi-typescript"),
        ("auto-generated by @hey-api/openapi-ts", "hey-api"),
        ("Generated by orval", "orval"),
    ];
    marks.into_iter().find(|(mark, _)| head.contains(mark)).map(|(_, generator)| generator)
}

/// The first kilobytes of a file.
fn head(path: &Path) -> String {
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(4096).read_to_end(&mut bytes));
    if read.is_ok() { String::from_utf8_lossy(&bytes).into_owned() } else { String::new() }
}

/// `ref: refs/remotes/origin/main` → `origin/main`.
fn remote_head(text: &str) -> Option<String> {
    let branch = text.trim().strip_prefix("ref: refs/remotes/")?;
    if branch.is_empty() { None } else { Some(branch.to_owned()) }
}

/// A name as near to `text` as a name can be.
pub(super) fn name_from(text: &str) -> Option<Name> {
    let plain: String = (text.to_lowercase().chars())
        .map(|character| if character.is_ascii_alphanumeric() { character } else { '-' })
        .collect();
    plain.trim_matches('-').chars().take(64).collect::<String>().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn a_fastapi_service_with_a_vendored_client_is_recognised() {
        let output = "clients/watcher-python/src/watcher_client/generated";
        let files = [
            ("pyproject.toml", "dependencies = [\"fastapi\"]"),
            ("uv.lock", ""),
            ("openapi.json", "{}"),
            ("contracts/watcher/openapi.json", "{}"),
            ("clients/watcher-python/pyproject.toml", ""),
            (&format!("{output}/client.py"), "class AuthenticatedClient:"),
            (&format!("{output}/types.py"), ""),
            (&format!("{output}/models/watch.py"), ""),
            ("node_modules/x/a.ts", "// auto-generated by openapi-typescript"),
        ];
        let folder = folder(&files);
        let found = Detected::in_folder(folder.path());
        assert!(found.fastapi && found.uv);
        assert_eq!(found.documents, ["openapi.json"]);
        let client = &found.clients[0];
        assert_eq!(found.clients.len(), 1);
        assert_eq!(
            (client.name.as_str(), client.root.as_str()),
            ("watcher-python", "clients/watcher-python")
        );
        assert_eq!(
            (client.output.as_str(), client.generate.as_str()),
            ("src/watcher_client/generated", "openapi-python-client")
        );
    }

    #[test]
    fn typescript_clients_are_told_apart_by_their_first_lines() {
        let files = [
            ("web/package.json", "{}"),
            ("web/src/api/types.ts", "/**\n * This file was auto-generated by openapi-typescript.\n"),
            ("admin/src/client/sdk.gen.ts", "// This file is auto-generated by @hey-api/openapi-ts\n"),
            ("admin/src/client/types.gen.ts", "// This file is auto-generated by @hey-api/openapi-ts\n"),
            ("admin/package.json", "{}"),
            ("go/.openapi-generator/VERSION", "7.26.0"),
        ];
        let folder = folder(&files);
        let found = Detected::in_folder(folder.path()).clients;
        let shown: Vec<_> = found
            .iter()
            .map(|client| format!("{} {} {}", client.root, client.output, client.generate))
            .collect();
        assert_eq!(
            shown,
            [". go openapi-generator", "admin src/client hey-api", "web src/api openapi-typescript"]
        );
    }

    #[test]
    fn generators_are_recognised_by_what_projects_depend_on() {
        let files = [
            ("pyproject.toml", "[dependency-groups]\ndev = [\"openapi-python-client==0.26.2\"]"),
            ("web/package.json", r#"{ "devDependencies": { "openapi-typescript": "7" } }"#),
            ("web/admin/orval.config.ts", ""),
            ("web/node_modules/orval/package.json", r#"{ "dependencies": { "@hey-api/openapi-ts": "1" } }"#),
            ("tool/Cargo.toml", "[dependencies]\nprogenitor-client = \"0.11\""),
        ];
        let folder = folder(&files);
        let found = Detected::in_folder(folder.path());
        let shown: Vec<_> =
            found.generators.iter().map(|found| format!("{} {}", found.folder, found.preset)).collect();
        assert_eq!(
            shown,
            [". openapi-python-client", "tool progenitor", "web openapi-typescript", "web/admin orval"]
        );
        let nearest = ["web", "web/admin/x", "webb", "."].map(|folder| found.generator_of(folder).unwrap());
        assert_eq!(
            nearest,
            ["openapi-typescript", "orval", "openapi-python-client", "openapi-python-client"]
        );
    }

    #[test]
    fn the_remote_says_what_the_baseline_is() {
        assert_eq!(remote_head("ref: refs/remotes/origin/trunk\n").as_deref(), Some("origin/trunk"));
        assert_eq!(remote_head(""), None);
    }
}

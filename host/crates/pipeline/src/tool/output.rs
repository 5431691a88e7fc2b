//! What a tool left at `{out}`, read into memory and checked.

use super::{Output, Tool, ToolError};
use countersign_cage::Overlay;
use globset::{Glob, GlobBuilder};
use rustix::fs::{Mode, OFlags, open};
use std::fs::{self, File, FileType};
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

const MAX_FILES: usize = 50_000;
const MAX_BYTES: u64 = 512 * 1024 * 1024;

/// Names that formatters, interpreters and file managers leave wherever they work.
const CACHES: [&str; 5] = ["__pycache__", ".ruff_cache", ".mypy_cache", ".pytest_cache", ".DS_Store"];

pub(super) fn is_cache(name: &str) -> bool {
    CACHES.contains(&name)
}

/// Whether a folder bears the standard mark of what can be made again from the rest (Cache Directory Tagging
/// Specification), as Cargo's `target` does.
pub(super) fn is_tagged(folder: &Path) -> bool {
    folder.join("CACHEDIR.TAG").is_file()
}

/// A glob in which `*` stops at `/`, as in `.gitignore`.
pub(super) fn glob(text: &str) -> Result<Glob, ToolError> {
    GlobBuilder::new(text)
        .literal_separator(true)
        .build()
        .map_err(|error| ToolError::BadGlob { glob: text.to_owned(), reason: error.kind().to_string() })
}

/// The output, or none where nothing is there or only empty folders are.
pub(super) fn collect(place: &Path) -> Result<Option<Output>, ToolError> {
    let name = place.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let kind = match fs::symlink_metadata(place) {
        // The place was hidden, and nothing was written there since.
        Ok(metadata) if Overlay::is_absence(&metadata) => return Ok(None),
        Ok(metadata) => metadata.file_type(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ToolError::io("read", place)(error)),
    };
    let mut collector = Collector::default();
    if kind.is_dir() {
        collector.folder(place, "")?;
        collector.files.sort();
        return Ok((!collector.files.is_empty()).then_some(Output::Folder(collector.files)));
    }
    collector.file(place, name, kind)?;
    Ok(collector.files.pop().map(|(_, content)| Output::File(content)))
}

/// Whether every glob of `require` matches a file.
pub(super) fn check_required(tool: &Tool, output: &Output, place: &Path) -> Result<(), ToolError> {
    let own = place.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let paths: Vec<&str> = match output {
        Output::File(_) => vec![&own],
        Output::Folder(files) => files.iter().map(|(path, _)| path.as_str()).collect(),
    };
    let mut missing = Vec::new();
    for text in &tool.require {
        let matcher = glob(text)?.compile_matcher();
        if !paths.iter().any(|path| matcher.is_match(path)) {
            missing.push(text.clone());
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(ToolError::Incomplete { tool: tool.name.clone(), missing })
}

#[derive(Default)]
struct Collector {
    files: Vec<(String, Vec<u8>)>,
    bytes: u64,
}

impl Collector {
    fn folder(&mut self, folder: &Path, prefix: &str) -> Result<(), ToolError> {
        for entry in fs::read_dir(folder).map_err(ToolError::io("read", folder))? {
            let entry = entry.map_err(ToolError::io("read", folder))?;
            let name = entry.file_name();
            let path = format!("{prefix}{}", name.to_string_lossy());
            if name.to_str().is_none() {
                return Err(ToolError::UnfitOutput { path, what: "whose name is not Unicode" });
            }
            let kind = entry.file_type().map_err(ToolError::io("read", folder))?;
            if is_cache(&name.to_string_lossy()) {
                continue;
            }
            if kind.is_dir() {
                self.folder(&entry.path(), &format!("{path}/"))?;
            } else {
                self.file(&entry.path(), path, kind)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, place: &Path, path: String, kind: FileType) -> Result<(), ToolError> {
        if let Some(what) = unfit(kind) {
            return Err(ToolError::UnfitOutput { path, what });
        }
        let (mut content, left) = (Vec::new(), MAX_BYTES - self.bytes);
        // What was a file a moment ago must not be a link, or a pipe that nobody fills, now.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = open(place, flags, Mode::empty()).map_err(io::Error::from);
        let file = File::from(file.map_err(ToolError::io("read", place))?);
        file.take(left + 1).read_to_end(&mut content).map_err(ToolError::io("read", place))?;
        if content.len() as u64 > left {
            return Err(ToolError::TooLarge { limit: format!("{} MiB", MAX_BYTES >> 20) });
        }
        if self.files.len() == MAX_FILES {
            return Err(ToolError::TooLarge { limit: format!("{MAX_FILES} files") });
        }
        self.bytes += content.len() as u64;
        self.files.push((path, content));
        Ok(())
    }
}

/// Why a directory entry that is no folder cannot be part of a client.
fn unfit(kind: FileType) -> Option<&'static str> {
    if kind.is_file() {
        None
    } else if kind.is_symlink() {
        Some("a symbolic link")
    } else if kind.is_fifo() {
        Some("a named pipe")
    } else if kind.is_socket() {
        Some("a socket")
    } else {
        Some("a device")
    }
}

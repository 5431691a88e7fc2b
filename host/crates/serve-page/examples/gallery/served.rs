//! The gallery as files, with a list of what a server would say with each.

use super::hostile;
use super::pages::{answers, changed, pages};
use countersign_serve_page::{assets, headers, json, openapi};
use serde_json::{Value, json};
use std::io;
use std::path::Path;

/// Write everything. Says how many files that are.
pub(crate) fn write(folder: &Path) -> io::Result<usize> {
    let mut served = Vec::new();
    let kinds =
        [("", pages()), ("hostile", changed(hostile::hostile)), ("endless", changed(hostile::endless))];
    for (kind, page) in
        kinds.into_iter().flat_map(|(kind, pages)| pages.into_iter().map(move |page| (kind, page)))
    {
        let name = page.name.replace("changed", kind);
        let file = format!("{name}.html");
        put(folder, &file, &page.html)?;
        served.push(entry(&name, &page.path.replace("changed", kind), &file, &headers::PAGE));
    }
    for asset in assets::ALL {
        let file = asset.path.trim_start_matches('/');
        put(folder, file, asset.body)?;
        let mut headers = vec![("content-type", asset.content_type)];
        headers.extend(headers::ASSET);
        served.push(entry("", asset.path, file, &headers));
    }
    for (path, status, text) in answers() {
        let file = format!("api/{status}{}.json", path.replace(['/', '{', '}'], "-"));
        put(folder, &file, &text)?;
    }
    put(folder, "openapi.json", &json::render(&openapi::document("0.1.0")))?;
    served.push(entry("", "/api/openapi.json", "openapi.json", &headers::JSON));
    put(folder, "served.json", &json::render(&served))?;
    Ok(served.len())
}

fn entry(name: &str, path: &str, file: &str, headers: &[(&str, &str)]) -> Value {
    json!({ "name": name, "path": path, "file": file, "headers": headers })
}

fn put(folder: &Path, file: &str, text: &str) -> io::Result<()> {
    let path = folder.join(file);
    std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
    std::fs::write(path, text)
}

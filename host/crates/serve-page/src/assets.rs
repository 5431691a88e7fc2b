//! The files below `/static/`.

use countersign_model::Digest;
use std::sync::LazyLock;

/// A file below `/static/`.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// Its path.
    pub path: &'static str,
    /// Its media type.
    pub content_type: &'static str,
    /// Its text.
    pub body: &'static str,
}

/// Every file.
pub const ALL: [Asset; 3] = [STYLE, SCRIPT, ICON];

const STYLE: Asset = Asset {
    path: "/static/page.css",
    content_type: "text/css; charset=utf-8",
    body: concat!(include_str!("../assets/page.css"), include_str!("../assets/parts.css")),
};
const SCRIPT: Asset = Asset {
    path: "/static/live.js",
    content_type: "text/javascript; charset=utf-8",
    body: include_str!("../assets/live.js"),
};
const ICON: Asset = Asset {
    path: "/static/icon.svg",
    content_type: "image/svg+xml",
    body: include_str!("../assets/icon.svg"),
};

/// The file at a path.
pub fn find(path: &str) -> Option<Asset> {
    ALL.into_iter().find(|asset| asset.path == path)
}

/// The addresses that pages name, each with the digest of its file, so that a browser may keep the file.
pub(crate) struct Addresses {
    pub(crate) style: String,
    pub(crate) script: String,
    pub(crate) icon: String,
}

pub(crate) static ADDRESSES: LazyLock<Addresses> = LazyLock::new(|| {
    let address = |asset: Asset| format!("{}?{}", asset.path, Digest::of(asset.body.as_bytes()).short());
    Addresses { style: address(STYLE), script: address(SCRIPT), icon: address(ICON) }
});

#[cfg(test)]
mod tests {
    use super::*;

    /// The declarations of custom properties, without spaces.
    fn properties(style: &str) -> Vec<String> {
        let parts = style.split(['{', '}', ';']).map(str::trim);
        let properties = parts.filter(|part| part.starts_with("--") && part.contains(':'));
        properties.map(|property| property.split_whitespace().collect()).collect()
    }

    #[test]
    fn the_colours_are_those_of_a_diff_page() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../src/render/diff/page.css");
        let diff = std::fs::read_to_string(path).unwrap();
        let ours = properties(STYLE.body);
        let missing: Vec<_> =
            properties(&diff).into_iter().filter(|property| !ours.contains(property)).collect();
        assert_eq!(missing, [] as [String; 0]);
        assert!(properties(&diff).len() > 20);
    }

    #[test]
    fn files_are_found_and_nothing_else_is() {
        assert_eq!(
            find("/static/live.js").map(|asset| asset.content_type),
            Some("text/javascript; charset=utf-8")
        );
        assert!(find("/static/../Cargo.toml").is_none());
        assert!(ADDRESSES.style.starts_with("/static/page.css?"));
    }

    #[test]
    fn no_file_loads_anything_from_elsewhere() {
        for asset in ALL {
            let without_namespace = asset.body.replace("http://www.w3.org/2000/svg", "");
            for word in ["http:", "https:", "@import", "url(", "eval(", "innerHTML"] {
                assert!(!without_namespace.contains(word), "{}: {word}", asset.path);
            }
        }
    }
}

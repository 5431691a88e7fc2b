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

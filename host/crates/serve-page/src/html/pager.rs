//! Where in a list a page is, and the way to the pages beside it; and the choices of a filter.

use crate::filter::Paging;
use crate::text::grouped;
use crate::view::Listing;

/// The way through a list.
pub(super) struct Pager {
    /// What it leads through, for those who hear it.
    pub(super) label: &'static str,
    /// The names of the links.
    pub(super) names: [&'static str; 2],
    /// The first and the last item that is shown, counted from 1.
    shown: [u64; 2],
    total: Option<u64>,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

impl Pager {
    /// The way through a list; `address` tells where another page is.
    pub(super) fn of<T>(
        listing: &Listing<T>,
        label: &'static str,
        names: [&'static str; 2],
        address: impl Fn(Paging) -> String,
    ) -> Self {
        let paging = |page| Paging { page, per_page: listing.per_page };
        let before = paging(listing.page).offset();
        let shown = [before + 1, before + listing.items.len() as u64];
        Self {
            label,
            names,
            shown,
            total: listing.total,
            before: (listing.page > 1).then(|| address(paging(listing.page - 1))),
            after: listing.more.then(|| address(paging(listing.page.saturating_add(1)))),
        }
    }

    /// The way through rows or columns of the matrix.
    pub(super) fn of_window(
        label: &'static str,
        (first, shown, total): (usize, usize, usize),
        step: usize,
        address: impl Fn(usize) -> String,
    ) -> Self {
        Self {
            label,
            names: ["Previous", "Next"],
            shown: [first as u64 + 1, (first + shown) as u64],
            total: Some(total as u64),
            before: (first > 0).then(|| address(first.saturating_sub(step))),
            after: (first + shown < total).then(|| address(first + step)),
        }
    }

    pub(super) fn is_needed(&self) -> bool {
        self.before.is_some() || self.after.is_some()
    }

    pub(super) fn told(&self) -> String {
        let [first, last] = self.shown.map(grouped);
        let of = self.total.map(|total| format!(" of {}", grouped(total)));
        format!("{first} to {last}{}", of.unwrap_or_default())
    }
}

/// A path with a query, where there is one.
pub(super) fn with_query(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// A choice of a filter.
pub(super) struct Choice<'a> {
    pub(super) word: &'a str,
    pub(super) is_chosen: bool,
}

/// The choices of a filter, of which one may be chosen.
pub(super) fn choices<'a>(words: impl Iterator<Item = &'a str>, chosen: Option<&str>) -> Vec<Choice<'a>> {
    words.map(|word| Choice { word, is_chosen: chosen == Some(word) }).collect()
}

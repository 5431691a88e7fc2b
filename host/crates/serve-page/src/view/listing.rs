use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "{T}List")]
pub struct Listing<T> {
    /// What is on this page.
    pub items: Vec<T>,
    /// The number of this page, counted from 1.
    pub page: u32,
    /// How many items a page has.
    pub per_page: u32,
    /// How many items all pages have.
    pub total: u64,
}

impl<T> Listing<T> {
    /// How many pages there are; 1 for an empty list.
    pub fn pages(&self) -> u32 {
        let pages = self.total.div_ceil(u64::from(self.per_page.max(1))).max(1);
        u32::try_from(pages).unwrap_or(u32::MAX)
    }

    /// The page of this number of a list that is all there. A number beyond the last page gives the last one, since
    /// lists shrink while people read.
    pub fn of(all: impl ExactSizeIterator<Item = T>, page: u32, per_page: u32) -> Self {
        let (per_page, total) = (per_page.max(1), all.len() as u64);
        let mut listing = Self { items: Vec::new(), page: 1, per_page, total };
        listing.page = page.clamp(1, listing.pages());
        let before = (listing.page - 1) as usize * per_page as usize;
        listing.items = all.skip(before).take(per_page as usize).collect();
        listing
    }

    /// The same page with other items.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Listing<U> {
        let items = self.items.into_iter().map(change).collect();
        Listing { items, page: self.page, per_page: self.per_page, total: self.total }
    }
}

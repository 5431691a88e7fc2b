use crate::filter::Paging;
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
    /// How many items all pages have, where that is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub total: Option<u64>,
    /// Whether there is a next page.
    pub more: bool,
}

impl<T> Listing<T> {
    /// The page of this number of a list that is all there. A number beyond the last page gives the last one, since
    /// lists shrink while people read.
    pub fn of(all: impl ExactSizeIterator<Item = T>, paging: Paging) -> Self {
        let (per_page, total) = (paging.per_page.max(1), all.len() as u64);
        let pages = u32::try_from(total.div_ceil(u64::from(per_page)).max(1)).unwrap_or(u32::MAX);
        let page = paging.page.clamp(1, pages);
        let before = (page - 1) as usize * per_page as usize;
        let items = all.skip(before).take(per_page as usize).collect();
        Self { items, page, per_page, total: Some(total), more: page < pages }
    }

    /// A page of a list of which nobody knows the length. `items` begin at [`Paging::offset`]; one more than the page
    /// holds says that there is a next page.
    pub fn fetched(mut items: Vec<T>, paging: Paging) -> Self {
        let more = items.len() > paging.per_page as usize;
        items.truncate(paging.per_page as usize);
        Self { items, page: paging.page, per_page: paging.per_page, total: None, more }
    }

    /// The same page with other items.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Listing<U> {
        let items = self.items.into_iter().map(change).collect();
        Listing { items, page: self.page, per_page: self.per_page, total: self.total, more: self.more }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_item_more_than_a_page_holds_says_that_there_is_a_next_one() {
        let paging = Paging { page: 2, per_page: 2 };
        let page = |items: Vec<u8>| {
            let page = Listing::fetched(items, paging);
            (page.items.len(), page.more)
        };
        assert_eq!(
            [page(vec![1, 2, 3]), page(vec![1, 2]), page(Vec::new())],
            [(2, true), (2, false), (0, false)]
        );
    }
}

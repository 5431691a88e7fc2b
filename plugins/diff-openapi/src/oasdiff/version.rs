//! Whether `info.version` says that something broke (Semantic Versioning 2.0.0).

use super::value::text;
use super::{Comparison, Subject};
use crate::spec::Node;
use countersign_plugin::Impact;

/// Report a version that does not fit the changes; the changes must have been found before.
pub(super) fn compare(comparison: &mut Comparison<'_, '_>) {
    let version = |root: Node<'_>| root.get("info").and_then(|info| info.get("version")).map(text);
    let (base, head) = (comparison.engine.base.root(), comparison.engine.head.root());
    let (Some(old), Some(new)) = (version(base), version(head)) else { return };
    let (Some(from), Some(to)) = (parse(&old), parse(&new)) else { return };
    let breaks = |entry| comparison.impact(entry) == Some(Impact::Breaking);
    if !comparison.entries.iter().any(breaks) {
        return;
    }
    let subject = Subject { places: (base.get("info"), head.get("info")), ..Subject::default() };
    if old == new {
        comparison.report("api-version-not-bumped", &subject, vec![new]);
    } else if to <= from {
        comparison.report("api-version-decreased", &subject, vec![old, new]);
    } else if !is_major(from, to) {
        comparison.report("api-major-version-not-bumped", &subject, vec![old, new]);
    }
}

/// Major, minor and patch, of which the first differing one counts.
type Version = (u64, u64, u64);

/// Below 1.0.0, the minor version has the role of the major one.
fn is_major(from: Version, to: Version) -> bool {
    if (from.0, to.0) == (0, 0) { to.1 > from.1 } else { to.0 > from.0 }
}

fn parse(text: &str) -> Option<Version> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
    let (core, pre) = text.split_once('-').map_or((text, None), |(core, pre)| (core, Some(pre)));
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_number = |name: &str| name.bytes().all(|byte| byte.is_ascii_digit());
    let has_zero = |name: &str| name.len() > 1 && name.starts_with('0');
    let build = build.is_none_or(|build| build.split('.').all(is_name));
    let pre = pre.is_none_or(|pre| pre.split('.').all(|n| is_name(n) && !(is_number(n) && has_zero(n))));
    let mut numbers = core.split('.').map(|number| {
        let fits = !number.is_empty() && is_number(number) && !has_zero(number);
        fits.then(|| number.parse().ok()).flatten()
    });
    let version = (numbers.next()??, numbers.next()??, numbers.next()??);
    (numbers.next().is_none() && build && pre).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_semantic_versions_are_judged() {
        assert_eq!(parse("v1.2.3-rc.1+build.5"), Some((1, 2, 3)));
        for text in
            ["", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3+", "2026-11-21", "vv1.2.3"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn below_one_the_minor_version_counts() {
        assert!(is_major((0, 1, 0), (0, 2, 0)));
        assert!(!is_major((1, 1, 0), (1, 2, 0)));
        assert!(is_major((0, 9, 0), (1, 0, 0)));
    }
}

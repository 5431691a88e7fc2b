//! Whatever somebody else wrote, a page has the elements, the attributes and the addresses that it has without it.

use crate::{hostile, pages, sample};
use countersign_model::is_deceptive;
use countersign_serve_page::filter::{NodeFilter, OverviewFilter};
use countersign_serve_page::html;
use scraper::{ElementRef, Html, Selector};

/// Attributes whose value is an address.
const ADDRESSES: [&str; 5] = ["href", "src", "action", "formaction", "srcset"];

fn elements(document: &Html) -> Vec<ElementRef<'_>> {
    document.select(&Selector::parse("*").expect("a selector")).collect()
}

/// Every element with the names of its attributes, in the order of the document.
fn shape(document: &Html) -> Vec<String> {
    let shape = |element: ElementRef<'_>| {
        let mut names: Vec<_> = element.value().attrs().map(|(name, _)| name.to_owned()).collect();
        names.sort();
        format!("{} {}", element.value().name(), names.join(" "))
    };
    elements(document).into_iter().map(shape).collect()
}

fn parsed(page: &pages::Page) -> Html {
    let document = Html::parse_document(&page.html);
    assert!(document.errors.is_empty(), "{}: {:?}", page.name, document.errors);
    document
}

#[test]
fn hostile_text_adds_no_element_and_no_attribute() {
    let plain = |at: usize| format!("x {at}");
    for (hostile, plain) in pages::changed(hostile::hostile).iter().zip(pages::changed(plain)) {
        let (hostile_shape, plain_shape) = (shape(&parsed(hostile)), shape(&parsed(&plain)));
        // A sentence may make code of what is between two backticks, and a body may have more lines: nothing else.
        let code = |shape: &[String]| -> Vec<String> {
            shape.iter().filter(|element| !element.starts_with("code ")).cloned().collect()
        };
        assert_eq!(code(&hostile_shape), code(&plain_shape), "{}", hostile.name);
    }
}

#[test]
fn an_address_of_the_web_cannot_leave_its_attribute() {
    let hostile =
        |at: usize| format!("https://forge.example/{at}\"'><script>alert(1)</script><b\u{e9}onload=x");
    let plain = |at: usize| format!("https://forge.example/{at}");
    for (hostile, plain) in pages::changed(hostile).iter().zip(pages::changed(plain)) {
        assert_eq!(shape(&parsed(hostile)), shape(&parsed(&plain)), "{}", hostile.name);
    }
}

#[test]
fn every_address_is_of_this_server_or_of_the_web() {
    let all = pages::pages().into_iter().chain(pages::changed(hostile::hostile));
    for page in all {
        for element in elements(&parsed(&page)) {
            for (_, value) in element.value().attrs().filter(|(name, _)| ADDRESSES.contains(name)) {
                let is_local = value.starts_with('#') || value.starts_with('/') && !value.starts_with("//");
                assert!(is_local || value.starts_with("https://"), "{}: {value}", page.name);
            }
        }
    }
}

#[test]
fn nothing_runs_in_a_page_but_our_script() {
    for page in pages::pages().into_iter().chain(pages::changed(hostile::hostile)) {
        let document = parsed(&page);
        for element in elements(&document) {
            let name = element.value().name();
            assert!(
                !["style", "iframe", "object", "embed", "base", "svg"].contains(&name),
                "{}: <{name}>",
                page.name
            );
            for (attribute, value) in element.value().attrs() {
                assert!(
                    !attribute.starts_with("on") && attribute != "style",
                    "{}: {attribute}={value}",
                    page.name
                );
            }
        }
        let scripts: Vec<_> = document.select(&Selector::parse("script").expect("a selector")).collect();
        assert_eq!(scripts.len(), 1, "{}", page.name);
        assert!(
            scripts[0].value().attr("src").is_some_and(|address| address.starts_with("/static/live.js?"))
        );
        assert_eq!(scripts[0].text().collect::<String>(), "", "{}", page.name);
    }
}

#[test]
fn nothing_in_a_page_hides_or_reorders_text() {
    for page in pages::changed(hostile::hostile) {
        let deceptive = page.html.chars().find(|character| *character != '\n' && is_deceptive(*character));
        assert_eq!(deceptive, None, "{}", page.name);
        let document = parsed(&page);
        let decoded = document.root_element().text().chain(attributes(&document)).collect::<String>();
        assert_eq!(decoded.chars().find(|character| *character != '\n' && is_deceptive(*character)), None);
    }
}

fn attributes(document: &Html) -> impl Iterator<Item = &str> {
    document
        .tree
        .values()
        .filter_map(|node| node.as_element())
        .flat_map(|element| element.attrs())
        .map(|(_, value)| value)
}

#[test]
fn hostile_text_is_there_to_be_read() {
    for page in pages::changed(hostile::hostile) {
        let text = parsed(&page).root_element().text().collect::<String>();
        assert!(
            text.contains("<img src=x onerror=alert(1)>") || page.name == "changed-filter",
            "{}",
            page.name
        );
    }
}

#[test]
fn only_who_is_signed_in_sees_what_changes_something_and_each_form_has_the_token() {
    let forms = Selector::parse("form[method=post]").expect("a selector");
    let token = Selector::parse("input[type=hidden][name=csrf]").expect("a selector");
    for (name, write) in changing() {
        let seen = |frame: &html::Frame| Html::parse_document(&write(frame));
        let reader = seen(&sample::reader("/"));
        assert_eq!(reader.select(&forms).count(), 0, "{name}");
        let editor = seen(&sample::editor("/"));
        let posts: Vec<_> = editor.select(&forms).collect();
        assert_eq!(posts.len(), 2, "{name}: sign out, and one more");
        for form in posts {
            let value = form.select(&token).next().and_then(|input| input.value().attr("value"));
            assert_eq!(value, Some("kX3v9-7QmZ0"), "{name}");
        }
    }
}

/// A page that offers a change, and how it is written for somebody.
type Changing = (&'static str, fn(&html::Frame) -> String);

fn changing() -> [Changing; 3] {
    [
        ("run", |frame| html::run(frame, &sample::run_page(3))),
        ("delivery", |frame| html::delivery(frame, &sample::delivery_page())),
        ("nodes", |frame| html::nodes(frame, &sample::nodes())),
    ]
}

#[test]
fn no_page_changes_anything_by_a_link() {
    let frame = sample::editor("/");
    let pages = [
        html::overview(&frame, &sample::overview(), &OverviewFilter::default()),
        html::runs(&frame, &sample::runs(), &NodeFilter::default(), &[]),
        html::deliveries(&frame, &sample::deliveries(), &NodeFilter::default(), &[]),
        html::run(&frame, &sample::run_page(3)),
        html::nodes(&frame, &sample::nodes()),
    ];
    for page in pages {
        for element in elements(&Html::parse_document(&page)) {
            let href = element.value().attr("href").unwrap_or_default();
            assert!(
                !href.ends_with("/replay") && !href.contains("/reload") && !href.contains("sign-out"),
                "{href}"
            );
        }
    }
}

#[test]
fn every_page_says_where_things_are_to_who_cannot_see_it() {
    let count =
        |document: &Html, selector| document.select(&Selector::parse(selector).expect("a selector")).count();
    for page in pages::pages() {
        let document = parsed(&page);
        for (selector, times) in [
            ("h1", 1),
            ("main#content", 1),
            ("header", 1),
            ("footer", 1),
            ("a.skip[href='#content']", 1),
            ("html[lang]", 1),
            ("title", 1),
        ] {
            assert_eq!(count(&document, selector), times, "{}: {selector}", page.name);
        }
        assert_eq!(count(&document, "table"), count(&document, "table > caption"), "{}", page.name);
        assert_eq!(count(&document, "th"), count(&document, "th[scope]"), "{}", page.name);
    }
}

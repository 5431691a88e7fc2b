//! Every page and every answer with the sample's data, each with the path that a server would have it at.

use super::{hostile, sample};
use countersign_serve_page::filter::{NodeFilter, OverviewFilter, Paging, Window};
use countersign_serve_page::html::{self, Frame, SignIn, Viewer};
use countersign_serve_page::view::Listing;
use countersign_serve_page::{api, json};

/// A page, as somebody would see it.
pub(crate) struct Page {
    /// What it is called here.
    pub(crate) name: &'static str,
    /// The path and query that a server would have it at.
    pub(crate) path: &'static str,
    /// The document.
    pub(crate) html: String,
}

/// Every page, those that differ by who looks or how much there is more than once.
pub(crate) fn pages() -> Vec<Page> {
    let page = |name, path, html| Page { name, path, html };
    let overview = |path: &str| {
        let (_, query) = path.split_once('?').unwrap_or((path, ""));
        let filter = OverviewFilter::parse(query).expect("a query of the gallery");
        html::overview(&sample::reader(path), &sample::overview(), &filter)
    };
    let large = |shared: bool, query: &str| {
        let filter = OverviewFilter::parse(query).expect("a query of the gallery");
        html::overview(&sample::editor("/"), &sample::many(120, 120, shared), &filter)
    };
    let empty =
        |path: &str| html::overview(&sample::reader(path), &Default::default(), &OverviewFilter::default());
    let none = Listing::of(Vec::new().into_iter(), Paging::default());
    let nodes = ["billing", "payments", "search", "watcher"];
    let sign_in = |failed: Option<&str>| SignIn {
        token: true,
        provider: Some("example.com".into()),
        failed: failed.map(Into::into),
        return_to: "/runs".into(),
    };
    let (all, one) =
        (NodeFilter::default(), NodeFilter { node: Some("search".into()), ..NodeFilter::default() });
    vec![
        page("overview", "/", overview("/")),
        page("overview-filtered", "/?q=watch&state=blocked", overview("/?q=watch&state=blocked")),
        page("overview-nothing", "/?q=nothing", overview("/?q=nothing")),
        page("overview-empty", "/?empty", empty("/?empty")),
        page("overview-many", "/?page=2&many", large(false, "page=2")),
        page("matrix", "/?view=matrix", overview("/?view=matrix")),
        page("matrix-many", "/?view=matrix&row=50&column=50", large(true, "view=matrix&row=50&column=50")),
        page(
            "contract",
            "/contracts/watcher",
            html::contract(&sample::reader("/contracts/watcher"), &sample::contract_page()),
        ),
        page("runs", "/runs", html::runs(&sample::reader("/runs"), &sample::runs(), &all, &nodes)),
        page(
            "runs-nothing",
            "/runs?node=search",
            html::runs(&sample::reader("/runs?node=search"), &none, &one, &nodes),
        ),
        page(
            "run",
            "/runs/01JD7QK2M4",
            html::run(&sample::editor("/runs/01JD7QK2M4"), &sample::run_page(40)),
        ),
        page(
            "run-long",
            "/runs/01JD7QK2M5",
            html::run(&sample::reader("/runs/01JD7QK2M5"), &sample::run_page(900)),
        ),
        page(
            "deliveries",
            "/deliveries",
            html::deliveries(&sample::reader("/deliveries"), &sample::deliveries(), &all, &nodes),
        ),
        page(
            "delivery",
            "/deliveries/72d3162e-cc78-11e3-81ab-4c9367dc0958",
            html::delivery(&sample::editor("/deliveries/72d3162e"), &sample::delivery_page()),
        ),
        page("nodes", "/nodes", html::nodes(&sample::editor("/nodes"), &sample::nodes())),
        page("pointers", "/pointers", html::pointers(&sample::reader("/pointers"), &sample::pointers())),
        page("sign-in", "/sign-in", html::sign_in(&sample::reader("/sign-in"), &sign_in(None))),
        page(
            "sign-in-failed",
            "/sign-in?failed",
            html::sign_in(&sample::reader("/sign-in"), &sign_in(Some("the token is not one that is known"))),
        ),
        page(
            "problem",
            "/contracts/watchre",
            html::problem(&sample::reader("/contracts/watchre"), &sample::problem()),
        ),
    ]
}

/// Every kind of page once, with `change` made to each of its texts.
pub(crate) fn changed(change: fn(usize) -> String) -> Vec<Page> {
    let text = change(0);
    let frame = |path: &'static str| Frame {
        viewer: Viewer::SignedIn { name: text.clone(), csrf: text.clone() },
        path: text.clone(),
        ..sample::reader(path)
    };
    let overview = |path: &'static str, window| {
        let filter = OverviewFilter { text: String::new(), window, ..OverviewFilter::default() };
        html::overview(&frame(path), &hostile::with_texts(&sample::overview(), change), &filter)
    };
    let filtered = OverviewFilter { text: text.clone(), ..OverviewFilter::default() };
    let (runs, deliveries) = (sample::runs(), sample::deliveries());
    let node = NodeFilter { node: Some(text.clone()), ..NodeFilter::default() };
    let nodes = [text.as_str()];
    let sign_in = SignIn {
        token: true,
        provider: Some(text.clone()),
        failed: Some(text.clone()),
        return_to: text.clone(),
    };
    let page = |name, path, html| Page { name, path, html };
    vec![
        page("changed-overview", "/?changed", overview("/", None)),
        page("changed-matrix", "/?changed&view=matrix", overview("/", Some(Window::default()))),
        page("changed-filter", "/?changed&q", html::overview(&frame("/"), &sample::overview(), &filtered)),
        page(
            "changed-contract",
            "/contracts/changed",
            html::contract(&frame("/"), &hostile::with_texts(&sample::contract_page(), change)),
        ),
        page(
            "changed-runs",
            "/runs?changed",
            html::runs(&frame("/"), &hostile::with_texts(&runs, change), &node, &nodes),
        ),
        page(
            "changed-run",
            "/runs/changed",
            html::run(&frame("/"), &hostile::with_texts(&sample::run_page(30), change)),
        ),
        page(
            "changed-deliveries",
            "/deliveries?changed",
            html::deliveries(&frame("/"), &hostile::with_texts(&deliveries, change), &node, &nodes),
        ),
        page(
            "changed-delivery",
            "/deliveries/changed",
            html::delivery(&frame("/"), &hostile::with_texts(&sample::delivery_page(), change)),
        ),
        page(
            "changed-nodes",
            "/nodes?changed",
            html::nodes(&frame("/"), &hostile::with_texts(&sample::nodes(), change)),
        ),
        page(
            "changed-pointers",
            "/pointers?changed",
            html::pointers(&frame("/"), &hostile::with_texts(&sample::pointers(), change)),
        ),
        page("changed-sign-in", "/sign-in?changed", html::sign_in(&frame("/"), &sign_in)),
        page(
            "changed-problem",
            "/changed",
            html::problem(&frame("/"), &hostile::with_texts(&sample::problem(), change)),
        ),
    ]
}

/// Every answer of the API: the path of its operation, the status, and the JSON.
pub(crate) fn answers() -> Vec<(&'static str, u16, String)> {
    let (overview, everything) = (sample::overview(), OverviewFilter::default());
    vec![
        ("/api/contracts", 200, json::render(&api::contracts(&overview, &everything))),
        ("/api/contracts/{name}", 200, json::render(&sample::contract_page())),
        ("/api/contracts/{name}", 404, json::render(&sample::problem())),
        ("/api/clients", 200, json::render(&api::clients(&overview, &everything))),
        ("/api/runs", 200, json::render(&sample::runs())),
        ("/api/runs/{id}", 200, json::render(&sample::run_page(40))),
        ("/api/deliveries", 200, json::render(&sample::deliveries())),
        ("/api/deliveries/{id}", 200, json::render(&sample::delivery_page())),
        ("/api/nodes", 200, json::render(&sample::nodes())),
        ("/api/pointers", 200, json::render(&sample::pointers())),
        ("/healthz", 200, json::render(&sample::liveness())),
        ("/readyz", 200, json::render(&sample::readiness())),
        ("/readyz", 503, json::render(&sample::not_ready())),
        ("/hooks/health", 200, json::render(&sample::hooks_health())),
    ]
}

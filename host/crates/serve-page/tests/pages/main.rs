//! The pages and the answers of a gallery, looked at as programs, browsers and attackers do.

mod browser;
mod inert;
mod openapi;

#[path = "../../examples/gallery/hostile.rs"]
mod hostile;
#[path = "../../examples/gallery/pages.rs"]
mod pages;
#[path = "../../examples/gallery/sample/mod.rs"]
mod sample;
#[path = "../../examples/gallery/served.rs"]
mod served;

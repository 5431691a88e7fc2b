//! Generate a client natively: `cargo run -p generate-typescript --example emit -- DOCUMENT FOLDER [SETTINGS]`.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(document), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("a document and a folder are needed".into());
    };
    let settings = serde_json::from_str(arguments.next().as_deref().unwrap_or("{}"))?;
    let generated =
        generate_typescript::generate(&fs::read(&document)?, "application/octet-stream", &settings)
            .map_err(|failure| format!("{document}: {failure:#?}"))?;
    for warning in &generated.warnings {
        eprintln!("{document}: warning: {warning}");
    }
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    for file in &generated.files {
        fs::write(folder.join(&file.path), &file.content)?;
    }
    Ok(())
}

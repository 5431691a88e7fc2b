//! Builds the built-in stages from `plugins/`, makes components of them and compiles those ahead of time.
//!
//! They are built here, by a nested Cargo, so that the binary can never carry a stage that is older than its
//! source; Cargo runs this script again only when something under `plugins/` changed.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a build script talks to Cargo through its environment and its output"
)]

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

const BUILTINS: &[&str] = &[
    "canonicalize-json",
    "canonicalize-openapi",
    "canonicalize-text",
    "diff-lines",
    "diff-openapi",
    "dump-command",
    "dump-file",
    "dump-http",
    "generate-command",
    "generate-rust",
    "generate-typescript",
    "notify-matrix",
    "notify-slack",
    "notify-webhook",
];

fn main() {
    if let Err(error) = embed() {
        println!("cargo::error={}", error.to_string().replace('\n', " "));
    }
}

fn embed() -> Result<(), Box<dyn Error>> {
    let workspace = Path::new(&env::var("CARGO_MANIFEST_DIR")?)
        .parent()
        .ok_or("the package has no parent")?
        .to_path_buf();
    for watched in ["Cargo.toml", "Cargo.lock", "plugins"] {
        println!("cargo::rerun-if-changed={}", workspace.join(watched).display());
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    require_target()?;
    let modules = build_plugins(&workspace, &out)?;
    let mut table = String::from(
        "/// The stages that this binary carries.\npub(crate) const BUILTINS: &[Builtin] = &[\n",
    );
    for name in BUILTINS {
        let module = fs::read(modules.join(format!("{}.wasm", name.replace('-', "_"))))?;
        embed_one(name, &module, &out, &mut table)?;
    }
    table.push_str("];\n");
    fs::write(out.join("builtins.rs"), table)?;
    Ok(())
}

fn embed_one(name: &str, module: &[u8], out: &Path, table: &mut String) -> Result<(), Box<dyn Error>> {
    let encode = || wit_component::ComponentEncoder::default().validate(true).module(module)?.encode();
    let component = encode().map_err(|error| format!("{name}: {error:#}"))?;
    let compiled = countersign_engine::precompile(&component, &env::var("TARGET")?)?;
    fs::write(out.join(format!("{name}.wasm")), &component)?;
    fs::write(out.join(format!("{name}.cwasm")), &compiled)?;
    let digest = countersign_model::Digest::of(&component);
    writeln!(table, "    Builtin {{")?;
    writeln!(table, "        name: {name:?},")?;
    writeln!(table, "        wasm: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.wasm\")),")?;
    writeln!(table, "        digest: \"{digest}\",")?;
    writeln!(table, "        compiled: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.cwasm\")),")?;
    writeln!(table, "    }},")?;
    Ok(())
}

fn require_target() -> Result<(), Box<dyn Error>> {
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let output = Command::new(rustc).args(["--print", "target-libdir", "--target", TARGET]).output()?;
    let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && Path::new(&folder).is_dir() {
        return Ok(());
    }
    Err(format!("the built-in stages need the target {TARGET}: run `rustup target add {TARGET}`").into())
}

/// Run the nested Cargo; returns the folder of the modules.
fn build_plugins(workspace: &Path, out: &Path) -> Result<PathBuf, Box<dyn Error>> {
    // `<target>/<profile>/build/<package>-<hash>/out`: one folder for every profile, beside theirs.
    let target = out.ancestors().nth(4).ok_or("OUT_DIR is not in a target folder")?.join("plugins");
    let mut cargo = Command::new(env::var("CARGO")?);
    cargo.current_dir(workspace).args([
        "build",
        "--quiet",
        "--locked",
        "--profile",
        "plugin",
        "--target",
        TARGET,
    ]);
    cargo.arg("--target-dir").arg(&target);
    for name in BUILTINS {
        cargo.args(["--package", name]);
    }
    isolate(&mut cargo, workspace)?;
    let output = cargo.output()?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        eprintln!("{text}");
        let first =
            text.lines().find(|line| line.starts_with("error")).unwrap_or("cargo said nothing").to_owned();
        return Err(format!("the built-in stages did not build: {first}").into());
    }
    Ok(target.join(TARGET).join("plugin"))
}

/// Take away what the outer Cargo set for the host, and what would put this machine's paths into the bytes:
/// the same sources give the same components wherever they are built.
fn isolate(cargo: &mut Command, workspace: &Path) -> Result<(), Box<dyn Error>> {
    let kept = ["CARGO_HOME", "CARGO_NET_OFFLINE", "CARGO_HTTP_CAINFO", "CARGO_HTTP_PROXY"];
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let set_by_cargo =
            text.starts_with("CARGO") || text.starts_with("RUSTC") || text.starts_with("RUSTDOC");
        let registry = text.starts_with("CARGO_REGISTR") || text.starts_with("CARGO_SOURCE");
        let profile = [
            "TARGET",
            "HOST",
            "OUT_DIR",
            "OPT_LEVEL",
            "PROFILE",
            "DEBUG",
            "NUM_JOBS",
            "RUSTFLAGS",
            "MAKEFLAGS",
        ];
        if (set_by_cargo && !registry && !kept.contains(&&*text)) || profile.contains(&&*text) {
            cargo.env_remove(&name);
        }
    }
    let home = match env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => {
            PathBuf::from(env::var_os("HOME").ok_or("neither CARGO_HOME nor HOME is set")?).join(".cargo")
        }
    };
    let flags = [
        format!("--remap-path-prefix={}=/cargo", home.display()),
        format!("--remap-path-prefix={}=/countersign", workspace.display()),
        "-Ctarget-feature=+simd128".to_owned(),
    ];
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    Ok(())
}

//! Which presets a project uses: by the packages that its manifests name, and by the files that it has.

use countersign_pipeline::preset::{self, Packages, Preset};
use std::path::Path;

/// The presets that the project in `folder` uses, where `files` are the names of the files in it.
pub(super) fn presets(folder: &Path, files: &[String]) -> Vec<&'static Preset> {
    let mut named = Packages::default();
    for file in files {
        read(&mut named, folder, file);
    }
    preset::all().iter().filter(|preset| uses(preset, &named, files)).collect()
}

fn uses(preset: &Preset, named: &Packages, files: &[String]) -> bool {
    let any = |wanted: &[String], there: &[String]| wanted.iter().any(|name| there.contains(name));
    any(&preset.packages.npm, &named.npm)
        || any(&preset.packages.pypi, &named.pypi)
        || any(&preset.packages.cargo, &named.cargo)
        || any(&preset.files, files)
}

fn read(named: &mut Packages, folder: &Path, file: &str) {
    let text = || std::fs::read_to_string(folder.join(file)).unwrap_or_default();
    match file {
        "package.json" => named.npm.extend(package_json(&text())),
        "pyproject.toml" => named.pypi.extend(pyproject(&text())),
        "uv.lock" => named.pypi.extend(uv_lock(&text())),
        "Cargo.toml" => named.cargo.extend(cargo(&text())),
        _ if file.starts_with("requirements") && file.ends_with(".txt") => {
            named.pypi.extend(text().lines().filter_map(requirement));
        }
        _ => {}
    }
}

fn package_json(text: &str) -> Vec<String> {
    let manifest: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let tables = ["dependencies", "devDependencies"].into_iter().filter_map(|key| manifest[key].as_object());
    tables.flat_map(|table| table.keys().cloned()).collect()
}

/// `[project]` (PEP 621), dependency groups (PEP 735), and what uv and Poetry had before these.
fn pyproject(text: &str) -> Vec<String> {
    let manifest = parsed(text);
    let lists =
        [at(&manifest, &["project", "dependencies"]), at(&manifest, &["tool", "uv", "dev-dependencies"])];
    let groups =
        [at(&manifest, &["project", "optional-dependencies"]), at(&manifest, &["dependency-groups"])];
    let groups = groups.into_iter().flatten().filter_map(toml::Value::as_table).flat_map(toml::Table::values);
    let listed = lists.into_iter().flatten().chain(groups).filter_map(toml::Value::as_array).flatten();
    let listed = listed.filter_map(toml::Value::as_str).filter_map(requirement);
    let poetry = at(&manifest, &["tool", "poetry"]);
    let nested = poetry.and_then(|poetry| poetry.get("group")).and_then(toml::Value::as_table);
    let poetry = poetry.into_iter().chain(nested.into_iter().flat_map(toml::Table::values));
    let tables =
        poetry.flat_map(|table| [table.get("dependencies"), table.get("dev-dependencies")]).flatten();
    let keys = tables.filter_map(toml::Value::as_table).flat_map(toml::Table::keys);
    listed.chain(keys.filter_map(|key| requirement(key))).collect()
}

fn uv_lock(text: &str) -> Vec<String> {
    let lock = parsed(text);
    let packages = lock.get("package").and_then(toml::Value::as_array).into_iter().flatten();
    packages.filter_map(|package| requirement(package.get("name")?.as_str()?)).collect()
}

fn cargo(text: &str) -> Vec<String> {
    let manifest = parsed(text);
    let workspace = at(&manifest, &["workspace", "dependencies"]);
    let keys = ["dependencies", "dev-dependencies", "build-dependencies"];
    let tables = keys.into_iter().filter_map(|key| manifest.get(key)).chain(workspace);
    let entries = tables.filter_map(toml::Value::as_table).flatten();
    let package = |(key, value): (&String, &toml::Value)| {
        value.get("package").and_then(toml::Value::as_str).unwrap_or(key).to_owned()
    };
    entries.map(package).collect()
}

fn parsed(text: &str) -> toml::Table {
    toml::from_str(text).unwrap_or_default()
}

fn at<'t>(table: &'t toml::Table, keys: &[&str]) -> Option<&'t toml::Value> {
    let (first, rest) = keys.split_first()?;
    rest.iter().try_fold(table.get(*first)?, |value, key| value.get(key))
}

/// The package that a requirement (PEP 508) names, normalized (PEP 503).
fn requirement(text: &str) -> Option<String> {
    let is_name = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    let text = text.trim_start();
    let name = text.split(|character| !is_name(character)).next()?;
    let parts: Vec<_> = name.split(['-', '_', '.']).filter(|part| !part.is_empty()).collect();
    (!parts.is_empty() && !text.starts_with(['-', '#'])).then(|| parts.join("-").to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_json_names_its_packages_in_two_tables() {
        let text = r#"{ "dependencies": { "react": "19" }, "devDependencies": { "orval": "8" }, "scripts": { "x": "y" } }"#;
        assert_eq!(package_json(text), ["react", "orval"]);
        assert!(package_json("[").is_empty() && package_json("[]").is_empty());
    }

    #[test]
    fn a_pyproject_names_its_packages_in_many_places() {
        let text = r#"
[project]
dependencies = ["FastAPI[standard]>=0.1 ; python_version > '3'"]
[project.optional-dependencies]
client = ["Openapi_Python.Client==0.26"]
[dependency-groups]
dev = ["ruff", { include-group = "test" }]
[tool.uv]
dev-dependencies = ["mypy"]
[tool.poetry.dependencies]
python = "^3.12"
[tool.poetry.group.dev.dependencies]
datamodel-code-generator = { version = "*" }
"#;
        let mut found = pyproject(text);
        found.sort();
        let expected =
            ["datamodel-code-generator", "fastapi", "mypy", "openapi-python-client", "python", "ruff"];
        assert_eq!(found, expected);
    }

    #[test]
    fn requirements_locks_and_crates_name_packages_too() {
        let lines =
            ["openapi-python-client==0.26 \\", "    --hash=sha256:00", "# comment", "-r other.txt", ""];
        assert_eq!(
            lines.iter().filter_map(|line| requirement(line)).collect::<Vec<_>>(),
            ["openapi-python-client"]
        );
        assert_eq!(uv_lock("[[package]]\nname = \"orjson\"\n[[package]]\nversion = \"1\"\n"), ["orjson"]);
        let text = "[workspace.dependencies]\na = \"1\"\n[build-dependencies]\nb = { package = \"progenitor\", version = \"0.1\" }\n";
        assert_eq!(cargo(text), ["progenitor", "a"]);
    }

    #[test]
    fn a_file_tells_as_much_as_a_package() {
        let found = presets(Path::new("no-such-folder"), &["orval.config.ts".into(), "README.md".into()]);
        assert_eq!(found.iter().map(|preset| preset.name).collect::<Vec<_>>(), ["orval"]);
    }
}

//! Generators that people use, as tools that need no declaration. Each preset is a file of `presets/`, embedded
//! here; its `[tool]` has exactly the keys of `[tools.NAME]`, and every one of them can be replaced there.

use crate::config::ToolTable;
use serde::Deserialize;
use std::sync::LazyLock;

/// The files, in the order of their names.
const FILES: [(&str, &str); 7] = [
    ("datamodel-code-generator", include_str!("../presets/datamodel-code-generator.toml")),
    ("hey-api", include_str!("../presets/hey-api.toml")),
    ("openapi-generator", include_str!("../presets/openapi-generator.toml")),
    ("openapi-python-client", include_str!("../presets/openapi-python-client.toml")),
    ("openapi-typescript", include_str!("../presets/openapi-typescript.toml")),
    ("orval", include_str!("../presets/orval.toml")),
    ("progenitor", include_str!("../presets/progenitor.toml")),
];

static PRESETS: LazyLock<Vec<Preset>> = LazyLock::new(|| FILES.map(|(name, text)| read(name, text)).into());

/// A generator that needs no declaration.
#[derive(Clone, Debug)]
pub struct Preset {
    /// How `generate` and `preset` call it.
    pub name: &'static str,
    /// What it makes and by what, in a clause.
    pub summary: String,
    /// What language it writes, in lower case.
    pub language: String,
    /// The command that installs it, for a shell.
    pub install: String,
    /// The packages whose presence tells that a project uses it.
    pub packages: Packages,
    /// Files whose presence tells the same: their names, in the folder of the project.
    pub files: Vec<String>,
    /// The line that a user has to add to the tool's table, where the preset alone cannot run.
    pub needs: Option<String>,
    /// The tool.
    pub(crate) tool: ToolTable,
    text: &'static str,
}

/// Names of packages, by the registry that has them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Packages {
    /// On npm.
    pub npm: Vec<String>,
    /// On PyPI, normalized.
    pub pypi: Vec<String>,
    /// On crates.io.
    pub cargo: Vec<String>,
}

impl Preset {
    /// The tool as a table of `pipeline.toml`, with the comments of the preset's file.
    pub fn declaration(&self) -> String {
        let lines =
            self.text.lines().skip_while(|line| *line != HEAD).map(|line| match line.strip_prefix("[tool") {
                Some(rest) => format!("[tools.{}{rest}\n", self.name),
                None => format!("{line}\n"),
            });
        lines.collect::<String>().trim_end().to_owned()
    }
}

/// What begins the tool in a preset's file.
const HEAD: &str = "[tool]";

/// Every preset, in the order of their names.
pub fn all() -> &'static [Preset] {
    &PRESETS
}

/// The preset with this name.
pub fn find(name: &str) -> Option<&'static Preset> {
    all().iter().find(|preset| preset.name == name)
}

/// The names of all presets, in their order.
pub fn names() -> Vec<&'static str> {
    FILES.iter().map(|(name, _)| *name).collect()
}

/// The shape of a preset's file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    summary: String,
    language: String,
    install: String,
    packages: Packages,
    #[serde(default)]
    files: Vec<String>,
    needs: Option<String>,
    tool: ToolTable,
}

fn read(name: &'static str, text: &'static str) -> Preset {
    let file: File = toml::from_str(text).expect("a test reads every file that is embedded");
    let File { summary, language, install, packages, files, needs, tool } = file;
    Preset { name, summary, language, install, packages, files, needs, tool, text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use std::path::PathBuf;

    #[test]
    fn the_presets_are_sorted_and_every_file_of_the_folder_is_one() {
        let mut files: Vec<_> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/presets"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
            .collect();
        files.sort();
        assert_eq!(names(), files);
        assert_eq!(all().iter().map(|preset| preset.name).collect::<Vec<_>>(), files);
    }

    #[test]
    fn every_preset_says_how_it_is_called_installed_and_recognised() {
        for preset in all() {
            let name = preset.name;
            let command = &preset.tool.command.as_ref().unwrap().0;
            for placeholder in ["{spec}", "{out}"] {
                assert!(command.iter().any(|word| word.contains(placeholder)), "{name}: {placeholder}");
            }
            assert!(!preset.tool.probe.as_ref().unwrap().0.is_empty(), "{name} has no probe");
            assert!(preset.tool.preset.is_none(), "{name} is made of another preset");
            assert!(
                !preset.summary.is_empty() && !preset.summary.ends_with('.'),
                "{name}: {}",
                preset.summary
            );
            assert!(!preset.install.trim().is_empty() && !preset.language.is_empty(), "{name}");
            let Packages { npm, pypi, cargo } = &preset.packages;
            assert!(npm.len() + pypi.len() + cargo.len() > 0, "{name} has no packages");
        }
    }

    #[test]
    fn every_preset_is_a_table_of_tools_without_a_mistake() {
        for preset in all() {
            let client = "[contracts.a]\n[clients.c]\ncontract = \"a\"\noutput = \"gen\"\n";
            let text = format!("{client}generate = \"{0}\"\n{1}\n", preset.name, preset.declaration());
            let config = Config::parse(&text, "pipeline.toml", PathBuf::from(".")).unwrap();
            assert_eq!(config.tools.len(), 1, "{text}");
            assert_eq!(config.tools.values().next().unwrap().preset, None);
        }
    }

    #[test]
    fn what_a_preset_needs_makes_it_whole() {
        for preset in all() {
            let needs = preset.needs.as_deref().map(|needs| format!(", {needs}")).unwrap_or_default();
            let text = format!(
                "[contracts.a]\n[clients.c]\ncontract = \"a\"\noutput = \"gen\"\n\
                 generate = {{ preset = \"{}\"{needs} }}\n",
                preset.name
            );
            let config = Config::parse(&text, "pipeline.toml", PathBuf::from(".")).unwrap();
            let client = config.clients.values().next().unwrap().local().unwrap();
            let (name, tool) = config.tool_of(&client.generate).unwrap();
            assert_eq!((name, tool.preset), (preset.name, Some(preset.name)));
        }
    }
}

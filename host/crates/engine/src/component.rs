use crate::store::{self, Builtin};
use crate::{Engine, StageCause};
use std::fmt;
use wasmtime::component::Component;

/// The version of `countersign:plugin` that this engine runs.
pub const INTERFACE_VERSION: &str = "0.1.0";

const PACKAGE: &str = "countersign:plugin/";

/// What a stage does. One world each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Fetches or makes the current document of an API.
    Dump,
    /// Brings a document to its canonical form.
    Canonicalize,
    /// Compares two canonical documents.
    Diff,
    /// Generates a client.
    Generate,
    /// Tells somebody that a contract changed.
    Notify,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Dump, Self::Canonicalize, Self::Diff, Self::Generate, Self::Notify];

    /// The name of the stage's interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dump => "dump",
            Self::Canonicalize => "canonicalize",
            Self::Diff => "diff",
            Self::Generate => "generate",
            Self::Notify => "notify",
        }
    }

    /// The interfaces that a stage of this kind may import.
    fn imports(self) -> &'static [&'static str] {
        match self {
            Self::Dump => &["types", "log", "config", "http", "tool", "inputs"],
            Self::Canonicalize | Self::Diff => &["types", "log", "config"],
            Self::Generate => &["types", "log", "config", "tool", "inputs"],
            Self::Notify => &["types", "log", "config", "http", "tool", "forge"],
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A component that was read, and of which everything is known that can be known without running it.
pub struct Plugin {
    pub(crate) component: Component,
    name: String,
    digest: String,
    kind: Kind,
    interface: String,
    imports: Vec<String>,
}

impl Plugin {
    /// A stage that the binary carries.
    ///
    /// # Errors
    /// [`StageCause`] where the component is not a stage, which for a built-in is a bug.
    pub fn builtin(engine: &Engine, builtin: &Builtin) -> Result<Self, StageCause> {
        let component = store::load_builtin(engine, builtin).map_err(|error| invalid(&error))?;
        Self::inspect(engine, component, builtin.name, builtin.digest)
    }

    /// A component from elsewhere, compiled now.
    ///
    /// # Errors
    /// [`StageCause`] where the bytes are not a component, or the component is not a stage.
    pub fn compile(engine: &Engine, name: &str, wasm: &[u8]) -> Result<Self, StageCause> {
        use sha2::Digest as _;
        let digest: String = sha2::Sha256::digest(wasm).iter().map(|byte| format!("{byte:02x}")).collect();
        // The preamble of a core module (WebAssembly 1.0, section 5.5.16) ends in version 1 and layer 0.
        if wasm.starts_with(b"\0asm\x01\0\0\0") {
            return Err(StageCause::Invalid(
                "it is a core module; make a component of it: `wasm-tools component new MODULE -o COMPONENT`"
                    .into(),
            ));
        }
        let component = store::compile(engine, wasm).map_err(|error| invalid(&error))?;
        Self::inspect(engine, component, name, &format!("sha256:{digest}"))
    }

    fn inspect(engine: &Engine, component: Component, name: &str, digest: &str) -> Result<Self, StageCause> {
        let shape = component.component_type();
        let exports: Vec<String> = shape.exports(&engine.engine).map(|(name, _)| name.to_owned()).collect();
        let imports: Vec<String> = shape.imports(&engine.engine).map(|(name, _)| name.to_owned()).collect();
        let (kind, interface) = kind_of(&exports)?;
        Ok(Self { component, name: name.into(), digest: digest.into(), kind, interface, imports })
    }

    /// The name under which it was loaded.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The digest of the component.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// What it does, by its exports.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The interface that it exports, with its version.
    pub fn interface(&self) -> &str {
        &self.interface
    }

    /// Everything that it could ever ask of the host, by its imports.
    pub fn imports(&self) -> &[String] {
        &self.imports
    }

    /// Whether everything that it imports is what a stage of its kind gets.
    ///
    /// # Errors
    /// [`StageCause::MissingImport`] with the first import that nobody provides.
    pub fn check_imports(&self) -> Result<(), StageCause> {
        let provided = |import: &String| {
            let interface = import.strip_prefix(PACKAGE).and_then(|rest| rest.split_once('@'));
            interface
                .is_some_and(|(name, version)| self.kind.imports().contains(&name) && compatible(version))
        };
        match self.imports.iter().find(|import| !provided(import)) {
            None => Ok(()),
            Some(import) => Err(StageCause::MissingImport { import: import.clone(), kind: self.kind }),
        }
    }
}

fn invalid(error: &wasmtime::Error) -> StageCause {
    StageCause::Invalid(format!("{error:#}"))
}

/// Before 1.0, a minor version is an interface of its own (Semantic Versioning 2.0.0, item 4).
fn compatible(version: &str) -> bool {
    let minor = |version: &str| version.rsplit_once('.').map(|(minor, _)| minor.to_owned());
    minor(version).is_some() && minor(version) == minor(INTERFACE_VERSION)
}

fn kind_of(exports: &[String]) -> Result<(Kind, String), StageCause> {
    let stages: Vec<(Kind, &String, &str)> = (exports.iter())
        .filter_map(|export| {
            let (name, version) = export.strip_prefix(PACKAGE)?.split_once('@')?;
            let kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == name)?;
            Some((kind, export, version))
        })
        .collect();
    match stages.as_slice() {
        [(kind, export, version)] if compatible(version) => Ok((*kind, (*export).clone())),
        [(_, export, version)] => Err(StageCause::Invalid(format!(
            "it exports `{export}`, and this version of Countersign runs {INTERFACE_VERSION}; {}",
            advice(version)
        ))),
        [] => Err(StageCause::Invalid(format!(
            "it exports no stage interface of `countersign:plugin`; it exports {}",
            listed(exports)
        ))),
        _ => {
            Err(StageCause::Invalid(format!("it exports more than one stage interface: {}", listed(exports))))
        }
    }
}

fn advice(version: &str) -> &'static str {
    let number =
        |version: &str| version.split('.').map(|part| part.parse().unwrap_or(0)).collect::<Vec<u32>>();
    if number(version) > number(INTERFACE_VERSION) {
        "users: update Countersign; authors: build against an older `countersign-plugin`"
    } else {
        "users: update the plugin; authors: build against the current `countersign-plugin`"
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "nothing".into();
    }
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(exports: &[&str]) -> Vec<u8> {
        let exports: String = exports
            .iter()
            .map(|name| format!("(instance $i{} ) (export \"{name}\" (instance $i{0}))", name.len()))
            .collect();
        wat::parse_str(format!("(component {exports})")).unwrap()
    }

    fn cause(exports: &[&str]) -> String {
        let engine = Engine::new().unwrap();
        Plugin::compile(&engine, "x", &component(exports)).err().unwrap().to_string()
    }

    #[test]
    fn what_is_no_stage_is_said_before_anything_runs() {
        assert!(cause(&[]).contains("exports nothing"));
        assert!(cause(&["countersign:plugin/dump@0.9.0"]).contains("users: update Countersign"));
        assert!(cause(&["countersign:plugin/dump@0.0.1"]).contains("users: update the plugin"));
        assert!(
            cause(&["countersign:plugin/dump@0.1.0", "countersign:plugin/notify@0.1.0"])
                .contains("more than one")
        );
        let engine = Engine::new().unwrap();
        assert!(matches!(Plugin::compile(&engine, "x", b"not wasm").err(), Some(StageCause::Invalid(_))));
    }

    #[test]
    fn the_kind_is_read_from_the_exports() {
        let engine = Engine::new().unwrap();
        let plugin = Plugin::compile(&engine, "x", &component(&["countersign:plugin/diff@0.1.3"])).unwrap();
        assert_eq!(plugin.kind(), Kind::Diff);
    }
}

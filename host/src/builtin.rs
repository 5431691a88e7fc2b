//! The stages that this binary carries, as the build script made them.

use countersign_engine::Builtin;

include!(concat!(env!("OUT_DIR"), "/builtins.rs"));

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_engine::{Call, Document, Engine, Example, Kind, Plugin, Stage};
    use countersign_model::Digest;

    fn document(example: &Example, text: &str) -> Document {
        Document {
            name: "example".into(),
            media_type: example.media_type.clone(),
            digest: Digest::of(text.as_bytes()).to_string(),
            content: text.as_bytes().to_vec().into(),
        }
    }

    fn outcome(stage: Stage<'_>, kind: Kind, example: &Example) -> Option<String> {
        let call = Call::pure("example", &example.config);
        match (kind, example.inputs.as_slice()) {
            (Kind::Canonicalize, [input]) => {
                let canonical = stage.canonicalize(call, document(example, input)).result.unwrap();
                let again = Call::pure("example", &example.config);
                let text = String::from_utf8(canonical.clone()).unwrap();
                let twice = stage.canonicalize(again, document(example, &text)).result.unwrap();
                assert_eq!(canonical, twice, "{}: canonical bytes are a fixed point", example.name);
                Some(text)
            }
            (Kind::Diff, [base, head]) => {
                let found =
                    stage.diff(call, document(example, base), document(example, head)).result.unwrap();
                let mut rules: Vec<String> =
                    found.into_iter().map(|change| format!("{}\n", change.rule)).collect();
                rules.sort();
                Some(rules.concat())
            }
            _ => None,
        }
    }

    #[test]
    fn every_built_in_stage_describes_itself_and_its_examples_hold_in_the_sandbox() {
        let engine = Engine::new().unwrap();
        let mut executed = 0;
        for builtin in BUILTINS {
            let plugin = Plugin::builtin(&engine, builtin).unwrap();
            let stage = Stage::new(&engine, &plugin, plugin.kind()).unwrap();
            let description = stage.describe().result.unwrap();
            assert_eq!(description.name, builtin.name);
            let schema: serde_json::Value = serde_json::from_str(&description.config_schema).unwrap();
            assert_eq!(schema["additionalProperties"], false, "{}", builtin.name);
            assert!(!description.examples.is_empty(), "{}", builtin.name);
            for example in &description.examples {
                let Some(given) = outcome(stage, plugin.kind(), example) else { continue };
                let expected = if example.expect.ends_with('\n') || example.expect.is_empty() {
                    example.expect.clone()
                } else {
                    format!("{}\n", example.expect)
                };
                assert_eq!(given, expected, "{}: {}", builtin.name, example.name);
                executed += 1;
            }
        }
        assert!(executed >= 10, "{executed} examples were executed");
    }

    #[test]
    fn the_embedded_machine_code_comes_from_this_very_component() {
        for builtin in BUILTINS {
            assert_eq!(Digest::of(builtin.wasm).to_string(), builtin.digest, "{}", builtin.name);
        }
    }
}

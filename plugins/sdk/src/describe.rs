use crate::{Description, Example};

impl Description {
    /// A description of a plugin that has no configuration and no examples yet.
    pub fn new(name: &str, version: &str, summary: &str) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
            summary: summary.into(),
            config_schema: r#"{"type":"object","additionalProperties":false}"#.into(),
            examples: Vec::new(),
            ext: Vec::new(),
        }
    }

    /// Set the JSON Schema of the configuration.
    #[must_use]
    pub fn config_schema(mut self, schema: &str) -> Self {
        self.config_schema = schema.into();
        self
    }

    /// Add an example that is executed as a test: `expect` is the canonical text for canonicalize, and the
    /// sorted ids of the rules that fire, one a line, for diff.
    #[must_use]
    pub fn example(
        mut self,
        name: &str,
        config: &str,
        media_type: &str,
        inputs: &[&str],
        expect: &str,
    ) -> Self {
        self.examples.push(Example {
            name: name.into(),
            config: config.into(),
            media_type: media_type.into(),
            inputs: inputs.iter().map(|input| (*input).into()).collect(),
            expect: expect.into(),
        });
        self
    }
}

//! `canonicalize` and `explain`: the stages by themselves.

use super::Project;
use super::compare::anonymous;
use crate::config::Format;
use crate::stage::StageFailure;
use countersign_engine::{Call, Kind, Rule, Stage};
use countersign_model::{Problem, RawDocument};

impl Project {
    /// A document in its canonical form, by the format's own stage.
    ///
    /// # Errors
    /// What is wrong with the document.
    pub fn canonicalize(&self, format: Format, raw: RawDocument) -> Result<Vec<u8>, Vec<Problem>> {
        let mut contract = anonymous(format);
        // What is written here may become a record.
        contract.canonicalize.iter_mut().for_each(|stage| stage.keys.clear());
        let canonicalizers = self.canonicalizers(&contract)?;
        let canonical = self.canonical("document", &canonicalizers, raw);
        canonical.map(|canonical| canonical.bytes().to_vec()).map_err(|failure| vec![failure.into_problem()])
    }

    /// Every rule of the diff stages that there are, built in and declared, with the plugin that has it.
    ///
    /// # Errors
    /// What is wrong with a plugin.
    pub fn rules(&self) -> Result<Vec<(String, Rule)>, Vec<Problem>> {
        let mut rules = Vec::new();
        for name in self.plugins.names() {
            let plugin = self.plugins.get(&self.engine, &self.config.root, &name);
            let plugin = plugin.map_err(|problem| vec![*problem])?;
            if plugin.component().kind() != Kind::Diff {
                continue;
            }
            let stage = Stage::new(&self.engine, plugin.component(), Kind::Diff)
                .map_err(|cause| vec![Problem::new("wrong-world", cause.to_string())])?;
            let found = stage.rules(Call::pure(&name, "{}")).result;
            let found = found.map_err(|error| vec![StageFailure::of(&error).into_problem()])?;
            rules.extend(found.into_iter().map(|rule| (name.clone(), rule)));
        }
        rules.sort_by(|(_, left), (_, right)| left.id.cmp(&right.id));
        Ok(rules)
    }
}

//! `completions`: made from the same definitions as `--help`.

use crate::args::{Cli, CompletionsArgs};
use crate::view::Outcome;
use clap::CommandFactory;
use countersign_model::Problem;

/// The completions for a shell.
#[expect(clippy::unnecessary_wraps, reason = "every command has this shape")]
pub(crate) fn run(args: &CompletionsArgs) -> Result<Outcome, Vec<Problem>> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "countersign", &mut script);
    Ok(Outcome::Document(script))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum;
    use clap_complete::Shell;

    #[test]
    fn every_shell_gets_completions_that_know_the_commands() {
        for shell in Shell::value_variants() {
            let Ok(Outcome::Document(script)) = run(&CompletionsArgs { shell: *shell }) else { panic!() };
            assert!(String::from_utf8(script).unwrap().contains("canonicalize"), "{shell}");
        }
    }
}

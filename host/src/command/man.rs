//! `man`: manual pages, made from the same definitions as `--help`.

use super::write::write_file;
use crate::args::{Cli, ManArgs};
use crate::context::Context;
use crate::view::{Done, Outcome};
use clap::CommandFactory;
use clap_mangen::Man;
use countersign_model::Problem;

/// The main page, or a page for each command in a folder.
pub(crate) fn run(args: &ManArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let pages = pages().map_err(|error| failed("the manual", &error))?;
    let Some(directory) = &args.folder else {
        let main = pages.into_iter().next().map(|(_, page)| page).unwrap_or_default();
        return Ok(Outcome::Document(main));
    };
    let directory = context.directory.join(directory);
    std::fs::create_dir_all(&directory).map_err(|error| failed(&directory.display().to_string(), &error))?;
    for (name, page) in &pages {
        let path = directory.join(name);
        write_file(&path, page).map_err(|error| failed(&path.display().to_string(), &error))?;
    }
    let done = format!("wrote {} manual pages to {}", pages.len(), directory.display());
    Ok(Outcome::Done(Done { done: vec![done], next: None }))
}

fn failed(what: &str, error: &std::io::Error) -> Vec<Problem> {
    vec![Problem::new("not-written", format!("`{what}` could not be written")).cause(error.to_string())]
}

/// Every page by its file name, the main page first.
fn pages() -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let mut command = Cli::command();
    command.build();
    let mut pages = Vec::new();
    collect(&command, &mut pages)?;
    Ok(pages)
}

fn collect(command: &clap::Command, pages: &mut Vec<(String, Vec<u8>)>) -> std::io::Result<()> {
    let man = Man::new(command.clone());
    let mut page = Vec::new();
    man.render(&mut page)?;
    pages.push((man.get_filename(), page));
    command.get_subcommands().try_for_each(|child| collect(child, pages))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_of_its_own_name() {
        let names: Vec<_> = pages().unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names[0], "countersign.1");
        for name in ["countersign-check.1", "countersign-plugin-inspect.1"] {
            assert!(names.iter().any(|it| it == name), "{name} in {names:?}");
        }
    }
}

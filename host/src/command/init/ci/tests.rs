use super::workflow::{self, Host};
use super::{Facts, files};
use crate::args::Ci;
use countersign_pipeline::config::Config;

const OURS: &str = "[contracts.watcher]\ndump = \"openapi.json\"\n";
const THEIRS: &str = "[contracts.watcher]\nlive = \"http://localhost:8000/openapi.json\"\n\
                      provider = { repository = \"github:acme/watcher\", path = \"contracts/watcher/openapi.json\" }\n";

fn facts(config: &str) -> Facts {
    Facts::of(&Config::parse(config, "pipeline.toml", ".".into()).unwrap(), &[])
}

fn names(config: &str, ci: Ci) -> Vec<String> {
    files(ci, &facts(config)).iter().map(|(path, _)| path.display().to_string()).collect()
}

#[test]
fn each_side_gets_the_workflows_that_it_needs() {
    let check = ".github/workflows/contracts.yml";
    let propose = ".github/workflows/contracts-propose.yml";
    assert_eq!(names(OURS, Ci::Github), [check]);
    assert_eq!(names(THEIRS, Ci::Github), [check, propose]);
    let both = format!("{OURS}{}", THEIRS.replace("[contracts.watcher]", "[contracts.other]"));
    assert_eq!(names(&both, Ci::Github), [check, propose]);
    assert_eq!(
        names(THEIRS, Ci::Gitea),
        [".gitea/workflows/contracts.yml", ".gitea/workflows/contracts-propose.yml"]
    );
    assert_eq!(names(OURS, Ci::Gitlab), [".gitlab/contracts.yml"]);
}

#[test]
fn only_a_push_may_write_and_only_where_there_is_something_to_tell() {
    let ours = workflow::check(Host::Github, &facts(OURS));
    assert_eq!(ours.matches("contents: write").count(), 1);
    let (check, run) = ours.split_once("\n  run:\n").unwrap();
    assert!(!check.contains("secrets.") && !check.contains("write"), "{check}");
    assert!(run.contains("if: github.event_name == 'push'"), "{run}");
    let theirs = workflow::check(Host::Github, &facts(THEIRS));
    assert!(!theirs.contains("write") && !theirs.contains("secrets."), "{theirs}");
}

#[test]
fn no_expression_ever_stands_in_a_command() {
    let mut facts = facts(THEIRS);
    for revision in [None, Some("0".repeat(40))] {
        facts.revision = revision;
        for ci in [Ci::Github, Ci::Gitea] {
            for (path, text) in files(ci, &facts) {
                assert!(!commands(&text).contains("${{"), "{}:\n{text}", path.display());
            }
        }
    }
}

/// The lines of all `run:` keys.
fn commands(text: &str) -> String {
    let mut is_inside = false;
    let mut found = String::new();
    for line in text.lines() {
        is_inside = line.contains("run: ") || (is_inside && line.starts_with("          "));
        if is_inside {
            found.push_str(line);
        }
    }
    assert!(found.contains("countersign"), "{text}");
    found
}

#[test]
fn names_and_folders_stay_inside_their_places() {
    let mut facts = facts(THEIRS);
    facts.branch = "a\"b".into();
    facts.folder = "it's; rm -rf ~".into();
    facts.event_types = vec!["a\"]\nb".into()];
    let text = files(Ci::Github, &facts).into_iter().map(|(_, text)| text).collect::<String>();
    assert!(text.contains(r#"branches: ["a\"b"]"#), "{text}");
    assert!(text.contains(r#"types: ["a\"]\nb"]"#), "{text}");
    assert!(
        text.contains(r#"run: "countersign -C \"it's; rm -rf ~\" run --output-format github""#),
        "{text}"
    );
}

#[test]
fn two_sources_are_asked_for_their_own_contracts() {
    let live = "[contracts.other]\nlive = \"http://localhost:8000/openapi.json\"\n";
    for host in [Host::Github, Host::Gitea] {
        let text = workflow::propose(host, &facts(&format!("{THEIRS}{live}")));
        assert!(text.contains("countersign propose --output-format github ||"), "{text}");
        assert!(text.contains("countersign propose --live --output-format github other ||"), "{text}");
    }
    let text = workflow::propose(Host::Github, &facts(&format!("{THEIRS}{live}")));
    assert!(text.contains("types: [\"watcher-openapi-changed\"]"), "{text}");
}

#[test]
fn where_only_services_are_asked_an_event_is_a_reason_to_ask() {
    let text =
        workflow::propose(Host::Github, &facts("[contracts.other]\nlive = \"http://localhost:1/a\"\n"));
    assert!(text.contains("types: [\"other-openapi-changed\"]"), "{text}");
    assert!(text.contains("propose --live --output-format github ||"), "{text}");
    assert!(!text.contains("event_name"), "{text}");
}

#[test]
fn what_a_forge_is_reached_with_goes_where_it_is_needed() {
    let app = "[forges.ours]\nkind = \"github\"\napp = { id = 7, key = \"env:APP_KEY\" }\n";
    let config = format!("{THEIRS}{app}");
    let text = workflow::propose(Host::Github, &facts(&config));
    assert_eq!(text.matches("APP_KEY: ${{ secrets.APP_KEY }}").count(), 2, "{text}");
    assert!(!workflow::check(Host::Github, &facts(&config)).contains("APP_KEY"));
}

#[test]
fn a_contract_that_only_an_event_brings_has_no_schedule() {
    let text = workflow::propose(Host::Github, &facts("[contracts.watcher]\n"));
    assert!(!text.contains("schedule") && text.contains("repository_dispatch"), "{text}");
}

#[test]
fn the_providers_workflow_for_github() {
    let config = format!(
        "{OURS}[clients.archiver]\ncontract = \"watcher\"\nrepository = \"github:acme/archiver\"\nnotify = [\"hook\"]\n\
         [notify.hook]\nuse = \"notify-webhook\"\nurl = \"https://hooks.example.com/a\"\ncredential = \"hook\"\n\
         [credentials.hook]\nfrom = \"env:HOOK_SECRET\"\nallow = [\"POST https://hooks.example.com/a\"]\n\
         sign = \"standard-webhooks\"\n"
    );
    let mut facts = facts(&config);
    facts.revision = Some("0123456789abcdef0123456789abcdef01234567".into());
    insta::assert_snapshot!(workflow::check(Host::Github, &facts));
}

#[test]
fn the_consumers_workflow_for_gitea() {
    insta::assert_snapshot!(workflow::propose(Host::Gitea, &facts(THEIRS)));
}

#[test]
fn the_jobs_for_gitlab() {
    insta::assert_snapshot!(super::gitlab::jobs(&facts(&format!(
        "{OURS}[contracts.other]\nlive = \"http://localhost:1/a\"\n"
    ))));
}

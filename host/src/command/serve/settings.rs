//! From the tables of `pipeline.toml` and the environment to what the daemon is told.

use crate::command::repository;
use crate::context::Context;
use countersign_model::Problem;
use countersign_pipeline::config::{Forge, NodeConfig, ServeConfig};
use countersign_pipeline::project::Project;
use countersign_serve::{Hooks, Limits, Node, Oidc, ReloadSettings, Repository, Secret, Settings, Source};

/// The settings, with the secrets that the environment holds.
pub(super) fn settings(project: &Project, context: &Context) -> Result<Settings, Vec<Problem>> {
    let config = &project.config;
    let serve = &config.serve;
    let mut problems = Vec::new();
    let mut secrets = |key: &str, variables: &[String]| -> Vec<Secret> {
        // One that is not set is told when a delivery comes.
        let read = variables.iter().filter_map(|variable| match project.serve_secret(variable) {
            Ok(secret) => secret.map(Secret::new),
            Err(problem) => {
                problems.push(problem.at(config.position(key)));
                None
            }
        });
        read.collect()
    };
    let hooks = Hooks {
        github: secrets("/serve/hooks/github", &serve.hooks.github),
        gitea: secrets("/serve/hooks/gitea", &serve.hooks.gitea),
        gitlab: secrets("/serve/hooks/gitlab", &serve.hooks.gitlab),
        generic: secrets("/serve/hooks/generic", &serve.hooks.generic),
    };
    let reload = ReloadSettings {
        secrets: secrets("/serve/reload", &serve.reload),
        oidc: serve.oidc.as_ref().map(|oidc| Oidc {
            issuer: oidc.issuer.clone(),
            audience: oidc.audience.clone(),
            repositories: oidc.repositories.clone(),
            refs: oidc.refs.clone(),
        }),
    };
    let sign_in = secrets("/serve/sign-in", &serve.sign_in);
    if !problems.is_empty() {
        return Err(problems);
    }
    let ours = Settings::default().with_our_marks();
    Ok(Settings {
        public_url: serve.public_url.clone(),
        nodes: config.nodes.values().map(|node| watched(project, node)).collect(),
        hooks,
        bots: serve.bots.clone(),
        reload,
        sign_in,
        watch: vec![repository::file_of_configuration(context)],
        limits: limits(serve),
        ..ours
    })
}

fn watched(project: &Project, node: &NodeConfig) -> Node {
    let source = match node.repository.forge {
        Forge::Github => Source::Github,
        Forge::Gitea => Source::Gitea,
        Forge::Gitlab => Source::Gitlab,
    };
    Node {
        name: node.name.to_string(),
        repository: Repository {
            source,
            host: node.host().to_owned(),
            owner: node.repository.owner.clone(),
            name: node.repository.name.clone(),
            web: None,
        },
        branch: node.branch.clone(),
        channels: node.notify.iter().map(ToString::to_string).collect(),
        contracts: project.provided_by(&node.repository).iter().map(ToString::to_string).collect(),
    }
}

fn limits(serve: &ServeConfig) -> Limits {
    let default = Limits::default();
    Limits {
        workers: serve.workers.unwrap_or(default.workers),
        message_interval: serve.message_interval.unwrap_or(default.message_interval),
        room_burst: serve.room_burst.unwrap_or(default.room_burst),
        room_rate: serve.room_per_minute.map_or(default.room_rate, |rate| f64::from(rate) / 60.0),
        ..default
    }
}

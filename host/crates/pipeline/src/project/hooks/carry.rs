//! The steps of a plan, carried out on a forge one after the other; then it is looked at once more.

use crate::config::{Forge as Kind, Repository};
use crate::forges;
use crate::hooks::{Judged, Signer, Step, Wanted, judge};
use crate::project::Project;
use countersign_forge::{Forge, ForgeError, Hook, HookSettings, LastDelivery, Slug};
use countersign_model::{HookDeed, HookWrite, Problem};
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

/// The pauses before each look at what became of a try that a forge was asked for: it sends it after it has answered.
const PAUSES: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(3)];

/// The webhooks of a repository.
pub(super) struct AtForge<'a> {
    forge: Arc<Forge>,
    slug: Slug,
    kind: Kind,
    wanted: &'a Wanted,
}

/// What carrying out a plan came to.
pub(super) struct Carried {
    pub(super) judged: Judged,
    pub(super) writes: Vec<HookWrite>,
    pub(super) problems: Vec<Problem>,
}

impl Project {
    /// The webhooks of a repository.
    pub(super) fn at_forge<'a>(
        &self,
        repository: &Repository,
        wanted: &'a Wanted,
    ) -> Result<AtForge<'a>, Problem> {
        let (forge, slug) = self.forges().of(repository)?;
        Ok(AtForge { forge, slug, kind: repository.forge, wanted })
    }
}

impl AtForge<'_> {
    pub(super) fn look(&self) -> Result<Vec<Hook>, Problem> {
        self.forge.hooks(&self.slug).map_err(|error| self.problem(&error))
    }

    /// Carry out a plan, or only tell it. A step that fails ends it; what was written before is told.
    pub(super) fn carry(&self, judged: Judged, steps: &[Step], is_plan: bool) -> Carried {
        if is_plan {
            let writes = steps.iter().map(|step| self.told(step)).collect();
            return Carried { judged, writes, problems: Vec::new() };
        }
        let (mut writes, mut problems) = (Vec::new(), Vec::new());
        let carried = steps.iter().try_for_each(|step| self.take(step, &mut writes));
        problems.extend(carried.err().map(|error| self.problem(&error)));
        let judged = if writes.is_empty() { judged } else { self.look_again(judged, &mut problems) };
        Carried { judged, writes, problems }
    }

    /// How a step is told.
    fn told(&self, step: &Step) -> HookWrite {
        let secret = |signer| Some(self.wanted.live(signer).variable.clone());
        match step {
            Step::Create => {
                HookWrite { deed: HookDeed::Created, hook: None, secret: secret(Signer::Current) }
            }
            Step::Update(hook, signer) => {
                HookWrite { deed: HookDeed::Updated, hook: Some(hook.id), secret: secret(*signer) }
            }
            Step::Remove(id) => HookWrite { deed: HookDeed::Removed, hook: Some(*id), secret: None },
        }
    }

    /// Carry out a step, and tell each write when it is done.
    fn take(&self, step: &Step, writes: &mut Vec<HookWrite>) -> Result<(), ForgeError> {
        let told = self.told(step);
        match step {
            Step::Create => {
                let made = self.forge.create_hook(&self.slug, &self.settings(Signer::Current))?;
                // GitHub tries a new one by itself.
                writes.push(HookWrite { hook: Some(made.id), ..told });
            }
            Step::Update(hook, signer) => {
                self.forge.update_hook(&self.slug, hook, &self.settings(*signer))?;
                writes.push(told);
                self.forge.ping_hook(&self.slug, hook.id)?;
                writes.push(HookWrite { deed: HookDeed::Pinged, hook: Some(hook.id), secret: None });
            }
            Step::Remove(id) => {
                self.forge.remove_hook(&self.slug, *id)?;
                writes.push(told);
            }
        }
        Ok(())
    }

    fn settings(&self, signer: Signer) -> HookSettings {
        self.wanted.settings(self.wanted.live(signer))
    }

    /// How the webhooks stand after they were written. A failure that the forge still tells of may be the one before.
    fn look_again(&self, before: Judged, problems: &mut Vec<Problem>) -> Judged {
        let mut judged = before;
        for pause in PAUSES {
            sleep(pause);
            match self.look() {
                Ok(hooks) => judged = judge(hooks, self.wanted),
                Err(problem) => {
                    problems.push(problem);
                    break;
                }
            }
            let failed = |(hook, _): &(Hook, Signer)| matches!(hook.last, LastDelivery::Failed { .. });
            if !judged.hook.as_ref().is_some_and(failed) {
                break;
            }
        }
        judged
    }

    /// What a failed call means. Who may not see webhooks is told what it takes, since forges say 404 to them.
    fn problem(&self, error: &ForgeError) -> Problem {
        let known = forges::problem(error);
        match error {
            ForgeError::NotFound { .. } | ForgeError::Forbidden { .. } => known.hint(permission(self.kind)),
            ForgeError::Unreachable { .. }
            | ForgeError::Unknown { .. }
            | ForgeError::Unavailable { .. }
            | ForgeError::Limited { .. }
            | ForgeError::Moved { .. }
            | ForgeError::Unauthorized { .. }
            | ForgeError::Refused { .. }
            | ForgeError::Malformed { .. }
            | ForgeError::DryRun { .. }
            | ForgeError::NoCredential(_)
            | ForgeError::Unsupported(_)
            | ForgeError::Invalid(_) => known,
        }
    }
}

/// The permission that webhooks take.
fn permission(kind: Kind) -> &'static str {
    match kind {
        Kind::Gitea => {
            "give the token the scope `write:repository`; its owner has to administer the repository"
        }
        Kind::Github | Kind::Gitlab => {
            "give a classic token the scope `admin:repo_hook`, a fine-grained one or an App `Webhooks: read and write`; its \
             owner has to administer the repository"
        }
    }
}

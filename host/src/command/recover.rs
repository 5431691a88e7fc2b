//! `recover`: finish an accept that was interrupted while it was writing.

use super::repository;
use crate::args::RecoverArgs;
use crate::context::Context;
use crate::view::{Done, Outcome};
use countersign_model::Problem;
use countersign_pipeline::store;

/// Roll the journal forward, or give it up.
pub(crate) fn run(args: &RecoverArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let root = repository::file_of_configuration(context).parent().map(std::path::Path::to_path_buf);
    let root = root.unwrap_or_else(|| context.directory.clone());
    let failed = |error: store::StoreError| vec![error.problem()];
    let next = Some("countersign check".to_owned());
    if store::pending(&root).map_err(failed)?.is_none() {
        return Ok(Outcome::Done(Done { done: vec!["nothing was interrupted".into()], next: None }));
    }
    if args.abandon {
        store::abandon(&root).map_err(failed)?;
        return Ok(Outcome::Done(Done {
            done: vec!["forgot the interrupted accept; the files stay as they are".into()],
            next,
        }));
    }
    let recovered = store::recover(&root).map_err(failed)?;
    let done = recovered.targets.iter().map(|target| format!("wrote {}", target.display())).collect();
    Ok(Outcome::Done(Done { done, next }))
}

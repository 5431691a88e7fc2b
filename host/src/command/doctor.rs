//! `doctor`: look at everything that a run needs.

use super::repository;
use crate::context::Context;
use crate::view::{DoctorCheck, DoctorReport, DoctorState, Outcome};
use countersign_model::Problem;
use countersign_pipeline::project::{Diagnosis, DiagnosisState};

/// Take every look.
pub(crate) fn run(context: &Context) -> Result<Outcome, Vec<Problem>> {
    let project = repository::open(context)?;
    let _busy = context.progress.start("looking around");
    let checks = project.doctor().into_iter().map(view).collect();
    Ok(Outcome::Doctor(DoctorReport { checks }))
}

fn view(diagnosis: Diagnosis) -> DoctorCheck {
    let state = match diagnosis.state {
        DiagnosisState::Skipped => DoctorState::Skipped,
        DiagnosisState::Ok => DoctorState::Ok,
        DiagnosisState::Warn => DoctorState::Warn,
        DiagnosisState::Fail => DoctorState::Fail,
    };
    DoctorCheck { name: diagnosis.name, state, detail: diagnosis.detail, hint: diagnosis.hint }
}

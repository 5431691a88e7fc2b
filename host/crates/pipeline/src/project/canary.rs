//! `canary`: call declared endpoints of running services and hold the answers against the record. It only ever reads:
//! there is no method here but GET and HEAD.

use super::Project;
use super::record::RecordOnDisk;
use crate::canary::{ApiRecord, Judged, judge};
use crate::config::{CanaryConfig, ContractConfig, EndpointConfig};
use countersign_engine::{HttpError, HttpRequest, HttpResponse};
use countersign_model::{CanaryContract, CanaryEndpoint, CanaryReport, Digest, EndpointState, Name, Problem};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

/// How to run a canary.
#[derive(Clone, Copy, Debug, Default)]
pub struct CanaryOptions {
    /// Say what would be asked, and ask nothing.
    pub dry_run: bool,
}

/// A record that answers can be held against.
struct Held {
    record: ApiRecord,
    digest: Digest,
}

impl Project {
    /// The contracts with these names, or all that have a canary.
    ///
    /// # Errors
    /// A problem for each name that is not declared or has no canary, and one where no contract has any.
    pub fn canaries(&self, names: &[String]) -> Result<Vec<Name>, Vec<Problem>> {
        let selected = self.select(names)?;
        let (with, without): (Vec<Name>, Vec<Name>) =
            selected.into_iter().partition(|name| self.canary_of(name).is_some());
        if !names.is_empty() && !without.is_empty() {
            let message = |name: &Name| format!("contract `{name}` has no canary");
            return Err(without.iter().map(|name| self.no_canary(message(name), Some(name))).collect());
        }
        if with.is_empty() {
            return Err(vec![self.no_canary("no contract has a canary".into(), without.first())]);
        }
        Ok(with)
    }

    fn canary_of(&self, name: &Name) -> Option<(&ContractConfig, &CanaryConfig)> {
        let contract = self.config.contracts.get(name)?;
        Some((contract, contract.canary.as_ref()?))
    }

    /// What to add, and to which contract.
    fn no_canary(&self, message: String, name: Option<&Name>) -> Problem {
        let table = name.map_or("NAME", Name::as_str);
        let problem = Problem::new("no-canary", message).hint(format!(
            "add\n[contracts.{table}.canary]\nbase = \"https://api.example.com\"\nendpoints = [\"GET /…\"]"
        ));
        match name.and_then(|name| self.config.contracts.get(name)) {
            Some(contract) => problem.at(self.config.position(&contract.pointer)),
            None => problem,
        }
    }

    /// Ask the services of these contracts, each by itself; the endpoints of one are asked in turn.
    ///
    /// # Errors
    /// The problem of a repository in which nothing can be said, because an accept was interrupted.
    pub fn canary(&self, contracts: &[Name], options: CanaryOptions) -> Result<CanaryReport, Vec<Problem>> {
        if let Some(report) = self.interrupted("canary") {
            return Err(report.problems);
        }
        let reports = (contracts.par_iter())
            .filter_map(|name| self.canary_of(name))
            .map(|(contract, canary)| self.ask_service(contract, canary, options))
            .collect();
        Ok(CanaryReport::new(env!("CARGO_PKG_VERSION"), options.dry_run, reports))
    }

    fn ask_service(
        &self,
        contract: &ContractConfig,
        canary: &CanaryConfig,
        options: CanaryOptions,
    ) -> CanaryContract {
        let report = |recorded, endpoints, problems| {
            let (name, snapshot) = (contract.name.clone(), contract.snapshot_path());
            CanaryContract::new(name, snapshot, canary.base.to_string(), recorded, endpoints, problems)
        };
        let held = match self.held(contract) {
            Ok(held) => held,
            Err(problems) => return report(None, Vec::new(), problems),
        };
        let (mut endpoints, mut problems) = (Vec::new(), Vec::new());
        for endpoint in &canary.endpoints {
            match self.ask_endpoint(&held.record, canary, endpoint, options) {
                Ok(asked) => endpoints.push(asked),
                Err(problem) => problems.push(problem.at(self.config.position(&endpoint.pointer))),
            }
        }
        report(Some(held.digest), endpoints, problems)
    }

    /// The record, as it is committed.
    fn held(&self, contract: &ContractConfig) -> Result<Held, Vec<Problem>> {
        let name = &contract.name;
        let recorded = match self.record(contract) {
            RecordOnDisk::Sound(recorded) => recorded,
            RecordOnDisk::Damaged(problems) => return Err(problems),
            RecordOnDisk::Missing => {
                let message = format!("contract `{name}` has no record that answers could be held against");
                let hint = format!("countersign accept {name}");
                return Err(vec![Problem::new("missing-record", message).hint(hint)]);
            }
        };
        let record = ApiRecord::read(recorded.0.bytes()).map_err(|mut problem| {
            problem.message = format!("contract `{name}`: {}", problem.message);
            vec![*problem]
        })?;
        Ok(Held { record, digest: recorded.0.digest() })
    }

    /// Ask one endpoint. What keeps it from being asked at all is the error.
    fn ask_endpoint(
        &self,
        record: &ApiRecord,
        canary: &CanaryConfig,
        endpoint: &EndpointConfig,
        options: CanaryOptions,
    ) -> Result<CanaryEndpoint, Problem> {
        let method = endpoint.method.as_str();
        let operation =
            record.operation(&method.to_ascii_lowercase(), &endpoint.path).map_err(|problem| *problem)?;
        let Some(operation) = operation else { return Err(unknown_operation(record, endpoint)) };
        let name = format!("{method} {}", endpoint.path);
        let planned = CanaryEndpoint::planned(name, endpoint.url.to_string());
        if options.dry_run {
            return Ok(planned);
        }
        let answer = match self.web.send(request(canary, endpoint, &record.successes(&operation))) {
            Ok(answer) => answer,
            Err(error) => return Ok(self.unanswered(planned, endpoint, &error)),
        };
        let planned = CanaryEndpoint { status: Some(answer.status), ..planned };
        let judged = decoded(&answer).and_then(|()| judge(record, &operation, endpoint.method, &answer));
        Ok(match judged {
            Ok(Judged::Compared(comparison)) => CanaryEndpoint {
                state: match comparison.violations.is_empty() {
                    true => EndpointState::Agreed,
                    false => EndpointState::Violating,
                },
                body_compared: comparison.body_compared,
                violations: comparison.violations,
                untold: comparison.untold,
                ..planned
            },
            Ok(Judged::Away(problem)) => self.failed(planned, endpoint, EndpointState::Unreachable, *problem),
            Err(problem) => self.failed(planned, endpoint, EndpointState::Undecided, *problem),
        })
    }

    fn failed(
        &self,
        planned: CanaryEndpoint,
        endpoint: &EndpointConfig,
        state: EndpointState,
        problem: Problem,
    ) -> CanaryEndpoint {
        let problem = problem.at(self.config.position(&endpoint.pointer));
        CanaryEndpoint { state, problem: Some(problem), ..planned }
    }

    fn unanswered(
        &self,
        planned: CanaryEndpoint,
        endpoint: &EndpointConfig,
        error: &HttpError,
    ) -> CanaryEndpoint {
        let away = |why: &str| {
            let hint = "is the service up, and `base` its address as this machine sees it?";
            let problem = Problem::new("service-unreachable", "the service could not be asked").cause(why);
            (EndpointState::Unreachable, problem.hint(hint))
        };
        let (state, problem) = match error {
            HttpError::Unreachable(why) | HttpError::Other(why) => away(why),
            HttpError::Timeout => away("it did not answer in time"),
            HttpError::DryRun => away("a dry run sends nothing"),
            HttpError::TooLarge(limit) => {
                let message = format!("the answer is larger than {limit} bytes");
                let hint = "ask for less, with a `limit` in the endpoint's query";
                (EndpointState::Undecided, Problem::new("answer-too-large", message).hint(hint))
            }
            HttpError::Denied { what, grant } => {
                let problem =
                    Problem::new("request-refused", format!("the request was not sent: refused was {what}"));
                let problem =
                    grant.iter().fold(problem, |problem, grant| problem.hint(format!("add\n{grant}")));
                (EndpointState::Undecided, problem)
            }
        };
        self.failed(planned, endpoint, state, problem)
    }
}

fn request(canary: &CanaryConfig, endpoint: &EndpointConfig, media_types: &[String]) -> HttpRequest {
    let plain = |name: &&String| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/*+.-_;= ".contains(&byte))
    };
    let declared = media_types.iter().filter(plain).cloned();
    let accept: Vec<String> = declared.chain(["*/*;q=0.1".to_owned()]).collect();
    HttpRequest {
        method: endpoint.method.as_str().into(),
        url: endpoint.url.clone(),
        headers: vec![
            ("accept".into(), accept.join(", ")),
            // Without it, any coding would be a good answer (RFC 9110, section 12.5.3), and we read none.
            ("accept-encoding".into(), "identity".into()),
        ],
        body: None,
        credential: canary.credential.as_ref().map(ToString::to_string),
        timeout: Some(canary.timeout),
    }
}

/// Whether the body is the body, and not some coding of it.
fn decoded(answer: &HttpResponse) -> Result<(), Box<Problem>> {
    let coding =
        answer.headers.iter().find(|(name, _)| name == "content-encoding").map(|(_, value)| value.trim());
    match coding {
        Some(coding) if !coding.is_empty() && !coding.eq_ignore_ascii_case("identity") => {
            let shown: String = coding.chars().take(40).collect();
            let message =
                format!("the answer is encoded as `{shown}`, although only `identity` was accepted");
            let hint = "let the service, or the proxy before it, honour `Accept-Encoding: identity`";
            Err(Box::new(Problem::new("encoded-answer", message).hint(hint)))
        }
        Some(_) | None => Ok(()),
    }
}

fn unknown_operation(record: &ApiRecord, endpoint: &EndpointConfig) -> Problem {
    let typed = format!("{} {}", endpoint.method.as_str(), endpoint.path);
    let shown: String = typed.chars().take(100).collect();
    let problem = Problem::new("unknown-operation", format!("`{shown}` is no operation of the record"));
    let readable = record
        .operations()
        .into_iter()
        .filter(|known| known.starts_with("GET ") || known.starts_with("HEAD "));
    let meant = readable
        .map(|known| (strsim::normalized_damerau_levenshtein(&typed, &known), known))
        .filter(|(likeness, _)| *likeness > 0.5)
        .max_by(|left, right| left.0.total_cmp(&right.0).then_with(|| right.1.cmp(&left.1)));
    match meant {
        Some((_, known)) => problem.hint(format!("did you mean `{known}`?")),
        None => {
            problem.hint("write it as the record has it, with its parameters in braces: `GET /watches/{id}`")
        }
    }
}

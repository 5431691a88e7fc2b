//! One call of a stage: a store of its own, made for the call and dropped with it.

use crate::bindings::{canonicalize, diff, dump, generate, notify};
use crate::host::{Denial, OpenDocument, State};
use crate::limits::MemoryExceeded;
use crate::runtime::TICK;
use crate::{
    Capabilities, Change, Description, Document, Dumped, Engine, Exceeded, Failure, Grants, Kind, Limits,
    LogLevel, LogLine, NoCapabilities, Notice, Plugin, Receipt, Rule, StageCause, StageError, ToolFile,
};
use std::time::Duration;
use wasmtime::component::{HasSelf, Linker, Resource};
use wasmtime::{Store, Trap, UpdateDeadline, WasmBacktrace};

/// A plugin, ready to be called.
#[derive(Clone, Copy)]
pub struct Stage<'a> {
    engine: &'a Engine,
    plugin: &'a Plugin,
}

/// What goes with a call.
pub struct Call {
    /// The contract or the client, for messages.
    pub subject: String,
    /// The stage's configuration as a JSON object.
    pub config: String,
    /// What the stage may ask for.
    pub grants: Grants,
    /// What it may use.
    pub limits: Limits,
    /// The outside world.
    pub capabilities: Box<dyn Capabilities>,
}

impl Call {
    /// A call of a pure stage, with the limits by default.
    pub fn pure(subject: &str, config: &str) -> Self {
        Self {
            subject: subject.into(),
            config: config.into(),
            grants: Grants::default(),
            limits: Limits::default(),
            capabilities: Box::new(NoCapabilities),
        }
    }
}

/// What a call gave, and what the stage had to say meanwhile.
pub struct Answer<T> {
    /// The result.
    pub result: Result<T, StageError>,
    /// The messages, in order.
    pub log: Vec<LogLine>,
}

/// Instantiate the plugin in its world and call a function of its stage.
macro_rules! call {
    ($stage:ident, $call:ident, $world:ident, $type:ident, $interface:ident, |$guest:ident, $store:ident| $body:expr) => {
        $stage.enter(
            $call,
            |linker| $world::$type::add_to_linker::<_, HasSelf<State>>(linker, |state| state),
            |$store, linker| {
                let instance = $world::$type::instantiate(&mut *$store, &$stage.plugin.component, linker)?;
                let $guest = instance.$interface();
                $body
            },
        )
    };
}

impl<'a> Stage<'a> {
    /// A plugin as a stage of the kind that the configuration needs.
    ///
    /// # Errors
    /// [`StageCause::WrongWorld`] or [`StageCause::MissingImport`]; nothing of the plugin has run.
    pub fn new(engine: &'a Engine, plugin: &'a Plugin, expected: Kind) -> Result<Self, StageCause> {
        if plugin.kind() != expected {
            return Err(StageCause::WrongWorld { expected, found: format!("a {} stage", plugin.kind()) });
        }
        plugin.check_imports()?;
        Ok(Self { engine, plugin })
    }

    /// Describe the plugin. Runs without any capability.
    pub fn describe(self) -> Answer<Description> {
        let call = Call::pure(self.plugin.name(), "{}");
        match self.plugin.kind() {
            Kind::Dump => call!(self, call, dump, DumpStage, countersign_plugin_dump, |guest, store| guest
                .call_describe(store)
                .map(Ok)),
            Kind::Canonicalize => {
                call!(
                    self,
                    call,
                    canonicalize,
                    CanonicalizeStage,
                    countersign_plugin_canonicalize,
                    |guest, store| guest.call_describe(store).map(Ok)
                )
            }
            Kind::Diff => call!(self, call, diff, DiffStage, countersign_plugin_diff, |guest, store| guest
                .call_describe(store)
                .map(Ok)),
            Kind::Generate => {
                call!(self, call, generate, GenerateStage, countersign_plugin_generate, |guest, store| guest
                    .call_describe(store)
                    .map(Ok))
            }
            Kind::Notify => {
                call!(self, call, notify, NotifyStage, countersign_plugin_notify, |guest, store| guest
                    .call_describe(store)
                    .map(Ok))
            }
        }
    }

    /// Dump the document of a contract.
    pub fn dump(self, call: Call, contract: &str) -> Answer<Dumped> {
        call!(self, call, dump, DumpStage, countersign_plugin_dump, |guest, store| guest
            .call_dump(store, contract))
    }

    /// Bring a document to its canonical form.
    pub fn canonicalize(self, call: Call, document: Document) -> Answer<Vec<u8>> {
        call!(self, call, canonicalize, CanonicalizeStage, countersign_plugin_canonicalize, |guest, store| {
            let document = open(store, document)?;
            guest.call_canonicalize(&mut *store, document)
        })
    }

    /// Compare two canonical documents.
    pub fn diff(self, call: Call, base: Document, head: Document) -> Answer<Vec<Change>> {
        call!(self, call, diff, DiffStage, countersign_plugin_diff, |guest, store| {
            let (base, head) = (open(store, base)?, open(store, head)?);
            guest.call_diff(&mut *store, base, head)
        })
    }

    /// Every rule of a diff stage.
    pub fn rules(self, call: Call) -> Answer<Vec<Rule>> {
        call!(self, call, diff, DiffStage, countersign_plugin_diff, |guest, store| guest
            .call_rules(store)
            .map(Ok))
    }

    /// Generate a client.
    pub fn generate(self, call: Call, client: &str, document: Document) -> Answer<Vec<ToolFile>> {
        call!(self, call, generate, GenerateStage, countersign_plugin_generate, |guest, store| {
            let document = open(store, document)?;
            let files = guest.call_generate(&mut *store, client, document)?;
            let owned = |file: dump::countersign::plugin::tool::File| ToolFile {
                path: file.path,
                content: file.content,
            };
            Ok(files.map(|files| files.into_iter().map(owned).collect()))
        })
    }

    /// Send a notice.
    pub fn notify(self, call: Call, notice: &Notice) -> Answer<Receipt> {
        call!(self, call, notify, NotifyStage, countersign_plugin_notify, |guest, store| guest
            .call_notify(store, notice))
    }

    fn enter<T>(
        self,
        call: Call,
        link: impl FnOnce(&mut Linker<State>) -> wasmtime::Result<()>,
        run: impl FnOnce(&mut Store<State>, &Linker<State>) -> wasmtime::Result<Result<T, Failure>>,
    ) -> Answer<T> {
        self.engine.tick();
        let Call { subject, config, grants, limits, capabilities } = call;
        let mut store = self.store(State::new(limits, grants, config, capabilities), &limits);
        let mut linker = Linker::new(&self.engine.engine);
        let returned = link(&mut linker).and_then(|()| run(&mut store, &linker));
        let state = store.into_data();
        let result = match returned {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(failure)) => Err(failed(failure, &state.denials)),
            Err(error) => Err(cause_of(&error, &state.log, &limits)),
        };
        let result = result.map_err(|cause| StageError {
            kind: self.plugin.kind(),
            plugin: self.plugin.name().into(),
            digest: self.plugin.digest().into(),
            subject,
            cause,
        });
        Answer { result, log: state.log }
    }

    fn store(self, state: State, limits: &Limits) -> Store<State> {
        let mut store = Store::new(&self.engine.engine, state);
        store.limiter(|state| &mut state.limiter);
        store.set_hostcall_fuel(limits.output);
        store.set_epoch_deadline(ticks(limits.wall));
        let wall = limits.wall;
        // Epochs pass while the guest waits for the host too, so the clock decides, not the number of ticks.
        store.epoch_deadline_callback(move |context| match context.data().time_left() {
            Some(left) if !left.is_zero() => Ok(UpdateDeadline::Continue(ticks(left))),
            _ => Err(wasmtime::Error::from(Exceeded::Wall(wall))),
        });
        store
    }
}

fn ticks(time: Duration) -> u64 {
    u64::try_from(time.as_millis() / TICK.as_millis()).unwrap_or(u64::MAX / 2).min(u64::MAX / 2) + 1
}

fn open(store: &mut Store<State>, document: Document) -> wasmtime::Result<Resource<OpenDocument>> {
    Ok(store.data_mut().table.push(OpenDocument::new(document))?)
}

/// A failure that the stage reported. Where it was denied something, the host knows better what, and what
/// would grant it.
fn failed(failure: Failure, denials: &[Denial]) -> StageCause {
    match (&failure, denials.last()) {
        (Failure::Denied(_), Some(denial)) => {
            StageCause::Denied { what: denial.what.clone(), grant: denial.grant.clone() }
        }
        _ => StageCause::Failure(failure),
    }
}

/// What a trap, a limit or an error of the engine was.
fn cause_of(error: &wasmtime::Error, log: &[LogLine], limits: &Limits) -> StageCause {
    if let Some(exceeded) = error.downcast_ref::<Exceeded>() {
        return StageCause::Exceeded(exceeded.clone());
    }
    if let Some(exceeded) = error.downcast_ref::<MemoryExceeded>() {
        return StageCause::Exceeded(Exceeded::Memory { asked: exceeded.asked, granted: exceeded.granted });
    }
    // wasmtime has no type for this one; the text is the only sign (`component/func/options.rs`).
    if format!("{error:#}").contains("fuel allocated for hostcalls has been exhausted") {
        return StageCause::Exceeded(Exceeded::Output(limits.output));
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow) => StageCause::Exceeded(Exceeded::Stack),
        Some(trap) => panic_or_trap(&trap.to_string(), error, log),
        None => StageCause::Engine(format!("{error:#}")),
    }
}

fn panic_or_trap(trap: &str, error: &wasmtime::Error, log: &[LogLine]) -> StageCause {
    let panic = (log.iter().rev())
        .find(|line| line.level == LogLevel::Error)
        .and_then(|line| line.message.strip_prefix("panicked"));
    if let Some(message) = panic {
        return StageCause::Panic(message.trim_start_matches([':', ' ']).to_owned());
    }
    let frames = error.downcast_ref::<WasmBacktrace>().map(|backtrace| {
        let name =
            |frame: &wasmtime::FrameInfo| frame.func_name().unwrap_or("an unnamed function").to_owned();
        backtrace.frames().iter().take(12).map(name).collect()
    });
    StageCause::Trap { message: trap.into(), frames: frames.unwrap_or_default() }
}

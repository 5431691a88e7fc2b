use crate::__bindings::{canonicalize, diff, dump, generate, notify};
use crate::{Change, Description, Document, Dumped, Failure, Notice, Receipt, Rule, log, tool};

/// A stage that fetches or makes the current document of an API.
pub trait Dump {
    /// Describe the plugin.
    fn describe() -> Description;
    /// Dump the document of a contract.
    ///
    /// # Errors
    /// A [`Failure`] where there is no document; an unreachable source is [`Failure::Unavailable`].
    fn dump(contract: String) -> Result<Dumped, Failure>;
}

/// A pure stage that brings a document to its canonical form.
pub trait Canonicalize {
    /// Describe the plugin.
    fn describe() -> Description;
    /// The canonical bytes; canonicalizing them again changes nothing.
    ///
    /// # Errors
    /// [`Failure::InvalidInput`] where the document is not what the stage canonicalizes.
    fn canonicalize(document: &Document) -> Result<Vec<u8>, Failure>;
}

/// A pure stage that compares two canonical documents.
pub trait Diff {
    /// Describe the plugin.
    fn describe() -> Description;
    /// Every rule that [`Diff::diff`] can report.
    fn rules() -> Vec<Rule>;
    /// All changes from `base` to `head`, in a fixed order.
    ///
    /// # Errors
    /// [`Failure::InvalidInput`] where a document cannot be compared.
    fn diff(base: &Document, head: &Document) -> Result<Vec<Change>, Failure>;
}

/// A stage that generates a client.
pub trait Generate {
    /// Describe the plugin.
    fn describe() -> Description;
    /// The files of the client, relative to its output folder.
    ///
    /// # Errors
    /// A [`Failure`] where the generator did not do its work.
    fn generate(client: String, document: &Document) -> Result<Vec<tool::File>, Failure>;
}

/// A stage that tells somebody about a changed contract.
pub trait Notify {
    /// Describe the plugin.
    fn describe() -> Description;
    /// Send one notice.
    ///
    /// # Errors
    /// A [`Failure`] where it is certain that nothing was sent.
    fn notify(notice: Notice) -> Result<Receipt, Failure>;
}

impl<T: Dump> dump::exports::countersign::plugin::dump::Guest for T {
    fn describe() -> Description {
        log::keep_panics();
        <T as Dump>::describe()
    }

    fn dump(contract: String) -> Result<Dumped, Failure> {
        log::keep_panics();
        <T as Dump>::dump(contract)
    }
}

impl<T: Canonicalize> canonicalize::exports::countersign::plugin::canonicalize::Guest for T {
    fn describe() -> Description {
        log::keep_panics();
        <T as Canonicalize>::describe()
    }

    fn canonicalize(document: &Document) -> Result<Vec<u8>, Failure> {
        log::keep_panics();
        <T as Canonicalize>::canonicalize(document)
    }
}

impl<T: Diff> diff::exports::countersign::plugin::diff::Guest for T {
    fn describe() -> Description {
        log::keep_panics();
        <T as Diff>::describe()
    }

    fn rules() -> Vec<Rule> {
        log::keep_panics();
        <T as Diff>::rules()
    }

    fn diff(base: &Document, head: &Document) -> Result<Vec<Change>, Failure> {
        log::keep_panics();
        <T as Diff>::diff(base, head)
    }
}

impl<T: Generate> generate::exports::countersign::plugin::generate::Guest for T {
    fn describe() -> Description {
        log::keep_panics();
        <T as Generate>::describe()
    }

    fn generate(client: String, document: &Document) -> Result<Vec<tool::File>, Failure> {
        log::keep_panics();
        <T as Generate>::generate(client, document)
    }
}

impl<T: Notify> notify::exports::countersign::plugin::notify::Guest for T {
    fn describe() -> Description {
        log::keep_panics();
        <T as Notify>::describe()
    }

    fn notify(notice: Notice) -> Result<Receipt, Failure> {
        log::keep_panics();
        <T as Notify>::notify(notice)
    }
}

/// Export a type as a dump stage.
#[macro_export]
macro_rules! export_dump {
    ($stage:ident) => {
        $crate::__export!($crate::export_dump_stage, dump, Dump, $stage);
    };
}

/// Export a type as a canonicalize stage.
#[macro_export]
macro_rules! export_canonicalize {
    ($stage:ident) => {
        $crate::__export!($crate::export_canonicalize_stage, canonicalize, Canonicalize, $stage);
    };
}

/// Export a type as a diff stage.
#[macro_export]
macro_rules! export_diff {
    ($stage:ident) => {
        $crate::__export!($crate::export_diff_stage, diff, Diff, $stage);
    };
}

/// Export a type as a generate stage.
#[macro_export]
macro_rules! export_generate {
    ($stage:ident) => {
        $crate::__export!($crate::export_generate_stage, generate, Generate, $stage);
    };
}

/// Export a type as a notify stage.
#[macro_export]
macro_rules! export_notify {
    ($stage:ident) => {
        $crate::__export!($crate::export_notify_stage, notify, Notify, $stage);
    };
}

/// The symbols of the component ABI exist on the target only; elsewhere the same crate is an ordinary
/// library, so that a plugin's logic is tested natively.
#[doc(hidden)]
#[macro_export]
macro_rules! __export {
    ($macro:path, $world:ident, $kind:ident, $stage:ident) => {
        const _: fn() -> $crate::Description = <$stage as $crate::$kind>::describe;

        #[cfg(target_family = "wasm")]
        const _: () = {
            use $macro as export_raw;
    export_raw!($stage with_types_in $crate::__bindings::$world);
        };
    };
}

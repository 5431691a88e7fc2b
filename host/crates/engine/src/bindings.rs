//! What `bindgen!` makes of the WIT: one module a world, with the imports shared, so that a document is one
//! type and one host implementation whatever the stage.
#![allow(missing_docs, unreachable_pub, clippy::all, reason = "generated")]

pub(crate) mod dump {
    wasmtime::component::bindgen!({
        path: "../../../plugins/sdk/wit",
        world: "dump-stage",
        imports: { default: trappable },
        with: { "countersign:plugin/types.document": crate::host::OpenDocument },
    });
}

pub(crate) mod canonicalize {
    wasmtime::component::bindgen!({
        path: "../../../plugins/sdk/wit",
        world: "canonicalize-stage",
        imports: { default: trappable },
        with: {
            "countersign:plugin/types": crate::bindings::dump::countersign::plugin::types,
            "countersign:plugin/log": crate::bindings::dump::countersign::plugin::log,
            "countersign:plugin/config": crate::bindings::dump::countersign::plugin::config,
        },
    });
}

pub(crate) mod diff {
    wasmtime::component::bindgen!({
        path: "../../../plugins/sdk/wit",
        world: "diff-stage",
        imports: { default: trappable },
        with: {
            "countersign:plugin/types": crate::bindings::dump::countersign::plugin::types,
            "countersign:plugin/log": crate::bindings::dump::countersign::plugin::log,
            "countersign:plugin/config": crate::bindings::dump::countersign::plugin::config,
        },
    });
}

pub(crate) mod generate {
    wasmtime::component::bindgen!({
        path: "../../../plugins/sdk/wit",
        world: "generate-stage",
        imports: { default: trappable },
        with: {
            "countersign:plugin/types": crate::bindings::dump::countersign::plugin::types,
            "countersign:plugin/log": crate::bindings::dump::countersign::plugin::log,
            "countersign:plugin/config": crate::bindings::dump::countersign::plugin::config,
            "countersign:plugin/tool": crate::bindings::dump::countersign::plugin::tool,
            "countersign:plugin/inputs": crate::bindings::dump::countersign::plugin::inputs,
        },
    });
}

pub(crate) mod notify {
    wasmtime::component::bindgen!({
        path: "../../../plugins/sdk/wit",
        world: "notify-stage",
        imports: { default: trappable },
        with: {
            "countersign:plugin/types": crate::bindings::dump::countersign::plugin::types,
            "countersign:plugin/log": crate::bindings::dump::countersign::plugin::log,
            "countersign:plugin/config": crate::bindings::dump::countersign::plugin::config,
            "countersign:plugin/http": crate::bindings::dump::countersign::plugin::http,
            "countersign:plugin/tool": crate::bindings::dump::countersign::plugin::tool,
        },
    });
}

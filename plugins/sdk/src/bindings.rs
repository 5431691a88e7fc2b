//! What `wit-bindgen` makes of `wit/plugin.wit`: one module a world, with the imports shared, so that a
//! document is one type whatever the stage.
#![allow(missing_docs, unreachable_pub, unsafe_code, clippy::all, reason = "generated")]

pub mod dump {
    wit_bindgen::generate!({
        path: "wit",
        world: "dump-stage",
        pub_export_macro: true,
        export_macro_name: "export_dump_stage",
        default_bindings_module: "countersign_plugin::__bindings::dump",
        disable_custom_section_link_helpers: true,
        generate_all,
    });
}

pub mod canonicalize {
    wit_bindgen::generate!({
        path: "wit",
        world: "canonicalize-stage",
        pub_export_macro: true,
        export_macro_name: "export_canonicalize_stage",
        default_bindings_module: "countersign_plugin::__bindings::canonicalize",
        disable_custom_section_link_helpers: true,
        with: {
            "countersign:plugin/types@0.1.0": crate::__bindings::dump::countersign::plugin::types,
            "countersign:plugin/log@0.1.0": crate::__bindings::dump::countersign::plugin::log,
            "countersign:plugin/config@0.1.0": crate::__bindings::dump::countersign::plugin::config,
        },
    });
}

pub mod diff {
    wit_bindgen::generate!({
        path: "wit",
        world: "diff-stage",
        pub_export_macro: true,
        export_macro_name: "export_diff_stage",
        default_bindings_module: "countersign_plugin::__bindings::diff",
        disable_custom_section_link_helpers: true,
        with: {
            "countersign:plugin/types@0.1.0": crate::__bindings::dump::countersign::plugin::types,
            "countersign:plugin/log@0.1.0": crate::__bindings::dump::countersign::plugin::log,
            "countersign:plugin/config@0.1.0": crate::__bindings::dump::countersign::plugin::config,
        },
    });
}

pub mod generate {
    wit_bindgen::generate!({
        path: "wit",
        world: "generate-stage",
        pub_export_macro: true,
        export_macro_name: "export_generate_stage",
        default_bindings_module: "countersign_plugin::__bindings::generate",
        disable_custom_section_link_helpers: true,
        with: {
            "countersign:plugin/types@0.1.0": crate::__bindings::dump::countersign::plugin::types,
            "countersign:plugin/log@0.1.0": crate::__bindings::dump::countersign::plugin::log,
            "countersign:plugin/config@0.1.0": crate::__bindings::dump::countersign::plugin::config,
            "countersign:plugin/tool@0.1.0": crate::__bindings::dump::countersign::plugin::tool,
            "countersign:plugin/inputs@0.1.0": crate::__bindings::dump::countersign::plugin::inputs,
        },
    });
}

pub mod notify {
    wit_bindgen::generate!({
        path: "wit",
        world: "notify-stage",
        pub_export_macro: true,
        export_macro_name: "export_notify_stage",
        default_bindings_module: "countersign_plugin::__bindings::notify",
        disable_custom_section_link_helpers: true,
        with: {
            "countersign:plugin/types@0.1.0": crate::__bindings::dump::countersign::plugin::types,
            "countersign:plugin/log@0.1.0": crate::__bindings::dump::countersign::plugin::log,
            "countersign:plugin/config@0.1.0": crate::__bindings::dump::countersign::plugin::config,
            "countersign:plugin/http@0.1.0": crate::__bindings::dump::countersign::plugin::http,
            "countersign:plugin/tool@0.1.0": crate::__bindings::dump::countersign::plugin::tool,
            "countersign:plugin/forge@0.1.0": generate,
        },
    });
}

//! Changes of the generated code where the generator has no setting: media types that it does not know, names
//! of parameters that would clash, methods of HTTP that its library has no function for, and documentation.

use quote::quote;
use std::collections::BTreeMap;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Block, Expr, ExprLit, ExprMethodCall, ExprStruct, File, Ident, Lit, LitStr, Meta, parse_quote,
};

/// What is changed in the code of one operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Patch {
    /// Names in the generated code, and the names on the wire.
    pub(crate) wire_names: Vec<(String, String)>,
    /// The media type that is asked for in place of `application/json`.
    pub(crate) accept: Option<String>,
    /// The media type of a raw body in place of `application/octet-stream`.
    pub(crate) raw_body: Option<String>,
    /// The media type of a JSON body in place of `application/json`.
    pub(crate) json_body: Option<String>,
}

/// Changes by operation.
pub(crate) type Patches = BTreeMap<String, Patch>;

/// Change the generated code.
pub(crate) fn apply(file: &mut File, patches: &Patches) {
    Code { patches }.visit_file_mut(file);
}

struct Code<'p> {
    patches: &'p Patches,
}

impl VisitMut for Code<'_> {
    fn visit_block_mut(&mut self, block: &mut Block) {
        if let Some(operation) = operation(block) {
            let none = Patch::default();
            let patch = self.patches.get(&operation).unwrap_or(&none);
            Operation { patch }.visit_block_mut(block);
        } else {
            visit_mut::visit_block_mut(self, block);
        }
    }

    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        *attributes = attributes.drain(..).flat_map(documentation).collect();
    }
}

/// The operation whose body the block is: the generator names it in an `OperationInfo`.
fn operation(block: &Block) -> Option<String> {
    block.stmts.iter().find_map(|statement| match statement {
        syn::Stmt::Local(local) => named_operation(&local.init.as_ref()?.expr),
        syn::Stmt::Item(_) | syn::Stmt::Expr(_, _) | syn::Stmt::Macro(_) => None,
    })
}

fn named_operation(expression: &Expr) -> Option<String> {
    let Expr::Struct(ExprStruct { path, fields, .. }) = expression else { return None };
    let info = path.is_ident("OperationInfo");
    fields.iter().filter(|_| info).find_map(|field| text(&field.expr))
}

/// The value of a literal text.
fn text(expression: &Expr) -> Option<String> {
    let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = expression else { return None };
    Some(text.value())
}

struct Operation<'p> {
    patch: &'p Patch,
}

impl VisitMut for Operation<'_> {
    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        visit_mut::visit_expr_method_call_mut(self, call);
        match call.method.to_string().as_str() {
            "header" => self.header(call),
            "json" => self.json(call),
            // reqwest has functions for the other methods only.
            "options" | "trace" => method_by_name(call),
            _ => {}
        }
    }

    fn visit_lit_str_mut(&mut self, literal: &mut LitStr) {
        let value = literal.value();
        if let Some((_, wire)) = self.patch.wire_names.iter().find(|(name, _)| *name == value) {
            *literal = LitStr::new(wire, literal.span());
        }
    }
}

impl Operation<'_> {
    fn header(&self, call: &mut ExprMethodCall) {
        let written = call.args.first().map(|name| quote!(#name).to_string()).unwrap_or_default();
        let wanted = if written.ends_with("ACCEPT") {
            self.patch.accept.as_ref()
        } else if written.ends_with("CONTENT_TYPE") {
            self.patch.raw_body.as_ref()
        } else {
            None
        };
        if let Some((media_type, value)) = wanted.zip(call.args.iter_mut().nth(1)) {
            *value = parse_quote!(::reqwest::header::HeaderValue::from_static(#media_type));
        }
    }

    /// reqwest sets the media type of a JSON body only where none is set before.
    fn json(&self, call: &mut ExprMethodCall) {
        if let Some(media_type) = &self.patch.json_body {
            let receiver = &call.receiver;
            *call.receiver = parse_quote! {
                #receiver.header(
                    ::reqwest::header::CONTENT_TYPE,
                    ::reqwest::header::HeaderValue::from_static(#media_type),
                )
            };
        }
    }
}

fn method_by_name(call: &mut ExprMethodCall) {
    let name = Ident::new(&call.method.to_string().to_ascii_uppercase(), call.method.span());
    let Expr::Field(field) = call.receiver.as_ref() else { return };
    let on_client = matches!(&field.member, syn::Member::Named(member) if member == "client");
    if on_client {
        call.method = Ident::new("request", call.method.span());
        call.args.insert(0, parse_quote!(::reqwest::Method::#name));
    }
}

/// What the generator writes of a schema into documentation; it would show the lowered schema.
const SCHEMA: &str = "<details><summary>JSON schema</summary>";

/// One attribute a line, so that what is printed reads back as what was meant, without lowered schemas.
fn documentation(attribute: Attribute) -> Vec<Attribute> {
    let Some(text) = doc_text(&attribute) else { return vec![attribute] };
    let text = match (text.find(SCHEMA), text.rfind("</details>")) {
        (Some(start), Some(end)) => format!("{}{}", &text[..start], &text[end + "</details>".len()..]),
        _ => text,
    };
    let text = text.trim_end();
    if text.trim().is_empty() {
        return Vec::new();
    }
    text.split('\n').map(|line| with_text(&attribute, line)).collect()
}

fn doc_text(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => text(&pair.value),
        Meta::NameValue(_) | Meta::Path(_) | Meta::List(_) => None,
    }
}

/// The attribute with one line of text. A comment of four slashes would be no documentation.
fn with_text(attribute: &Attribute, line: &str) -> Attribute {
    let line = line.trim_end();
    let line = if line.is_empty() || line.starts_with(' ') { line.to_owned() } else { format!(" {line}") };
    let mut attribute = attribute.clone();
    attribute.meta = parse_quote!(doc = #line);
    attribute
}

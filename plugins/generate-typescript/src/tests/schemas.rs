use super::{declarations, file, types, with_schemas};
use crate::{Enums, Settings};

#[test]
fn an_object_becomes_an_interface_with_what_the_document_says_of_it() {
    insta::assert_snapshot!(types(r#"{"Watch": {
        "type": "object", "description": "A page that is watched.", "required": ["id", "name"],
        "properties": {
            "id": {"type": "string", "format": "uuid"}, "name": {"type": "string"},
            "count": {"type": "integer", "default": 0, "deprecated": true},
            "tags": {"type": "array", "items": {"type": "string"}},
            "if-match": {"type": ["string", "null"]}, "anything": true, "nothing": false, "not": {"not": {"type": "string"}}
        }}}"#), @r#"
    /** A page that is watched. */
    export interface Watch {
      /** @format uuid */
      id: string;
      name: string;
      /**
       * @default 0
       * @deprecated
       */
      count?: number;
      tags?: string[];
      "if-match"?: string | null;
      anything?: unknown;
      nothing?: never;
      not?: unknown;
    }
    "#);
}

#[test]
fn values_become_literals() {
    insta::assert_snapshot!(types(r#"{
        "State": {"type": "string", "enum": ["active", "it's \"so\""]},
        "Level": {"enum": [1, -2.5, 1E2, true, null]},
        "Only": {"const": "x"},
        "Structured": {"type": "object", "const": {"a": 1}},
        "Long": {"enum": ["a long value number one", "a long value number two", "a long value number three", "four"]}
    }"#), @r#"
    export type State = "active" | "it's \"so\"";

    export type Level = 1 | -2.5 | 1E2 | true | null;

    export type Only = "x";

    export interface Structured { [key: string]: unknown }

    export type Long =
      | "a long value number one"
      | "a long value number two"
      | "a long value number three"
      | "four";
    "#);
}

#[test]
fn enumerations_can_be_objects_as_well() {
    let document = with_schemas(
        r#"{"State": {"enum": ["on", "half-on", "__proto__", null]}, "Level": {"enum": [1, 2]}}"#,
    );
    let settings = Settings { enums: Enums::Const, ..Settings::default() };
    insta::assert_snapshot!(file(&document, &settings, "schema.ts"), @r#"
    export const State = {
      on: "on",
      "half-on": "half-on",
      ["__proto__"]: "__proto__",
    } as const;
    export type State = (typeof State)[keyof typeof State] | null;

    export const Level = {
      1: 1,
      2: 2,
    } as const;
    export type Level = (typeof Level)[keyof typeof Level];

    /** What goes in and what comes out of each operation. */
    export interface Operations {}
    "#);
}

#[test]
fn null_is_told_in_the_way_of_either_version() {
    let schemas = r##"{"A": {"type": "string", "nullable": true}, "B": {"$ref": "#/components/schemas/A", "nullable": true, "type": "number"},
        "C": {"type": "object", "nullable": true, "properties": {"a": {"enum": ["x"], "nullable": true}}},
        "D": {"type": ["string", "integer", "null"]}, "E": {"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/A"}]}}"##;
    let document = with_schemas(schemas);
    insta::assert_snapshot!(declarations(&document.replace("3.1.0", "3.0.3")), @r#"
    export type A = string | null;

    export type B = A | null;

    export type C = {
      a?: "x" | null;
    } | null;

    export type D = string | number | null;

    export type E = A | null;
    "#);
    // In 3.1 what stands beside a reference counts.
    insta::assert_snapshot!(declarations(&document), @r#"
    export type A = string | null;

    export type B = (A & number) | null;

    export type C = {
      a?: "x" | null;
    } | null;

    export type D = string | number | null;

    export type E = A | null;
    "#);
}

#[test]
fn schemas_are_combined() {
    insta::assert_snapshot!(types(r##"{
        "Base": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "note": {"type": "string"}}},
        "Heir": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"type": "object", "properties": {"more": {"type": "integer"}}}]},
        "Demanding": {"allOf": [{"$ref": "#/components/schemas/Base"}], "required": ["note"]},
        "Merged": {"type": "object", "allOf": [{"properties": {"a": {"type": "string"}}}, {"properties": {"b": {}}, "required": ["a"]}]},
        "Either": {"type": "object", "oneOf": [{"$ref": "#/components/schemas/Base"}, {"required": ["x"], "properties": {"x": {"const": 1}}}]},
        "AtLeastOne": {"type": "object", "properties": {"a": {}, "b": {}}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
        "Text": {"type": "string", "anyOf": [{"format": "uuid"}, {"pattern": "^x"}]}
    }"##), @r#"
    export interface Base {
      id: string;
      note?: string;
    }

    export type Heir = Base & {
      more?: number;
    };

    export type Demanding = Base & { note: {} | null };

    export interface Merged {
      a: string;
      b?: unknown;
    }

    export type Either = Base | {
      x: 1;
    };

    export type AtLeastOne = ({ a: {} | null } | { b: {} | null }) & {
      a?: unknown;
      b?: unknown;
    };

    export type Text = string;
    "#);
}

#[test]
fn members_are_told_apart_by_their_discriminator() {
    insta::assert_snapshot!(types(r##"{
        "Cat": {"type": "object", "properties": {"kind": {"type": "string"}}},
        "Dog": {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "dog"}}},
        "Fox": {"type": "object", "properties": {"kind": {"enum": ["fox"], "default": "fox"}}},
        "Mapped": {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}, {"$ref": "#/components/schemas/Fox"}],
            "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat", "kitten": "Cat", "dog": "Dog", "fox": "Fox"}}},
        "Named": {"anyOf": [{"$ref": "#/components/schemas/Cat"}, {"type": "null"}], "discriminator": {"propertyName": "kind"}}
    }"##), @r#"
    export interface Cat {
      kind?: string;
    }

    export interface Dog {
      kind: "dog";
    }

    export interface Fox {
      /** @default "fox" */
      kind?: "fox";
    }

    export type Mapped = (Cat & { kind: "cat" | "kitten" }) | Dog | (Fox & { kind: "fox" });

    export type Named = (Cat & { kind: "Cat" }) | null;
    "#);
}

#[test]
fn other_properties_get_an_index_signature_that_stands_beside_the_named_ones() {
    insta::assert_snapshot!(types(r##"{
        "Map": {"type": "object", "additionalProperties": {"type": "integer"}},
        "Open": {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": true},
        "Beside": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"$ref": "#/components/schemas/Map"}}, "additionalProperties": {"type": "integer"}},
        "Large": {"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {}}}}, "additionalProperties": {"type": "integer"}},
        "Closed": {"type": "object", "additionalProperties": false},
        "Any": {"type": "object"},
        "Patterns": {"type": "object", "patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": false},
        "Combined": {"allOf": [{"$ref": "#/components/schemas/Closed"}, {"additionalProperties": {"type": "string"}}]}
    }"##), @r#"
    export interface Map { [key: string]: number }

    export interface Open {
      a?: string;
      [key: string]: unknown;
    }

    export interface Beside {
      a: string;
      b?: Map;
      [key: string]: number | string | Map | undefined;
    }

    export interface Large {
      a?: {
        b?: unknown;
      };
      [key: string]: unknown;
    }

    export interface Closed { [key: string]: never }

    export interface Any { [key: string]: unknown }

    export interface Patterns { [key: string]: string }

    export type Combined = Closed & { [key: string]: unknown };
    "#);
}

#[test]
fn arrays_and_tuples() {
    insta::assert_snapshot!(types(r#"{
        "List": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
        "Any": {"type": "array"},
        "Pair": {"type": "array", "prefixItems": [{"type": "number"}, {"type": "string"}], "minItems": 2, "maxItems": 2},
        "Some": {"type": "array", "prefixItems": [{"type": "number"}, {"type": ["string", "null"]}], "minItems": 1, "items": {"type": "boolean"}},
        "Closed": {"prefixItems": [{"type": "number"}], "items": false},
        "Empty": {"type": "array", "items": false}
    }"#), @r#"
    export type List = (string | null)[];

    export type Any = unknown[];

    export type Pair = [number, string];

    export type Some = [number, (string | null)?, ...boolean[]];

    export type Closed = [number];

    export type Empty = [];
    "#);
}

#[test]
fn what_is_only_read_is_not_written() {
    let document = r##"{"openapi": "3.0.0", "info": {}, "paths": {"/a": {"put": {
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Parent"}}}},
        "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Parent"}}}}}}}},
      "components": {"schemas": {
        "Parent": {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Child"}, "other": {"$ref": "#/components/schemas/Other"}}},
        "Other": {"type": "object", "properties": {"a": {}}},
        "Stamp": {"type": "string", "readOnly": true},
        "Child": {"type": "object", "required": ["id", "at", "secret"], "properties": {
          "id": {"type": "string", "readOnly": true}, "at": {"$ref": "#/components/schemas/Stamp"},
          "secret": {"type": "string", "writeOnly": true}, "parent": {"$ref": "#/components/schemas/Parent"}}}}}}"##;
    insta::assert_snapshot!(declarations(document), @r#"
    export interface Parent {
      child?: Child;
      other?: Other;
    }

    export interface ParentWritable {
      child?: ChildWritable;
      other?: Other;
    }

    export interface Other {
      a?: unknown;
    }

    export type Stamp = string;

    export interface Child {
      id: string;
      at: Stamp;
      parent?: Parent;
    }

    export interface ChildWritable {
      secret: string;
      parent?: ParentWritable;
    }
    "#);
}

#[test]
fn references_may_lead_anywhere_and_in_circles() {
    insta::assert_snapshot!(types(r##"{
        "Tree": {"type": "object", "properties": {"children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}, "leaf": {"$ref": "#/components/schemas/Other/properties/inner"}}},
        "Other": {"type": "object", "properties": {"inner": {"type": "object", "properties": {"again": {"$ref": "#/components/schemas/Other/properties/inner"}}}}},
        "Anchored": {"$ref": "#here"}, "Target": {"$anchor": "here", "type": "string"},
        "Json": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"$ref": "#/components/schemas/Json"}}]},
        "Self": {"$ref": "#/components/schemas/Self"},
        "Pet": {"type": "object", "properties": {"name": {"type": "string"}}, "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]},
        "Cat": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"properties": {"meows": {"type": "boolean"}}}]},
        "Dog": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"properties": {"barks": {"type": "boolean"}}}]}
    }"##), @r#"
    export interface Tree {
      children?: Tree[];
      leaf?: OtherInner;
    }

    export interface Other {
      inner?: {
        again?: OtherInner;
      };
    }

    export type Anchored = Target;

    export type Target = string;

    export type Json = string | Json[];

    export type Self = unknown;

    export type Pet = (Cat | Dog) & {
      name?: string;
    };

    export interface Cat {
      name?: string;
      meows?: boolean;
    }

    export interface Dog {
      name?: string;
      barks?: boolean;
    }

    export interface OtherInner {
      again?: OtherInner;
    }
    "#);
}

#[test]
fn names_that_collide_are_numbered_in_the_order_of_the_document() {
    insta::assert_snapshot!(types(r##"{
        "simple-user": {"type": "string"}, "simple.user": {"type": "string"}, "SimpleUser": {"type": "string"},
        "Blob": {"$ref": "#/components/schemas/SimpleUser"}, "a/b~c": {"$ref": "#/components/schemas/a~1b~0c%25"}, "a/b~c%": {"type": "number"}
    }"##), @r#"
    export type SimpleUser2 = string;

    export type SimpleUser3 = string;

    export type SimpleUser = string;

    export type BlobSchema = SimpleUser;

    export type ABC = ABC2;

    export type ABC2 = number;
    "#);
}

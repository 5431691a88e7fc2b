use super::{file, with_paths};
use crate::{ImportExtension, Settings, generate};
use countersign_document::Document;

const PATHS: &str = r##"{
    "/watches/{id}": {
        "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}, "description": "The watch."}],
        "get": {"operationId": "get_watch", "summary": "Get a watch", "description": "In full.", "deprecated": true,
            "parameters": [{"name": "expand", "in": "query", "explode": false, "schema": {"type": "array", "items": {"type": "string"}}},
                {"name": "Accept", "in": "header", "schema": {"type": "string"}}],
            "responses": {
                "200": {"description": "", "content": {"application/json": {"schema": {"type": "object", "properties": {"id": {"type": "string"}}}}}},
                "404": {"description": "", "content": {"application/problem+json": {"schema": {"type": "string"}}}},
                "5xx": {"description": "", "content": {"text/plain": {}}}}},
        "delete": {"responses": {"204": {"description": ""}, "default": {"description": "", "content": {"*/*": {"schema": {"type": "integer"}}}}}}
    },
    "/files/{a}/{b}": {"$ref": "#/paths/~1shared"},
    "/shared": {"post": {"operationId": "upload", "requestBody": {"required": true, "content": {
        "multipart/form-data": {"schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}},
        "application/json": {"schema": {"type": "number"}}, "application/merge-patch+json": {"schema": {"type": "number"}}}},
        "responses": {"201": {"description": ""}, "202": {"description": "", "content": {"application/octet-stream": {}, "text/event-stream": {}}}}}}
}"##;

#[test]
fn an_operation_becomes_a_method() {
    let text = file(&with_paths(PATHS), &Settings::default(), "client.ts");
    let start = text.find("  /**\n   * Get a watch").unwrap();
    insta::assert_snapshot!(&text[start..], @r#"
      /**
       * Get a watch
       *
       * In full.
       *
       * `GET /watches/{id}`
       *
       * @deprecated
       */
      getWatch(input: Operations["getWatch"]["input"], options?: CallOptions): Promise<Operations["getWatch"]["output"]> {
        return call(this.#options, {
          name: "getWatch",
          method: "GET",
          path: "/watches/{id}",
          parameters: [
            { in: "path", name: "id" },
            { in: "query", name: "expand", style: "form", explode: false },
          ],
          accept: "application/json",
          responses: { 200: ["json"], 404: ["json"], "5XX": ["text"] },
        }, input, options);
      }

      /** `DELETE /watches/{id}` */
      deleteWatchesById(input: Operations["deleteWatchesById"]["input"], options?: CallOptions): Promise<Operations["deleteWatchesById"]["output"]> {
        return call(this.#options, {
          name: "deleteWatchesById",
          method: "DELETE",
          path: "/watches/{id}",
          parameters: [
            { in: "path", name: "id" },
          ],
          responses: { 204: [], default: ["json"] },
        }, input, options);
      }

      /** `POST /files/{a}/{b}` */
      upload(input: Operations["upload"]["input"], options?: CallOptions): Promise<Operations["upload"]["output"]> {
        return call(this.#options, {
          name: "upload",
          method: "POST",
          path: "/files/{a}/{b}",
          parameters: [
            { in: "path", name: "a" },
            { in: "path", name: "b" },
          ],
          body: ["application/json", "multipart/form-data", "application/merge-patch+json"],
          accept: "application/octet-stream, text/event-stream",
          responses: { 201: [], 202: ["binary", "stream"] },
        }, input, options);
      }

      /** `POST /shared` */
      upload2(input: Operations["upload2"]["input"], options?: CallOptions): Promise<Operations["upload2"]["output"]> {
        return call(this.#options, {
          name: "upload2",
          method: "POST",
          path: "/shared",
          body: ["application/json", "multipart/form-data", "application/merge-patch+json"],
          accept: "application/octet-stream, text/event-stream",
          responses: { 201: [], 202: ["binary", "stream"] },
        }, input, options);
      }
    }
    "#);
}

#[test]
fn what_goes_in_and_comes_out_has_a_type() {
    insta::assert_snapshot!(file(&with_paths(PATHS), &Settings::default(), "schema.ts"), @r#"
    /** What goes in and what comes out of each operation. */
    export interface Operations {
      /** `GET /watches/{id}` */
      getWatch: {
        input: {
          path: {
            /** The watch. */
            id: string;
          };
          query?: {
            expand?: string[] | undefined;
          } | undefined;
        };
        output: {
          id?: string;
        };
        errors: {
          404: string;
          "5XX": string;
        };
      };
      /** `DELETE /watches/{id}` */
      deleteWatchesById: {
        input: {
          path: {
            /** The watch. */
            id: string;
          };
        };
        output: undefined;
        errors: {
          default: number;
        };
      };
      /** `POST /files/{a}/{b}` */
      upload: {
        input: {
          path: {
            a: string | number;
            b: string | number;
          };
        } & (
          | {
            body: number;
            contentType?: "application/json" | "application/merge-patch+json" | undefined;
          }
          | {
            body: {
              /** @format binary */
              file?: Blob;
            } | FormData;
            contentType: "multipart/form-data";
          });
        output: Blob | ReadableStream<Uint8Array> | undefined;
        errors: {};
      };
      /** `POST /shared` */
      upload2: {
        input:
          | {
            body: number;
            contentType?: "application/json" | "application/merge-patch+json" | undefined;
          }
          | {
            body: {
              /** @format binary */
              file?: Blob;
            } | FormData;
            contentType: "multipart/form-data";
          };
        output: Blob | ReadableStream<Uint8Array> | undefined;
        errors: {};
      };
    }
    "#);
}

#[test]
fn another_writing_of_what_is_there_as_json_is_not_asked_for() {
    let paths = r#"{"/a": {"get": {"responses": {"200": {"description": "", "content": {
        "application/xml": {"schema": {"type": "number"}}, "application/json": {"schema": {"type": "number"}},
        "text/csv": {"schema": {"type": "string"}}}}}}}}"#;
    let document = with_paths(paths);
    let schema = file(&document, &Settings::default(), "schema.ts");
    assert!(schema.contains("output: number | string;"), "{schema}");
    let client = file(&document, &Settings::default(), "client.ts");
    assert!(client.contains("accept: \"application/json, text/csv\""), "{client}");
}

#[test]
fn types_can_be_had_without_a_client() {
    let settings = Settings { client: false, import_extension: ImportExtension::None, ..Settings::default() };
    let document = with_paths(PATHS);
    let files = generate(document.as_bytes(), "application/json", &settings).unwrap().files;
    let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["index.ts", "schema.ts"]);
    assert_eq!(file(&document, &settings, "index.ts"), "export * from \"./schema\";\n");
    assert!(file(&document, &settings, "schema.ts").contains("In full."), "nobody else says it");
}

#[test]
fn files_name_each_other_as_the_settings_say() {
    for (extension, name) in
        [(ImportExtension::Js, "\"./runtime.js\""), (ImportExtension::Ts, "\"./runtime.ts\"")]
    {
        let settings = Settings { import_extension: extension, ..Settings::default() };
        for path in ["client.ts", "index.ts"] {
            assert!(file(&with_paths(PATHS), &settings, path).contains(name), "{path}");
        }
    }
}

#[test]
fn methods_are_named_by_their_operation_and_else_by_their_path() {
    let operation = |id: &str| format!(r#"{{"operationId": "{id}", "responses": {{}}}}"#);
    let paths = format!(
        r#"{{"/a": {{"get": {{"responses": {{}}}}, "put": {}}}, "/b": {{"get": {}, "put": {}}}}}"#,
        operation("get_a"),
        operation("get-a"),
        operation("constructor")
    );
    let text = file(&with_paths(&paths), &Settings::default(), "client.ts");
    let names: Vec<_> = text.lines().filter(|line| line.starts_with("      name:")).map(str::trim).collect();
    assert_eq!(names, ["name: \"getA3\",", "name: \"getA\",", "name: \"getA2\",", "name: \"constructor_\","]);
}

#[test]
fn yaml_and_json_give_the_same_bytes_every_time() {
    let document = with_paths(PATHS);
    let first = generate(document.as_bytes(), "application/json", &Settings::default()).unwrap().files;
    let parsed = Document::parse_json(document.as_bytes()).unwrap();
    let yaml = format!("# the same\n{}", parsed.text());
    let second = generate(yaml.as_bytes(), "application/yaml", &Settings::default()).unwrap().files;
    let bytes = |files: Vec<countersign_plugin::tool::File>| {
        files.into_iter().map(|file| (file.path, file.content)).collect::<Vec<_>>()
    };
    assert!(bytes(first) == bytes(second));
}

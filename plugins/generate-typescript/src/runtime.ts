/** How a client reaches its service. */
export interface ClientOptions {
  /** The URL that every path is appended to, such as `https://api.example.com/v1`. */
  baseUrl: string;
  /** Sent with every request. A function is asked each time, for instance for a token that expires. */
  headers?: HeaderValues | (() => HeaderValues | Promise<HeaderValues>) | undefined;
  /** What sends the requests; the platform's `fetch` by default. */
  fetch?: Fetch | undefined;
}

/** What may be said of a single call. */
export interface CallOptions {
  /** Ends the call before its time. */
  signal?: AbortSignal | undefined;
  /** Sent with this request; they win over all others. */
  headers?: HeaderValues | undefined;
  /** Another server than the client's. */
  baseUrl?: string | undefined;
  /** Is shown the answer before it is read, for instance for its headers. */
  onResponse?: ((response: Response) => void) | undefined;
}

/** Names and values of headers. */
export type HeaderValues = Headers | Record<string, string> | [string, string][];

/** What sends a request, as `fetch` does. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** An answer that is no success, or not what the contract declares. Where there is no answer, `fetch` throws. */
export class ApiError<Body = unknown> extends Error {
  /** The method of the client that was called. */
  readonly operation: string;
  /** The status of the answer. */
  readonly status: number;
  /** Its headers. */
  readonly headers: Headers;
  /** Its body: a value where it is JSON, a string where it is another text, and a `Blob` otherwise. */
  readonly body: Body;
  /** The answer of the contract that this one is: its status, a range such as `4XX`, `default`, or none. */
  readonly declared: string | undefined;

  constructor(message: string, operation: string, response: Response, body: Body, declared?: string) {
    super(message);
    this.name = "ApiError";
    this.operation = operation;
    this.status = response.status;
    this.headers = response.headers;
    this.body = body;
    this.declared = declared;
  }
}

/** What a body is to a program. */
type Kind = "json" | "text" | "binary" | "stream";

/** How the value of a parameter is written. */
interface Serialization {
  style: string;
  explode: boolean;
}

interface Parameter extends Partial<Serialization> {
  in: "path" | "query" | "header" | "cookie";
  name: string;
}

/** What a client must know of an operation. */
export interface Operation {
  name: string;
  method: string;
  path: string;
  parameters?: readonly Parameter[];
  /** The media types of the body, with the default at the front. */
  body?: readonly string[];
  encoding?: Record<string, Serialization>;
  accept?: string;
  responses: Record<string, readonly Kind[]>;
}

interface Input {
  path?: object | undefined;
  query?: object | undefined;
  header?: object | undefined;
  cookie?: object | undefined;
  body?: unknown;
  contentType?: string | undefined;
}

/** Send what an operation needs, and read what comes back. */
export async function call<Output>(
  client: ClientOptions,
  operation: Operation,
  input: Input = {},
  options: CallOptions = {},
): Promise<Output> {
  const url = urlOf(options.baseUrl ?? client.baseUrl, operation, input);
  const init: RequestInit = { method: operation.method };
  const headers = new Headers();
  if (operation.accept !== undefined) {
    headers.set("accept", operation.accept);
  }
  if (operation.body !== undefined && input.body !== undefined) {
    const contentType = input.contentType ?? operation.body[0] ?? "application/octet-stream";
    const body = bodyOf(input.body, contentType, operation);
    if (!(body instanceof FormData)) {
      headers.set("content-type", contentType);
    }
    init.body = body;
  }
  const common = typeof client.headers === "function" ? await client.headers() : client.headers;
  setAll(headers, common);
  setParameters(headers, operation, input);
  setAll(headers, options.headers);
  init.headers = headers;
  if (options.signal !== undefined) {
    init.signal = options.signal;
  }
  const response = await (client.fetch ?? globalThis.fetch)(url, init);
  options.onResponse?.(response);
  return (await read(operation, response)) as Output;
}

function setAll(headers: Headers, values: HeaderValues | undefined): void {
  new Headers(values).forEach((value, name) => headers.set(name, value));
}

function setParameters(headers: Headers, operation: Operation, input: Input): void {
  const cookies: string[] = [];
  for (const parameter of operation.parameters ?? []) {
    if (parameter.in === "header") {
      const value = own(input.header, parameter.name);
      if (isSaid(value)) {
        headers.set(parameter.name, simple(value, parameter, String));
      }
    } else if (parameter.in === "cookie") {
      cookies.push(...fields(parameter.name, own(input.cookie, parameter.name), parameter));
    }
  }
  if (cookies.length > 0) {
    headers.set("cookie", cookies.join("; "));
  }
}

function urlOf(base: string, operation: Operation, input: Input): string {
  const parameters = operation.parameters ?? [];
  const path = operation.path.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    const parameter = parameters.find((parameter) => parameter.in === "path" && parameter.name === name);
    return segment(name, own(input.path, name), parameter ?? {});
  });
  // A server would look for another path than the one that is meant.
  if (path.split(/[/?]/).some((part) => /^(\.|%2e){1,2}$/i.test(part))) {
    throw new TypeError(`a parameter of ${operation.name} makes a path that leads elsewhere: ${path}`);
  }
  const query = parameters
    .filter((parameter) => parameter.in === "query")
    .flatMap((parameter) => fields(parameter.name, own(input.query, parameter.name), parameter));
  const url = base.replace(/\/+$/, "") + path;
  return query.length === 0 ? url : url + (path.includes("?") ? "&" : "?") + query.join("&");
}

/** The value of a parameter in a path. */
function segment(name: string, value: unknown, { style, explode = false }: Partial<Serialization>): string {
  if (!isSaid(value) || value === "") {
    throw new TypeError(`the path parameter ${JSON.stringify(name)} is empty`);
  }
  if (style === "matrix" && explode && typeof value === "object") {
    return entries(name, value).map(([key, item]) => `;${encode(key)}=${encode(item)}`).join("");
  }
  if (style === "label") {
    return "." + parts(value, explode, encode).join(explode ? "." : ",");
  }
  const text = simple(value, { style, explode }, encode);
  return style === "matrix" ? `;${encode(name)}=${text}` : text;
}

/** A value without a name: `a`, `a,b`, `k,v` or `k=v`. */
function simple(
  value: unknown,
  { style, explode = false }: { style?: string | undefined; explode?: boolean },
  write: (value: string) => string,
): string {
  return style === "json" ? write(JSON.stringify(value)) : parts(value, explode, write).join(",");
}

function parts(value: unknown, explode: boolean, write: (value: string) => string): string[] {
  if (Array.isArray(value)) {
    return value.map((item) => write(text(item)));
  }
  if (typeof value !== "object" || value === null || value instanceof Date) {
    return [write(text(value))];
  }
  const pairs = entries("", value).map(([key, item]) => [write(key), write(text(item))] as const);
  return explode ? pairs.map(([key, item]) => `${key}=${item}`) : pairs.flat();
}

/** A value as fields of a query or a form, encoded: `name=value`. */
function fields(name: string, value: unknown, { style = "form", explode = true }: Partial<Serialization>): string[] {
  if (!isSaid(value)) {
    return [];
  }
  if (style === "json") {
    return [`${encode(name)}=${encode(JSON.stringify(value))}`];
  }
  if (style === "deepObject" && typeof value === "object") {
    return deep(name, value);
  }
  if (explode && typeof value === "object") {
    return entries(name, value).map(([key, item]) => `${encode(key)}=${encode(item)}`);
  }
  const separator = style === "spaceDelimited" ? "%20" : style === "pipeDelimited" ? "%7C" : ",";
  return [`${encode(name)}=${parts(value, false, encode).join(separator)}`];
}

/** `name[key]=value`, as deep as the value is. */
function deep(name: string, value: unknown): string[] {
  if (!isSaid(value)) {
    return [];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item) => deep(name, item));
  }
  if (typeof value !== "object" || value instanceof Date) {
    return [`${encode(name)}=${encode(value)}`];
  }
  return entries("", value).flatMap(([key, item]) => deep(`${name}[${key}]`, item));
}

/** The entries of an object, or the items of an array under one name, without what is not said. */
function entries(name: string, value: object): [string, unknown][] {
  if (value instanceof Date) {
    return [[name, value]];
  }
  const all: [string, unknown][] = Array.isArray(value) ? value.map((item) => [name, item]) : Object.entries(value);
  return all.filter(([, item]) => isSaid(item));
}

function isSaid(value: unknown): value is NonNullable<unknown> {
  return value !== undefined && value !== null;
}

function text(value: unknown): string {
  if (value instanceof Date) {
    return value.toISOString();
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function encode(value: unknown): string {
  return encodeURIComponent(text(value));
}

/** A property that an object has itself; every object inherits `constructor`. */
function own(group: object | undefined, name: string): unknown {
  if (group === undefined || !Object.prototype.hasOwnProperty.call(group, name)) {
    return undefined;
  }
  return (group as Record<string, unknown>)[name];
}

function bodyOf(value: unknown, contentType: string, operation: Operation): string | Blob | FormData | ArrayBuffer {
  const name = essence(contentType);
  if (kindOf(contentType) === "json") {
    return JSON.stringify(value);
  }
  if (value instanceof FormData || value instanceof Blob || value instanceof ArrayBuffer) {
    return value;
  }
  if (value instanceof URLSearchParams) {
    return value.toString();
  }
  if (name === "multipart/form-data" && typeof value === "object" && value !== null) {
    return formOf(value);
  }
  if (name === "application/x-www-form-urlencoded" && typeof value === "object" && value !== null) {
    const all = Object.entries(value).flatMap(([key, item]) => {
      const serialization = own(operation.encoding, key) as Serialization | undefined;
      return fields(key, item, serialization ?? {});
    });
    return all.join("&");
  }
  return text(value);
}

function formOf(value: object): FormData {
  const form = new FormData();
  for (const [name, property] of Object.entries(value)) {
    for (const item of Array.isArray(property) ? (property as unknown[]) : [property as unknown]) {
      if (item instanceof Blob) {
        form.append(name, item);
      } else if (isSaid(item)) {
        form.append(name, text(item));
      }
    }
  }
  return form;
}

/** What the contract says of an answer: its status, the range of its status, or `default`. */
function declaredFor(operation: Operation, status: number): string | undefined {
  const keys = [String(status), `${String(status).charAt(0)}XX`, "default"];
  return keys.find((key) => own(operation.responses, key) !== undefined);
}

async function read(operation: Operation, response: Response): Promise<unknown> {
  const declared = declaredFor(operation, response.status);
  const kinds = declared === undefined ? undefined : (own(operation.responses, declared) as readonly Kind[]);
  const actual = kindOf(response.headers.get("content-type"));
  const fail = (message: string, body: unknown, declared?: string): never => {
    const told = `${operation.name}: ${operation.method} was answered with status ${response.status}`;
    throw new ApiError(told + message, operation.name, response, body, declared);
  };
  if (kinds?.length === 0) {
    await response.body?.cancel();
    return response.ok ? undefined : fail("", undefined, declared);
  }
  const isPromised = Object.keys(operation.responses).some((key) => key.startsWith("2") || key === "default");
  const kind = kinds === undefined ? (isPromised ? undefined : actual ?? "binary") : readable(kinds, actual);
  if (kind === undefined || !response.ok) {
    const [body, isWhole] = await lenient(response, kind ?? actual);
    if (!response.ok) {
      return fail("", body, kind !== undefined && isWhole ? declared : undefined);
    }
    return fail(kinds === undefined ? ", which the contract does not declare" : " and a body of another type", body);
  }
  if (kind !== "json") {
    return content(response, kind);
  }
  const [body, isWhole] = await lenient(response, kind);
  return isWhole ? body : fail(" and a body that is no JSON", body);
}

/** How a body is read that should be one of these; JSON is never made of what does not say that it is. */
function readable(kinds: readonly Kind[], actual: Kind | undefined): Kind | undefined {
  if (actual === undefined) {
    return kinds[0];
  }
  const accepted: Kind[] = [actual, "binary", "text", "stream"];
  return accepted.find((kind) => kinds.includes(kind));
}

/** The body, and whether it is what it says. An answer that is damaged still has a status to tell. */
async function lenient(response: Response, kind: Kind | undefined): Promise<[unknown, boolean]> {
  if (kind !== "json") {
    return [await content(response, kind === "stream" ? "text" : kind ?? "text"), true];
  }
  const text = await response.text();
  try {
    return [JSON.parse(text), true];
  } catch {
    return [text, false];
  }
}

async function content(response: Response, kind: "text" | "binary" | "stream"): Promise<unknown> {
  if (kind === "stream") {
    return response.body ?? new Blob([]).stream();
  }
  return kind === "text" ? response.text() : response.blob();
}

function essence(mediaType: string): string {
  return (mediaType.split(";")[0] ?? "").trim().toLowerCase();
}

/** What a media type is to a program; nothing where there is none. */
function kindOf(mediaType: string | null): Kind | undefined {
  if (mediaType === null) {
    return undefined;
  }
  const name = essence(mediaType);
  if (/^(application|text)\/json$|\+json$/.test(name)) {
    return "json";
  }
  if (/^text\/event-stream$|^application\/(x-ndjson|jsonl|json-seq|json-lines)$/.test(name)) {
    return "stream";
  }
  const texts = /^text\/|\+(xml|yaml)$|^application\/(xml|yaml|javascript|graphql|x-www-form-urlencoded)$/;
  return texts.test(name) ? "text" : "binary";
}

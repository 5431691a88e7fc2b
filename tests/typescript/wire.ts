// What the generated client of wire.json sends, and what it makes of what comes back. Nothing leaves the process.

import { ApiError, Client, isApiError, type Item, type ItemWritable } from "./client/index.js";
import { equal, thrown } from "./assert.js";

let sent: { url: string; init: RequestInit } | undefined;
let answer = () => Response.json(1);
const client = new Client({
  baseUrl: "https://api.example.com/v1/",
  headers: { "x-common": "1" },
  fetch: async (url, init) => {
    sent = { url, init };
    return answer();
  },
});
const url = () => sent?.url.replace("https://api.example.com/v1", "");
const header = (name: string) => new Headers(sent?.init.headers).get(name);

// Queries.
equal(await client.query(), 1);
equal([url(), header("accept"), header("x-common"), header("cookie")], ["/query", "application/json", "1", null]);
const sends = async (query: NonNullable<Parameters<typeof client.query>[0]>["query"], expected: string) => {
  await client.query({ query });
  equal(url(), "/query" + expected);
};
await sends({}, "");
await sends({ list: ["a", "b&c"] }, "?list=a&list=b%26c");
await sends({ list: [] }, "");
await sends({ joined: [1, 2] }, "?joined=1,2");
await sends({ piped: ["a", "b"], spaced: ["a", "b"] }, "?piped=a%7Cb&spaced=a%20b");
await sends({ deep: { a: 1, b: { c: [true, null, "x"] } } }, "?deep%5Ba%5D=1&deep%5Bb%5D%5Bc%5D=true&deep%5Bb%5D%5Bc%5D=x");
await sends({ spread: { "x y": "1", z: "2" } }, "?x%20y=1&z=2");
await sends({ json: { a: [1] } }, "?json=%7B%22a%22%3A%5B1%5D%7D");
await sends({ "a&b=c": "é" }, "?a%26b%3Dc=%C3%A9");
await sends({ "a&b=c": null, list: undefined }, "");
// What nobody declares is not sent.
await sends({ ...{ other: 1 } } as object, "");
await client.query({ header: { "X-List": ["a", "b"] }, cookie: { session: "a;b" } }, { headers: { "x-common": "2" } });
equal([header("x-list"), header("cookie"), header("x-common")], ["a,b", "session=a%3Bb", "2"]);

// Paths.
const path = { plain: "a/b?c#d", label: ["x", "y"], matrix: [1, 2], list: ["p,q", "r"] };
answer = () => new Response(null, { status: 204 });
// Every object has a constructor, which nobody means.
await client.own({ query: {} as { constructor: boolean } });
equal(url(), "/own");
equal(await client.path({ path }, { baseUrl: "https://other.example.com" }), undefined);
equal(sent?.url, "https://other.example.com/path/a%2Fb%3Fc%23d/.x,y/;matrix=1;matrix=2/p%2Cq,r/%23");
for (const plain of ["", ".", ".."]) {
  sent = undefined;
  equal((await thrown(client.path({ path: { ...path, plain } }))) instanceof TypeError, true);
  equal(sent, undefined);
}

// Bodies.
const item: ItemWritable = { name: "a b", secret: "s", nested: { deep: ["x", "y"] } };
const read: Item = { id: 1, name: "a b" };
answer = () => Response.json(read);
equal(await client.body({ body: item }), read);
equal([sent?.init.method, header("content-type"), sent?.init.body], ["POST", "application/json", JSON.stringify(item)]);
await client.body({ body: item, contentType: "application/x-www-form-urlencoded" });
equal(sent?.init.body, "name=a%20b&secret=s&nested%5Bdeep%5D=x&nested%5Bdeep%5D=y");
await client.body({ body: new URLSearchParams({ a: "1" }), contentType: "application/x-www-form-urlencoded" });
equal([sent?.init.body, header("content-type")], ["a=1", "application/x-www-form-urlencoded"]);
await client.body({ body: "text", contentType: "text/plain" });
equal([sent?.init.body, header("content-type")], ["text", "text/plain"]);
await client.body({ body: new Blob(["png"]), contentType: "image/png" });
equal([sent?.init.body instanceof Blob, header("content-type")], [true, "image/png"]);
const multipart = { file: new Blob(["bytes"]), count: 2, tags: ["a", "b"], meta: { x: 1 } };
await client.putBody({ body: multipart });
const form = sent?.init.body as unknown as FormData;
equal(header("content-type"), null);
equal([form.getAll("tags"), form.get("count"), form.get("meta")], [["a", "b"], "2", '{"x":1}']);
equal(await (form.get("file") as File).text(), "bytes");
await client.putBody();
equal(sent?.init.body, undefined);

// Answers.
answer = () => new Response("created", { status: 201, headers: { "content-type": "text/plain; charset=utf-8" } });
equal(await client.body({ body: item }), "created");
answer = () => new Response("bytes", { status: 202, headers: { "content-type": "image/png" } });
const bytes = await client.body({ body: item });
equal(bytes instanceof Blob && (await bytes.text()), "bytes");
// An operation that declares no success takes what comes.
answer = () => Response.json({ any: "thing" });
equal(await client.putBody(), { any: "thing" });

// Errors.
const fails = async (response: () => Response): Promise<ApiError> => {
  answer = response;
  const error = await thrown(client.body({ body: item }));
  if (!(error instanceof ApiError)) {
    throw error;
  }
  return error;
};
const taken = await fails(() => Response.json({ code: "taken" }, { status: 409, headers: { "content-type": "application/problem+json" } }));
if (!isApiError(taken, "body", 409)) {
  throw taken;
}
const code: "taken" = taken.body.code;
equal([code, taken.status, taken.operation, taken.message], ["taken", 409, "body", "body: POST was answered with status 409"]);
const text = await fails(() => new Response("no", { status: 418, headers: { "content-type": "text/plain" } }));
equal([isApiError(text, "body", "4XX"), isApiError(text, "body", 409), text.body], [true, false, "no"]);
const other = await fails(() => new Response("x", { status: 500 }));
equal([isApiError(other, "body", "default"), other.body], [true, undefined]);
// A page of a proxy is not the declared problem, and a login page is no success.
const page = () => new Response("<html>", { status: 409, headers: { "content-type": "text/html" } });
const proxy = await fails(page);
equal([isApiError(proxy, "body", 409), proxy.status, proxy.body], [false, 409, "<html>"]);
const login = await fails(() => new Response("<html>", { headers: { "content-type": "text/html" } }));
equal([login.status, login.declared, login.body], [200, undefined, "<html>"]);
const damaged = await fails(() => new Response('{"id": 1', { headers: { "content-type": "application/json" } }));
equal([damaged.status, damaged.body], [200, '{"id": 1']);
const undeclared = await thrown(client.path({ path }));
equal(undeclared instanceof ApiError && undeclared.status, 200);

// The platform's own failures, such as an aborted call, are passed on.
const closed = new Client({ baseUrl: "https://api.example.com", fetch: () => Promise.reject(new TypeError("closed")) });
equal(String(await thrown(closed.query())), "TypeError: closed");
console.log("all is well");

// Talks to the example service through the generated client. The only argument is the service's URL.

import { ApiError, Client, isApiError, type Watch } from "./client/index.js";
import { equal, thrown } from "./assert.js";

declare const process: { argv: string[] };

const baseUrl = process.argv[2] ?? "";
let status = 0;
const client = new Client({ baseUrl, headers: async () => ({ "x-request-id": "test" }) });
const onResponse = (response: Response) => void (status = response.status);

const before = await client.listWatches({ query: { limit: 2, order: "name" } });
equal(before.items.length, 2);
equal(before.limit, 2);

const created: Watch = await client.createWatch(
  {
    header: { "idempotency-key": "typescript-1" },
    body: {
      name: "Prices & terms",
      url: "https://shop.example/prices?a=1",
      schedule: { kind: "interval", every_seconds: 3600 },
      tags: ["a/b", "ü"],
    },
  },
  { onResponse },
);
equal([status, created.name, created.tags, created.state], [201, "Prices & terms", ["a/b", "ü"], "active"]);

const found = await client.getWatch({ path: { watch_id: created.id } });
equal(found, created);
const tagged = await client.listWatches({ query: { tag: ["a/b", "ü"] } });
equal(tagged.items.map((watch) => watch.id), [created.id]);
equal((await client.listWatches()).total, before.total + 1);

// The version of a watch goes in a header, and one that is stale is refused.
const stale = await thrown(
  client.updateWatch({ path: { watch_id: created.id }, header: { "if-match": "99" }, body: { note: "x" } }),
);
if (!isApiError(stale, "updateWatch", 412)) {
  throw stale;
}
equal(stale.body.code, "stale_version");

const file = new File(["https://one.example/\nhttps://two.example/\n"], "pages.txt", { type: "text/plain" });
const imported = await client.importWatches({ body: { file, format: "url_list", tags: ["x", "y"], dry_run: true } });
equal([imported.file_name, imported.format, imported.dry_run, imported.rejected], ["pages.txt", "url_list", true, []]);

equal(await client.deleteWatch({ path: { watch_id: created.id } }), undefined);
const gone = await thrown(client.getWatch({ path: { watch_id: created.id } }));
if (!(gone instanceof ApiError) || !isApiError(gone, "getWatch", 404)) {
  throw gone;
}
equal([gone.status, gone.body.code, gone.body.status], [404, "not_found", 404]);
equal(isApiError(gone, "getWatch", 422), false);

const invalid = await thrown(client.getWatch({ path: { watch_id: "no uuid" } }));
if (!isApiError(invalid, "getWatch", 422)) {
  throw invalid;
}
equal(invalid.body.detail?.[0]?.type, "uuid_parsing");
console.log("all is well");

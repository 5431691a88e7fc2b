// Cut an API's description down to what this project asks for, so that Prism reads it in seconds: GitHub's has
// 811 paths, ours are some fifty.
//
//     node trim.mjs DESCRIPTION OUTPUT PATH…
//
// PATH is a path of the description and is kept with all of its operations, and with whatever they refer to,
// directly or not. What is said of requests stays as it is, but a `basePath`, which Prism drops, is written into
// the paths. Of an answer's media types JSON alone is kept: Prism can write no other.
import { readFileSync, writeFileSync } from "node:fs";

const SHARED = ["components", "definitions", "parameters", "responses", "webhooks", "x-webhooks"];

const [input, output, ...paths] = process.argv.slice(2);
const description = JSON.parse(readFileSync(input, "utf8"));

const missing = paths.filter((path) => !(path in description.paths));
if (missing.length > 0) {
  console.error(`error: \`${input}\` does not describe ${missing.join(", ")}`);
  process.exit(2);
}

const kept = { ...description, paths: {} };
SHARED.forEach((part) => delete kept[part]);

const taken = new Set();
const take = (reference) => {
  if (taken.has(reference)) return;
  taken.add(reference);
  const names = reference.slice(2).split("/").map(unescape);
  const value = names.reduce((within, name) => within[name], description);
  const last = names.pop();
  names.reduce((within, name) => (within[name] ??= {}), kept)[last] = value;
  walk(value);
};
const unescape = (name) => decodeURIComponent(name).replaceAll("~1", "/").replaceAll("~0", "~");
const walk = (value) => {
  if (value === null || typeof value !== "object") return;
  if (typeof value.$ref === "string") take(value.$ref);
  Object.values(value).forEach(walk);
};

for (const path of paths) {
  kept.paths[(description.basePath ?? "") + path] = description.paths[path];
}
delete kept.basePath;
walk(kept.paths);

const answers = [kept, ...Object.values(kept.paths).flatMap(Object.values)].map(({ responses }) => responses);
for (const answer of [...answers, kept.components?.responses].flatMap((some) => Object.values(some ?? {}))) {
  const json = answer.content?.["application/json"];
  if (json) {
    answer.content = { "application/json": json };
  }
}

writeFileSync(output, JSON.stringify(kept));

// Cut an API's description down to what this project asks for, so that Prism reads it in seconds: GitHub's has
// 811 paths, ours are some fifty.
//
//     node trim.mjs DESCRIPTION OUTPUT PATH…
//
// PATH is a path of the description and is kept with all of its operations, and with whatever they refer to,
// directly or not. What is said of requests stays as it is. Two things that Prism does not do are done here:
// a `basePath` is written into the paths, and GitHub's own names for JSON, which its documentation recommends
// and its description leaves out, stand beside `application/json` in the answers.
import { readFileSync, writeFileSync } from "node:fs";

const NAMES_OF_JSON = ["application/vnd.github+json", "application/vnd.github.v3+json", "application/vnd.github.raw+json"];
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
    // Nothing else is kept: Prism can write JSON alone.
    answer.content = Object.fromEntries(["application/json", ...NAMES_OF_JSON].map((name) => [name, json]));
  }
}

writeFileSync(output, JSON.stringify(kept));

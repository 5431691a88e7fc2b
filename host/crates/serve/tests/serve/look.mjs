// A reader and somebody who signs in, in a real Chromium before a running server:
//
//     node look.mjs NODE_MODULES CHROMIUM ORIGIN TOKEN
//
// Everything is done without a script first. Then, with one, says `listening` and waits for the delivery `github:live`
// to appear by itself. Ends with `seen`.

import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [modules, executablePath, origin, token] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), "index.js"));
const { chromium } = require("playwright-core");

// A browser that hangs is a failure.
const giveUp = () => {
  console.log("given up after three minutes");
  process.exit(1);
};
setTimeout(giveUp, 180_000).unref();
const must = (holds, what) => {
  if (!holds) throw new Error(what);
};

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
const open = async (javaScriptEnabled) => {
  const context = await browser.newContext({ javaScriptEnabled });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("console", (message) => must(message.type() !== "error", message.text()));
  page.on("pageerror", (error) => must(false, String(error)));
  return page;
};

const still = await open(false);
await still.goto(`${origin}/runs`);
await still.click("text=Sign in");
await still.fill("input[name=token]", token);
await still.click("main button");
must(still.url() === `${origin}/runs`, `signing in led to ${still.url()}`);
await still.click("main table a");
const first = still.url();
await still.click("text=Run again");
must(still.url().startsWith(`${origin}/runs/`) && still.url() !== first, `running again led to ${still.url()}`);
await still.click("text=Sign out");
must((await still.locator("text=Sign in").count()) === 1, "signing out left somebody signed in");

const live = await open(true);
await live.goto(`${origin}/deliveries`);
await live.waitForFunction(() => document.getElementById("live").textContent === "Live");
console.log("listening");
await live.waitForSelector("text=github:live");
must((await live.evaluate(() => performance.getEntriesByType("navigation").length)) === 1, "it was loaded again");
await browser.close();
console.log("seen");

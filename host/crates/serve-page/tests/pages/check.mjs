// Looks at every page of a gallery as people do, in a real Chromium:
//
//     node check.mjs NODE_MODULES CHROMIUM GALLERY [SCREENSHOTS]
//
// Each page is served with the headers that a server would send, on a port of the loopback, and seen in light and dark,
// wide and 320 pixels narrow. Prints one line for each thing that is wrong, then a count, and exits 1 if there are any.
// A browser that hangs is a thing that is wrong: a page has a minute, and all of it ten.

import { createRequire } from "node:module";
import { createServer } from "node:http";
import { readFileSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

const [modules, executablePath, gallery, screenshots] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), "index.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const wrong = [];
const seen = { pages: 0, rules: new Set(), behaviours: 0 };
const fault = (where, what) => wrong.push(`${where}: ${what}`);

let doing = "starting";
const giveUp = () => {
  wrong.forEach((line) => console.log(line));
  console.log(`given up after ten minutes, at ${doing}`);
  process.exit(1);
};
setTimeout(giveUp, 600_000).unref();

// Does something that nobody else puts an end to.
const within = async (seconds, what, act) => {
  doing = what;
  let late;
  const ended = new Promise((_, refuse) => {
    late = setTimeout(() => refuse(new Error(`not done after ${seconds} seconds`)), seconds * 1000);
  });
  try {
    await Promise.race([act(), ended]);
  } catch (error) {
    fault(what, error.message);
  } finally {
    clearTimeout(late);
  }
};

// ---- a server of the gallery, whose texts can be changed and whose events can be sent

const served = JSON.parse(readFileSync(join(gallery, "served.json"), "utf8"));
const pages = served.filter((entry) => entry.name !== "");
const listeners = new Set();
const edits = new Map();

const answer = (request, response) => {
  const path = new URL(request.url, "http://x").pathname;
  if (path === "/events") {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(": hello\n\n");
    listeners.add(response);
    request.on("close", () => listeners.delete(response));
    return;
  }
  // Pages by path and query; files carry the digest of their content as one.
  const entry = served.find((entry) => entry.path === request.url) ?? served.find((entry) => entry.path === path);
  if (!entry) {
    response.writeHead(404).end();
    return;
  }
  const text = readFileSync(join(gallery, entry.file), "utf8");
  response.writeHead(200, Object.fromEntries(entry.headers)).end((edits.get(entry.path) ?? ((text) => text))(text));
};
const server = createServer(answer);
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const origin = `http://127.0.0.1:${server.address().port}`;
const send = () => listeners.forEach((listener) => listener.write("event: change\ndata: {}\n\n"));

const until = async (what, condition) => {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await condition()) return true;
    await new Promise((later) => setTimeout(later, 50));
  }
  fault("behaviour", `${what}: waited in vain`);
  return false;
};

// Nobody waits for a page to close: one without a script takes minutes for it now and then.
const leave = (page) => page.close().catch(() => {});

// ---- what is looked at

const barriers = async (page, where) => {
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  result.passes.forEach((rule) => seen.rules.add(rule.id));
  for (const violation of result.violations) {
    for (const node of violation.nodes.slice(0, 3)) {
      fault(where, `${violation.id} (${violation.impact}): ${node.html.slice(0, 160)}: ${node.failureSummary}`);
    }
  }
};

// A page that somebody's worst is on has to hold; that everybody can read it is looked at once.
const isOdd = (entry) => /^(hostile|endless)-/.test(entry.name);

const look = async (context, entry, where, { axed, screenshot }) => {
  const page = await context.newPage();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) fault(where, `the console says: ${message.text()}`);
  });
  page.on("pageerror", (error) => fault(where, `a script failed: ${error.message}`));
  page.on("requestfailed", (request) => {
    if (!request.url().endsWith("/events")) fault(where, `${request.url()} was not loaded`);
  });
  page.on("dialog", (dialog) => {
    fault(where, `a script of somebody else runs: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(origin)) fault(where, `it asks for ${request.url()}`);
  });
  await page.goto(origin + entry.path, { waitUntil: "load" });
  if (axed) await barriers(page, where);
  const [content, window_] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  if (content > window_) fault(where, `it is ${content} pixels wide in a window of ${window_}`);
  if (screenshot) await page.screenshot({ path: screenshot, fullPage: true });
  leave(page);
  seen.pages += 1;
};

const behaviour = (name, context, path, act) =>
  within(60, name, async () => {
    const page = await context.newPage();
    await page.goto(origin + path, { waitUntil: "load" });
    await act(page);
    leave(page);
    seen.behaviours += 1;
  });

const expect = (name, condition, what) => {
  if (!condition) fault(name, what);
};

// ---- all of it

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
if (screenshots) mkdirSync(screenshots, { recursive: true });
for (const colorScheme of ["light", "dark"]) {
  for (const width of [1280, 320]) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 }, reducedMotion: "reduce" });
    for (const entry of pages) {
      if (isOdd(entry) && colorScheme === "dark") continue;
      const where = `${entry.name}-${colorScheme}-${width}`;
      // Colours are those of the wide page, and a narrow one is laid out alike in both.
      const axed = width === 1280 || (!isOdd(entry) && colorScheme === "light");
      const screenshot = screenshots && join(screenshots, `${where}.png`);
      await within(60, where, () => look(context, entry, where, { axed, screenshot }));
    }
    await context.close();
  }
}

const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });

await behaviour("the keyboard", context, "/", async (page) => {
  await page.keyboard.press("Tab");
  const first = await page.evaluate(() => document.activeElement.textContent);
  expect("the keyboard", first === "Skip to the content", `the first stop is ${first}`);
  await page.keyboard.press("Enter");
  const main = await page.evaluate(() => document.activeElement.id);
  expect("the keyboard", main === "content", `the skip link leads to ${main}`);
  await page.keyboard.press("Tab");
  const inside = await page.evaluate(() => document.activeElement.closest("main") !== null);
  expect("the keyboard", inside, "the next stop is outside of the content");
});

await behaviour("live", context, "/pointers", async (page) => {
  const status = () => page.textContent("#live");
  await until("the page says that it is live", async () => (await status()) === "Live");
  await page.locator("details").nth(1).evaluate((details) => (details.open = true));
  await page.locator("summary").nth(1).focus();
  edits.set("/pointers", (text) => text.replaceAll("acme/archiver", "acme/renamed"));
  send();
  await until("the page shows the new text", async () => (await page.textContent("main")).includes("acme/renamed"));
  const state = await page.evaluate(() => ({
    focus: [...document.querySelectorAll("summary")].indexOf(document.activeElement),
    open: [...document.querySelectorAll("details")].map((details) => details.open),
  }));
  expect("live", state.focus === 1, `the focus is on summary ${state.focus}`);
  expect("live", state.open[1] && !state.open[0], `what was open is not: ${state.open}`);
  edits.delete("/pointers");
});

await behaviour("live forms", context, "/", async (page) => {
  await until("the page says that it is live", async () => (await page.textContent("#live")) === "Live");
  await page.locator("input[type=search]").fill("half a wor");
  edits.set("/", (text) => text.replaceAll("billing-rust", "billing-renamed"));
  send();
  await new Promise((later) => setTimeout(later, 1500));
  const value = await page.inputValue("input[type=search]");
  expect("live forms", value === "half a wor", `what somebody typed became \`${value}\``);
  await page.locator("input[type=search]").fill("");
  await page.locator("h1").click();
  await until("what waited is shown", async () => (await page.textContent("main")).includes("billing-renamed"));
  edits.delete("/");
});

const plain = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1280, height: 800 } });
await behaviour("without a script", plain, "/", async (page) => {
  await page.click("nav a >> text=Runs");
  expect("without a script", new URL(page.url()).pathname === "/runs", `a link led to ${page.url()}`);
  await page.click("nav a >> text=Contracts");
  await page.fill("input[type=search]", "x");
  await page.click("button >> text=Show");
  const query = new URL(page.url()).search;
  expect("without a script", query.includes("q=x"), `the form led to ${query}`);
});

await browser.close();
listeners.forEach((listener) => listener.end());
server.close();
wrong.forEach((line) => console.log(line));
const rules = [...seen.rules].length;
console.log(`${seen.pages} looks, ${rules} rules met, ${seen.behaviours} behaviours: ${wrong.length} faults`);
process.exit(wrong.length === 0 ? 0 : 1);

// Keeps an open page true: when the server says that something on it changed, the page is fetched again and its
// content is put in place of the old one. Without this script every page works; it is only as old as its last load.
"use strict";

(() => {
  const PAUSE = 1000; // Many changes at once are one fetch.
  const main = () => document.getElementById("content");
  const status = document.getElementById("live");
  if (!("live" in main().dataset) || !("EventSource" in window)) return;

  let waiting = 0; // The timer of the next fetch; 0 where none waits.
  let fetching = false;
  let stale = false;

  const tell = (text) => {
    if (status.textContent !== text) status.textContent = text;
  };

  // A form that somebody is filling in is not taken away from them.
  const isBusy = () => {
    const active = document.activeElement;
    if (!active || !main().contains(active)) return false;
    const isField = active.matches("input:not([type=hidden]), select, textarea");
    return isField && (active.matches("select") || active.value !== active.defaultValue);
  };

  // Where an element is, in words that still hold after the content was replaced.
  const nameOf = (element) => {
    if (!element || element === document.body || !main().contains(element)) return null;
    if (element === main()) return { selector: "#content", at: 0 };
    if (element.id) return { selector: "#" + CSS.escape(element.id), at: 0 };
    const attribute = ["href", "name", "action"].find((name) => element.hasAttribute(name));
    const selector = attribute
      ? `${element.localName}[${attribute}="${CSS.escape(element.getAttribute(attribute))}"]`
      : element.localName;
    return { selector, at: [...main().querySelectorAll(selector)].indexOf(element) };
  };

  const find = (name) => {
    if (!name) return null;
    if (name.selector === "#content") return main();
    return main().querySelectorAll(name.selector)[name.at] || null;
  };

  // What a reader has done to the page: what is open, how far things are scrolled.
  const read = () => ({
    focus: nameOf(document.activeElement),
    details: [...main().querySelectorAll("details")].map((each) => each.open),
    scrolled: [...main().querySelectorAll(".scroll, .log, pre")].map((each) => [each.scrollLeft, each.scrollTop]),
    selected: !document.getSelection().isCollapsed,
  });

  const restore = (state) => {
    const details = [...main().querySelectorAll("details")];
    if (details.length === state.details.length) details.forEach((each, at) => (each.open = state.details[at]));
    [...main().querySelectorAll(".scroll, .log, pre")].forEach((each, at) => {
      if (state.scrolled[at]) [each.scrollLeft, each.scrollTop] = state.scrolled[at];
    });
    const focused = find(state.focus);
    if (focused) focused.focus({ preventScroll: true });
  };

  const replace = (text) => {
    const next = new DOMParser().parseFromString(text, "text/html").getElementById("content");
    if (!next) return false;
    const state = read();
    if (state.selected) return false; // Somebody is copying from it.
    main().replaceChildren(...next.childNodes);
    restore(state);
    return true;
  };

  const refresh = async () => {
    waiting = 0;
    if (document.hidden || isBusy() || fetching) {
      stale = true;
      return;
    }
    fetching = true;
    stale = false;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" }, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) {
        tell("Something changed, and this page could not be updated. Reload it to see.");
        return;
      }
      stale = !replace(await answer.text());
      // The content tells its time itself. A text that stays the same is not read out again.
      tell("Live");
    } catch {
      stale = true;
    } finally {
      fetching = false;
    }
  };

  const later = () => {
    if (waiting === 0) waiting = setTimeout(refresh, PAUSE);
  };

  const again = () => {
    if (stale) later();
  };

  const source = new EventSource("/events");
  let lost = false;
  source.addEventListener("open", () => {
    tell("Live");
    if (lost) later(); // What happened meanwhile was not told.
    lost = false;
  });
  source.addEventListener("error", () => {
    lost = true;
    const ended = source.readyState === EventSource.CLOSED;
    tell(ended ? "Not live: reload the page to see what changed." : "Not live: the connection is lost. It is tried again.");
  });
  source.addEventListener("change", later);
  document.addEventListener("visibilitychange", again);
  document.addEventListener("focusout", again);
  document.addEventListener("selectionchange", again);
})();

// The chat page: the state of simulator/state, then live by server-sent events. This file joins the parts.

import * as api from "./api.js";
import { showStatus, startBanner } from "./banner.js";
import { goTo } from "./bubble.js";
import { showConversation, showMessages, startChat } from "./chat.js";
import { showComposer, startComposer } from "./composer.js";
import { $, icon } from "./dom.js";
import { startKeys } from "./keys.js";
import { comeBack } from "./linking.js";
import { focusPerson, showPeople, startPeople, step } from "./people.js";
import { readHash, startPlaces, showView, writeHash } from "./places.js";
import { apply, load, setPhase, state, subscribe } from "./store.js";
import { openEntry, openTools, showTools, startTools } from "./tools/tools.js";

// --- loading, and what happens

let stop = () => {}, retry;

async function start() {
  clearTimeout(retry);
  stop();
  try {
    load(await api.get("state?record=log"));
  } catch {
    setPhase("lost");
    retry = setTimeout(start, 2000);
    return;
  }
  stop = api.listen(state.cursor, {
    open: () => setPhase("live"),
    lost: () => setPhase("lost"),
    again: (wait) => { clearTimeout(retry); retry = setTimeout(start, wait); },
    event: (kind, data) => (kind === "page" ? again() : apply(kind, data)),
  });
}

// again loads everything anew, once for several reasons at a time.
function again() {
  clearTimeout(retry);
  retry = setTimeout(start, 50);
}

// --- showing it, at most once in a moment, however much happens

const dirty = new Set();
let pending = false, took = 0;

subscribe((kinds) => {
  for (const kind of kinds) dirty.add(kind);
  if (pending) return;
  pending = true;
  setTimeout(() => {
    const began = performance.now();
    pending = false;
    show();
    took = performance.now() - began;
  }, Math.max(16, Math.min(1000, took * 3))); // a flood leaves time for what the reader does
});

function show() {
  const kinds = new Set(dirty);
  dirty.clear();
  const any = (...names) => kinds.has("all") || names.some((name) => kinds.has(name));
  if (any("select")) {
    showConversation();
    writeHash();
  } else if (any("message", "action", "log", "thread", "conversation", "clock", "profile", "webhook", "person", "status")) {
    showMessages();
  }
  if (any("select", "message", "menu", "profile", "person")) showComposer();
  if (any("select", "message", "action", "person")) showPeople();
  if (any("webhook", "status")) showStatus();
  showTools(kinds);
}

// --- the parts

for (const [id, shape] of [["to-list", "back"], ["tools-toggle", "tools"], ["tools-close", "close"]]) $(id).append(icon(shape));
startPlaces({ toList: focusPerson });
startPeople(() => { showView("chat"); $("text").focus(); });
startChat(openEntry);
startComposer(openEntry);
startBanner(openTools);
startTools({ goTo: (mid) => { showView("chat"); return goTo(mid); } });
startKeys({ step, openEntry });
readHash();
await start();
comeBack();

// Runs the calls of one foreign client, one at a time, as the suite asks for them.
// node host.cjs CLIENT reads requests from stdin, {"call":"text","args":{…}} a line, and answers each on file descriptor 3.
"use strict";
const fs = require("node:fs");
const readline = require("node:readline");

const patience = 15_000; // of a client that neither answers nor fails

const say = (answer) => fs.writeSync(3, `${JSON.stringify(answer)}\n`);

// numbersIn is every number of an error's own fields, at any depth, by its path: what a caller can branch on.
function numbersIn(value, path = "error", seen = new Set()) {
  if (typeof value === "number") return [[path, value]];
  if (value === null || typeof value !== "object" || seen.has(value) || Buffer.isBuffer(value)) return [];
  seen.add(value);
  const names = value instanceof Error ? Object.getOwnPropertyNames(value) : Object.keys(value);
  return names
    .filter((name) => !["config", "request", "stack", "socket", "agent"].includes(name))
    .flatMap((name) => (path.split(".").length > 5 ? [] : numbersIn(value[name], `${path}.${name}`, seen)));
}

function describe(error) {
  return {
    text: error instanceof Error ? `${error.name}: ${error.message}` : JSON.stringify(error) ?? String(error),
    cause: error?.cause?.code ?? error?.code,
    numbers: Object.fromEntries(numbersIn(error)),
  };
}

async function answer(run) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no answer within ${patience / 1000} s`)), patience);
  });
  try {
    const value = await Promise.race([run(), late, uncaught()]);
    return { ok: true, value: value === undefined ? null : value };
  } catch (error) {
    return { ok: false, error: describe(error) };
  } finally {
    clearTimeout(timer);
  }
}

// What a client throws in a callback of its own reaches no caller: it would end the process.
let onUncaught = () => {};
const uncaught = () => new Promise((_, fail) => {
  onUncaught = (error) => fail(Object.assign(new Error(`uncaught: ${error?.message ?? error}`), { uncaught: true }));
});
process.on("uncaughtException", (error) => onUncaught(error));
process.on("unhandledRejection", (error) => onUncaught(error));

async function main() {
  const calls = require(`./${process.argv[2]}.cjs`)({
    token: process.env.MESSENGER_PAGE_TOKEN,
    appSecret: process.env.MESSENGER_APP_SECRET,
    appId: "1000000000000001",
    pageId: process.env.MESSENGER_PAGE_ID,
  });
  say({ calls: Object.keys(calls) });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { call, args } = JSON.parse(line);
    say(await answer(async () => calls[call](args)));
  }
  process.exit(0);
}

main();

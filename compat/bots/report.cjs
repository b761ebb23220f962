// What a bot tells the suite: the events that its framework has given to it, on file descriptor 3.
"use strict";
const fs = require("node:fs");

const say = (line) => fs.writeSync(3, `${JSON.stringify(line)}\n`);

exports.received = (event) => say({ received: event });

// A framework's own failure is reported, and the bot goes on, as one under a process manager does.
process.on("uncaughtException", (error) => say({ failed: String(error?.message ?? error) }));
process.on("unhandledRejection", (error) => say({ failed: String(error?.message ?? error) }));

// Preloaded into every process of the suite: no connection leaves this machine, so that a client that does not find the
// simulator fails, and never calls the real platform.
"use strict";
const net = require("node:net");

const loopback = (host) => host === undefined || host === "localhost" || host === "::1" || /^127\./.test(host);
const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (...args) {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  const host = first && typeof first === "object" ? first.host : second;
  if (!loopback(typeof host === "string" ? host : undefined)) {
    process.nextTick(() => this.destroy(Object.assign(new Error(`connect ENETUNREACH ${host}: the suite is offline`), { code: "ENETUNREACH" })));
    return this;
  }
  return connect.apply(this, args);
};

// Loaded by NODE_OPTIONS="--require …/node.cjs". Connections of this process to the platform's hosts go to the simulator
// instead. Nothing else changes: TLS stays TLS, with the platform's name, and all other hosts are reached as before.
"use strict";
const net = require("node:net");

const hosts = new Set(["graph.facebook.com", "graph.instagram.com", "graph-video.facebook.com"]);

function simulator() {
  const address = process.env.MESSENGER_SIMULATOR || "http://localhost:9090";
  try {
    const url = new URL(address.includes("://") ? address : `http://${address}`);
    return { host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port) || (url.protocol === "https:" ? 443 : 80) };
  } catch {
    process.emitWarning(`MESSENGER_SIMULATOR is no address: ${address}. The platform's own hosts are called.`);
    return undefined;
  }
}

const to = simulator();
const connect = net.Socket.prototype.connect;

if (to) {
  net.Socket.prototype.connect = function (...args) {
    const given = Array.isArray(args[0]) ? args[0] : args; // node:net itself passes its arguments on as one array
    const [first, second] = given;
    if (first && typeof first === "object" && hosts.has(plain(first.host))) {
      given[0] = { ...first, ...to, lookup: undefined };
    } else if (typeof first !== "object" && hosts.has(plain(second))) { // connect(port, host)
      given[0] = to.port;
      given[1] = to.host;
    }
    return connect.apply(this, args);
  };
}

function plain(host) {
  return typeof host === "string" ? host.toLowerCase().replace(/\.$/, "") : undefined;
}

// Serves the bot of this folder, whose configuration bottender reads from the working directory.
"use strict";
require("../report.cjs");
const bodyParser = require("body-parser");
const express = require("express");
const { bottender } = require("bottender");

const app = bottender({ dev: false });
const server = express();
server.use(bodyParser.json({ verify: (request, _, bytes) => { request.rawBody = bytes.toString(); } }));

app.prepare().then(() => {
  const handle = app.getRequestHandler();
  server.all("*", (request, response) => handle(request, response));
  server.listen(Number(process.env.PORT));
});

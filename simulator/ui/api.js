// The control API of the simulator, as simulator/openapi.yaml describes it.

// request makes a call and returns its answer. It throws an Error with the simulator's words.
export async function request(method, path, body) {
  const init = { method };
  if (body !== undefined) {
    init.headers = { "Content-Type": "application/json" };
    init.body = JSON.stringify(body);
  }
  let resp;
  try {
    resp = await fetch(`simulator/${path}`, init);
  } catch {
    throw new Error("The simulator does not answer.");
  }
  const text = await resp.text();
  if (!resp.ok) throw Object.assign(new Error(wordsOf(text, resp)), { status: resp.status });
  return resp.headers.get("Content-Type")?.startsWith("application/json") ? JSON.parse(text) : text;
}

function wordsOf(text, resp) {
  try {
    const words = JSON.parse(text).error.replace(/^simulator: /, "");
    return words.charAt(0).toUpperCase() + words.slice(1);
  } catch {
    return `The simulator answered ${resp.status}.`;
  }
}

export const get = (path) => request("GET", path);
export const post = (path, body = {}) => request("POST", path, body);
export const put = (path, body) => request("PUT", path, body);

// upload stores bytes and returns their address.
export async function upload(blob, name) {
  const resp = await fetch(`simulator/files?name=${encodeURIComponent(name)}`, {
    method: "POST", headers: { "Content-Type": blob.type || "application/octet-stream" }, body: blob,
  });
  const text = await resp.text();
  if (!resp.ok) throw new Error(wordsOf(text, resp));
  return new URL(JSON.parse(text).path, document.baseURI).href;
}

const kinds = ["message", "action", "log", "person", "page", "profile", "menu", "thread", "conversation", "clock", "disorder", "webhook"];

// listen calls a function with each event after a cursor. It returns a function that ends that. lost is called when the connection
// is gone, open when it is there, and again when everything must be loaded anew.
export function listen(cursor, { event, open, lost, again }) {
  const source = new EventSource(`simulator/events?after=${encodeURIComponent(cursor)}&kinds=${kinds.join(",")}`);
  source.onopen = open;
  source.onerror = () => {
    lost();
    if (source.readyState === EventSource.CLOSED) again(2000);
  };
  source.addEventListener("reset", () => again(0));
  for (const kind of kinds) source.addEventListener(kind, (e) => event(kind, JSON.parse(e.data)));
  return () => source.close();
}

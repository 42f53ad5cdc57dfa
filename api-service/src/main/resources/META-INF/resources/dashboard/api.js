// The HTTP API as the pages use it. Whatever it refuses comes as a Problem, with the words of the server.

const BASE = "/api/v1";

export class Problem extends Error {
  constructor(status, body) {
    const fields = (body?.errors ?? []).map(e => `${e.field} ${e.message}`).join("; ");
    super(fields || body?.detail || body?.title || (status ? `The server answered ${status}.` : "The server cannot be reached."));
    this.status = status;
    this.code = body?.code;
    this.errors = body?.errors ?? [];
  }
}

async function call(method, path, body, signal) {
  const request = { method, signal, headers: { Accept: "application/json, application/problem+json" }, credentials: "same-origin" };
  if (body instanceof FormData) {
    request.body = body;
  } else if (body !== undefined) {
    request.body = JSON.stringify(body);
    request.headers["Content-Type"] = "application/json";
  }
  let answer;
  try {
    answer = await fetch(BASE + path, request);
  } catch (e) {
    if (e.name === "AbortError") throw e;
    throw new Problem(0);
  }
  if (answer.status === 401) {
    location.assign("/login?to=" + encodeURIComponent(location.pathname + location.search));
  }
  const text = await answer.text();
  let json = null;
  try {
    json = text ? JSON.parse(text) : null;
  } catch {
    // Not from Millrace but from something before it; the status says enough.
  }
  if (!answer.ok) throw new Problem(answer.status, json);
  return json;
}

export const get = (path, signal) => call("GET", path, undefined, signal);
export const post = (path, body = {}) => call("POST", path, body);
export const put = (path, body) => call("PUT", path, body);
export const patch = (path, body) => call("PATCH", path, body);
export const del = path => call("DELETE", path);

const unless = statuses => async (path, signal) => {
  try {
    return await get(path, signal);
  } catch (e) {
    if (e instanceof Problem && statuses.includes(e.status)) return null;
    throw e;
  }
};

/** What a route answers, or null where there is none such: a system that is not installed, something forgotten meanwhile. */
export const getIfThere = unless([404, 405]);

/** What a route answers, or null to somebody who may not ask it: who sees one project only has no numbers of all. */
export const getIfAllowed = unless([403]);

/** A query string of what is not empty, with its question mark. */
export function query(parameters) {
  const q = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== "" && value.length !== 0) q.set(name, String(value));
  }
  const text = q.toString();
  return text ? "?" + text : "";
}

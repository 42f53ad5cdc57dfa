// Who changed what.
import { html, nothing } from "../lib.js";
import { get, query } from "../api.js";
import { empty, heading, more, table, time } from "../parts.js";

const FIELDS = [["caller", "Who", "key:0123…"], ["route", "What", "/api/v1/queues/{name}/pause"], ["target", "Of which", "a queue's name, a job's id…"]];

export const list = {
  title: () => "Audit log",
  load: ({ query: q, signal }) => get("/audit" + query({ caller: q.caller, route: q.route, target: q.target, cursor: q.cursor, limit: 100 }), signal),
  view: (data, ctx) => html`${heading("Audit log", { sub: "Every change, by whom; never what was sent" })}
    <form class="filters fields" aria-label="Filters" @submit=${e => e.preventDefault()} @change=${e => ctx.go(ctx.url({ [e.target.name]: e.target.value.trim() || null, cursor: null }))}>
      ${FIELDS.map(([name, label, hint]) => html`<label><span>${label}</span><input name=${name} type="search" placeholder=${hint} autocomplete="off" .value=${ctx.query[name] ?? ""}></label>`)}
      ${FIELDS.some(([name]) => ctx.query[name]) ? html`<a class="button" href="/audit">Clear</a>` : nothing}</form>
    <section class="card flush" aria-label="Changes">${table("Changes", [
      { name: "When", cell: e => time(e.at) },
      { name: "Who", cell: e => html`<a class=${e.caller_name ? "" : "id"} title=${e.caller} href=${ctx.url({ caller: e.caller, cursor: null })}>${e.caller_name ?? e.caller}</a> <span class="faint">${e.role}${e.project_id ? ` of ${e.project_id}` : ""}</span>` },
      { name: "What", grow: true, cell: e => html`<span class="mono">${e.method} <a href=${ctx.url({ route: e.route, cursor: null })}>${e.route}</a></span>` },
      { name: "Of which", wrap: true, cell: e => (e.target ? html`<a class="id" href=${ctx.url({ target: e.target, cursor: null })}>${e.target}</a>` : "–") },
      { name: "Answered", right: true, cell: e => e.status }, { name: "From", cell: e => e.address ?? "–" },
    ], data.entries, { empty: empty("Nothing was changed") })}</section>${more(ctx, data)}`,
};

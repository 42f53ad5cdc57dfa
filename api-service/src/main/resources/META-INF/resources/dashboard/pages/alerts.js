// What is wrong, what was, and whether somebody was told.
import { html, nothing } from "../lib.js";
import { get, query } from "../api.js";
import { badge, empty, heading, more, table, time } from "../parts.js";

const TONES = { CRITICAL: "bad", WARNING: "warn", INFO: "wait" };

export const list = {
  title: () => "Alerts",
  load: ({ query: q, signal }) => get("/alerts" + query({ active: q.active, severity: q.severity, cursor: q.cursor, limit: 50 }), signal),
  view: (data, ctx) => html`${heading("Alerts")}
    <section class="filters" aria-label="Filters"><div class="chips" role="group" aria-label="Which">
      <a class="chip" role="button" aria-pressed=${ctx.query.active === "true"} href=${ctx.url({ active: ctx.query.active ? null : "true", cursor: null })}>Still so</a>
      ${Object.keys(TONES).map(s => html`<a class="chip" role="button" aria-pressed=${ctx.query.severity === s} href=${ctx.url({ severity: ctx.query.severity === s ? null : s, cursor: null })}>${badge(s, TONES[s])}</a>`)}</div></section>
    <section class="card flush" aria-label="Alerts">${table("Alerts", [
      { name: "Severity", cell: a => badge(a.severity, a.event === "cleared" ? "off" : TONES[a.severity]) },
      { name: "What", grow: true, cell: a => html`<strong>${a.title}</strong><div class="faint">${a.message}</div>` },
      { name: "About", cell: a => (a.source === "queue" ? html`<a href="/queues?name=${a.subject}">${a.subject}</a>` : html`${a.source} <span class="faint">${a.subject}</span>`) },
      { name: "Now", cell: a => (a.active ? badge("still so", TONES[a.level]) : badge(a.event, a.event === "cleared" ? "good" : "off")) },
      { name: "Told", cell: a => (a.deliveries.length ? a.deliveries.map(d => html`<div>${d.channel} ${badge(d.state, { delivered: "good", given_up: "bad" }[d.state] ?? "wait")}${d.error && d.state !== "delivered" ? html`<div class="cause" title=${d.error}>${d.error}</div>` : nothing}</div>`) : html`<span class="faint">nobody asked</span>`) },
      { name: "When", right: true, cell: a => time(a.timestamp) },
    ], data.alerts, { empty: empty("All is quiet") })}</section>${more(ctx, data)}`,
};

// What is wrong, what was, and whether somebody was told.
import { html, nothing } from "../lib.js";
import { get, query } from "../api.js";
import { badge, card, code, empty, heading, more, table, time } from "../parts.js";

const TONES = { CRITICAL: "bad", WARNING: "warn", INFO: "wait" };
const WORST_FIRST = Object.keys(TONES);

/** Where an alert leads: to what it is about, and to what to do about it. */
const SUBJECTS = { queue: name => `/queues?name=${encodeURIComponent(name)}`, pipeline: () => "/pipelines" };
const RUNBOOKS = {
  backlog: a => `MillraceQueueBacklog${a.severity[0]}${a.severity.slice(1).toLowerCase()}`, oldest_age: () => "MillraceQueueStale",
  failure_ratio: () => "MillraceJobsFailing", no_worker: () => "MillraceQueueWithoutWorker",
};
const runbook = a => (a.source === "queue" && RUNBOOKS[a.kind] ? html`<a href="/alerts/${RUNBOOKS[a.kind](a)}">what to do</a>` : nothing);
const subject = a => a.kind === "failure_ratio" ? html`<a href="/jobs?state=FAILURE&queue=${encodeURIComponent(a.subject)}">${a.subject}</a>` : (SUBJECTS[a.source] ? html`<a href=${SUBJECTS[a.source](a.subject)}>${a.subject}</a>` : html`${a.subject}`);

/** The worst of what is wrong, once for each thing that it is wrong with. */
export function worst(alerts, most) {
  const rank = a => WORST_FIRST.indexOf(a.level ?? a.severity);
  const of = new Map();
  for (const a of alerts.toSorted((x, y) => rank(x) - rank(y))) if (!of.has(`${a.source} ${a.subject}`)) of.set(`${a.source} ${a.subject}`, a);
  const shown = [...of.values()].slice(0, most);
  return html`${shown.map(a => html`<div class="alert ${(a.level ?? a.severity).toLowerCase()}"><strong>${subject(a)}</strong><span>${a.message}</span>${runbook(a)}<span class="faint">${time(a.timestamp)}</span></div>`)}
    ${alerts.length > shown.length ? html`<a class="faint" href="/alerts?active=true">All ${alerts.length}${alerts.length === LOOKED_AT ? " and more" : ""} that are so</a>` : nothing}`;
}

/** How many of them a page asks for that shows the worst. */
export const LOOKED_AT = 100;

export const one = {
  title: ({ id }) => id,
  events: () => null,
  async load({ id, signal }) {
    const answer = await fetch(`/runbooks/${encodeURIComponent(id)}.md`, { signal });
    if (!answer.ok) throw new Error("There is no such runbook.");
    return { text: (await answer.text()).replace(/^# .*\n+/, "") };
  },
  view: ({ text }, { id }) => html`${heading(id, { crumbs: html`<a href="/alerts">Alerts</a> / what to do` })}${card("What to do", code(text))}`,
};

export const list = {
  title: () => "Alerts",
  load: ({ query: q, signal }) => get("/alerts" + query({ active: q.active, severity: q.severity, cursor: q.cursor, limit: 50 }), signal),
  view: (data, ctx) => html`${heading("Alerts")}
    <section class="filters" aria-label="Filters"><div class="chips" role="group" aria-label="Which">
      <a class="chip" role="button" aria-pressed=${ctx.query.active === "true"} href=${ctx.url({ active: ctx.query.active ? null : "true", cursor: null })}>Still so</a>
      ${Object.keys(TONES).map(s => html`<a class="chip" role="button" aria-pressed=${ctx.query.severity === s} href=${ctx.url({ severity: ctx.query.severity === s ? null : s, cursor: null })}>${badge(s, TONES[s])}</a>`)}</div></section>
    <section class="card flush" aria-label="Alerts">${table("Alerts", [
      { name: "Severity", cell: a => badge(a.severity, a.event === "cleared" ? "off" : TONES[a.severity]) },
      { name: "What", grow: true, cell: a => html`<strong>${a.title}</strong><div class="faint">${a.message} ${runbook(a)}</div>` },
      { name: "About", cell: a => (a.source === "queue" ? subject(a) : html`${a.source} <span class="faint">${subject(a)}</span>`) },
      { name: "Now", cell: a => (a.active ? badge("still so", TONES[a.level]) : badge(a.event, a.event === "cleared" ? "good" : "off")) },
      { name: "Told", cell: a => (a.deliveries.length ? a.deliveries.map(d => html`<div>${d.channel} ${badge(d.state, { delivered: "good", given_up: "bad" }[d.state] ?? "wait")}${d.error && d.state !== "delivered" ? html`<div class="cause" title=${d.error}>${d.error}</div>` : nothing}</div>`) : html`<span class="faint">nobody asked</span>`) },
      { name: "When", right: true, cell: a => time(a.timestamp) },
    ], data.alerts, { empty: empty("All is quiet") })}</section>${more(ctx, data)}`,
};

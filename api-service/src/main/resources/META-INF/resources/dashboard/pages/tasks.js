// Kinds of work: how well each does, how long it takes, why it fails.
import { html, nothing } from "../lib.js";
import { get, getIfAllowed, patch, query } from "../api.js";
import { compact, count, duration, exact, percent, words } from "../format.js";
import { act, ask, badge, bar, card, code, empty, facts, heading, jobLink, numberOrNull, table, time } from "../parts.js";

const ratio = h => (h && h.succeeded + h.failed ? h.succeeded / (h.succeeded + h.failed) : null);
const tone = r => (r >= 0.99 ? "good" : r >= 0.9 ? "warn" : "bad");
const took = (p, share) => (p ? duration(p[share]) : html`<span class="faint">–</span>`);

export const list = {
  title: () => "Tasks",
  between: 5_000,
  async load({ signal }) {
    const [tasks, health, failures, stats] = await Promise.all([get("/tasks", signal), getIfAllowed("/dashboard/tasks", signal), getIfAllowed("/dashboard/failures", signal), getIfAllowed("/stats", signal)]);
    const by = new Map((health ?? []).map(h => [h.task, h]));
    return { tasks: tasks.map(t => ({ ...t, health: by.get(t.name), counts: stats?.by_task[t.name] ?? {} })), failures };
  },
  view: ({ tasks, failures }) => html`${heading("Tasks", { sub: "Ended in the last hour; times of the newest 200 finished jobs of each" })}
    <section class="card flush" aria-label="Tasks">${table("Tasks", [
      { name: "Task", grow: true, cell: t => html`<a class="task mono" href="/tasks/${t.name}">${t.name}</a>` },
      { name: "Queue", cell: t => html`${t.queue}<span class="faint"> · ${t.priority}</span>` },
      { name: "Waiting", right: true, cell: t => count(t.counts.PENDING ?? 0) },
      { name: "Running", right: true, cell: t => count(t.counts.STARTED ?? 0) },
      { name: "Succeeded", cell: t => { const r = ratio(t.health); return r === null ? html`<span class="faint">–</span>` : html`<span class="inline">${bar(r, tone(r), "Share that succeeded")}<span class="num">${percent(r)} <span class="faint">of ${compact(t.health.succeeded + t.health.failed)}</span></span></span>`; } },
      { name: "Wait p95", right: true, cell: t => took(t.health?.waited, "p95") },
      { name: "Run p50", right: true, cell: t => took(t.health?.ran, "p50") },
      { name: "p95", right: true, cell: t => took(t.health?.ran, "p95") },
      { name: "p99", right: true, cell: t => took(t.health?.ran, "p99") },
      { name: "Last", right: true, cell: t => time(t.health?.last_finished_at) },
    ], tasks, { empty: empty("No worker has registered a task yet") })}</section>
    ${groups(failures)}`,
};

const groups = (failures, task) => !failures ? nothing : card("Failures", failures.groups.length ? table("Failures", [
  { name: "How many", right: true, cell: g => html`<strong>${count(g.count)}</strong>` },
  { name: "Error", grow: true, cell: g => html`<strong>${g.exc_type}</strong> <span title=${g.last_message}>${g.pattern}</span>` },
  ...(task ? [] : [{ name: "Task", cell: g => html`<a class="mono" href="/tasks/${g.task}">${g.task}</a>` }]),
  { name: "First", right: true, cell: g => time(g.first_at) }, { name: "Last", right: true, cell: g => time(g.last_at) },
  { name: "Jobs", cell: g => html`${jobLink(g.last_job_id, "last one")} · <a href=${"/jobs" + query({ state: "FAILURE", task: g.task, q: g.exc_type })}>all of its type</a>` },
], failures.groups) : empty("None has failed of those that are kept"), { note: failures.failures ? `by what is the same in them; the newest ${count(failures.failures)}, since ${exact(failures.since)}` : "" });

export const one = {
  title: ({ id }) => id,
  events: ({ id }) => "/events" + query({ task: id }),
  between: 5_000,
  async load({ id, signal }) {
    const [task, health, failures, stats] = await Promise.all([get(`/tasks/${encodeURIComponent(id)}`, signal), getIfAllowed("/dashboard/tasks", signal), getIfAllowed("/dashboard/failures" + query({ task: id }), signal), getIfAllowed("/stats", signal)]);
    return { task, health: health?.find(h => h.task === id), failures, counts: stats?.by_task[id] ?? {} };
  },
  view: ({ task: t, health: h, failures, counts }, ctx) => {
    const r = ratio(h);
    return html`${heading(t.name, { crumbs: html`<a href="/tasks">Tasks</a>`, actions: html`<a class="button" href="/jobs?task=${t.name}">Its jobs</a><button @click=${() => edit(ctx, t)}>Edit limits</button>` })}
      <div class="tiles">${Object.entries(counts).map(([state, n]) => html`<a class="tile" href="/jobs?task=${t.name}&state=${state}"><span class="name">${words(state)}</span><span class="value num">${count(n)}</span></a>`)}</div>
      <div class="grid job"><div class="stack">${groups(failures, t.name)}${card("Schema of its arguments", code(t.args_schema))}</div>
      <div class="stack">${card("Health", facts([
        ["Succeeded", r === null ? null : html`${badge(percent(r), tone(r))} <span class="faint">of ${count(h.succeeded + h.failed)} in the last hour</span>`],
        ["Run", h?.ran ? `${duration(h.ran.p50)} median, ${duration(h.ran.p95)} p95, ${duration(h.ran.p99)} p99` : null], ["Wait", h?.waited ? `${duration(h.waited.p50)} median, ${duration(h.waited.p95)} p95` : null], ["From", h ? `the newest ${count(h.jobs)} finished jobs` : null]]))}
      ${card("What its jobs get", facts([["Queue", t.queue], ["Priority", t.priority], ["Retries", t.max_retries], ["Backoff", `${duration(t.retry_backoff.delay)} × ${t.retry_backoff.factor}, at most ${duration(t.retry_backoff.cap)}${t.retry_backoff.jitter ? ", jittered" : ""}`],
        ["Soft limit", t.soft_time_limit ? duration(t.soft_time_limit) : "none"], ["Hard limit", t.time_limit ? duration(t.time_limit) : "none"], ["Rate limit", t.rate_limit ?? "none"], ["At once", t.max_concurrency ?? "any number"], ["Result kept", duration(t.result_ttl)], ["Runs in a", t.isolation]]))}</div></div>`;
  },
};

async function edit(ctx, t) {
  const done = await ask({
    title: `Edit ${t.name}`, confirm: "Save",
    fields: [{ name: "rate", label: "Rate limit", value: t.rate_limit ?? "", placeholder: "such as 15/s", hint: "Empty: what its code says; none: no limit" }, { name: "most", label: "At once", type: "number", value: t.max_concurrency ?? "", hint: "Empty: what its code says; 0: no limit" }, { name: "priority", label: "Priority", type: "number", value: t.priority }],
    check: v => patch(`/tasks/${encodeURIComponent(t.name)}`, { rate_limit: v.rate || null, max_concurrency: numberOrNull(v.most), ...(Number(v.priority) === t.priority ? {} : { priority: numberOrNull(v.priority) }) }),
  });
  if (done) await act(ctx, async () => {}, `${t.name} is changed.`);
}

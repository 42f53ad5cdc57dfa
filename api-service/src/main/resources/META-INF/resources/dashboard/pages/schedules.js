// What recurs: when it fires next, what became of the ticks before.
import { html, nothing } from "../lib.js";
import { del, get, patch, post, put, query } from "../api.js";
import { duration, exact, exactIn, json, zone } from "../format.js";
import { act, ask, badge, card, code, discard, empty, facts, heading, jobLink, more, numberOrNull, parse, table, time } from "../parts.js";


const cadence = s => (s.cron ? html`<span class="mono">${s.cron}</span>${s.timezone === "UTC" ? nothing : html` <span class="faint">${s.timezone}</span>`}` : s.every ? `every ${duration(s.every)}` : `once, ${exact(s.at)}`);
const OUTCOMES = { fired: "good", manual: "busy", missed: "warn", overlap: "later" };

export const list = {
  title: () => "Schedules",
  load: ({ query: q, signal }) => get("/schedules" + query({ cursor: q.cursor, limit: 100 }), signal),
  view: (data, ctx) => html`${heading("Schedules", { actions: html`<button class="primary" @click=${() => edit(ctx, null)}>New schedule</button>` })}
    <section class="card flush" aria-label="Schedules">${table("Schedules", [
      { name: "Schedule", cell: s => html`<a class="task" href="/schedules/${encodeURIComponent(s.name)}">${s.name}</a> ${s.enabled ? nothing : badge("paused", "warn")}${s.problem ? html`<div class="cause">${s.problem}</div>` : nothing}` },
      { name: "Task", cell: s => html`<span class="mono">${s.task}</span>` },
      { name: "When", cell: cadence },
      { name: "Next", right: true, cell: s => time(s.next_fire_times[0]) },
      { name: "Last", right: true, cell: s => (s.last_job_id ? html`${s.last_job_state ? badge(s.last_job_state) : nothing}${jobLink(s.last_job_id, html`${time(s.last_fire_at)}`)}` : time(s.last_fire_at)) },
      { name: "Actions", cell: s => html`<span class="rowactions">${actions(s, ctx)}</span>` },
    ], data.schedules, { empty: empty("Nothing recurs yet", "Make a schedule, or declare one in the configuration of the schedulers.") })}</section>${more(ctx, data)}`,
};

const path = s => `/schedules/${encodeURIComponent(s.name)}`;

const actions = (s, ctx) => html`<button aria-label="Run ${s.name} now" @click=${() => run(ctx, s)}>Run now</button>
  <button aria-label=${`${s.enabled ? "Pause" : "Resume"} ${s.name}`} @click=${() => act(ctx, () => patch(path(s), { enabled: !s.enabled }), s.enabled ? `${s.name} is paused.` : `${s.name} goes on.`)}>${s.enabled ? "Pause" : "Resume"}</button>
  <button aria-label="Edit ${s.name}" @click=${() => edit(ctx, s)}>Edit</button>`;

export const one = {
  title: ({ id }) => `Schedule ${id}`,
  async load({ id, signal, query: q }) {
    const at = `/schedules/${encodeURIComponent(id)}`;
    const [schedule, history] = await Promise.all([get(at, signal), get(at + "/firings" + query({ cursor: q.cursor, limit: 50 }), signal)]);
    return { schedule, ...history };
  },
  view: (data, ctx) => {
    const s = data.schedule;
    return html`${heading(s.name, {
      crumbs: html`<a href="/schedules">Schedules</a>`, sub: html`${badge(s.enabled ? "on" : "paused", s.enabled ? "good" : "warn")} ${s.declared ? html`<span class="tag">declared in configuration</span>` : nothing}`,
      actions: html`${actions(s, ctx)}<button class="danger" @click=${() => remove(ctx, s)}>Delete</button>`,
    })}
    <div class="grid job"><div class="stack">
      ${card("History", html`${table("History", [
        { name: "Tick", cell: f => exact(f.fire_time) }, { name: "Outcome", cell: f => badge(f.outcome, OUTCOMES[f.outcome]) }, { name: "Job", cell: f => (f.job_id ? html`${badge(f.job_state)}${jobLink(f.job_id)}` : "–") }, { name: "Decided", right: true, cell: f => time(f.fired_at) },
      ], data.firings, { empty: empty("It has not fired yet") })}${more(ctx, data)}`)}
      ${card("Arguments", code(s.args))}</div>
      <div class="stack">${card("Next", s.next_fire_times.length ? html`<ol class="plain">${s.next_fire_times.map(t => html`<li>${exact(t)} <span class="faint">${time(t)}${s.cron && s.timezone !== zone ? html` · ${exactIn(t, s.timezone)} ${s.timezone}` : nothing}</span></li>`)}</ol>` : empty(s.enabled ? "It never fires again" : "It is paused"))}
      ${card("Facts", facts([["Task", html`<a href="/tasks/${s.task}">${s.task}</a>`], ["When", cadence(s)], ["Queue", s.queue ?? "the task's"], ["Priority", s.priority ?? "the queue's"], ["If a tick is missed", s.misfire], ["If the last one still runs", s.overlap.replaceAll("_", " ")], ["Problem", s.problem], ["Changed", time(s.updated_at)]]))}</div></div>`;
  },
};

const run = (ctx, s) => act(ctx, () => post(`${path(s)}/run`), `${s.name} is submitted.`, job => [`/jobs/${job.job_id}`, "Look at its job"]);

async function remove(ctx, s) {
  if (await ask({ title: `Delete schedule ${s.name}?`, text: `Its history goes with it; its jobs stay.${s.declared ? " It is declared in configuration and comes back when a scheduler starts." : ""}`, typed: s.name, confirm: "Delete", danger: true })) {
    await discard(ctx, () => del(path(s)), `${s.name} is deleted.`, "/schedules");
  }
}

async function edit(ctx, s) {
  const [tasks, queues] = await Promise.all([get("/tasks").catch(() => []), get("/queues").catch(() => [])]);
  const done = await ask({
    title: s ? `Edit ${s.name}` : "New schedule", confirm: "Save",
    fields: [
      ...(s ? [] : [{ name: "name", label: "Name", placeholder: "nightly-report" }]),
      { name: "task", label: "Task", value: s?.task ?? "", suggestions: tasks.map(t => t.name) },
      { name: "when", label: "When", value: s ? (s.cron ?? s.every ?? s.at) : "", placeholder: "*/5 * * * *", hint: "Five fields of cron, a number of seconds, or one time such as 2026-01-31T12:00:00Z" },
      { name: "timezone", label: "Time zone of cron", value: s?.timezone ?? "UTC", suggestions: [...new Set(["UTC", zone, ...Intl.supportedValuesOf("timeZone")])] },
      { name: "starts_at", label: "First of every so many seconds", value: s?.every ? s.starts_at : "", placeholder: "2026-01-31T12:00:00Z", hint: "Empty: from now on" },
      { name: "args", label: "Arguments", type: "json", value: json(s?.args ?? {}) },
      { name: "queue", label: "Queue", value: s?.queue ?? "", suggestions: queues.map(q => q.name), hint: "Empty: the task's" },
      { name: "priority", label: "Priority", type: "number", value: s?.priority ?? "", hint: "Empty: the queue's" },
      { name: "misfire", label: "If a tick is missed", options: ["skip", "once", "all"], value: s?.misfire ?? "once" },
      { name: "misfire_limit", label: "All, but no more than", type: "number", value: s?.misfire === "all" ? s.misfire_limit : "", hint: "Of ticks that were missed, where all are made up for" },
      { name: "overlap", label: "If the last one still runs", options: ["allow", "skip", "cancel_previous"], value: s?.overlap ?? "allow" },
    ],
    check: v => {
      const when = v.when.trim();
      const cad = /^\d+(\.\d+)?$/.test(when) ? { every: Number(when), ...(v.starts_at.trim() ? { starts_at: v.starts_at.trim() } : {}) } : /^\d{4}-\d\d-\d\dT/.test(when) ? { at: when } : { cron: when, timezone: v.timezone };
      const body = { name: s?.name ?? v.name, task: v.task, args: parse(v.args, "Arguments"), ...cad, misfire: v.misfire, overlap: v.overlap, queue: v.queue.trim() || null, priority: numberOrNull(v.priority),
        ...(v.misfire === "all" && v.misfire_limit ? { misfire_limit: Number(v.misfire_limit) } : {}), ...(s ? { enabled: s.enabled } : {}) };
      return s ? put(path(s), body) : post("/schedules", body);
    },
  });
  if (done) await act(ctx, async () => {}, `${done.name} is saved.`);
}

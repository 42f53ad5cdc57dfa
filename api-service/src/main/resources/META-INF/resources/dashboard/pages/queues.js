// Queues: how they stand, and what an operator does about it.
import { html, nothing } from "../lib.js";
import { get, patch, post } from "../api.js";
import { count, duration } from "../format.js";
import { act, ask, badge, bar, heading, numberOrNull, table } from "../parts.js";

export const list = {
  title: () => "Queues",
  between: 2_000,
  every: 5_000,
  load: async ({ signal }) => ({ queues: await get("/queues", signal) }),

  view: ({ queues }, ctx) => {
    const deepest = Math.max(1, ...queues.map(q => q.depth));
    const shown = ctx.query.name ? queues.filter(q => q.name === ctx.query.name) : queues;
    return html`${heading("Queues", { actions: ctx.query.name ? html`<a class="button" href="/queues">All queues</a>` : nothing })}
      <section class="card flush queues" aria-label="Queues">${table("Queues", [
        { name: "Queue", wrap: true, cell: q => html`<a class="task" href="/jobs?queue=${q.name}">${q.name}</a> ${q.paused ? badge("paused", "warn") : nothing} ${q.alert_level === "NONE" ? nothing : html`<a href="/alerts">${badge(q.alert_level.toLowerCase(), q.alert_level === "CRITICAL" ? "bad" : "warn")}</a>`}` },
        { name: "Waiting", cell: q => html`<span class="inline">${bar(q.depth / deepest, q.paused ? "warn" : "busy", `Depth of ${q.name} beside the deepest`)}<span class="num">${count(q.depth)}</span></span>` },
        { name: "Oldest", right: true, cell: q => (q.depth ? duration(q.oldest_age_seconds) : "–") },
        { name: "Running", right: true, cell: q => html`${count(q.running)}${q.max_concurrency ? html`<span class="faint">/${q.max_concurrency}</span>` : nothing}` },
        { name: "Later", right: true, cell: q => count(q.scheduled) },
        { name: "A minute", right: true, cell: q => html`${count(q.completed_per_minute)}${q.failed_per_minute ? html` <span class="bad">+${count(q.failed_per_minute)}</span>` : nothing}` },
        { name: "Workers", right: true, cell: q => (q.workers ? q.workers : html`<span class="bad">none</span>`) },
        { name: "Priority", right: true, cell: q => q.priority },
        { name: "Limits", wrap: true, cell: q => [q.rate_limit, q.max_concurrency && `${q.max_concurrency} at once`].filter(Boolean).join(", ") || html`<span class="faint">none</span>` },
        { name: "Actions", cell: q => html`<span class="rowactions">
          ${q.paused ? html`<button aria-label="Resume ${q.name}" @click=${() => act(ctx, () => post(`/queues/${q.name}/resume`), `Queue ${q.name} goes on.`)}>Resume</button>`
            : html`<button aria-label="Pause ${q.name}" @click=${() => pause(ctx, q)}>Pause</button>`}
          <button aria-label="Edit limits of ${q.name}" @click=${() => edit(ctx, q)}>Edit</button>
          <button class="danger" aria-label="Purge ${q.name}" ?disabled=${!q.depth} @click=${() => purge(ctx, q)}>Purge</button></span>` },
      ], shown)}</section>`;
  },
};

async function pause(ctx, q) {
  if (await ask({ title: `Pause queue ${q.name}?`, text: "None of its jobs starts any more. What runs goes on; what is submitted waits.", confirm: "Pause" })) {
    await act(ctx, () => post(`/queues/${q.name}/pause`), `Queue ${q.name} is paused.`);
  }
}

async function purge(ctx, q) {
  if (await ask({ title: `Purge queue ${q.name}?`, text: `Every job of it that is due and waits is revoked: ${count(q.depth)} now.`, typed: q.name, confirm: "Purge", danger: true })) {
    await act(ctx, () => post(`/queues/${q.name}/purge`), r => `${count(r.purged)} jobs of ${q.name} are revoked.`);
  }
}

async function edit(ctx, q) {
  const done = await ask({
    title: `Edit queue ${q.name}`, confirm: "Save",
    fields: [
      { name: "rate", label: "Rate limit", value: q.rate_limit ?? "", placeholder: "such as 15/s or 15/s,1000/h", hint: "Empty: what is declared; none: no limit" },
      { name: "most", label: "At once", value: q.max_concurrency ?? "", type: "number", hint: "Empty: what is declared; 0: no limit" },
      { name: "priority", label: "Priority", value: q.priority, type: "number", hint: "0 (last) to 10 (first), for jobs submitted from now on" },
    ],
    check: v => patch(`/queues/${q.name}`, { rate_limit: v.rate || null, max_concurrency: numberOrNull(v.most), ...(Number(v.priority) === q.priority ? {} : { priority: Number(v.priority) }) }),
  });
  if (done) await act(ctx, async () => {}, `Queue ${q.name} is changed.`);
}

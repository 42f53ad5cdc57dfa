// Workers: their slots, what they run, and what is asked of them.
import { html, nothing, repeat } from "../lib.js";
import { get, patch, post } from "../api.js";
import { bytes, compact, count, duration } from "../format.js";
import { act, ask, badge, empty, facts, heading, jobLink, numberOrNull, say, time } from "../parts.js";

const DRAWN = 120;

export const list = {
  title: () => "Workers",
  between: 2_000,
  every: 3_000,
  load: async ({ signal }) => {
    const [workers, queues] = await Promise.all([get("/workers", signal), get("/queues", signal)]);
    return { workers, queues: queues.map(q => q.name) };
  },

  view: ({ workers, queues }, ctx) => {
    const alive = workers.filter(w => w.state === "ACTIVE" || w.state === "DRAINING");
    const gone = workers.filter(w => !alive.includes(w));
    const slots = alive.reduce((sum, w) => sum + w.concurrency, 0), running = alive.reduce((sum, w) => sum + w.running, 0);
    return html`${heading("Workers", { sub: alive.length ? html`${count(alive.length)} alive, ${count(running)} of ${count(slots)} slots in use` : nothing, actions: html`<button @click=${() => ping()}>Ping all</button>` })}
      ${alive.length ? html`<div class="workers">${repeat(alive, w => w.worker_id, w => one_(w, alive, queues, ctx))}</div>` : html`<section class="card">${empty("No worker is alive", "Jobs are accepted and wait until one comes.")}</section>`}
      ${gone.length ? html`<details class="card" ?open=${gone.some(w => w.state === "LOST")}><summary>${count(gone.length)} that have gone</summary><ul class="plain">${gone.map(w => html`<li>${badge(w.state)} <span class="id">${w.worker_id}</span> <span class="faint">last seen ${time(w.last_heartbeat)}, ${count(w.processed)} jobs</span></li>`)}</ul></details>` : nothing}`;
  },
};

const leaves = w => w.state !== "ACTIVE" || w.wanted?.shutdown;

/** Says from which of its queues no other worker receives; empty if from none. */
function alone(w, alive) {
  const others = alive.filter(other => other !== w && !leaves(other));
  const names = w.queues.filter(q => !others.some(other => other.queues.includes(q)));
  return names.length ? ` No other worker receives from ${names.join(", ")}: without this one, jobs there wait.` : "";
}

const one_ = (w, alive, queues, ctx) => html`<section class="card worker" id=${w.worker_id} aria-label="Worker ${w.worker_id}" data-row>
  <div class="cardhead"><h2 class="id"><a href="/jobs?worker=${encodeURIComponent(w.worker_id)}">${w.worker_id}</a></h2>${badge(w.state)}
    ${w.wanted?.shutdown ? badge("shutting down", "warn") : nothing}${w.threads_stuck ? badge(`${w.threads_stuck} stuck`, "bad") : nothing}</div>
  <div class="slots" role="img" aria-label="${w.running} of ${w.concurrency} slots in use">${Array.from({ length: Math.min(DRAWN, w.concurrency) }, (_, i) => html`<i class=${i < w.running ? "on" : ""}></i>`)}${w.concurrency > DRAWN ? html`<span class="faint">and ${w.concurrency - DRAWN} more</span>` : nothing}</div>
  ${facts([
    ["Slots", html`${w.running} of ${w.concurrency}${w.wanted?.concurrency && w.wanted.concurrency !== w.concurrency ? html` <span class="faint">→ ${w.wanted.concurrency}</span>` : nothing}${w.reserved ? html` <span class="faint">${w.reserved} held ready</span>` : nothing}`],
    ["Queues", html`${w.queues.map(q => html`<span class="tag">${q}</span> `)}${w.wanted?.queues && w.wanted.queues.toSorted().join() !== w.queues.toSorted().join() ? html`<span class="faint">→ ${w.wanted.queues.join(", ")}</span>` : nothing}`],
    ["Done", html`${compact(w.processed)} <span class="faint">${compact(w.failed)} failed, ${compact(w.retried)} retried</span>`], ["Memory", bytes(w.memory_bytes)], ["Up", duration(w.uptime_seconds)], ["Heartbeat", time(w.last_heartbeat)], ["Version", w.version], ["Host", w.host],
    ["Autoscale", w.autoscale ? `${w.autoscale.min} to ${w.autoscale.max}` : null]])}
  ${w.active.length ? html`<details><summary>${count(w.active.length)} running</summary><ul class="plain">${w.active.slice(0, 20).map(j => html`<li>${jobLink(j.job_id, j.task ?? j.job_id)} <span class="faint">${time(j.started_at)}</span></li>`)}</ul></details>` : nothing}
  <div class="actions">
    <button aria-label="Shrink ${w.worker_id}" ?disabled=${leaves(w) || w.concurrency <= 1} @click=${() => grow(ctx, w, -1)}>−</button>
    <button aria-label="Grow ${w.worker_id}" ?disabled=${leaves(w)} @click=${() => grow(ctx, w, 1)}>+</button>
    <button aria-label="Set slots of ${w.worker_id}" ?disabled=${leaves(w)} @click=${() => slots(ctx, w)}>Slots…</button>
    <button aria-label="Queues of ${w.worker_id}" ?disabled=${leaves(w)} @click=${() => receive(ctx, w, alive, queues)}>Queues…</button>
    <button class="danger" aria-label="Drain and shut down ${w.worker_id}" ?disabled=${leaves(w)} @click=${() => shutDown(ctx, w, alive)}>Drain…</button></div>
</section>`;

const path = w => `/workers/${encodeURIComponent(w.worker_id)}`;

const grow = (ctx, w, by) => {
  const to = (w.wanted?.concurrency ?? w.concurrency) + by;
  return act(ctx, () => patch(path(w), { concurrency: to }), `Asked for ${to} slots.`);
};

async function slots(ctx, w) {
  const done = await ask({
    title: "Slots", text: "A number for a fixed pool, or two bounds between which the worker changes it by itself.", confirm: "Ask for it",
    fields: [{ name: "most", label: "Slots, or most", type: "number", value: w.autoscale?.max ?? w.concurrency }, { name: "least", label: "Least", type: "number", value: w.autoscale?.min ?? "", hint: "Empty: a fixed pool" }],
    check: v => patch(path(w), numberOrNull(v.least) === null ? { concurrency: Number(v.most) } : { autoscale: { max: Number(v.most), min: Number(v.least) } }),
  });
  if (done) await act(ctx, async () => {}, "Asked for; it is in force within a second or two.");
}

async function receive(ctx, w, alive, queues) {
  const done = await ask({
    title: "Queues", text: `All that this worker shall receive from. There are ${queues.join(", ")}.${alone(w, alive)}`, confirm: "Ask for it", fields: [{ name: "queues", label: "Queues", value: w.queues.join(", ") }],
    check: v => patch(path(w), { queues: v.queues.split(/[\s,]+/).filter(Boolean) }),
  });
  if (done) await act(ctx, async () => {}, "Asked for; what runs goes on.");
}

async function shutDown(ctx, w, alive) {
  if (await ask({ title: "Drain and shut down?", text: `${w.worker_id} receives no more, lets its ${w.running} runs finish, gives back the rest and ends. Whatever keeps workers running may start another.${alone(w, alive)}`, confirm: "Drain and shut down", danger: true })) {
    await act(ctx, () => post(`${path(w)}/shutdown`), "The worker drains.");
  }
}

async function ping() {
  try {
    const { answered, silent } = await post("/workers/ping");
    say(`${answered.length} answered${answered.length ? `, the slowest after ${Math.max(...answered.map(a => a.milliseconds))} ms` : ""}${silent.length ? `; silent: ${silent.join(", ")}` : ""}.`, silent.length ? "bad" : "good");
  } catch (e) {
    say(e.message, "bad");
  }
}

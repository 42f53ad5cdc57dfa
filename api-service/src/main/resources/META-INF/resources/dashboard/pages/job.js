// One job: what has become of it, attempt by attempt, and why it does not run.
import { html, nothing } from "../lib.js";
import { get, getIfThere, post } from "../api.js";
import { between, duration, exact, json } from "../format.js";
import { act, ask, badge, card, code, empty, facts, heading, jobLink, parse, progress, ranFor, say, table, time } from "../parts.js";

const ENDED = ["SUCCESS", "FAILURE", "REVOKED"];
const QUEUED = ["queue_paused", "throttled"];
const TONES = { success: "good", running: "busy", revoked: "off", snoozed: "later", released: "later" };

export const one = {
  title: ({ id }, data) => (data ? `${data.job.task} ${id.slice(-8)}` : "Job"),
  between: 500,
  every: 10_000,

  events: ({ id }, data) => (data && ENDED.includes(data.job.state) ? null : `/jobs/${id}/events`),

  /** Progress is drawn from the event itself; all else is asked for. */
  onEvent(event, data) {
    if (event.event !== "job.progress" || !data || ENDED.includes(data.job.state)) return false;
    data.job.state = "PROGRESS";
    data.job.progress = { ...data.job.progress, ...event.progress };
    return true;
  },

  async load({ id, signal, memory }) {
    const job = await get(`/jobs/${id}`, signal);
    const open = !ENDED.includes(job.state);
    const [history, trace, why, callbacks, relatives] = await Promise.all([
      get(`/jobs/${id}/history`, signal), memory.trace ?? getIfThere(`/dashboard/jobs/${id}/trace`, signal), open ? getIfThere(`/jobs/${id}/why`, signal) : null, job.callback_url ? getIfThere(`/jobs/${id}/callbacks`, signal) : null, job.batch_id ? getIfThere(`/dashboard/jobs/${id}/relatives`, signal) : null,
    ]);
    // The same as long as there is the job: asked for once a visit.
    memory.trace = trace ?? {};
    return { job, trace: memory.trace.url, attempts: history.attempts, why, callbacks: callbacks?.callbacks ?? [], relatives };
  },

  view: ({ job, trace, attempts, why, callbacks, relatives }, ctx) => {
    const open = !ENDED.includes(job.state);
    const revoked = why?.because[0]?.code === "revoked";
    const again = job.state === "FAILURE" || job.state === "REVOKED";
    return html`${heading(job.task, {
      crumbs: html`<a href="/jobs">Jobs</a> / <a href="/jobs?task=${job.task}">${job.task}</a>`,
      sub: html`<span data-state=${job.state}>${badge(job.state)}</span><span class="id">${job.job_id}</span>${job.tags.map(t => html`<a class="tag" href="/jobs?tag=${encodeURIComponent(t)}">${t}</a>`)}`,
      actions: html`${open && !revoked ? html`<button @click=${() => revoke(ctx, false)}>Revoke</button>` : nothing}
        ${job.state === "STARTED" || job.state === "PROGRESS" ? html`<button class="danger" @click=${() => revoke(ctx, true)}>Terminate</button>` : nothing}
        ${again ? html`<button class="primary" @click=${() => retry(ctx)}>Run again</button><button @click=${() => retryWith(ctx, job)}>Run again with…</button>` : nothing}`,
    })}
    ${job.progress && open ? html`<section class="card" aria-label="Progress">${progress(job.progress)}</section>` : nothing}
    ${revoked && open ? html`<section class="card why" aria-label="Revoked"><h2>Revoked</h2><p>${why.because[0].message}</p></section>`
      : why && open && why.because[0]?.code !== "running" ? html`<section class="card why" aria-label="Why is it not running?"><h2>Why is it not running?</h2><ol>${why.because.map(b => html`<li data-code=${b.code}>
      <p>${b.message}</p>${QUEUED.includes(b.code) && !b.limits?.every(l => l.scope === "key") ? html`<p><a href="/queues?name=${job.queue}">Look at queue ${job.queue}</a></p>` : b.code === "no_slot" || b.code === "no_worker" ? html`<p><a href="/workers">Look at the workers</a></p>` : nothing}${b.parents?.length ? html`<p class="faint">${b.parents.map(p => html`${jobLink(p.job_id, p.key)} ${badge(p.state)} `)}</p>` : nothing}</li>`)}</ol></section>` : nothing}
    <div class="grid job">
      <div class="stack">
        ${job.error ? card("Error", html`<p class="errorline"><strong>${job.error.exc_type}</strong> ${job.error.exc_message}</p>${job.error.traceback ? html`<details ?open=${job.state === "FAILURE"}><summary>Traceback</summary>${code(job.error.traceback)}</details>` : nothing}`) : nothing}
        ${card("Attempts", html`${timeline(job, attempts)}${attempts.length ? table("Attempts", [
          { name: "#", cell: a => html`<span class="num">${a.attempt}</span>` },
          { name: "Outcome", cell: a => badge(a.outcome, TONES[a.outcome] ?? "bad") },
          { name: "Worker", cell: a => html`<span class="clip">${a.worker ?? "–"}</span>` },
          { name: "Started", right: true, cell: a => time(a.started_at) },
          { name: "Ran", right: true, cell: a => (a.started_at ? duration(between(a.started_at, a.finished_at)) : "–") },
          { name: "Error", grow: true, cell: a => (a.exc_type ? html`<div class="cause" title=${a.exc_message ?? ""}>${a.exc_type}: ${a.exc_message}</div>${a.traceback && a.traceback !== job.error?.traceback ? html`<details><summary>Traceback</summary>${code(a.traceback)}</details>` : nothing}` : html`<span class="faint">–</span>`) },
          { name: "Next after", right: true, cell: a => (a.retry_delay_seconds === null || a.retry_delay_seconds === undefined ? "–" : duration(a.retry_delay_seconds)) },
        ], attempts) : empty("It has not started yet")}`, { note: tried(job, attempts) })}
        ${card("Arguments", code(job.args), { actions: html`<button class="ghost small" data-free @click=${() => copy(json(job.args))}>Copy</button>` })}
        ${job.state === "SUCCESS" ? card("Result", job.result === null ? empty("None is kept", job.result_expires_at ? `It was kept until ${exact(job.result_expires_at)}.` : "") : code(job.result), { note: job.result_expires_at && job.result !== null ? `kept until ${exact(job.result_expires_at)}` : "" }) : nothing}
        ${callbacks.length ? card("Callbacks", table("Callbacks", [
          { name: "Event", cell: c => c.event }, { name: "Status", cell: c => badge(c.status, { DELIVERED: "good", delivered: "good", FAILED: "bad", failed: "bad" }[c.status] ?? "wait") },
          { name: "Answer", cell: c => c.last_response_status ?? c.last_error ?? "–" }, { name: "Attempts", right: true, cell: c => c.attempts },
          { name: "Delivery", cell: c => jobLink(c.delivery_job_id) }, { name: "Last", right: true, cell: c => time(c.last_attempt_at) },
        ], callbacks), { note: job.callback_url }) : nothing}
      </div>
      <div class="stack">
        ${card("Facts", facts([
          ["Queue", html`<a href="/queues?name=${job.queue}">${job.queue}</a>`], ["Priority", job.priority], ["Worker", job.worker ? html`<a href=${`/jobs?worker=${encodeURIComponent(job.worker)}`}>${job.worker}</a>` : null],
          ["Submitted", html`${exact(job.created_at)} <span class="faint">${time(job.created_at)}</span>`], ["Due", job.eta ? exact(job.eta) : null], ["Next try", job.next_retry_at ? html`${exact(job.next_retry_at)} <span class="faint">${time(job.next_retry_at)}</span>` : null],
          ["Started", job.started_at ? exact(job.started_at) : null], ["Finished", job.finished_at ? exact(job.finished_at) : null], ["Waited", job.started_at && job.attempt <= 1 ? duration(between(job.eta ?? job.created_at, job.started_at)) : null], ["Ran", job.started_at ? ranFor(job) : null],
          ["Expires", job.expires_at ? exact(job.expires_at) : null], ["Time limits", job.soft_time_limit || job.time_limit ? `${duration(job.soft_time_limit)} soft, ${duration(job.time_limit)} hard` : null],
          ["Trace", trace ? html`<a class="id" href=${trace} target="_blank" rel="noopener">${job.trace_id ?? "Look at its trace"}</a>` : job.trace_id ? html`<span class="id">${job.trace_id}</span>` : null], ["Project", job.project_id], ["Callback", job.callback_url],
          ["Batch", job.batch_id ? html`<a class="id" href="/batches/${job.batch_id}">${job.batch_id.slice(-8)}</a>` : null], ["Parent", job.parent_id ? jobLink(job.parent_id) : null], ["Root", job.root_id ? jobLink(job.root_id) : null],
        ]))}
        ${relatives && relatives.parents.length ? card("Waits for", relativesOf(relatives.parents)) : nothing}
        ${relatives && relatives.children.length ? card("Waited for by", relativesOf(relatives.children)) : nothing}
      </div>
    </div>`;
  },
};

/** A worker that was lost costs no try, though it began an attempt. */
function tried(job, attempts) {
  const lost = attempts.filter(a => a.outcome === "lost").length;
  return `${job.attempt - lost} of ${job.max_retries + 1}${lost ? `, and ${lost} lost with their workers` : ""}`;
}

const relativesOf = nodes => html`<ul class="plain">${nodes.map(n => html`<li>${badge(n.state)} ${jobLink(n.job_id, n.key)} <span class="faint mono">${n.task ?? ""}</span></li>`)}</ul>`;

/** Waiting and running on one line of time, from its submission to its end or to now. */
function timeline(job, attempts) {
  const begin = Date.parse(job.created_at), end = Math.max(begin + 1, Date.parse(job.finished_at ?? new Date().toISOString()));
  const place = t => ((Math.min(end, Math.max(begin, Date.parse(t))) - begin) / (end - begin)) * 100;
  const runs = attempts.filter(a => a.started_at).map(a => ({ ...a, from: place(a.started_at), to: a.finished_at ? place(a.finished_at) : 100 }));
  return html`<figure class="timeline" aria-label="From submission to ${job.finished_at ? "the end" : "now"}: ${duration((end - begin) / 1000)}, ${runs.length} ${runs.length === 1 ? "run" : "runs"}">
    <div class="track">${runs.map(r => html`<i class=${TONES[r.outcome] ?? "bad"} title="Attempt ${r.attempt}: ${r.outcome}, ${duration(between(r.started_at, r.finished_at))}" .style=${`left:${r.from}%;width:${Math.max(0.6, r.to - r.from)}%`}></i>`)}</div>
    <figcaption><span>${exact(job.created_at)}</span><span>${duration((end - begin) / 1000)}</span><span>${job.finished_at ? exact(job.finished_at) : "now"}</span></figcaption></figure>`;
}

async function copy(text) {
  await navigator.clipboard.writeText(text).then(() => say("Copied."), () => say("The browser does not let a page write to the clipboard here.", "bad"));
}

async function revoke(ctx, terminate) {
  const yes = await ask(terminate
    ? { title: "Terminate this run?", text: "It is stopped within a second, and does not run again.", confirm: "Terminate", danger: true }
    : { title: "Revoke this job?", text: "If it waits, it never runs. If it runs, it may finish, but it does not run again.", confirm: "Revoke", danger: true });
  if (yes) await act(ctx, () => post(`/jobs/${ctx.id}/revoke`, { terminate }), job => (job.state === "REVOKED" ? "The job is revoked." : "The job may finish, and does not run again."));
}

const retry = ctx => act(ctx, () => post(`/jobs/${ctx.id}/retry`), "The job is submitted again.").then(() => ctx.go(location.pathname));

async function retryWith(ctx, job) {
  const answer = await ask({
    title: "Run again with other arguments", confirm: "Run again", fields: [{ name: "args", label: "Arguments", type: "json", value: json(job.args), hint: "Checked against the schema of the task. They take the place of those it ran with before, which are not kept." }],
    check: ({ args }) => post(`/jobs/${ctx.id}/retry`, { args: parse(args, "This") }),
  });
  if (answer) {
    say("The job is submitted again, with these arguments.");
    ctx.go(location.pathname);
  }
}

// Remote workflows: jobs of somebody else's API, submitted, polled, cancelled.
import { html, nothing } from "../lib.js";
import { get, getIfThere, post, query } from "../api.js";
import { between, count, duration, exact, tail } from "../format.js";
import { act, ask, badge, card, code, empty, facts, heading, jobLink, more, notInstalled, parse, progress, statusChips, table, time } from "../parts.js";
import { share } from "./batches.js";

const STATUSES = ["PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED", "MIXED"];
const FAILED = ["FAILED", "CANCELLED"];
const ENDED = ["COMPLETED", "FAILED", "CANCELLED"];

export const list = {
  title: () => "Remote workflows",
  load: async ({ query: q, signal }) => ({ page: await getIfThere("/workflows/batches" + query({ status: q.status, cursor: q.cursor, limit: 50 }), signal) }),
  view: ({ page }, ctx) => !page ? notInstalled("Remote workflows") : html`${heading("Remote workflows", { actions: html`<button class="primary" @click=${() => submit(ctx)}>Submit a batch…</button>` })}
    ${statusChips(ctx, STATUSES)}
    <section class="card flush" aria-label="Batches">${table("Batches of remote workflows", [
      { name: "Status", cell: b => badge(b.status) },
      { name: "Batch", grow: true, cell: b => html`<a class="task" href="/workflows/${b.batch_id}">${b.name ?? "unnamed"}</a> <span class="id faint">${tail(b.batch_id)}</span>` },
      { name: "Jobs", cell: b => html`<span class="inline">${share(b.counts)}<span class="num">${count(b.counts.total - b.counts.active)}/${count(b.counts.total)}</span></span>` },
      { name: "Submitted", right: true, cell: b => time(b.created_at) }, { name: "Took", right: true, cell: b => (b.started_at ? duration(between(b.started_at, b.finished_at)) : "–") },
    ], page.batches, { empty: empty("No batch yet", "Submit one here, or POST /api/v1/workflows/batches") })}</section>${more(ctx, page)}`,
};

async function submit(ctx) {
  const done = await ask({
    title: "Submit a batch", confirm: "Submit", fields: [{ name: "name", label: "Name" }, { name: "jobs", label: "Jobs", type: "json", value: '[\n  {"name": "first", "payload": {}}\n]', hint: "A list of name and payload; the remote side gets the payload" }],
    check: v => post("/workflows/batches", { name: v.name || null, jobs: parse(v.jobs, "Jobs") }),
  });
  if (done) ctx.go(`/workflows/${done.batch_id}`);
}

export const one = {
  title: (ctx, data) => (ctx.sub ? `Workflow job ${data?.job.name ?? ""}` : `Workflow batch ${data?.batch.name ?? ""}`),
  load: ctx => (ctx.sub ? loadJob(ctx) : loadBatch(ctx)),
  view: (data, ctx) => (ctx.sub ? viewJob(data, ctx) : viewBatch(data, ctx)),
};

async function loadBatch({ id, query: q, signal }) {
  const [batch, page] = await Promise.all([get(`/workflows/batches/${id}`, signal), get(`/workflows/batches/${id}/jobs` + query({ cursor: q.cursor, status: q.status, limit: 100 }), signal)]);
  return { batch, page };
}

const viewBatch = ({ batch, page }, ctx) => html`${heading(batch.name ?? "Batch", {
  crumbs: html`<a href="/workflows">Remote workflows</a>`, sub: html`${badge(batch.status)}<span class="id">${batch.batch_id}</span>`,
  actions: html`${batch.counts.failed + batch.counts.cancelled ? html`<button class="primary" @click=${() => resubmit(ctx, batch)}>Resubmit…</button>` : nothing}
    ${batch.counts.active ? html`<button class="danger" @click=${async () => (await ask({ title: "Cancel this batch?", text: `${count(batch.counts.active)} jobs are still open; the remote side is asked to end those it has.`, confirm: "Cancel the batch", danger: true })) && act(ctx, () => post(`/workflows/batches/${ctx.id}/cancel`), r => `${count(r.jobs)} jobs are being cancelled.`)}>Cancel the batch</button>` : nothing}`,
})}
  <section class="card"><div class="inline">${share(batch.counts)}<span>${count(batch.counts.completed)} completed, ${count(batch.counts.failed)} failed, ${count(batch.counts.cancelled)} cancelled, ${count(batch.counts.active)} active</span></div></section>
  ${statusChips(ctx, ["PENDING", "RUNNING", ...ENDED])}
  <section class="card flush" aria-label="Jobs">${table("Jobs", [
    { name: "Status", cell: j => html`${badge(j.status)}${j.cancel_requested && !ENDED.includes(j.status) ? badge("cancelling", "warn") : nothing}` },
    { name: "Job", grow: true, cell: j => html`<a class="task" href="/workflows/${batch.batch_id}/${j.id}">${j.name ?? tail(j.id)}</a>${j.reason ? html`<div class="cause" title=${j.reason}>${j.reason}</div>` : nothing}` },
    { name: "Remote id", cell: j => html`<span class="id">${j.workflow_id ?? "–"}</span>` }, { name: "Progress", cell: j => (j.progress === null ? "–" : progress({ percent: j.progress })) },
    { name: "Polls", right: true, cell: j => html`${count(j.polls)}${j.missed_polls ? html` <span class="bad">${j.missed_polls} missed</span>` : nothing}` }, { name: "Next poll", right: true, cell: j => time(j.next_poll_at) }, { name: "Finished", right: true, cell: j => time(j.finished_at) },
  ], page.jobs)}</section>${more(ctx, page)}`;

async function resubmit(ctx, batch) {
  const { failed, cancelled } = batch.counts;
  const yes = await ask({ title: "Resubmit this batch?", text: `The ${count(failed)} jobs that failed and the ${count(cancelled)} that were cancelled are submitted to the remote side again.`, confirm: "Resubmit" });
  if (yes) await act(ctx, () => post(`/workflows/batches/${ctx.id}/resubmit`), r => `${count(r.jobs)} jobs are submitted again.`);
}

async function loadJob({ id, sub, query: q, signal }) {
  const at = `/workflows/jobs/${sub}`;
  const [job, polls, history, retries] = await Promise.all([get(at, signal), get(`${at}/polls` + query({ order: "desc", cursor: q.cursor, limit: 50 }), signal), get(`${at}/history?limit=100`, signal), get(`${at}/retries?limit=100`, signal)]);
  return { job, polls, changes: history.changes, retries: retries.retries, batch: id };
}

const viewJob = ({ job, polls, changes, retries, batch }, ctx) => {
  const at = `/workflows/jobs/${job.id}`;
  return html`${heading(job.name ?? "Workflow job", {
    crumbs: html`<a href="/workflows">Remote workflows</a> / <a href="/workflows/${batch}">${tail(batch)}</a>`, sub: html`${badge(job.status)}<span class="id">${job.id}</span>`,
    actions: job.status === "COMPLETED" ? nothing : FAILED.includes(job.status)
      ? html`<button class="primary" @click=${() => act(ctx, () => post(`${at}/resubmit`), "It is submitted again.")}>Resubmit</button>`
      : html`<button class="danger" @click=${async () => (await ask({ title: "Cancel this job?", text: "The remote side is asked to end it.", confirm: "Cancel the job", danger: true })) && act(ctx, () => post(`${at}/cancel`), "It is being cancelled.")}>Cancel the job</button>`,
  })}
  ${job.progress === null ? nothing : html`<section class="card">${progress({ percent: job.progress })}</section>`}
  <div class="grid job"><div class="stack">
    ${card("Polls", html`${table("Polls", [{ name: "#", right: true, cell: p => `${p.submission}.${p.poll}` }, { name: "Status", cell: p => (p.status ? badge(p.status, ENDED.includes(p.status) ? undefined : "wait") : badge("no answer", "bad")) }, { name: "HTTP", right: true, cell: p => p.http_status ?? "–" }, { name: "Remote says", cell: p => p.remote_status ?? p.error_code ?? "–" }, { name: "Message", grow: true, cell: p => p.message ?? "" }, { name: "When", right: true, cell: p => time(p.polled_at) }], polls.polls, { empty: empty("Not polled yet") })}${more(ctx, polls)}`)}
    ${retries.length ? card("Tries that failed", table("Tries that failed", [{ name: "Step", cell: r => r.task }, { name: "Job", cell: r => jobLink(r.job_id) }, { name: "Error", grow: true, cell: r => html`<strong>${r.error_code}</strong> ${r.message}` }, { name: "Again after", right: true, cell: r => (r.retry_delay_seconds === null ? "–" : duration(r.retry_delay_seconds)) }, { name: "When", right: true, cell: r => time(r.failed_at) }], retries)) : nothing}
    ${card("Payload", code(job.payload))}</div>
  <div class="stack">${card("Facts", facts([["Remote id", job.workflow_id], ["Submission", job.submission], ["Reason", job.reason], [ENDED.includes(job.status) ? "Last step" : "Next step", jobLink(job.job_id)], ["Created", exact(job.created_at)], ["Submitted", job.submitted_at ? exact(job.submitted_at) : null], ["Next poll", job.next_poll_at ? time(job.next_poll_at) : null], ["Finished", job.finished_at ? exact(job.finished_at) : null]]))}
    ${card("Status", html`<ol class="plain">${changes.map(c => html`<li>${badge(c.to)} <span class="faint">${time(c.changed_at)}${c.reason ? `, ${c.reason}` : ""}</span></li>`)}</ol>`)}</div></div>`;
};

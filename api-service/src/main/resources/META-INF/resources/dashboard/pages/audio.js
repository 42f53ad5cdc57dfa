// Audio separation: a song in, its stems out.
import { html, nothing } from "../lib.js";
import { del, get, getIfThere, post, query } from "../api.js";
import { between, bytes, duration, exact } from "../format.js";
import { act, ask, badge, card, discard, empty, facts, heading, jobLink, more, notInstalled, progress, statusChips, table, time } from "../parts.js";

const ENDED = ["completed", "failed"];
const TONES = { pending: "wait", processing: "busy", completed: "good", failed: "bad" };
const name = j => j.file_name ?? j.job_id;

export const list = {
  title: () => "Audio separation",
  load: async ({ query: q, signal }) => ({ page: await getIfThere("/audio/jobs" + query({ cursor: q.cursor, status: q.status, limit: 50 }), signal) }),
  view: ({ page }, ctx) => !page ? notInstalled("Audio separation") : html`${heading("Audio separation")}
    <form class="filters fields" data-acts @submit=${e => upload(e, ctx)}><label><span>A file to separate</span><input type="file" name="file" accept=".wav,.flac" required></label><button class="primary">Separate</button></form>
    ${statusChips(ctx, Object.keys(TONES), TONES)}
    <section class="card flush" aria-label="Audio jobs">${table("Audio jobs", [
      { name: "Status", cell: j => badge(j.status, TONES[j.status]) }, { name: "Job", grow: true, cell: j => html`<a class="task" href="/audio/${j.job_id}">${name(j)}</a>${j.error ? html`<div class="cause">${j.error}</div>` : nothing}` },
      { name: "Format", cell: j => j.format ?? "–" }, { name: "Submitted", right: true, cell: j => time(j.created_at) }, { name: "Finished", right: true, cell: j => time(j.finished_at) },
    ], page.jobs, { empty: empty("No file yet") })}</section>${more(ctx, page)}`,
};

export const one = {
  title: () => "Audio job",
  async load({ id: which, signal }) {
    const job = await get(`/audio/jobs/${which}`, signal);
    return { job, task: ENDED.includes(job.status) ? null : await getIfThere(`/jobs/${job.task_job_id}`, signal) };
  },
  view: ({ job, task }, ctx) => html`${heading(name(job), { crumbs: html`<a href="/audio">Audio separation</a>`, sub: html`${badge(job.status, TONES[job.status])}<span class="id">${job.job_id}</span>`, actions: html`<button class="danger" @click=${() => forget(ctx, job)}>Delete</button>` })}
    ${task?.progress ? html`<section class="card" aria-label="Progress">${progress(task.progress)}</section>` : nothing}
    ${card("Stems", job.stems?.length ? html`<ul class="plain stems">${job.stems.map(s => html`<li><strong>${s.name}</strong><audio controls preload="none" src=${s.url}></audio><a href=${s.url} download>Download</a></li>`)}</ul>` : empty(job.error ?? "Not separated yet"))}
    ${card("Facts", facts([["Job", jobLink(job.task_job_id ?? job.job_id)], ["Format", job.format], ["Size", bytes(job.size_bytes)], ["Submitted", exact(job.created_at)], ["Finished", job.finished_at ? exact(job.finished_at) : null], ["Took", job.finished_at ? duration(between(job.created_at, job.finished_at)) : null], ["Error", job.error]]))}`,
};

async function forget(ctx, job) {
  if (await ask({ title: `Delete ${name(job)}?`, text: "The sound and its stems are deleted for good.", confirm: "Delete", danger: true })) {
    await discard(ctx, () => del(`/audio/jobs/${job.job_id}`), `${name(job)} is deleted.`, "/audio");
  }
}

async function upload(event, ctx) {
  event.preventDefault();
  const form = event.target;
  const done = await act(ctx, () => post("/audio/jobs", new FormData(form)), "The file is being separated.");
  if (done) form.reset();
}

// Audio separation: a song in, its stems out.
import { html, nothing } from "../lib.js";
import { get, getIfThere, post, query } from "../api.js";
import { exact } from "../format.js";
import { act, badge, card, empty, facts, heading, jobLink, more, notInstalled, table, time } from "../parts.js";

const TONES = { pending: "wait", processing: "busy", completed: "good", failed: "bad" };
const name = j => j.file_name ?? j.job_id;

export const list = {
  title: () => "Audio separation",
  load: async ({ query: q, signal }) => ({ page: await getIfThere("/audio/jobs" + query({ cursor: q.cursor, limit: 50 }), signal) }),
  view: ({ page }, ctx) => !page ? notInstalled("Audio separation") : html`${heading("Audio separation")}
    <form class="filters fields" @submit=${e => upload(e, ctx)}><label><span>A file to separate</span><input type="file" name="file" accept="audio/*" required></label><button class="primary">Separate</button></form>
    <section class="card flush" aria-label="Audio jobs">${table("Audio jobs", [
      { name: "Status", cell: j => badge(j.status, TONES[j.status]) }, { name: "Job", grow: true, cell: j => html`<a class="task" href="/audio/${j.job_id}">${name(j)}</a>${j.error ? html`<div class="cause">${j.error}</div>` : nothing}` },
      { name: "Format", cell: j => j.format ?? "–" }, { name: "Submitted", right: true, cell: j => time(j.created_at) }, { name: "Finished", right: true, cell: j => time(j.finished_at) },
    ], page.jobs, { empty: empty("No file yet") })}</section>${more(ctx, page)}`,
};

export const one = {
  title: () => "Audio job",
  load: async ({ id: which, signal }) => ({ job: await get(`/audio/jobs/${which}`, signal) }),
  view: ({ job }) => html`${heading(name(job), { crumbs: html`<a href="/audio">Audio separation</a>`, sub: html`${badge(job.status, TONES[job.status])}<span class="id">${job.job_id}</span>` })}
    ${card("Stems", job.stems?.length ? html`<ul class="plain stems">${job.stems.map(s => html`<li><strong>${s.name}</strong><audio controls preload="none" src=${s.url}></audio><a href=${s.url} download>Download</a></li>`)}</ul>` : empty(job.error ?? "Not separated yet"))}
    ${card("Facts", facts([["Job", jobLink(job.task_job_id ?? job.job_id)], ["Submitted", job.created_at ? exact(job.created_at) : null], ["Error", job.error]]))}`,
};

async function upload(event, ctx) {
  event.preventDefault();
  const form = event.target;
  const done = await act(ctx, () => post("/audio/jobs", new FormData(form)), "The file is being separated.");
  if (done) form.reset();
}

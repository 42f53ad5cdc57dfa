// Batches: jobs that wait for each other, drawn.
import { html, nothing, svg } from "../lib.js";
import { get, post, query } from "../api.js";
import { between, count, duration, exact, tail, words } from "../format.js";
import { act, ask, badge, card, empty, facts, heading, jobLink, more, statusChips, table, time } from "../parts.js";
import { criticalPath, layout } from "../graph.js";

const STATUSES = ["PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED", "MIXED"];

export const share = counts => {
  const part = n => `${(n / Math.max(1, counts.total)) * 100}%`;
  return html`<span class="split" role="img" aria-label="${counts.completed} completed, ${counts.failed} failed, ${counts.cancelled} cancelled, ${counts.active} active of ${counts.total}">
    <i class="good" .style=${`width:${part(counts.completed)}`}></i><i class="bad" .style=${`width:${part(counts.failed)}`}></i><i class="off" .style=${`width:${part(counts.cancelled)}`}></i></span>`;
};

export const list = {
  title: () => "Batches",
  load: ({ query: q, signal }) => get("/batches" + query({ status: q.status, cursor: q.cursor, limit: 50 }), signal),
  view: (data, ctx) => html`${heading("Batches")}
    ${statusChips(ctx, STATUSES)}
    <section class="card flush" aria-label="Batches">${table("Batches", [
      { name: "Status", cell: b => badge(b.status) },
      { name: "Batch", grow: true, cell: b => html`<a class="task" href="/batches/${b.batch_id}">${b.name ?? "unnamed"}</a> <span class="id faint">${tail(b.batch_id)}</span>` },
      { name: "Jobs", cell: b => html`<span class="inline">${share(b.counts)}<span class="num">${count(b.counts.completed + b.counts.failed + b.counts.cancelled)}/${count(b.counts.total)}</span></span>` },
      { name: "Failed", right: true, cell: b => (b.counts.failed ? html`<span class="bad">${b.counts.failed}</span>` : "–") },
      { name: "Submitted", right: true, cell: b => time(b.created_at) },
      { name: "Took", right: true, cell: b => (b.started_at ? duration(between(b.started_at, b.finished_at)) : "–") },
    ], data.batches, { empty: empty("No batch", "Submit one: POST /api/v1/batches") })}</section>${more(ctx, data)}`,
};

export const one = {
  title: (_, data) => (data ? `Batch ${data.batch.name ?? tail(data.batch.batch_id)}` : "Batch"),
  events: ({ id }) => "/events" + query({ batch_id: id }),

  async load({ id, signal }) {
    const [batch, graph] = await Promise.all([get(`/batches/${id}`, signal), get(`/dashboard/batches/${id}/graph`, signal)]);
    return { batch, graph };
  },

  view: ({ batch, graph }, ctx) => {
    const path = criticalPath(graph.jobs, graph.edges);
    const broken = batch.counts.failed + batch.counts.cancelled;
    return html`${heading(batch.name ?? "Batch", {
      crumbs: html`<a href="/batches">Batches</a>`, sub: html`${badge(batch.status)}<span class="id">${batch.batch_id}</span>`,
      actions: html`${broken ? html`<button class="primary" @click=${() => act(ctx, () => post(`/batches/${ctx.id}/retry`), "What had failed or was cancelled is submitted again.")}>Run the failed part again</button>` : nothing}
        ${batch.finished_at ? nothing : html`<button class="danger" @click=${() => revoke(ctx)}>Revoke</button>`}`,
    })}
    ${card("Graph", draw(graph, path), { note: `${count(graph.jobs.length)} jobs${graph.jobs.length < batch.counts.total ? ` of ${count(batch.counts.total)}` : ""}, ${count(graph.edges.length)} edges` })}
    <div class="grid job"><div class="stack">${card("Jobs", table("Jobs", [
      { name: "State", cell: j => badge(j.state) }, { name: "Key", cell: j => html`<span class="clip">${jobLink(j.job_id, j.key)}</span>` }, { name: "Task", grow: true, cell: j => html`<span class="mono">${j.task ?? "–"}</span>` },
      { name: "Ran", right: true, cell: j => (j.started_at ? duration(between(j.started_at, j.finished_at)) : "–") }, { name: "Finished", right: true, cell: j => time(j.finished_at) },
    ], graph.jobs.slice(0, 200)), { note: graph.jobs.length > 200 ? "the first 200" : "" })}</div>
    <div class="stack">${card("Facts", html`${facts([
      ["Jobs", html`${share(batch.counts)} ${count(batch.counts.completed)} completed, ${count(batch.counts.failed)} failed, ${count(batch.counts.cancelled)} cancelled, ${count(batch.counts.active)} active`],
      ["If a parent fails", words(batch.on_parent_failure)], ["Submitted", exact(batch.created_at)], ["Started", batch.started_at ? exact(batch.started_at) : null], ["Finished", batch.finished_at ? exact(batch.finished_at) : null],
      ["Took", batch.started_at ? duration(between(batch.started_at, batch.finished_at)) : null], ["Callback", batch.callback_url], ["Project", batch.project_id]])}`)}
      ${card("Critical path", html`<p class="faint">The chain that took longest${path.seconds ? `: ${duration(path.seconds)} of running` : ", by number of jobs as nothing has run yet"}.</p><p class="path">${path.keys.map((k, i) => html`${i ? " → " : ""}<span class="mono">${k}</span>`)}</p>`)}</div></div>`;
  },
};

const pen = document.createElement("canvas").getContext("2d");

/** As much of a text as there is room for: letters differ in their width, and a drawing does not cut by itself. */
function fitting(text, width) {
  pen.font = `560 12.5px ${getComputedStyle(document.body).fontFamily}`;
  if (pen.measureText(text).width <= width) return text;
  let end = Math.min(text.length, 40);
  while (end > 1 && pen.measureText(text.slice(0, end) + "…").width > width) end--;
  return text.slice(0, end) + "…";
}

function draw(graph, path) {
  if (!graph.jobs.length) return empty("Its jobs are no longer kept");
  if (graph.jobs.length > 400) return empty("Too many jobs to draw", "The first of them are listed below.");
  const { width, height, nodes, edges } = layout(graph.jobs, graph.edges);
  const critical = e => path.ids.has(e.parent) && path.ids.has(e.child);
  return html`<div class="graph scroll" tabindex="0" role="region" aria-label="Graph of ${graph.jobs.length} jobs; the table below lists them">
    <svg width=${width} height=${height} viewBox="0 0 ${width} ${height}" role="group" aria-label="Jobs and what they wait for">
      ${edges.toSorted((a, b) => critical(a) - critical(b)).map(e => svg`<path class="edge ${critical(e) ? "critical" : ""}" d=${e.path}></path>`)}
      ${nodes.map(n => svg`<a href="/jobs/${n.job_id}" aria-label="${n.key}, ${n.state ?? "not kept"}"><g class="node ${n.state ?? "gone"} ${path.ids.has(n.job_id) ? "critical" : ""}" transform="translate(${n.x} ${n.y})">
        <rect width=${n.width} height=${n.height} rx="6"></rect><circle cx="14" cy="16" r="4"></circle>
        <title>${n.key}</title><text x="24" y="20">${fitting(n.key, n.width - 32)}</text><text class="sub" x="24" y="35">${n.seconds === null ? words(n.state ?? "not kept") : `${words(n.state)} · ${duration(n.seconds)}`}</text></g></a>`)}
    </svg></div>`;
}

async function revoke(ctx) {
  const values = await ask({ title: "Revoke this batch?", text: "None of its jobs that wait will run.", fields: [{ name: "running", label: "What runs", options: ["may finish", "is terminated"], value: "may finish" }], confirm: "Revoke", danger: true });
  if (values) await act(ctx, () => post(`/batches/${ctx.id}/revoke`, { terminate: values.running === "is terminated" }), "What had not ended is revoked.");
}

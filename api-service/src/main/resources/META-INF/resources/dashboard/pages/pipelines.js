// Pipeline monitoring: are the data fresh, the runs in time, their numbers as ever?
import { html, nothing, repeat } from "../lib.js";
import { get, getIfThere, patch, post, query } from "../api.js";
import { between, count, duration, exact } from "../format.js";
import { act, ask, badge, card, empty, facts, heading, jobLink, more, notInstalled, numberOrNull, table, time } from "../parts.js";

const newest = p => [p.last_insert_at, p.last_update_at, p.last_soft_delete_at].filter(Boolean).sort().at(-1);
const fresh = p => (!p.active ? badge("not checked", "off") : p.stale_since ? badge("stale", "bad") : p.freshness_seconds ? badge("fresh", "good") : badge("no bound", "off"));

export const list = {
  title: () => "Pipelines",
  load: async ({ query: q, signal }) => ({ page: await getIfThere("/pipelines" + query({ cursor: q.cursor, limit: 100, name: q.name }), signal) }),
  view: ({ page }, ctx) => !page ? notInstalled("Pipelines") : html`${heading("Pipelines", { actions: html`<a class="button" href="/pipelines/lineage">Lineage</a><button class="primary" @click=${() => edit(ctx, null)}>New pipeline</button>` })}
    <section class="card flush" aria-label="Pipelines">${table("Pipelines", [
      { name: "Pipeline", grow: true, cell: p => html`<a class="task" href="/pipelines/${p.id}">${p.name}</a> <span class="faint num">${p.id}</span>` }, { name: "Data", cell: fresh },
      { name: "Last change", right: true, cell: p => time(newest(p)) }, { name: "Fresh within", right: true, cell: p => (p.freshness_seconds ? duration(p.freshness_seconds) : "–") }, { name: "Run within", right: true, cell: p => (p.timeliness_seconds ? duration(p.timeliness_seconds) : "–") },
      { name: "Stale since", right: true, cell: p => time(p.stale_since) },
    ], page.pipelines, { empty: empty("No pipeline yet", "Make one here, or POST /api/v1/pipelines") })}</section>${more(ctx, page)}`,
};

export const one = {
  title: ({ id }, data) => (id === "lineage" ? "Lineage" : `Pipeline ${data?.pipeline?.name ?? id}`),
  load: ctx => (ctx.id === "lineage" ? loadLineage(ctx) : loadPipeline(ctx)),
  view: (data, ctx) => (ctx.id === "lineage" ? viewLineage(data, ctx) : viewPipeline(data, ctx)),
};

async function loadPipeline({ id, query: q, signal }) {
  const [pipeline, executions, anomalies] = await Promise.all([get(`/pipelines/${id}`, signal), get(`/pipelines/${id}/executions` + query({ limit: 50, cursor: q.cursor }), signal), get(`/pipelines/${id}/anomalies?limit=100`, signal)]);
  return { pipeline, executions, anomalies: anomalies.anomalies };
}

const viewPipeline = ({ pipeline: p, executions: page, anomalies }, ctx) => {
  const executions = page.executions;
  const inOrder = executions.toSorted((a, b) => a.id - b.id);
  const metrics = [...new Set(executions.flatMap(e => Object.keys(e.metrics)))].sort();
  const odd = new Set(anomalies.map(a => `${a.execution_id} ${a.metric}`));
  return html`${heading(p.name, { crumbs: html`<a href="/pipelines">Pipelines</a>`, sub: fresh(p), actions: html`<button @click=${() => edit(ctx, p)}>Edit</button>` })}
    ${metrics.length ? html`<div class="grid">${repeat(metrics, m => m, m => card(m, html`<mill-chart .spec=${chart(m, inOrder.filter(e => m in e.metrics), odd)}></mill-chart>`, { note: anomalies.some(a => a.metric === m) ? "red where it is an anomaly" : "" }))}</div>` : nothing}
    <div class="grid job"><div class="stack">
      ${card("Anomalies", table("Anomalies", [{ name: "Metric", cell: a => html`<strong>${a.metric}</strong>` }, { name: "Value", right: true, cell: a => count(a.value) }, { name: "Mean", right: true, cell: a => count(a.mean) }, { name: "Deviation", right: true, cell: a => count(a.standard_deviation) }, { name: "z", right: true, cell: a => (a.z_score === null ? "∞" : a.z_score.toFixed(1)) }, { name: "Of", right: true, cell: a => `${a.samples} before` }, { name: "Execution", right: true, cell: a => a.execution_id }, { name: "Found", right: true, cell: a => time(a.detected_at) }], anomalies, { empty: empty("None found") }))}
      ${card("Executions", html`${table("Executions", [
        { name: "#", right: true, cell: e => e.id }, { name: "Status", cell: e => html`${badge(e.status, { success: "good", failed: "bad", running: "busy" }[e.status])}${e.late_at ? badge("late", "warn") : nothing}` },
        { name: "Started", right: true, cell: e => time(e.started_at) }, { name: "Took", right: true, cell: e => duration(between(e.started_at, e.finished_at)) },
        { name: "Metrics", grow: true, cell: e => html`${Object.entries(e.metrics).map(([m, v]) => html`<span class=${odd.has(`${e.id} ${m}`) ? "tag bad" : "tag"}>${m} ${count(v)}</span> `)}${e.error ? html`<div class="cause">${e.error}</div>` : nothing}` },
        { name: "Parent", right: true, cell: e => e.parent_id ?? "–" }, { name: "Analysis", cell: e => jobLink(e.analysis_job_id) },
      ], executions, { empty: empty("It has not run yet") })}${more(ctx, page)}`)}</div>
    <div class="stack">${card("Facts", facts([["Data may be old", p.freshness_seconds ? duration(p.freshness_seconds) : "any time"], ["A run may take", p.timeliness_seconds ? duration(p.timeliness_seconds) : "any time"], ["Compared with", p.window ? `${p.window} executions` : "as configured"], ["Threshold", p.threshold ?? "as configured"], ["Last insert", time(p.last_insert_at)], ["Last update", time(p.last_update_at)], ["Last soft delete", time(p.last_soft_delete_at)], ["Stale since", p.stale_since ? exact(p.stale_since) : null]]))}</div></div>`;
};

const chart = (metric, executions, odd) => ({
  kind: "lines", unit: "number", labels: executions.map(e => `#${e.id}`), label: `${metric} over ${executions.length} executions`,
  series: [{ name: metric, color: "--busy", values: executions.map(e => e.metrics[metric]), points: executions.map(e => (odd.has(`${e.id} ${metric}`) ? 5 : 2.5)), pointColors: executions.map(e => (odd.has(`${e.id} ${metric}`) ? "--bad" : "--busy")) }],
});

async function edit(ctx, p) {
  const done = await ask({
    title: p ? `Edit ${p.name}` : "New pipeline", confirm: "Save",
    fields: [{ name: "name", label: "Name", value: p?.name ?? "" }, { name: "freshness", label: "Data may be this old", type: "number", value: p?.freshness_seconds ?? "", hint: "Seconds; empty for any time" }, { name: "timeliness", label: "A run may take", type: "number", value: p?.timeliness_seconds ?? "", hint: "Seconds; empty for any time" },
      { name: "window", label: "Compared with so many executions", type: "number", value: p?.window ?? "", hint: "Empty: as configured" }, { name: "threshold", label: "An anomaly from this z-score on", type: "number", value: p?.threshold ?? "", hint: "Empty: as configured" },
      { name: "active", label: "Checked", options: ["yes", "no"], value: p?.active === false ? "no" : "yes" }],
    check: v => {
      const body = { name: v.name, freshness_seconds: numberOrNull(v.freshness), timeliness_seconds: numberOrNull(v.timeliness), window: numberOrNull(v.window), threshold: numberOrNull(v.threshold), active: v.active === "yes" };
      return p ? patch(`/pipelines/${p.id}`, body) : post("/pipelines", body);
    },
  });
  if (done) await act(ctx, async () => {}, `${done.name} is saved.`);
}

async function loadLineage({ query: q, signal }) {
  if (!q.address) return { up: null, down: null };
  const at = `/lineage/${encodeURIComponent(q.address)}`;
  const [up, down] = await Promise.all([get(`${at}/ancestors?limit=200`, signal), get(`${at}/descendants?limit=200`, signal)]);
  return { up: up.ancestors, down: down.descendants };
}

const viewLineage = ({ up, down }, ctx) => html`${heading("Lineage", { crumbs: html`<a href="/pipelines">Pipelines</a>` })}
  <form class="filters fields" @submit=${e => { e.preventDefault(); ctx.go(ctx.url({ address: new FormData(e.target).get("address") })); }}><label><span>Address</span><input name="address" inputmode="numeric" required pattern="[0-9]+" .value=${ctx.query.address ?? ""}></label><button class="primary" data-free>Show</button></form>
  ${up ? html`<div class="grid">${card("It comes from", far(up), { note: "the nearest first" })}${card("It goes to", far(down), { note: "the nearest first" })}</div>` : html`<section class="card">${empty("What does an address come from, and where does it go?", "Give the number of an address.")}</section>`}`;

const far = relatives => table("Addresses", [{ name: "Address", cell: r => html`<a class="num" href="/pipelines/lineage?address=${r.address}">${r.address}</a>` }, { name: "Edges away", right: true, cell: r => r.depth }], relatives, { empty: empty("Nothing") });

// The market index: prices in, an index out, reports of it.
import { html, nothing } from "../lib.js";
import { getIfThere, post, query } from "../api.js";
import { act, ask, badge, card, empty, heading, jobLink, notInstalled, parse, ranFor, table, time } from "../parts.js";

const JOBS = [["refresh_market_data", "refresh-market-data", "Refresh prices"], ["compute_index", "compute-index", "Compute the index"], ["generate_report", "generate-report", "Generate a report"], ["cleanup_old_data", "cleanup-old-data", "Clean up old data"]];
const DEFAULT = "main";

export const list = {
  title: () => "Market index",
  events: () => "/events" + query({ task: JOBS.map(([task]) => task).join(",") }),
  async load({ query: q, signal }) {
    const [tasks, index, jobs] = await Promise.all([getIfThere("/tasks", signal), getIfThere(`/market/index/${encodeURIComponent(q.index ?? DEFAULT)}`, signal), getIfThere("/jobs" + query({ task: JOBS.map(([t]) => t).join(","), limit: 25 }), signal)]);
    return { installed: tasks.some(t => JOBS.some(([task]) => task === t.name)), index, jobs: jobs?.jobs ?? [] };
  },
  view: ({ installed, index, jobs }, ctx) => !installed ? notInstalled("Market index") : html`${heading("Market index", { actions: JOBS.map(([task, route, name], i) => html`<button class=${i === 3 ? "danger" : ""} @click=${() => submit(ctx, task, route, name)}>${name}…</button>`) })}
    <form class="filters fields" @submit=${e => { e.preventDefault(); ctx.go(ctx.url({ index: new FormData(e.target).get("index") })); }}><label><span>Index</span><input name="index" .value=${ctx.query.index ?? DEFAULT}></label><button>Show</button></form>
    ${card("Index", chart(index))}
    ${card("Its jobs", table("Its jobs", [{ name: "State", cell: j => badge(j.state) }, { name: "Task", grow: true, cell: j => jobLink(j.job_id, j.task) }, { name: "Submitted", right: true, cell: j => time(j.created_at) }, { name: "Ran", right: true, cell: ranFor },
      { name: "Report", cell: j => (j.task === "generate_report" && j.result?.report_id ? html`<a href="/api/v1/market/reports/${j.result.report_id}" target="_blank" rel="noopener">${j.result.report_id}</a>` : nothing) }], jobs, { empty: empty("None yet") }))}`,
};

/** Whatever list of dated numbers the index has. */
function chart(index) {
  const values = index && (index.values ?? index.points ?? Object.values(index).find(Array.isArray));
  if (!values?.length) return empty("There is no index of this name yet", "Refresh prices, then compute it.");
  const value = v => v.value ?? v.level ?? v.close;
  return html`<mill-chart .spec=${{ kind: "lines", unit: "number", labels: values.map(v => v.date ?? v.day ?? v.at), label: `The index over ${values.length} days, ${value(values.at(-1))} at last`, series: [{ name: "Index", color: "--busy", values: values.map(value), fill: true }] }}></mill-chart>`;
}

async function submit(ctx, task, route, name) {
  const job = await ask({ title: name, text: html`Submits a job of <span class="mono">${task}</span>.`, confirm: name, danger: route === "cleanup-old-data", fields: [{ name: "args", label: "Arguments", type: "json", value: "{}" }], check: v => post(`/background/${route}`, parse(v.args, "Arguments")) });
  if (job) await act(ctx, async () => {}, `${name}: submitted.`);
}

// The market index: prices in, an index out, reports of it.
import { html, nothing } from "../lib.js";
import { getIfThere, post, query } from "../api.js";
import { act, ask, badge, card, empty, heading, jobLink, notInstalled, parse, ranFor, table, time } from "../parts.js";

const JOBS = [["refresh_market_data", "refresh-market-data", "Refresh prices"], ["compute_index", "compute-index", "Compute the index"], ["generate_report", "generate-report", "Generate a report"], ["cleanup_old_data", "cleanup-old-data", "Clean up old data"]];
const DAYS = 365;

export const list = {
  title: () => "Market index",
  events: () => "/events" + query({ task: JOBS.map(([task]) => task).join(",") }),
  async load({ query: q, signal }) {
    const page = await getIfThere("/market/index?limit=100", signal);
    const name = q.index ?? page?.indexes?.[0]?.name;
    const from = new Date(Date.now() - DAYS * 86_400_000).toISOString().slice(0, 10);
    const [tasks, index, jobs] = await Promise.all([
      getIfThere("/tasks", signal), name ? getIfThere(`/market/index/${encodeURIComponent(name)}` + query({ from, limit: 500 }), signal) : null, getIfThere("/jobs" + query({ task: JOBS.map(([t]) => t).join(","), limit: 25 }), signal),
    ]);
    return { installed: page !== null || tasks.some(t => JOBS.some(([task]) => task === t.name)), names: page?.indexes?.map(i => i.name) ?? [], name, index, jobs: jobs?.jobs ?? [] };
  },
  view: ({ installed, names, name, index, jobs }, ctx) => !installed ? notInstalled("Market index") : html`${heading("Market index", { actions: JOBS.map(([task, route, title], i) => html`<button class=${i === 3 ? "danger" : ""} @click=${() => submit(ctx, task, route, title)}>${title}…</button>`) })}
    ${names.length > 1 ? html`<nav class="chips" aria-label="Indexes">${names.map(n => html`<a class="chip" aria-current=${n === name ? "page" : nothing} href=${ctx.url({ index: n })}>${n}</a>`)}</nav>` : nothing}
    ${card(name ?? "Index", chart(index), { note: index?.latest ? `${index.latest.level ?? "no level"} on ${index.latest.date}` : "" })}
    ${card("Its jobs", table("Its jobs", [{ name: "State", cell: j => badge(j.state) }, { name: "Task", grow: true, cell: j => jobLink(j.job_id, j.task) }, { name: "Submitted", right: true, cell: j => time(j.created_at) }, { name: "Ran", right: true, cell: ranFor },
      { name: "Report", cell: j => (j.task === "generate_report" && j.result?.report_id ? html`<a href="/api/v1/market/reports/${j.result.report_id}" target="_blank" rel="noopener">${j.result.report_id}</a>` : nothing) }], jobs, { empty: empty("None yet") }))}`,
};

function chart(index) {
  const values = index?.values ?? [];
  if (!values.length) return empty("There is no level yet", "Refresh prices, then compute the index.");
  return html`<mill-chart .spec=${{ kind: "lines", unit: "number", labels: values.map(v => v.date), label: `The index over ${values.length} days, ${values.at(-1).level} at last`, series: [{ name: index.name, color: "--busy", values: values.map(v => v.level), fill: true, gaps: false }] }}></mill-chart>`;
}

async function submit(ctx, task, route, name) {
  const job = await ask({ title: name, text: html`Submits a job of <span class="mono">${task}</span>.`, confirm: name, danger: route === "cleanup-old-data", fields: [{ name: "args", label: "Arguments", type: "json", value: "{}" }], check: v => post(`/background/${route}`, parse(v.args, "Arguments")) });
  if (job) await act(ctx, async () => {}, `${name}: submitted.`);
}

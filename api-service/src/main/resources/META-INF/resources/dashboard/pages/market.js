// The market index: prices in, an index out, reports of it.
import { html, nothing } from "../lib.js";
import { getIfThere, post, query } from "../api.js";
import { json } from "../format.js";
import { act, ask, badge, card, empty, facts, heading, jobLink, notInstalled, parse, ranFor, table, time } from "../parts.js";

const JOBS = [["refresh_market_data", "refresh-market-data", "Refresh prices"], ["compute_index", "compute-index", "Compute the index"], ["generate_report", "generate-report", "Generate a report"], ["cleanup_old_data", "cleanup-old-data", "Clean up old data"]];
const PERIODS = { "1 month": 31, "3 months": 92, "1 year": 366 };
const DAY = 86_400_000;
const SHOWN = 25;

export const list = {
  title: () => "Market index",
  events: () => "/events" + query({ task: JOBS.map(([task]) => task).join(",") }),
  async load({ query: q, signal }) {
    const page = await getIfThere("/market/index?limit=100", signal);
    const name = q.index ?? page?.indexes?.[0]?.name;
    // Back from the last day that has a level, which need not be today.
    const last = page?.indexes?.find(i => i.name === name)?.latest?.date ?? new Date().toISOString().slice(0, 10);
    const period = PERIODS[q.period] ? q.period : "1 year";
    const from = new Date(Date.parse(last) - PERIODS[period] * DAY).toISOString().slice(0, 10);
    const [tasks, index, jobs] = await Promise.all([
      getIfThere("/tasks", signal), name ? getIfThere(`/market/index/${encodeURIComponent(name)}` + query({ from, limit: 500 }), signal) : null, Promise.all(JOBS.map(([task]) => getIfThere("/jobs" + query({ task, limit: SHOWN }), signal))),
    ]);
    // Of each its own, since several together are looked for in order of age, and not along the index of tasks.
    const newest = jobs.flatMap(of => of?.jobs ?? []).sort((a, b) => (a.created_at < b.created_at ? 1 : -1)).slice(0, SHOWN);
    return { installed: page !== null || tasks.some(t => JOBS.some(([task]) => task === t.name)), names: page?.indexes?.map(i => i.name) ?? [], name, period, index, jobs: newest };
  },
  view: ({ installed, names, name, period, index, jobs }, ctx) => !installed ? notInstalled("Market index") : html`${heading("Market index", { actions: JOBS.map(([task, route, title], i) => html`<button class=${i === 3 ? "danger" : ""} @click=${() => submit(ctx, task, route, title, name)}>${title}…</button>`) })}
    ${names.length > 1 ? html`<nav class="chips" aria-label="Indexes">${names.map(n => html`<a class="chip" aria-current=${n === name ? "page" : nothing} href=${ctx.url({ index: n })}>${n}</a>`)}</nav>` : nothing}
    ${card(index?.title ?? name ?? "Index", chart(index), { note: index?.latest ? `${index.latest.level ?? "no level"} on ${index.latest.date}` : "", actions: html`<nav class="chips" aria-label="Period">${Object.keys(PERIODS).map(p => html`<a class="chip" aria-current=${p === period ? "page" : nothing} href=${ctx.url({ period: p })}>${p}</a>`)}</nav>` })}
    ${index ? html`<div class="grid">${card("What it is", facts([["Weighting", index.weighting], ["Returns", index.returns], ["Rebalancing", index.rebalancing], ["Begins", `${index.base_value} on ${index.base_date}`], ["Prices carried", `${index.max_carry_days} days at most`], ["Computed", time(index.computed_at)],
        ...index.baskets.map(b => [`From ${b.from}`, html`${Object.entries(b.weights).map(([symbol, w]) => html`<span class="tag">${symbol} ${w}</span> `)}`])]))}
      ${card("Days with prices that are not there", table("Days with prices that are not there", [{ name: "Day", cell: d => d.date }, { name: "Level", right: true, cell: d => d.level ?? html`<span class="bad">none</span>` }, { name: "Carried", wrap: true, cell: d => d.carried.join(", ") || "–" }, { name: "Missing", wrap: true, cell: d => (d.missing.length ? html`<span class="bad">${d.missing.join(", ")}</span>` : "–") }],
        index.values.filter(d => d.carried.length || d.missing.length).slice(-20).reverse(), { empty: empty("None in this period") }))}</div>` : nothing}
    ${card("Its jobs", table("Its jobs", [{ name: "State", cell: j => badge(j.state) }, { name: "Task", grow: true, cell: j => html`${jobLink(j.job_id, j.task)}${j.error ? html`<div class="cause" title=${j.error.exc_message}>${j.error.exc_type}: ${j.error.exc_message}</div>` : nothing}` }, { name: "Submitted", right: true, cell: j => time(j.created_at) }, { name: "Ran", right: true, cell: ranFor },
      { name: "Report", cell: j => (j.task === "generate_report" && j.result?.report_id ? html`<a href="/api/v1/market/reports/${j.result.report_id}" target="_blank" rel="noopener">${j.result.report_id}</a>` : nothing) }], jobs, { empty: empty("None yet") }))}`,
};

function chart(index) {
  const values = index?.values ?? [];
  if (!values.length) return empty("There is no level yet", "Refresh prices, then compute the index.");
  return html`<mill-chart .spec=${{ kind: "lines", unit: "number", labels: values.map(v => v.date), label: `The index over ${values.length} days, ${values.at(-1).level} at last`, series: [{ name: index.name, color: "--busy", values: values.map(v => v.level), fill: true, gaps: false }] }}></mill-chart>`;
}

async function submit(ctx, task, route, name, index) {
  const job = await ask({ title: name, text: html`Submits a job of <span class="mono">${task}</span>.`, confirm: name, danger: route === "cleanup-old-data", fields: [{ name: "args", label: "Arguments", type: "json", value: task === "compute_index" && index ? json({ index }) : "{}" }], check: v => post(`/background/${route}`, parse(v.args, "Arguments")) });
  if (job) await act(ctx, async () => {}, `${name}: submitted.`);
}

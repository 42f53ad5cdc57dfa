// Calls of language models: named, versioned configurations, and the calls made with them.
import { html, nothing } from "../lib.js";
import { getIfThere, post, query } from "../api.js";
import { json } from "../format.js";
import { act, ask, badge, card, empty, heading, jobLink, notInstalled, parse, ranFor, table, time } from "../parts.js";

const TASK = /llm|document/;

export const list = {
  title: () => "LLM calls",
  async load({ signal }) {
    const [configs, tasks] = await Promise.all([getIfThere("/configs?limit=100", signal), getIfThere("/tasks", signal)]);
    const names = tasks.map(t => t.name).filter(name => TASK.test(name));
    const jobs = names.length ? await getIfThere("/jobs" + query({ task: names.join(","), limit: 50 }), signal) : null;
    return { installed: configs !== null || names.length > 0, configs: configs?.configs ?? [], jobs: jobs?.jobs ?? [] };
  },
  view: ({ installed, configs, jobs }, ctx) => !installed ? notInstalled("LLM calls") : html`${heading("LLM calls", { actions: html`<button @click=${() => configure(ctx, configs.map(c => c.provider))}>New configuration…</button><button class="primary" @click=${() => call(ctx)}>Call…</button>` })}
    ${card("Configurations", table("Configurations", [{ name: "Name", cell: c => html`<strong>${c.name}</strong>` }, { name: "Id", right: true, cell: c => c.id }, { name: "Version", right: true, cell: c => c.version }, { name: "Provider", cell: c => c.provider }, { name: "Model", cell: c => html`<span class="mono">${c.model}</span>` }, { name: "Parameters", grow: true, cell: c => html`<span class="mono faint">${json(c.parameters ?? {}).replace(/\s+/g, " ")}</span>` }], configs, { empty: empty("None yet", "Each call names a configuration: a provider, a model, its parameters.") }))}
    ${card("Calls", table("Calls", [{ name: "State", cell: j => badge(j.state) }, { name: "Task", cell: j => jobLink(j.job_id, j.task) }, { name: "Query", grow: true, cell: j => html`<div class="cause plain" title=${j.args.query ?? ""}>${j.args.query ?? ""}</div>${j.error ? html`<div class="cause">${j.error.exc_type}: ${j.error.exc_message}</div>` : nothing}` }, { name: "Submitted", right: true, cell: j => time(j.created_at) }, { name: "Ran", right: true, cell: ranFor }], jobs, { empty: empty("None yet") }))}`,
};

async function configure(ctx, known) {
  const done = await ask({ title: "New configuration", text: "The same name again makes its next version.", confirm: "Save", fields: [{ name: "name", label: "Name" }, { name: "provider", label: "Provider", suggestions: [...new Set(["openai", "anthropic", "scripted", ...known])], hint: "As the workers' configuration names it; scripted answers without asking anybody" }, { name: "model", label: "Model" }, { name: "parameters", label: "Parameters", type: "json", value: '{"temperature": 0}' }], check: v => post("/configs", { ...v, parameters: parse(v.parameters, "Parameters") }) });
  if (done) await act(ctx, async () => {}, `Saved as ${done.id}, version ${done.version}.`);
}

async function call(ctx) {
  const done = await ask({ title: "Call a model", confirm: "Call", fields: [{ name: "id", label: "Configuration", type: "number", hint: "Its id" }, { name: "version", label: "Version", type: "number", value: 1 }, { name: "query", label: "Query" }], check: v => post("/llm/call", { config: { id: Number(v.id), version: Number(v.version) }, query: v.query }) });
  if (done) ctx.go(`/jobs/${done.job_id}`);
}

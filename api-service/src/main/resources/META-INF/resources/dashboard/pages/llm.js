// Calls of language models: named, versioned configurations, and the calls made with them.
import { html, nothing } from "../lib.js";
import { getIfThere, post, query } from "../api.js";
import { between, count, duration, json } from "../format.js";
import { act, ask, badge, card, empty, heading, jobLink, more, notInstalled, parse, table, time } from "../parts.js";

const TONES = { pending: "wait", processing: "busy", success: "good", failed: "bad" };
const tokens = u => (u ? html`<span title="${count(u.input_tokens)} in, ${count(u.output_tokens)} out">${count(u.total_tokens)}</span>` : "–");

export const list = {
  title: () => "LLM calls",
  async load({ query: q, signal }) {
    const [configs, page] = await Promise.all([getIfThere("/configs?limit=100", signal), getIfThere("/llm/calls" + query({ cursor: q.cursor, limit: 50 }), signal)]);
    return { configs: configs?.configs, page };
  },
  view: ({ configs, page }, ctx) => !configs || !page ? notInstalled("LLM calls") : html`${heading("LLM calls", { actions: html`<button @click=${() => configure(ctx, configs.map(c => c.provider))}>New configuration…</button><button class="primary" @click=${() => call(ctx, configs)}>Call…</button>` })}
    ${card("Configurations", table("Configurations", [{ name: "Name", cell: c => html`<strong class="clip" title=${c.name}>${c.name}</strong>` }, { name: "Id", right: true, cell: c => c.id }, { name: "Version", right: true, cell: c => c.version }, { name: "Provider", cell: c => c.provider }, { name: "Model", cell: c => html`<span class="mono">${c.model}</span>` }, { name: "Parameters", grow: true, cell: c => html`<span class="mono faint">${json(c.parameters ?? {}).replace(/\s+/g, " ")}</span>` }], configs, { empty: empty("None yet", "Each call names a configuration: a provider, a model, its parameters.") }))}
    ${card("Calls", html`${table("Calls", [
      { name: "Status", cell: c => badge(c.status, TONES[c.status]) }, { name: "Job", cell: c => jobLink(c.job_id) },
      { name: "Query", grow: true, cell: c => html`<div class="cause plain" title=${c.query ?? ""}>${c.query ?? html`<span class="faint">not kept</span>`}</div>${c.error ? html`<div class="cause">${c.error.exc_type}: ${c.error.exc_message}</div>` : c.data?.response?.text ? html`<div class="cause answer" title=${c.data.response.text}>${c.data.response.text}</div>` : nothing}` },
      { name: "Configuration", cell: c => html`<span class="clip">${configs.find(each => each.id === c.config.id)?.name ?? c.config.id}</span> <span class="faint">v${c.config.version}</span>` },
      { name: "Tokens", right: true, cell: c => tokens(c.usage) }, { name: "Submitted", right: true, cell: c => time(c.created_at) }, { name: "Took", right: true, cell: c => (c.answered_at ? duration(between(c.created_at, c.answered_at)) : "–") },
    ], page.calls, { empty: empty("None yet") })}${more(ctx, page)}`)}`,
};

async function configure(ctx, known) {
  const done = await ask({ title: "New configuration", text: "The same name again makes its next version.", confirm: "Save", fields: [{ name: "name", label: "Name" }, { name: "provider", label: "Provider", suggestions: [...new Set(["openai", "anthropic", "scripted", ...known])], hint: "As the workers' configuration names it; scripted answers without asking anybody" }, { name: "model", label: "Model" }, { name: "parameters", label: "Parameters", type: "json", value: '{"temperature": 0}' }], check: v => post("/configs", { ...v, parameters: parse(v.parameters, "Parameters") }) });
  if (done) await act(ctx, async () => {}, `Saved as ${done.id}, version ${done.version}.`);
}

async function call(ctx, configs) {
  const done = await ask({
    title: "Call a model", confirm: "Call",
    fields: [{ name: "config", label: "Configuration", options: configs.map(c => `${c.id} ${c.name}`) }, { name: "version", label: "Version", type: "number", hint: "Empty: the last one" }, { name: "query", label: "Query" }],
    check: v => post("/llm/call", { config: { id: Number.parseInt(v.config, 10), ...(v.version ? { version: Number(v.version) } : {}) }, query: v.query }),
  });
  if (done) ctx.go(`/jobs/${done.job_id}`);
}

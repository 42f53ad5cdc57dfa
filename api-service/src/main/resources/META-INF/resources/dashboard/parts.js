// What pages are made of.
import { html, nothing, render } from "./lib.js";
import { between, duration, exact, json, relative, tail, words } from "./format.js";

// -- small things

const STATES = { SUCCESS: "good", COMPLETED: "good", FAILURE: "bad", FAILED: "bad", MIXED: "warn", RETRY: "warn", STARTED: "busy", PROGRESS: "busy", RUNNING: "busy",
  ACTIVE: "good", DRAINING: "warn", LOST: "bad", STOPPED: "off", REVOKED: "off", CANCELLED: "off", PENDING: "wait", SCHEDULED: "later", BLOCKED: "later", SUBMITTED: "wait" };

/** A state as a coloured dot and its word: never by colour alone. */
export const badge = (state, tone) => html`<span class="badge ${tone ?? STATES[String(state).toUpperCase()] ?? "off"}"><i></i>${state ? words(state) : "not kept"}</span>`;

export const jobLink = (id, text) => (id ? html`<a class="id" href="/jobs/${id}" title=${id}>${text ?? tail(id)}</a>` : "–");

export const time = t => (t ? html`<time datetime=${t} title=${exact(t)}>${relative(t)}</time>` : html`<span class="faint">–</span>`);

export const code = value => html`<pre class="code" tabindex="0"><code>${typeof value === "string" ? value : tokens(json(value))}</code></pre>`;

/** JSON with its keys, words and numbers told apart. */
function tokens(text) {
  if (text.length > 60_000) return text;
  const parts = [];
  let at = 0;
  for (const m of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g)) {
    parts.push(text.slice(at, m.index));
    const kind = m[2] ? "k" : m[1] ? "s" : "n";
    parts.push(html`<span class=${kind}>${m[1] ?? m[0]}</span>${m[2] ?? nothing}`);
    at = m.index + m[0].length;
  }
  parts.push(text.slice(at));
  return parts;
}

export const bar = (share, tone = "busy", label = "") =>
  html`<span class="bar ${tone}" role="meter" aria-label=${label} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.round(share * 100)}><i .style=${`width:${Math.min(100, Math.max(0, share * 100))}%`}></i></span>`;

export function progress(p) {
  if (!p) return nothing;
  const share = p.percent ?? (p.total ? (p.current / p.total) * 100 : null);
  return html`<div class="progress">
    <span class="bar busy" role="progressbar" aria-label="Progress" aria-valuemin="0" aria-valuemax="100" aria-valuenow=${share === null ? nothing : Math.round(share)}><i .style=${`width:${Math.min(100, share ?? 0)}%`}></i></span>
    <span class="num">${share === null ? "" : `${Math.round(share)}%`}</span>
    <span class="faint">${p.status ?? ""}${p.total ? ` · ${p.current ?? 0} of ${p.total}` : ""}</span>
  </div>`;
}

export const facts = pairs =>
  html`<dl class="facts">${pairs.filter(([, value]) => value !== null && value !== undefined && value !== "").map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

export const empty = (title, text) => html`<div class="empty"><p>${title}</p>${text ? html`<p class="faint">${text}</p>` : nothing}</div>`;

export const notInstalled = name => html`${heading(name)}<section class="card">${empty(`${name} is not installed here`, "This API has no such routes. It comes with the Millrace that has this system.")}</section>`;

/** The head of a page: its title, what is behind it, and what can be done. */
export const heading = (title, { sub, actions, crumbs } = {}) => html`<div class="head">
  <div>
    ${crumbs ? html`<nav class="crumbs" aria-label="Breadcrumb">${crumbs}</nav>` : nothing}
    <h1 tabindex="-1">${title}</h1>${sub ? html`<div class="sub">${sub}</div>` : nothing}
  </div>
  ${actions ? html`<div class="actions">${actions}</div>` : nothing}
</div>`;

export const card = (title, body, { note, actions, wide } = {}) => html`<section class="card ${wide ? "wide" : ""}" aria-label=${title}>
  <div class="cardhead"><h2>${title}</h2>${note ? html`<span class="note">${note}</span>` : nothing}${actions ? html`<div class="actions">${actions}</div>` : nothing}</div>
  ${body}
</section>`;

/** A table. columns: [{ name, cell(row), right, grow, wrap }]; on a phone each row is a card and each cell has its name. */
export function table(label, columns, rows, { key, empty: none, rowClass } = {}) {
  if (!rows.length) return none ?? empty("Nothing here yet");
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${label}><table>
    <thead><tr>${columns.map(c => html`<th scope="col" class=${c.right ? "right" : ""}>${c.name}</th>`)}</tr></thead>
    <tbody>${rows.map(row => html`<tr data-row data-key=${key ? key(row) : nothing} class=${rowClass?.(row) ?? ""}>
      ${columns.map(c => html`<td data-name=${c.name} class="${c.right ? "right num" : ""} ${c.grow ? "grow" : ""} ${c.wrap ? "wrap" : ""}">${c.cell(row)}</td>`)}
    </tr>`)}</tbody>
  </table></div>`;
}

/** Filters by one status: chips of which at most one is pressed. */
export const statusChips = (ctx, statuses, tones = {}) => html`<section class="filters" aria-label="Filters"><div class="chips" role="group" aria-label="Status">
  ${statuses.map(s => html`<a class="chip" role="button" aria-pressed=${ctx.query.status === s} href=${ctx.url({ status: ctx.query.status === s ? null : s, cursor: null })}>${badge(s, tones[s])}</a>`)}</div></section>`;

export const more = (ctx, data) =>
  data.next_cursor || ctx.query.cursor
    ? html`<nav class="pager" aria-label="Pages">
        ${ctx.query.cursor ? html`<a class="button" href=${ctx.url({ cursor: null })}>First page</a>` : nothing}
        ${data.next_cursor ? html`<a class="button" href=${ctx.url({ cursor: data.next_cursor })}>Next page</a>` : nothing}
      </nav>`
    : nothing;

const ICONS = {
  overview: "M3 13h4l3-8 4 14 3-6h4", jobs: "M8 6h13M8 12h13M8 18h13M3.500 6h.01M3.500 12h.01M3.500 18h.01", batches: "M6 4v6a4 4 0 0 0 4 4h8M6 4v16M18 14l-3-3M18 14l-3 3",
  queues: "M4 7h16M4 12h16M4 17h10", workers: "M6 4h12v6H6zM6 14h12v6H6zM9 7h.01M9 17h.01", schedules: "M12 7v5l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z",
  tasks: "M12 3l8 4.500v9L12 21l-8-4.500v-9zM12 12l8-4.500M12 12v9M12 12L4 7.500", alerts: "M12 9v4M12 17h.01M10.300 4L2.500 18a2 2 0 0 0 1.700 3h15.600a2 2 0 0 0 1.700-3L13.700 4a2 2 0 0 0-3.400 0z",
  workflows: "M4 6h6v6H4zM14 12h6v6h-6zM10 9h4a3 3 0 0 1 3 3", pipelines: "M4 18V9M9 18V5M14 18v-7M19 18V8", market: "M3 17l6-6 4 4 8-8M15 7h6v6", llm: "M21 12a8 8 0 0 1-11.500 7.200L4 21l1.500-4.800A8 8 0 1 1 21 12z",
  audit: "M8 4h8l4 4v12H4V4zM8 12h8M8 16h8", audio: "M4 10v4M8 6v12M12 3v18M16 7v10M20 10v4", menu: "M4 7h16M4 12h16M4 17h16", close: "M6 6l12 12M18 6L6 18", search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4",
  theme: "M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9z", help: "M9.500 9a2.500 2.500 0 1 1 3.500 2.300c-.700.400-1 .900-1 1.700M12 17h.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z", copy: "M9 9h11v11H9zM5 15H4V4h11v1",
};
export const icon = name => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${ICONS[name]}/></svg>`;

// -- saying what happened

const LATE = 400; // milliseconds after which one wonders whether anything happens

/** Says it for a while. link: [address, words] of where it can be seen. */
export function say(text, tone = "good", link = null) {
  const toast = document.createElement("div");
  toast.className = `toast ${tone}`;
  render(html`${text}${link ? html` <a href=${link[0]}>${link[1]}</a>` : nothing}`, toast);
  document.getElementById("toasts").append(toast);
  setTimeout(() => toast.remove(), tone === "bad" ? 12_000 : 6_000);
  return toast;
}

/** Does something, says what came of it, and looks again. link: where that can be seen, of the answer. */
export async function act(ctx, work, done, link = () => null) {
  let busy = null;
  const late = setTimeout(() => (busy = say("Working on it…", "wait")), LATE);
  try {
    const answer = await work();
    say(typeof done === "function" ? done(answer) : done, "good", link(answer));
    await ctx.refresh();
    return answer;
  } catch (e) {
    say(e.message, "bad");
    return undefined;
  } finally {
    clearTimeout(late);
    busy?.remove();
  }
}

/** Does away with what the page shows, says so, and goes to another page. */
export async function discard(ctx, work, done, elsewhere) {
  const gone = await act({ refresh: async () => {} }, () => work().then(() => true), done);
  if (gone) ctx.go(elsewhere);
}

/**
 * Asks in a dialog. fields: [{ name, label, value, type, hint, options, suggestions }]; typed: what must be typed before the button works.
 * check may throw to keep the dialog open, as the server does when it refuses. @returns what check returned, or null.
 */
export function ask({ title, text, fields = [], confirm = "OK", danger = false, typed, check = values => values }) {
  const dialog = document.getElementById("dialog");
  return new Promise(resolve => {
    let wrong = "", busy = false;
    const finish = answer => {
      dialog.onclose = null;
      dialog.close();
      render(nothing, dialog);
      resolve(answer);
    };
    const submit = async event => {
      event.preventDefault();
      const values = Object.fromEntries(new FormData(event.target));
      busy = true;
      draw();
      try {
        finish((await check(values)) ?? true);
      } catch (e) {
        wrong = e.message;
        busy = false;
        draw();
      }
    };
    const field = f => html`<label class="field"><span>${f.label}</span>
      ${f.options ? html`<select name=${f.name}>${f.options.map(o => html`<option value=${o} ?selected=${o === f.value}>${o || "–"}</option>`)}</select>`
        : f.type === "json" ? html`<textarea name=${f.name} rows=${Math.min(18, (f.value ?? "").split("\n").length + 2)} spellcheck="false">${f.value ?? ""}</textarea>`
          : html`<input name=${f.name} type=${f.type ?? "text"} value=${f.value ?? ""} placeholder=${f.placeholder ?? ""} step="any" autocomplete="off" list=${f.suggestions ? `known-${f.name}` : nothing}>
            ${f.suggestions ? html`<datalist id="known-${f.name}">${f.suggestions.map(s => html`<option value=${s}></option>`)}</datalist>` : nothing}`}
      ${f.hint ? html`<small>${f.hint}</small>` : nothing}</label>`;
    const draw = () => render(html`<form @submit=${submit} aria-labelledby="asked">
      <h2 id="asked">${title}</h2>
      ${text ? html`<p>${text}</p>` : nothing}
      ${fields.map(field)}
      ${typed ? html`<label class="field"><span>Type <b>${typed}</b> to confirm</span><input name="typed" required pattern=${typed.replace(/[^\w-]/g, "\\$&")} autocomplete="off" inputmode=${/^\d+$/.test(typed) ? "numeric" : "text"}></label>` : nothing}
      ${wrong ? html`<p class="wrong" role="alert">${wrong}</p>` : nothing}
      <div class="actions"><button type="button" @click=${() => finish(null)}>Cancel</button><button class=${danger ? "danger" : "primary"} ?disabled=${busy}>${confirm}</button></div>
    </form>`, dialog);
    dialog.onclose = () => finish(null);
    draw();
    dialog.showModal();
    (dialog.querySelector("input,textarea,select") ?? dialog.querySelector("button.danger, button.primary"))?.focus();
  });
}

export function parse(text, name) {
  try {
    return JSON.parse(text);
  } catch (e) {
    throw new Error(`${name} is not JSON: ${e.message}`);
  }
}

export const numberOrNull = text => (text === "" ? null : Number(text));

/** How long a job ran, or runs. */
export const ranFor = job => (job.started_at ? duration(between(job.started_at, job.finished_at)) : "–");

export const legend = items => html`<span class="legend">${items.map(([name, color, dashed]) => html`<span><i class=${dashed ? "dashed" : ""} .style=${`--c:var(${color})`}></i>${name}</span>`)}</span>`;

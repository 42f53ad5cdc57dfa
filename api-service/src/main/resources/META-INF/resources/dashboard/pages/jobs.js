// Finding jobs and doing something about many of them. What is looked for is in the address, to be saved and sent.
import { html, live, nothing, repeat } from "../lib.js";
import { get, getIfAllowed, post, query } from "../api.js";
import { between, count } from "../format.js";
import { act, ask, badge, empty, heading, jobLink, more, progress, ranFor, say, time } from "../parts.js";
import { one as job } from "./job.js";

export const one = job;

const STATES = ["PENDING", "STARTED", "PROGRESS", "RETRY", "SCHEDULED", "BLOCKED", "SUCCESS", "FAILURE", "REVOKED"];
const ENDED = ["SUCCESS", "FAILURE", "REVOKED"];
const FIELDS = ["state", "task", "queue", "worker", "tag", "batch_id", "project_id", "q", "created_after", "created_before"];
const PAGES = ["50", "200", "500"];
const MOST = 1_000;
const AT_ONCE = 8;
const MOST_LOOKS = 5;

const selected = new Set();

const filterOf = q => Object.fromEntries(FIELDS.filter(f => q[f]).map(f => [f, q[f]]));
const statesOf = q => (q.state ? q.state.split(",") : []);

/** A page; where a search has found nothing yet, on a few more through what has been there for longer. */
async function firstHits(filter, signal) {
  let page = null;
  for (let looks = 0, cursor = filter.cursor; looks < MOST_LOOKS && (looks === 0 || cursor); looks++, cursor = page.next_cursor) {
    page = await get("/jobs" + query({ ...filter, cursor }), signal);
    if (page.jobs.length) break;
  }
  return page;
}

export const list = {
  title: () => "Jobs",

  events: ({ query: q }) => "/events" + query({ queue: q.queue, task: q.task }),

  async load({ query: q, signal }) {
    const [page, stats, queues, tasks] = await Promise.all([
      firstHits({ ...filterOf(q), order: q.order, cursor: q.cursor, limit: q.limit ?? PAGES[0] }, signal), getIfAllowed("/stats", signal), get("/queues", signal), get("/tasks", signal),
    ]);
    return { ...page, byState: stats?.by_state ?? {}, queues: queues.map(x => x.name), tasks: tasks.map(x => x.name) };
  },

  /** What stays on the page while its question is refused: nothing that could be mistaken for an answer. */
  refused: data => ({ ...data, jobs: [], next_cursor: null, refused: true }),

  view: (data, ctx) => {
    const q = ctx.query;
    const here = data.jobs.filter(j => selected.has(j.job_id));
    const filtered = Object.keys(filterOf(q)).length > 0;
    return html`${heading("Jobs", {
      actions: html`<button data-free @click=${() => copy()}>Copy link to this view</button>
        <button data-needs="operator" @click=${() => replayMatching(ctx)}>Run failed again…</button><button class="danger" @click=${() => revokeMatching(ctx)}>Revoke…</button>`,
    })}
    <section class="filters" aria-label="Filters">
      <div class="chips" role="group" aria-label="State">${STATES.map(s => chip(s, data.byState[s], ctx))}</div>
      <form class="fields" @change=${e => change(e, ctx)} @submit=${e => { e.preventDefault(); change(e, ctx); }}>
        ${pick("task", "Task", data.tasks, q)}${pick("queue", "Queue", data.queues, q)}
        ${type("worker", "Worker", q)}${type("tag", "Tag", q)}${type("batch_id", "Batch", q)}
        ${type("q", "Text", q, "search", "arguments, errors, ids")}
        ${type("created_after", "From", q, "datetime-local")}${type("created_before", "To", q, "datetime-local")}
        <label><span>Order</span><select name="order" .value=${live(q.order ?? "desc")}><option value="desc">Newest first</option><option value="asc">Oldest first</option></select></label>
        <label><span>Rows</span><select name="limit" .value=${live(q.limit ?? PAGES[0])}>${PAGES.map(n => html`<option>${n}</option>`)}</select></label>
        ${filtered || q.order || q.sort || q.limit ? html`<a class="button" href="/jobs">Clear</a>` : nothing}
      </form>
    </section>
    ${here.length ? html`<div class="selection" role="region" aria-label="Selected jobs"><strong>${here.length} selected</strong>
      <button @click=${() => replaySelected(ctx, here)}>Run again</button><button class="danger" @click=${() => revokeSelected(ctx, here)}>Revoke</button>
      <button class="ghost" data-free @click=${() => { selected.clear(); ctx.redraw(); }}>Clear selection</button></div>` : nothing}
    <section class="card flush" aria-label="Jobs found">${data.refused ? nothing : data.jobs.length ? rows(sorted(data.jobs, q.sort), ctx) : empty(data.next_cursor ? "None among those looked at so far" : "No job matches", data.next_cursor ? "There is more on the next page." : filtered ? "" : "Submit one: POST /api/v1/jobs")}</section>
    ${more(ctx, data)}`;
  },
};

const chip = (state, n, ctx) => {
  const on = statesOf(ctx.query).includes(state);
  const states = on ? statesOf(ctx.query).filter(s => s !== state) : [...statesOf(ctx.query), state];
  return html`<a class="chip" role="button" aria-pressed=${on} href=${ctx.url({ state: states.join(","), cursor: null })}>${badge(state)}${n === undefined ? nothing : html`<span class="num">${count(n)}</span>`}</a>`;
};

const pick = (name, label, values, q) => html`<label><span>${label}</span><select name=${name} .value=${live(q[name] ?? "")}><option value="">Any</option>
  ${[...new Set([...values, ...(q[name] ? [q[name]] : [])])].map(v => html`<option value=${v} ?selected=${v === q[name]}>${v}</option>`)}</select></label>`;

/** As the clock on the wall said at that time, which need not be as far from UTC as it is today. */
function local(t) {
  const at = new Date(t ?? NaN);
  return Number.isNaN(at.getTime()) ? "" : new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

const type = (name, label, q, kind = "text", hint = "") => html`<label><span>${label}</span><input name=${name} type=${kind} placeholder=${hint} autocomplete="off" .value=${kind === "datetime-local" ? local(q[name]) : (q[name] ?? "")}></label>`;

const UNSAID = { order: "desc", limit: PAGES[0] };

function change(event, ctx) {
  const { name, value, type: kind } = event.target;
  if (!name) return;
  ctx.go(ctx.url({ [name]: UNSAID[name] === value ? null : kind === "datetime-local" && value ? new Date(value).toISOString() : value.trim() || null, cursor: null }));
}

/** By what the rows of a page can be put in order. All there are come in order of their submission only. */
const SORTS = {
  state: j => STATES.indexOf(j.state), task: j => j.task, queue: j => `${j.queue} ${99 - j.priority}`, attempt: j => j.attempt, submitted: j => j.created_at,
  ran: j => between(j.started_at, j.finished_at) ?? -1, worker: j => j.worker ?? "",
};

function sorted(jobs, sort) {
  const by = SORTS[sort?.replace(/^-/, "")];
  if (!by) return jobs;
  const way = sort.startsWith("-") ? -1 : 1;
  return jobs.map(job => [by(job), job]).sort(([a], [b]) => (a < b ? -way : a > b ? way : 0)).map(([, job]) => job);
}

/** A column's head: first one way, then the other, then as before. */
function head(name, ctx, right = false) {
  const key = name.toLowerCase(), sort = ctx.query.sort;
  const way = sort === key ? "ascending" : sort === `-${key}` ? "descending" : "none";
  const next = { none: key, ascending: `-${key}`, descending: null }[way];
  return html`<th scope="col" class=${right ? "right" : ""} aria-sort=${way}><a href=${ctx.url({ sort: next })} title="Sort the rows of this page">${name}</a></th>`;
}

/** Rows keep their elements while they move, so that the one in focus stays in focus. */
const rows = (jobs, ctx) => html`<div class="scroll" tabindex="0" role="region" aria-label="Jobs"><table class="jobs">
  <thead><tr><th scope="col"><input type="checkbox" aria-label="Select all on this page" .checked=${live(jobs.every(j => selected.has(j.job_id)))} @change=${e => { jobs.forEach(j => (e.target.checked ? selected.add(j.job_id) : selected.delete(j.job_id))); ctx.redraw(); }}></th>
    ${head("State", ctx)}${head("Task", ctx)}${head("Queue", ctx)}${head("Attempt", ctx, true)}${head("Submitted", ctx, true)}${head("Ran", ctx, true)}${head("Worker", ctx)}</tr></thead>
  <tbody>${repeat(jobs, j => j.job_id, j => html`<tr data-row class=${selected.has(j.job_id) ? "chosen" : ""}>
    <td class="check"><input type="checkbox" aria-label="Select ${j.task} ${j.job_id}" .checked=${live(selected.has(j.job_id))} @change=${e => { e.target.checked ? selected.add(j.job_id) : selected.delete(j.job_id); ctx.redraw(); }}></td>
    <td data-name="State">${badge(j.state)}</td>
    <td data-name="Task" class="grow"><a class="task" href="/jobs/${j.job_id}">${j.task}</a> <span class="id faint">${j.job_id.slice(-8)}</span>${j.tags.map(t => html` <span class="tag">${t}</span>`)}
      ${j.error ? html`<div class="cause" title=${j.error.exc_message}>${j.error.exc_type}: ${j.error.exc_message}</div>` : nothing}${j.state === "PROGRESS" ? progress(j.progress) : nothing}</td>
    <td data-name="Queue">${j.queue}<span class="faint"> · ${j.priority}</span></td>
    <td data-name="Attempt" class="right num">${j.attempt}<span class="faint">/${j.max_retries + 1}</span></td>
    <td data-name="Submitted" class="right">${time(j.created_at)}</td>
    <td data-name="Ran" class="right num">${ranFor(j)}</td>
    <td data-name="Worker"><span class="clip">${j.worker ? html`<a href=${"/jobs" + query({ worker: j.worker })}>${j.worker}</a>` : html`<span class="faint">–</span>`}</span></td>
  </tr>`)}</tbody></table></div>`;

async function copy() {
  try {
    await navigator.clipboard.writeText(location.href);
    say("The link is on the clipboard.");
  } catch {
    say("The browser does not let a page write to the clipboard here; the address bar has the link.", "bad");
  }
}

/** Many calls, a few at a time. @returns how many went well, and the first reason why one did not */
async function each(ids, call) {
  let done = 0, why = null;
  const left = [...ids];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (left.length) {
      try {
        await call(left.pop());
        done++;
      } catch (e) {
        why ??= e.message;
      }
    }
  }));
  return { done, why };
}

const told = (what, { done, why }, of) => {
  if (why) say(`${of - done} of ${of} could not be ${what}: ${why}`, "bad");
  return `${count(done)} ${done === 1 ? "job" : "jobs"} ${what}.`;
};

async function revokeSelected(ctx, jobs) {
  const open = jobs.filter(j => !ENDED.includes(j.state));
  if (!open.length) return say("All of them have ended.", "bad");
  if (!(await ask({ title: `Revoke ${open.length} ${open.length === 1 ? "job" : "jobs"}?`, text: "What waits will never run. What runs may finish.", confirm: "Revoke", danger: true }))) return;
  selected.clear();
  await act(ctx, () => each(open.map(j => j.job_id), id => post(`/jobs/${id}/revoke`)), r => told("revoked", r, open.length));
}

async function replaySelected(ctx, jobs) {
  const again = jobs.filter(j => j.state === "FAILURE" || j.state === "REVOKED");
  if (!again.length) return say("None of them has failed or was revoked.", "bad");
  selected.clear();
  await act(ctx, () => each(again.map(j => j.job_id), id => post(`/jobs/${id}/retry`)), r => told("submitted again", r, again.length));
}

/** Ids of jobs that match, up to a bound, page by page. */
async function matching(filter, states) {
  const ids = [];
  let cursor = null;
  do {
    const page = await get("/jobs" + query({ ...filter, state: states.join(","), limit: 500, cursor, order: "asc" }));
    ids.push(...page.jobs.map(j => j.job_id));
    cursor = page.next_cursor;
  } while (cursor && ids.length < MOST);
  return { ids: ids.slice(0, MOST), more: Boolean(cursor) || ids.length > MOST };
}

const among = (q, states) => (statesOf(q).length ? states.filter(s => statesOf(q).includes(s)) : states);

async function confirmed(ctx, states, { none, title, text, confirm, danger }) {
  const wanted = among(ctx.query, states);
  if (!wanted.length) return void say(none, "bad");
  let found;
  try {
    found = await matching(filterOf(ctx.query), wanted);
  } catch (e) {
    return void say(e.message, "bad");
  }
  if (!found.ids.length) return void say(none, "bad");
  const n = found.ids.length;
  const yes = await ask({
    title: title(n), confirm, danger, typed: n > 1 ? String(n) : undefined,
    text: html`${text} ${found.more ? html`<strong>There are more than ${count(MOST)}: these are the oldest.</strong>` : nothing}`,
  });
  return yes ? { ...found, states: wanted } : undefined;
}

async function revokeMatching(ctx) {
  const found = await confirmed(ctx, STATES.filter(s => !ENDED.includes(s)), {
    none: "No job that matches is still open.", title: n => `Revoke ${count(n)} ${n === 1 ? "job" : "jobs"}?`,
    text: "All that match the filters and have not ended. What waits will never run; what runs may finish.", confirm: "Revoke", danger: true,
  });
  if (found) await act(ctx, () => each(found.ids, id => post(`/jobs/${id}/revoke`)), r => told("revoked", r, found.ids.length));
}

async function replayMatching(ctx) {
  const found = await confirmed(ctx, ["FAILURE", "REVOKED"], {
    none: "No job that matches has failed or was revoked.", title: n => `Run ${count(n)} ${n === 1 ? "job" : "jobs"} again?`,
    text: "All that match the filters and have failed or were revoked.", confirm: "Run again",
  });
  if (found) await act(ctx, () => post("/jobs/replay", { filter: { ...filterOf(ctx.query), state: found.states.join(",") }, limit: found.ids.length }), r => `${count(r.replayed)} ${r.replayed === 1 ? "job" : "jobs"} submitted again.`);
}

// The frame around the pages: addresses, navigation, looking again, the keyboard.
import { html, nothing, render } from "./lib.js";
import { Problem, get, query } from "./api.js";
import { watch } from "./live.js";
import { redrawCharts } from "./chart.js";
import { zone } from "./format.js";
import { heading, icon, say } from "./parts.js";

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const LOOK_AGAIN = 15_000; // without any event
const LEAST_BETWEEN = 1_500; // however many events
const TICK = 1_000; // for "12s ago" and what runs

const NAV = [
  ["", [["overview", "/", "Overview", "o"], ["jobs", "/jobs", "Jobs", "j"], ["batches", "/batches", "Batches", "b"]]],
  ["Operate", [["queues", "/queues", "Queues", "q"], ["workers", "/workers", "Workers", "w"], ["schedules", "/schedules", "Schedules", "s"], ["tasks", "/tasks", "Tasks", "t"], ["alerts", "/alerts", "Alerts", "a"], ["audit", "/audit", "Audit log"]]],
  ["Systems", [["workflows", "/workflows", "Remote workflows", "f"], ["pipelines", "/pipelines", "Pipelines", "p"], ["market", "/market", "Market index", "m"], ["llm", "/llm", "LLM calls", "l"], ["audio", "/audio", "Audio separation", "u"]]],
];

/** Whose page's buttons are an operator's; those of the others are of who may submit. */
const OPERATED = ["queues", "workers", "schedules", "tasks"];
/** What is not of one project, and so nothing to who sees one only. */
const OF_ALL = ["workers", "schedules", "alerts", "pipelines", "market"];
const WITHOUT_LOGIN = ["local", "nobody"];

/** Who looks, and what they may do; everything where that cannot be told, since the server decides in the end. */
let me = { caller: "local", role: "admin", project_id: null };

const offered = id => (id === "audit" ? me.role === "admin" && !me.project_id : !(me.project_id && OF_ALL.includes(id)));

/** Which module draws an address; the page of one thing is the export `one` of the module that lists them. */
function find(path) {
  const [name = "", ...rest] = path.split("/").filter(Boolean).map(decodeURIComponent);
  const page = NAV.flatMap(([, items]) => items).find(([id, href]) => href === `/${name}` || id === name);
  return page ? { name: page[0], rest } : null;
}

let ctx = null;
let page = null;
let data = null;
let problem = null;
let stop = () => {};
let menuOpen = false;
let live = "connecting";
let turn = 0;

const main = document.getElementById("main");

/** What a page knows of where it is and can ask of the frame. */
function context(rest) {
  const query_ = Object.fromEntries(new URLSearchParams(location.search));
  const abort = new AbortController();
  return {
    id: rest[0],
    sub: rest[1],
    query: query_,
    signal: abort.signal,
    abort: () => abort.abort(),
    memory: {},
    /** This address with some parameters changed; null takes one away. */
    url: changes => location.pathname + query({ ...query_, ...changes }),
    go,
    refresh: () => look(),
    redraw: () => draw(),
  };
}

export function go(url, { replace = false } = {}) {
  if (replace) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
  return open();
}

async function open() {
  const mine = ++turn;
  stop();
  ctx?.abort();
  menuOpen = false;
  const found = find(location.pathname);
  const samePage = page && found && page.path === location.pathname;
  ctx = context(found?.rest ?? []);
  problem = null;
  if (!found) {
    page = null;
    problem = new Problem(404, { title: "There is no such page." });
    draw();
    return;
  }
  const module = await import(`./pages/${found.name}.js`);
  if (mine !== turn) return;
  page = { ...(found.rest.length && module.one ? module.one : module.list), path: location.pathname, name: found.name };
  if (!samePage) {
    data = null;
    scrollTo(0, 0);
  }
  draw();
  await look();
  if (mine !== turn) return;
  if (!samePage) {
    const title = main.querySelector("h1");
    title?.focus({ preventScroll: true });
    document.getElementById("spoken").textContent = `${document.title} page`;
  }
  follow();
}

let looking = null;

/** Asks the page's questions and draws the answers. One at a time: who asks meanwhile gets the next answers. */
async function look() {
  if (looking) {
    looking.again = true;
    return looking.done;
  }
  const me = { again: false };
  looking = me;
  me.done = (async () => {
    do {
      me.again = false;
      const asked = ctx;
      try {
        const answers = await page.load(asked);
        if (asked === ctx) {
          data = answers;
          problem = null;
        }
      } catch (e) {
        if (e.name !== "AbortError" && asked === ctx) {
          problem = e;
          if (e.status === 422 && data && page.refused) data = page.refused(data);
        }
        if (asked !== ctx) me.again = true;
      }
    } while (me.again);
  })();
  await me.done;
  looking = null;
  draw();
}

function follow() {
  let last = performance.now();
  let wanted = null;
  const soon = () => {
    if (wanted) return;
    const wait = Math.max(0, last + (page.between ?? LEAST_BETWEEN) - performance.now());
    wanted = setTimeout(async () => {
      wanted = null;
      last = performance.now();
      if (!document.hidden) await look();
      if (page.events?.(ctx, data) === null) unwatch();
    }, wait);
  };
  const events = page.events === undefined ? "/events" : page.events(ctx, data);
  const unwatch = events
    ? watch(events, {
        onEvent: text => {
          if (page.onEvent?.(JSON.parse(text), data, ctx)) draw();
          else soon();
        },
        onState: state => {
          live = state;
          drawTop();
        },
      })
    : () => {};
  if (!events) {
    live = "polling";
    drawTop();
  }
  const clock = setInterval(soon, page.every ?? LOOK_AGAIN);
  const tick = setInterval(() => !document.hidden && draw(), TICK);
  stop = () => {
    unwatch();
    clearInterval(clock);
    clearInterval(tick);
    clearTimeout(wanted);
    stop = () => {};
  };
}

// -- drawing

function draw() {
  drawSide();
  drawTop();
  const title = problem && !data ? "Not there" : page ? page.title(ctx, data) : "Not there";
  document.title = `${title} · Millrace`;
  let body;
  if (problem && !data) {
    body = html`${heading(problem.status === 404 ? "Not found" : "That did not work")}<section class="card"><div class="empty"><p>${problem.message}</p><p><a href="/">Overview</a></p></div></section>`;
  } else if (!data) {
    body = html`${heading(title)}<div class="skeleton" aria-busy="true" aria-label="Loading"><i></i><i></i><i></i></div>`;
  } else {
    body = html`${problem ? html`<p class="stale" role="alert">${problem.message}${data.refused ? "" : " What you see is how it was before."}</p>` : nothing}${page.view(data, ctx)}`;
  }
  render(html`<div class="page" data-page=${page?.name ?? "none"} data-needs=${OPERATED.includes(page?.name) ? "operator" : "submitter"} ?data-ready=${data !== null}>${body}</div>`, main);
}

function drawSide() {
  render(html`<div class="brand"><a href="/" aria-label="Millrace, overview"><img src="/dashboard/icon.svg" alt="" width="22" height="22"><span>Millrace</span></a>
      <button class="ghost menu" aria-expanded=${menuOpen} aria-controls="nav" aria-label="Menu" @click=${toggleMenu}>${icon(menuOpen ? "close" : "menu")}</button></div>
    <nav id="nav" class=${menuOpen ? "open" : ""} aria-label="Main">${NAV.map(([group, items]) => html`<div class="group">${group ? html`<span class="grouphead">${group}</span>` : nothing}
      <ul>${items.filter(([id]) => offered(id)).map(([id, href, name]) => html`<li><a href=${href} aria-current=${page?.name === id ? "page" : nothing}>${icon(id)}${name}</a></li>`)}</ul></div>`)}
    </nav><p class="zone faint">Times are those of ${zone}.</p>`, document.getElementById("side"));
}

const LIVE = { live: ["Live", "good"], connecting: ["Connecting", "wait"], polling: ["Every few seconds", "wait"] };

function drawTop() {
  const [word, tone] = LIVE[live];
  render(html`<form class="search" role="search" @submit=${search}>
      ${icon("search")}<input id="search" type="search" aria-label="Find a job by its id, or jobs by text" placeholder="Job id or its end, or text in arguments and errors" autocomplete="off"><kbd>/</kbd>
    </form>
    <span class="badge live ${tone}" title="How this page learns of changes"><i></i>${word}</span>
    ${WITHOUT_LOGIN.includes(me.caller) ? nothing : html`<span class="who"><span>${me.caller}, ${me.role}${me.project_id ? ` of ${me.project_id}` : ""}</span><form method="post" action="/logout"><button class="ghost">Log out</button></form></span>`}
    <button class="ghost" aria-label="Light or dark" title="Light or dark" @click=${otherTheme}>${icon("theme")}</button>
    <button class="ghost" aria-label="Keyboard shortcuts" title="Keyboard shortcuts" @click=${help}>${icon("help")}</button>`, document.getElementById("top"));
}

function toggleMenu() {
  menuOpen = !menuOpen;
  drawSide();
}

function search(event) {
  event.preventDefault();
  const text = event.target.querySelector("input").value.trim();
  if (text) go(ID.test(text) ? `/jobs/${text.toLowerCase()}` : "/jobs" + query({ q: text }));
}

function otherTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem("millrace.theme", root.dataset.theme);
  } catch {
    // Then it is for this page only.
  }
  redrawCharts();
}

// -- keyboard

const KEYS = [["/", "find a job"], ["j  k", "next and previous row"], ["Enter", "open the row"], ["x", "select the row"], ["r", "look again"], ["g then a letter", html`go to ${NAV.flatMap(([, items]) => items).filter(i => i[3]).map((i, n) => html`${n ? ", " : ""}${i[2]} <kbd>${i[3]}</kbd>`)}`], ["?", "this"]];

function help() {
  const dialog = document.getElementById("dialog");
  render(html`<form method="dialog"><h2>Keyboard</h2><dl class="keys">${KEYS.map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}</dl>
    <div class="actions"><button class="primary">Close</button></div></form>`, dialog);
  dialog.showModal();
}

function move(step) {
  const rows = [...main.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const at = rows.findIndex(row => row.contains(document.activeElement));
  const row = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step))];
  (row.querySelector("a[href]") ?? row.querySelector("button, input"))?.focus();
  row.scrollIntoView({ block: "nearest" });
}

// When g was pressed; long ago if it was not. Zero would be the moment at which the page was loaded.
let going = -Infinity;

addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.getElementById("dialog").open) return;
  if (event.target.matches("input:not([type=checkbox]), textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (performance.now() - going < 1_500) {
    going = -Infinity;
    const to = NAV.flatMap(([, items]) => items).find(item => item[3] === event.key);
    if (to) {
      event.preventDefault();
      go(to[1]);
    }
    return;
  }
  const keys = {
    "/": () => document.getElementById("search").focus(),
    "?": help,
    j: () => move(1),
    k: () => move(-1),
    g: () => (going = performance.now()),
    r: () => look().then(() => say("Looked again.")),
    x: () => document.activeElement?.closest("[data-row]")?.querySelector("input[type=checkbox]")?.click(),
  };
  if (keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
  }
});

// -- links within the dashboard change the page without loading it anew

addEventListener("click", event => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || link.hasAttribute("target") || link.hasAttribute("download")) return;
  // The attribute and not the property, which is something else of a link in a drawing.
  const url = new URL(link.getAttribute("href"), location.href);
  if (url.origin !== location.origin || url.hash || !find(url.pathname)) return;
  event.preventDefault();
  go(url.pathname + url.search);
});

addEventListener("popstate", open);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawCharts);
me = await get("/caller").catch(() => me);
document.documentElement.dataset.role = me.role;
if (me.project_id) document.documentElement.dataset.project = me.project_id;
open();

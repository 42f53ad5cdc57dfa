// Is all well? What has ended, how long it takes, what waits, who works, what is wrong.
import { html, nothing } from "../lib.js";
import { get, getIfAllowed } from "../api.js";
import { between, compact, count, duration, percent } from "../format.js";
import { badge, bar, card, empty, heading, legend, table, time } from "../parts.js";
import { LOOKED_AT, worst } from "./alerts.js";

const WORST = 4;
const HOUR = 3_600; // seconds

export const list = {
  title: () => "Overview",
  between: 3_000,
  every: 10_000,

  async load({ signal }) {
    const [stats, queues, workers, alerts, timings, schedules] = await Promise.all([
      getIfAllowed("/stats", signal), get("/queues", signal), getIfAllowed("/workers", signal), getIfAllowed(`/alerts?active=true&limit=${LOOKED_AT}`, signal), getIfAllowed("/dashboard/timings", signal), getIfAllowed("/schedules?limit=100", signal),
    ]);
    return {
      stats, queues, timings: timings ?? [], alerts: alerts?.alerts ?? [], schedules: schedules?.schedules ?? [],
      workers: (workers ?? []).filter(w => w.state === "ACTIVE" || w.state === "DRAINING"), lost: (workers ?? []).filter(w => w.state === "LOST" && between(w.last_heartbeat) < HOUR).length, minutes: minutes(stats?.per_minute ?? []),
    };
  },

  view: ({ stats, queues, workers, lost, alerts, timings, schedules, minutes }) => {
    if (!stats) return html`${heading("Overview")}<section class="card">${empty("You see one project only", html`Its jobs are at <a href="/jobs">Jobs</a>, its batches at <a href="/batches">Batches</a>.`)}</section>`;
    const s = stats.by_state;
    const hour = minutes.reduce((sum, m) => ({ completed: sum.completed + m.completed, failed: sum.failed + m.failed }), { completed: 0, failed: 0 });
    const lastFive = minutes.slice(-6, -1);
    const rate = lastFive.reduce((sum, m) => sum + m.completed + m.failed, 0) / Math.max(1, lastFive.length);
    const ended = hour.completed + hour.failed;
    const slots = workers.reduce((sum, w) => sum + w.concurrency, 0);
    const running = workers.reduce((sum, w) => sum + w.running, 0);
    const oldest = Math.max(0, ...queues.map(q => q.oldest_age_seconds));
    const coming = schedules.filter(x => x.enabled && x.next_fire_times.length).sort((a, b) => (a.next_fire_times[0] < b.next_fire_times[0] ? -1 : 1)).slice(0, 5);
    const waits = timings.filter(t => t.waited).at(-1), runs = timings.filter(t => t.ran).at(-1);
    return html`${heading("Overview")}
      ${alerts.length ? html`<section class="alerts" aria-label="Alerts">${worst(alerts, WORST)}</section>` : nothing}
      <div class="tiles">
        ${tile("Waiting", count(s.PENDING), `oldest ${duration(oldest)}`, "/jobs?state=PENDING")}
        ${tile("Running", count(s.STARTED), slots ? `${running} of ${slots} slots` : "no worker", "/jobs?state=STARTED,PROGRESS")}
        ${tile("To be retried", count(s.RETRY), `${count(s.SCHEDULED)} scheduled, ${count(s.BLOCKED)} blocked`, "/jobs?state=RETRY,SCHEDULED,BLOCKED")}
        ${tile("Ended a minute", compact(Math.round(rate * 10) / 10), "over the last five minutes", "/jobs?state=SUCCESS")}
        ${tile("Failed in an hour", count(hour.failed), ended ? `${percent(hour.completed / ended)} succeeded` : "nothing has ended", "/jobs?state=FAILURE", hour.failed ? "bad" : "")}
      </div>
      <div class="grid">
        ${card("Throughput", html`<mill-chart .spec=${{
          kind: "bars", unit: "count", labels: minutes.map(m => m.minute), label: `Jobs that ended in each of the last 60 minutes: ${hour.completed} succeeded, ${hour.failed} failed`,
          series: [{ name: "Succeeded", color: "--good", values: minutes.map(m => m.completed) }, { name: "Failed", color: "--bad", values: minutes.map(m => m.failed) }, { name: "Revoked", color: "--off", values: minutes.map(m => m.revoked) }],
        }}></mill-chart>`, { note: "ended a minute, last hour", actions: legend([["Succeeded", "--good"], ["Failed", "--bad"], ["Revoked", "--off"]]), wide: true })}
        ${card("Wait", percentiles(timings, "waited", "--busy", waits), { note: sampled(timings), actions: legend([["p50", "--busy"], ["p95", "--warn"], ["p99", "--bad", true]]) })}
        ${card("Run", percentiles(timings, "ran", "--busy", runs), { note: sampled(timings), actions: legend([["p50", "--busy"], ["p95", "--warn"], ["p99", "--bad", true]]) })}
        ${card("Queues", table("Queues", [
          { name: "Queue", wrap: true, cell: q => html`<a href="/queues?name=${q.name}">${q.name}</a> ${q.paused ? badge("paused", "warn") : nothing}${q.alert_level !== "NONE" ? badge(q.alert_level.toLowerCase(), q.alert_level === "CRITICAL" ? "bad" : "warn") : nothing}` },
          { name: "Depth", right: true, cell: q => count(q.depth) },
          { name: "Oldest", right: true, cell: q => (q.depth ? duration(q.oldest_age_seconds) : "–") },
          { name: "Running", right: true, cell: q => count(q.running) },
          { name: "A minute", right: true, cell: q => html`${count(q.completed_per_minute)}${q.failed_per_minute ? html` <span class="bad">+${q.failed_per_minute}</span>` : nothing}` },
        ], queues.toSorted((a, b) => b.depth + b.running - a.depth - a.running || b.completed_per_minute - a.completed_per_minute).slice(0, 9)), { actions: html`<a href="/queues">All ${queues.length}</a>` })}
        <div class="stack">
        ${card("Workers", workers.length ? table("Workers", [
          { name: "Worker", cell: w => html`<a href="/workers#${w.worker_id}" class="clip">${w.worker_id}</a>` },
          { name: "Slots", cell: w => html`<span class="inline">${bar(w.concurrency ? w.running / w.concurrency : 0, "busy", "Slots in use")}<span class="num">${w.running}/${w.concurrency}</span></span>` },
          { name: "Done", right: true, cell: w => compact(w.processed) },
        ], workers.slice(0, 6)) : empty("No worker is alive", "Jobs are accepted and wait."), { note: lost ? badge(`${count(lost)} lost in an hour`, "bad") : "", actions: html`<a href="/workers">All</a>` })}
        ${card("Next to fire", coming.length ? table("Next to fire", [
          { name: "Schedule", grow: true, cell: x => html`<a href="/schedules/${encodeURIComponent(x.name)}">${x.name}</a>` },
          { name: "Task", cell: x => html`<span class="mono faint clip" title=${x.task}>${x.task}</span>` },
          { name: "When", right: true, cell: x => time(x.next_fire_times[0]) },
        ], coming) : empty("Nothing is scheduled"), { actions: html`<a href="/schedules">All</a>` })}
        </div>
      </div>`;
  },
};

const tile = (name, value, sub, href, tone = "") => html`<a class="tile ${tone}" href=${href}><span class="name">${name}</span><span class="value num">${value}</span><span class="faint">${sub}</span></a>`;

const sampled = timings => {
  const jobs = timings.reduce((sum, t) => sum + t.jobs, 0);
  return jobs ? `by minute of submission; from ${count(jobs)} jobs, at most 400 a minute` : "by minute of submission";
};

function percentiles(timings, what, color, latest) {
  if (!latest) return empty("Nothing to measure in the last hour");
  const minutes = lastHour(timings.at(-1).minute);
  const by = new Map(timings.map(t => [t.minute, t[what]]));
  const of = share => minutes.map(m => by.get(m)?.[share] ?? null);
  return html`<mill-chart .spec=${{
    kind: "lines", unit: "seconds", labels: minutes, label: `Seconds over the last hour; most recently the median is ${duration(latest[what].p50)}, the 95th percentile ${duration(latest[what].p95)}`,
    series: [{ name: "p50", color, values: of("p50"), fill: true, points: 1.5 }, { name: "p95", color: "--warn", values: of("p95"), points: 1.5 }, { name: "p99", color: "--bad", values: of("p99"), dashed: true }],
  }}></mill-chart>`;
}

/** The sixty minutes up to now, and further where the server's clock is ahead. */
function lastHour(newest) {
  const end = Math.max(Math.floor(Date.now() / 60_000), newest ? Date.parse(newest) / 60_000 : 0);
  return Array.from({ length: 60 }, (_, i) => new Date((end - 59 + i) * 60_000).toISOString().replace(".000Z", "Z"));
}

/** All queues together, minutes without an end included. */
function minutes(perMinute) {
  const by = new Map();
  for (const m of perMinute) {
    const sum = by.get(m.minute) ?? { completed: 0, failed: 0, revoked: 0 };
    by.set(m.minute, { completed: sum.completed + m.completed, failed: sum.failed + m.failed, revoked: sum.revoked + m.revoked });
  }
  return lastHour(perMinute.at(-1)?.minute).map(minute => ({ minute, ...(by.get(minute) ?? { completed: 0, failed: 0, revoked: 0 }) }));
}

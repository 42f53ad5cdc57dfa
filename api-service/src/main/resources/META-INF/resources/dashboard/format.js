// Numbers, times and names as people read them.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** Where the reader is: all times are shown as of there. */
export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export const count = n => (n === null || n === undefined ? "–" : whole.format(n));
export const compact = n => (n === null || n === undefined ? "–" : Math.abs(n) < 10_000 ? whole.format(n) : short.format(n));

export function duration(seconds) {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return "–";
  const s = Math.max(0, seconds);
  if (s < 0.001) return s === 0 ? "0 ms" : "<1 ms";
  if (s < 1) return `${Math.round(s * 1000)} ms`;
  if (s < 10) return `${s.toFixed(1)} s`;
  if (s < 60) return `${Math.round(s)} s`;
  const [unit, part, name, rest] = s < 3600 ? [60, 1, "m", "s"] : s < 86_400 ? [3600, 60, "h", "m"] : [86_400, 3600, "d", "h"];
  const left = Math.floor((s % unit) / part);
  return `${Math.floor(s / unit)}${name}${left ? ` ${left}${rest}` : ""}`;
}

const since = (from, to) => (Date.parse(to) - Date.parse(from)) / 1000;

/** Seconds between two times, the second one now if it is not there; null without the first. */
export const between = (from, to) => (from ? since(from, to ?? new Date().toISOString()) : null);

function rough(seconds) {
  if (seconds < 60) return `${Math.floor(seconds)}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

const LONG_AGO = 400 * 86_400;
const day = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short" });

export function relative(time) {
  if (!time) return "–";
  const seconds = since(time, new Date().toISOString());
  if (Math.abs(seconds) < 2) return "now";
  if (Math.abs(seconds) > LONG_AGO) return day.format(new Date(time));
  return seconds >= 0 ? `${rough(seconds)} ago` : `in ${rough(-seconds)}`;
}

const stamp = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium" });
const clockTime = new Intl.DateTimeFormat("sv-SE", { hour: "2-digit", minute: "2-digit" });
export const exact = time => (time ? stamp.format(new Date(time)) : "–");
/** The same in another zone than the reader's. */
export const exactIn = (time, timeZone) => new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone }).format(new Date(time));
export const clock = time => clockTime.format(new Date(time));

export function bytes(n) {
  if (!n) return "–";
  if (n < 1 << 20) return `${Math.ceil(n / 1024)} KiB`;
  return n < 1 << 30 ? `${Math.round(n / (1 << 20))} MiB` : `${(n / (1 << 30)).toFixed(1)} GiB`;
}

/** Only what is nothing is 0 %, and only what is all of it is 100 %: one failure of a million shows. */
export function percent(ratio) {
  if (ratio === null || Number.isNaN(ratio)) return "–";
  if (ratio === 0 || ratio === 1) return `${ratio * 100}%`;
  return `${Math.min(Math.max(ratio * 100, 0.1), 99.9).toFixed(1)}%`;
}

/** The end of an id, where ids differ: their beginning is the time. */
export const tail = id => (id ? "…" + id.slice(-8) : "–");

export const json = value => JSON.stringify(value, null, 2);

export const words = text => text.toLowerCase().replaceAll("_", " ");

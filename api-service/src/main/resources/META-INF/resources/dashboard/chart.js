// Charts: Chart.js behind an element, <mill-chart .spec=${…}>. Its version is that of chart.js in the parent pom.
import "/webjars/chart.js/4.4.9/dist/chart.umd.js";
import { clock, compact, duration } from "./format.js";

const { Chart } = globalThis;
const styles = () => getComputedStyle(document.documentElement);
const all = new Set();

Chart.defaults.animation = false;
Chart.defaults.font.family = "system-ui, sans-serif";
Chart.defaults.font.size = 11;

/** Charts are drawn with the colours of the theme: again, when it changes. */
export const redrawCharts = () => all.forEach(chart => chart.draw());

const UNITS = { count: compact, seconds: duration, number: v => (Math.abs(v) >= 1000 ? compact(v) : String(Math.round(v * 100) / 100)) };

/**
 * spec: { kind: "bars" | "lines", unit: "count" | "seconds" | "number", labels: [time | text], series: [{ name, color,
 * values, dashed, points }], label }; color is the name of a custom property, label what a screen reader says of it.
 */
class MillChart extends HTMLElement {
  set spec(spec) {
    this.said = spec;
    if (this.isConnected) this.draw();
  }

  connectedCallback() {
    this.canvas ??= this.appendChild(document.createElement("canvas"));
    this.canvas.setAttribute("role", "img");
    all.add(this);
    if (this.said) this.draw();
  }

  disconnectedCallback() {
    all.delete(this);
    this.chart?.destroy();
    this.chart = null;
  }

  draw() {
    const { kind, unit, labels, series, label } = this.said;
    const css = styles();
    const color = name => css.getPropertyValue(name).trim();
    const bars = kind === "bars";
    const format = UNITS[unit];
    this.canvas.setAttribute("aria-label", label);
    const data = {
      labels: labels.map(l => (/^\d{4}-\d\d-\d\dT/.test(l) ? clock(l) : l)),
      datasets: series.map(s => ({
        label: s.name,
        data: s.values,
        backgroundColor: bars ? color(s.color) : color(s.color) + "14",
        borderColor: color(s.color),
        borderWidth: bars ? 0 : 1.75,
        borderDash: s.dashed ? [4, 3] : [],
        borderRadius: bars ? 1.5 : 0,
        fill: !bars && s.fill ? "origin" : false,
        stack: bars ? "all" : undefined,
        pointRadius: s.points ?? 0,
        pointBackgroundColor: s.pointColors?.map(color) ?? color(s.color),
        pointBorderColor: s.pointColors?.map(color) ?? color(s.color),
        pointHitRadius: 8,
        spanGaps: s.gaps !== false,
        categoryPercentage: 0.92,
        barPercentage: 0.92,
      })),
    };
    const options = {
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      plugins: {
        legend: { display: false },
        tooltip: {
          backgroundColor: color("--raised"),
          titleColor: color("--text"),
          bodyColor: color("--text"),
          borderColor: color("--line-strong"),
          borderWidth: 1,
          padding: 8,
          boxPadding: 4,
          usePointStyle: true,
          callbacks: { label: item => ` ${item.dataset.label}  ${format(item.parsed.y)}` },
        },
      },
      scales: {
        x: { stacked: bars, grid: { display: false }, border: { color: color("--line") }, ticks: { color: color("--muted"), maxRotation: 0, autoSkipPadding: 24 } },
        y: { stacked: bars, beginAtZero: unit !== "number", border: { display: false }, grid: { color: color("--line") }, ticks: { color: color("--muted"), maxTicksLimit: 5, precision: unit === "count" ? 0 : undefined, callback: format } },
      },
    };
    if (this.chart && this.chart.config.type === (bars ? "bar" : "line")) {
      this.chart.data = data;
      this.chart.options = options;
      this.chart.update("none");
    } else {
      this.chart?.destroy();
      this.chart = new Chart(this.canvas, { type: bars ? "bar" : "line", data, options });
    }
  }
}

customElements.define("mill-chart", MillChart);

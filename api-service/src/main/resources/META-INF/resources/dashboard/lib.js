// The one place that knows where the template library is; its version is that of lit-html in the parent pom.
export { html, svg, render, nothing } from "/webjars/lit-html/3.3.1/lit-html.js";
export { repeat } from "/webjars/lit-html/3.3.1/directives/repeat.js";
export { live } from "/webjars/lit-html/3.3.1/directives/live.js";
export { keyed } from "/webjars/lit-html/3.3.1/directives/keyed.js";

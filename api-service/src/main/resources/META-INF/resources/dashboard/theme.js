// Before the first paint, so that nobody who chose a theme sees the other one flash.
try {
  const chosen = localStorage.getItem("millrace.theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be switched off: then the system's theme it is.
}

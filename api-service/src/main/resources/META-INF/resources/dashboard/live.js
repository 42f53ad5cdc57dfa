// Events of jobs, to know when to look again. A page never follows each event: it looks again at most every so often, and
// where there are more events than anybody could read, the stream is given up for a while and the page looks by the clock.

const FLOOD = 300; // events a second
const REST = 30_000;

/** @returns a function that ends it */
export function watch(path, { onEvent, onState }) {
  let source = null;
  let timer = null;
  let ended = false;
  let second = 0;
  let inSecond = 0;

  function open() {
    if (ended || document.hidden) return;
    source = new EventSource("/api/v1" + path);
    source.onopen = () => onState("live");
    source.onerror = () => onState(source?.readyState === EventSource.CLOSED ? "polling" : "connecting");
    source.onmessage = message => {
      const now = Math.floor(performance.now() / 1000);
      inSecond = now === second ? inSecond + 1 : 1;
      second = now;
      if (inSecond > FLOOD) {
        shut();
        onState("polling");
        timer = setTimeout(open, REST);
        return;
      }
      onEvent(message.data);
    };
  }

  function shut() {
    clearTimeout(timer);
    source?.close();
    source = null;
  }

  // A tab that nobody sees holds no connection.
  function seen() {
    shut();
    if (!document.hidden) open();
  }

  document.addEventListener("visibilitychange", seen);
  onState("connecting");
  open();
  return () => {
    ended = true;
    shut();
    document.removeEventListener("visibilitychange", seen);
  };
}

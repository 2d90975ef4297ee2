// Keeps the cockpit live: parts come drawn from the server, the last state outlives a cut.
"use strict";

(() => {
  const deck = document.querySelector(".deck");
  const line = deck.querySelector("[data-line]");
  const clock = deck.querySelector("[data-clock]");
  const KEY = `linli-cockpit-${document.documentElement.lang}`;
  const SILENCE = 25000; // longer than the server ever says nothing
  const hours = new Intl.DateTimeFormat(document.documentElement.lang, {
    year: "numeric", month: "2-digit", day: "2-digit", weekday: "short",
    hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai",
  });
  let told = clock.dateTime;
  let source = null;
  let heard = 0;

  const say = (state, text) => {
    line.className = `deck-line ${state}`;
    line.querySelector("span").textContent = text;
  };
  const tick = () => { clock.textContent = hours.format(new Date(told)); };

  const show = (state) => {
    told = state.at;
    clock.dateTime = told;
    tick();
    for (const [name, html] of Object.entries(state.parts)) {
      const part = deck.querySelector(`[data-part="${name}"]`);
      if (part && part.dataset.shown !== html) {
        const first = part.dataset.shown === undefined;
        part.dataset.shown = html;
        part.innerHTML = html;
        if (!first) {
          part.classList.remove("new");
          void part.offsetWidth; // lets the animation begin again
          part.classList.add("new");
        }
      }
    }
    document.dispatchEvent(new CustomEvent("cockpit:grids", { detail: state.grids }));
  };

  const cut = () => say("cut", `${line.dataset.cut} ${hours.format(new Date(told))}`);

  const open = () => {
    source?.close();
    heard = Date.now();
    source = new EventSource(deck.dataset.stream);
    source.addEventListener("message", (event) => {
      heard = Date.now();
      const state = JSON.parse(event.data);
      say("live", line.dataset.live);
      show(state);
      try { localStorage.setItem(KEY, event.data); } catch { /* a full or forbidden store */ }
    });
    source.addEventListener("open", () => { heard = Date.now(); say("live", line.dataset.live); });
    source.addEventListener("error", cut);
  };

  // A browser gives up on a stream that answers with an error; a wall screen must not.
  setInterval(() => {
    const lost = source.readyState === EventSource.CLOSED;
    if (lost || (source.readyState !== EventSource.OPEN && Date.now() - heard > SILENCE)) {
      cut();
      open();
    }
  }, 5000);
  window.addEventListener("online", open);
  window.addEventListener("offline", cut);

  if (!navigator.onLine) {
    const kept = localStorage.getItem(KEY);
    if (kept) show(JSON.parse(kept));
    cut();
  }
  tick();
  open();

  const wall = deck.querySelector("[data-wall]");
  wall?.addEventListener("click", () => document.documentElement.requestFullscreen?.());
})();

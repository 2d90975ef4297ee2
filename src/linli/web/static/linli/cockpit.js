// Keeps the cockpit live: parts come drawn from the server, the last state outlives a cut.
"use strict";

(() => {
  const deck = document.querySelector(".deck");
  const line = deck.querySelector("[data-line]");
  const clock = deck.querySelector("[data-clock]");
  const language = document.documentElement.lang;
  const person = document.querySelector("[data-person]").dataset.person;
  // Without a line the browser's worker answers with an empty page, which is filled from here.
  const isKept = "alive" in deck.dataset;
  const KEPT = "linli-kept";
  const STATE = `${deck.dataset.kept}state`;
  const TALLIES = ["flow", "totals", "leagues", "pace", "works", "ticker"]; // the others tell what people wrote
  const KEEP_EVERY = 5000;
  const SILENCE = 25000; // longer than the server ever says nothing
  const ASK_EVERY = 5000;
  const moment = new Intl.DateTimeFormat(language, {
    year: "numeric", month: "2-digit", day: "2-digit", weekday: "short",
    hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Shanghai",
  });
  const at = (time) => Object.fromEntries(
    moment.formatToParts(new Date(time)).map(({ type, value }) => [type, value]));
  let told = clock.dateTime;
  let source = null;
  let heard = 0;

  const say = (state, text) => {
    line.className = `deck-line ${state}`;
    line.querySelector("span").textContent = text;
  };
  const tick = () => {
    if (!told) return;
    const { weekday, year, month, day, hour, minute } = at(told);
    clock.textContent = `${year}-${month}-${day} ${weekday} ${hour}:${minute}`;
  };

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
    document.getElementById("deck-grids").textContent = JSON.stringify(state.grids);
    document.dispatchEvent(new CustomEvent("cockpit:grids", { detail: state.grids }));
  };

  const cut = () => {
    if (!told) return;
    const { hour, minute } = at(told);
    say("cut", line.dataset.cut.replace("{time}", `${hour}:${minute}`));
  };

  // Keep the tallies, and once the page they are shown in; only where a worker would find them.
  let keptAt = 0;
  let hasPage = false;
  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    if (data === "signed out") keptAt = Infinity; // in another window: from now on nothing is kept
  });
  const keep = async (state) => {
    if (!navigator.serviceWorker?.controller || Date.now() - keptAt < KEEP_EVERY) return;
    const first = !hasPage;
    keptAt = Date.now();
    const parts = Object.fromEntries(TALLIES.map((name) => [name, state.parts[name]]));
    try {
      const store = await caches.open(KEPT);
      if (first) {
        const page = await fetch(deck.dataset.kept,
          { credentials: "omit", headers: { "Accept-Language": language } });
        if (!page.ok) return;
        await store.put(deck.dataset.kept, page);
        // What draws it too: this page may have come before the worker, which then knows no file.
        await store.addAll([...document.querySelectorAll("link[rel=stylesheet], script[src]")]
          .map((part) => part.href || part.src));
      }
      hasPage = true;
      const told = { person, language, at: state.at, parts, grids: state.grids };
      await store.put(STATE, new Response(JSON.stringify(told)));
    } catch { /* a full or forbidden store */ }
  };

  const open = () => {
    source?.close();
    heard = Date.now();
    source = new EventSource(deck.dataset.stream);
    source.addEventListener("message", (event) => {
      heard = Date.now();
      const state = JSON.parse(event.data);
      say("live", line.dataset.live);
      show(state);
      keep(state);
    });
    source.addEventListener("open", () => { heard = Date.now(); say("live", line.dataset.live); });
    source.addEventListener("error", cut);
  };

  const watch = () => {
    // A browser gives up on a stream that answers with an error; a wall screen must not.
    setInterval(() => {
      const lost = source.readyState === EventSource.CLOSED;
      if (lost || (source.readyState !== EventSource.OPEN && Date.now() - heard > SILENCE)) {
        cut();
        open();
      }
    }, ASK_EVERY);
    window.addEventListener("online", open);
    window.addEventListener("offline", cut);
    open();
  };

  // Show what was known, ask whether the site answers again, and then open it anew.
  const remember = async () => {
    const asked = new URLSearchParams(location.search);
    document.body.classList.toggle("wall", asked.has("wall"));
    const chosen = document.cookie.match(/(?:^|; )theme=(light|dark)/)?.[1];
    if (chosen && !asked.has("wall")) document.documentElement.dataset.theme = chosen;
    const kept = await caches.match(STATE);
    if (kept) show(await kept.json());
    cut();
    const ask = async () => {
      try {
        const answer = await fetch(deck.dataset.alive, { cache: "no-store" });
        if (answer.ok) location.reload();
      } catch { /* not yet */ }
    };
    setInterval(ask, ASK_EVERY);
    window.addEventListener("online", ask);
  };

  tick();
  if (isKept) remember();
  else watch();

  const wall = deck.querySelector("[data-wall]");
  wall?.addEventListener("click", () => document.documentElement.requestFullscreen?.());
})();

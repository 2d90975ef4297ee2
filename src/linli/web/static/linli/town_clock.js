// Lets the demonstration's clock tick between two answers of the server.
"use strict";

(() => {
  const seen = new WeakMap(); // when each clock came onto the page; a changed one is a new one
  const formats = {};

  const format = (zone) => formats[zone] ??= new Intl.DateTimeFormat("sv-SE", {
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", timeZone: zone,
  });

  const tick = () => {
    const clock = document.querySelector(".simulated time");
    if (!clock) return;
    if (!seen.has(clock)) seen.set(clock, performance.now());
    const { shown, rate, zone } = clock.dataset;
    const moment = Number(shown) + (performance.now() - seen.get(clock)) * Number(rate);
    const told = format(zone).format(moment); // 2026-11-24 16:30
    clock.firstElementChild.textContent = told.slice(0, 5);
    clock.lastElementChild.textContent = told.slice(5);
  };

  tick();
  setInterval(tick, 500);
})();

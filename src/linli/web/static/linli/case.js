// Counts deadlines on in working time, and shows photos large. The page says all of it without.
"use strict";

// --- countdowns -----------------------------------------------------------------------------
// The server tells what is left, its own time, and the stretches of work ahead: between them
// (over lunch, at night, on holidays) the time stands still.
const ARRIVED = Date.now();
const MINUTE = 60000;

function worked(shifts, from, to) {
  return shifts.reduce((sum, [a, b]) => sum + Math.max(0, Math.min(b, to) - Math.max(a, from)), 0) / MINUTE;
}

function count(mark) {
  const { left, allowed, now, rate, shifts, hours, minutes } = mark.dataset;
  mark.arrived ??= ARRIVED;
  const start = Number(now);
  const remains = Number(left) - worked(JSON.parse(shifts), start, start + (Date.now() - mark.arrived) * Number(rate));
  const size = Math.abs(remains);
  const [n, words] = size < 60 ? [Math.floor(size), minutes] : [Math.floor(size / 6) / 10, hours];
  const [one, many] = JSON.parse(words);
  mark.querySelector("[data-said]").textContent = (n === 1 ? one : many).replace("{n}", String(n));
  const part = Math.min(Math.max(1 - remains / Number(allowed), 0), 1);
  const clock = mark.closest(".clock");
  if (clock) {
    clock.querySelector(".gauge .used")?.setAttribute("width", String(100 * part));
    const percent = clock.querySelector("[data-percent]");
    if (percent) percent.textContent = String(Math.round(100 * part));
    const late = Number(left) < 0;
    const mark75 = Number(clock.querySelector(".gauge line")?.getAttribute("x1") ?? 100) / 100;
    const crossed = (!late && remains < 0) || (mark.classList.contains("on-time") && part >= mark75 && remains >= 0);
    if (crossed && !mark.dataset.told) {
      mark.dataset.told = "yes";
      clock.parentElement.dispatchEvent(new Event("crossed"));
    }
  }
}

function countAll() {
  document.querySelectorAll("[data-left]").forEach(count);
}

countAll();
const quickest = Math.max(1, ...[...document.querySelectorAll("[data-rate]")].map((mark) => Number(mark.dataset.rate)));
setInterval(countAll, Math.max(1000, 15000 / quickest));
document.body.addEventListener("htmx:afterSwap", (event) => {
  event.target.querySelectorAll?.("[data-left]").forEach((mark) => { mark.arrived = Date.now(); });
  countAll();
});

// --- photos ---------------------------------------------------------------------------------
const lightbox = document.getElementById("lightbox");
const shown = lightbox?.querySelector("img");

function photos() {
  return [...document.querySelectorAll("a[data-photo]")];
}

function show(link) {
  shown.src = link.href;
  shown.alt = link.querySelector("img").alt;
  lightbox.current = link;
  if (!lightbox.open) lightbox.showModal();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-photo]");
  if (link && lightbox && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    show(link);
  }
});
lightbox?.addEventListener("click", (event) => { if (event.target === lightbox || event.target === shown) lightbox.close(); });
lightbox?.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const all = photos();
  show(all[(all.indexOf(lightbox.current) + step + all.length) % all.length]);
});

// The desk by keyboard. No key means anything here while somebody types.
"use strict";

const desk = () => document.getElementById("desk");
const rows = () => [...desk().querySelectorAll("#rows > li")];
const current = () => rows().findIndex((row) => row.hasAttribute("aria-current"));
const panel = () => document.getElementById("panel");

function mark(at) {
  rows().forEach((row, place) => {
    if (place === at) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  });
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = Math.min(Math.max(current() + step, 0), all.length - 1);
  if (at === current()) return;
  mark(at);
  const link = all[at].querySelector("a");
  link.focus({ preventScroll: true });
  all[at].scrollIntoView({ block: "nearest" });
  link.click();
}

function queue(step) {
  const all = [...desk().querySelectorAll(".queues a")];
  const at = all.findIndex((link) => link.hasAttribute("aria-current"));
  const next = all[(at + step + all.length) % all.length];
  // Marked at once, so that the key can be pressed again before the answer is here.
  all[at]?.removeAttribute("aria-current");
  next.setAttribute("aria-current", "true");
  next.click();
}

function choose(key) {
  const found = panel() && panel().querySelector(`[data-key="${key}"]`);
  if (!found) return false;
  if (found.type === "radio") {
    found.checked = true;
    found.form.querySelector("textarea").focus();
  } else found.click();
  return true;
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  x: () => rows()[current()]?.querySelector("input").click(),
  o: () => panel()?.querySelector("[data-open]")?.click(),
  "[": () => queue(-1),
  "]": () => queue(1),
  "?": () => document.getElementById("keys").showModal(),
  Escape: () => rows()[Math.max(current(), 0)]?.querySelector("a").focus(),
  Enter: () => panel()?.focus(),
};

function typing(target) {
  return target.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && typing(event.target)) event.target.blur();
  else if (typing(event.target)) return;
  if (event.key === "Enter" && event.target.closest("button, summary, a:not(#rows a)")) return;
  const known = KEYS[event.key];
  if (known) {
    event.preventDefault();
    known();
  } else if (/^[1-9am]$/.test(event.key) && choose(event.key)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const row = event.target.closest("#rows > li");
  if (row && event.target.closest("a")) mark(rows().indexOf(row));
  if (event.target.closest("[data-all]")) {
    const boxes = [...desk().querySelectorAll("[name=pick]")];
    const all = boxes.every((box) => box.checked);
    boxes.forEach((box) => { box.checked = !all; });
  }
  if (event.target.closest("#show-keys")) document.getElementById("keys").showModal();
});

// Only the fields that the chosen step takes.
function fields() {
  const action = document.getElementById("many-action");
  if (!action) return;
  action.form.querySelectorAll("[data-for]").forEach((field) => {
    field.hidden = !field.dataset.for.split(" ").includes(action.value);
  });
}
document.addEventListener("change", (event) => {
  if (event.target.id === "many-action") fields();
  if (event.target.name === "pick" && event.target.checked) desk().querySelector(".many").open = true;
});
document.addEventListener("htmx:afterSwap", (event) => {
  fields();
  if (event.target.id === "panel" || event.detail.target?.id === "panel") {
    // On the phone the case stands below the queue.
    if (window.innerWidth < 1024) panel().scrollIntoView({ block: "start" });
    const at = current();
    panel().querySelectorAll("[name=at]").forEach((field) => { field.value = Math.max(at, 0); });
  }
});
fields();

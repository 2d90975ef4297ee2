// Judging by keys: a key presses the button that carries it. No key means anything while somebody types.
"use strict";

(() => {
  const typing = (target) => target.closest("input:not([type=checkbox], [type=range]), select, textarea, [contenteditable]");
  const carrier = (key) => [...document.querySelectorAll("[data-key]")]
    .find((one) => one.dataset.key.split(" ").includes(key));
  let busy = false;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (document.querySelector("dialog[open]") || typing(event.target)) return;
    if (event.key === "Enter" && event.target.closest("a, button, summary, label, input")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "?") document.getElementById("keys")?.showModal();
    else if (key === "h") document.querySelector("[data-heat-on]")?.click();
    else if (key === "b") document.querySelector("[data-boxes-on]")?.click();
    else {
      const found = carrier(key);
      // One key, one part: what is pressed while the next part is on its way would judge it unseen.
      if (!found || busy) return;
      found.click();
    }
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-show-keys]")) document.getElementById("keys").showModal();
  });
  document.addEventListener("htmx:beforeRequest", () => { busy = true; });
  document.addEventListener("htmx:afterRequest", () => { busy = false; });
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target?.id === "part" && innerWidth >= 900) scrollTo({ top: 0 });
  });
})();

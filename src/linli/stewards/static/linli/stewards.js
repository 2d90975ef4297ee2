// The desk by keyboard: whatever carries the pressed key in `data-key` is pressed.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest("input, select, textarea, button, a, summary");
  if (typing && event.key !== "Escape") return;
  const target = document.querySelector(`#card [data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  target.click();
});

// A slider beside each figure that may be tried; moving it writes the figure, and the page computes.
"use strict";

for (const field of document.querySelectorAll(".tries .field")) {
  const told = field.querySelector("input"), { low, high, step, now } = field.dataset;
  if (low === high) continue;
  const slider = document.createElement("input");
  Object.assign(slider, { type: "range", min: low, max: high, step });
  slider.value = told.value || now || low;
  slider.setAttribute("aria-labelledby", `${told.id}-label`);
  slider.addEventListener("input", () => { told.value = slider.value; });
  told.addEventListener("input", () => { slider.value = told.value || now || low; });
  told.parentElement.before(slider);
}

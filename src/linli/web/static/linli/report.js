// One tap takes a suggested category; nothing is chosen for anybody.
"use strict";

const category = document.getElementById("id_category");

function mark() {
  document.querySelectorAll(".chip[data-category]").forEach((chip) => {
    chip.setAttribute("aria-pressed", String(chip.dataset.category === category.value));
  });
}

document.addEventListener("click", (event) => {
  const chip = event.target.closest?.(".chip[data-category]");
  if (!chip) return;
  category.value = chip.dataset.category === category.value ? "" : chip.dataset.category;
  mark();
});
category.addEventListener("change", mark);
document.body.addEventListener("htmx:afterSwap", mark);

// The map needs a script; without one the box for the place stays.
const point = document.querySelector("details.point");
point.hidden = false;
document.body.addEventListener("located", () => {
  const map = point.querySelector("[data-map]");
  const [lng, lat] = ["id_lon", "id_lat"].map((id) => Number(document.getElementById(id).value));
  if (map.classList.contains("drawn")) linliMap(map).then((town) => town.take({ lng, lat }, 15));
});

// A slider that wipes from one photo to the other. Both stand side by side below without it.
"use strict";

(() => {
  const wipe = document.getElementById("wipe"), pair = document.querySelector(".compare");
  const draw = () => pair.style.setProperty("--wipe", `${wipe.value}%`);
  wipe.addEventListener("input", draw);
  // A finger or the mouse may pull the edge itself.
  const pull = ({ clientX, buttons, pointerType }) => {
    if (pointerType === "mouse" && !buttons) return;
    const { left, width } = pair.getBoundingClientRect();
    wipe.value = String(Math.round(100 * Math.min(Math.max((clientX - left) / width, 0), 1)));
    draw();
  };
  pair.addEventListener("pointerdown", pull);
  pair.addEventListener("pointermove", pull);
  draw();
})();

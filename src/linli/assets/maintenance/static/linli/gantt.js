// The plan by line: shifts behind, windows before. Dragging one says at once what it would cost.
"use strict";

(() => {
  const HOUR = 3600000;
  const made = (kind, name, text) => {
    const found = document.createElement(kind);
    found.className = name;
    if (text) found.textContent = text;
    return found;
  };

  const draw = (holder, told) => {
    const since = Date.parse(told.since), whole = told.hours;
    const share = (hours) => `${(100 * hours) / whole}%`;
    const days = made("div", "days");
    // Midnights of the town's clock.
    const first = (24 - ((since / HOUR + told.zone) % 24)) % 24;
    for (let at = first; at < whole; at += 24) {
      const day = made("span", "", new Date(since + (at + told.zone) * HOUR).toISOString().slice(5, 10));
      day.style.left = share(at);
      day.style.width = share(Math.min(24, whole - at));
      days.append(day);
    }
    holder.append(days);
    for (const row of told.rows) {
      const line = made("div", "line"), lane = made("div", "lane");
      line.append(made("div", "name", row.name), lane);
      for (const shift of told.shifts) {
        const piece = made("div", "shift");
        piece.style.left = share(shift.from);
        piece.style.width = share(shift.to - shift.from);
        piece.style.opacity = String(0.45 + 0.55 * shift.cost);
        piece.title = shift.name;
        lane.append(piece);
      }
      // Windows that would hide each other stand one below the other.
      const ends = [];
      const sorted = [...row.windows].sort((a, b) => Date.parse(a.begins) - Date.parse(b.begins));
      for (const window_ of sorted) {
        const begins = (Date.parse(window_.begins) - since) / HOUR;
        const text = Math.max(window_.hours, 40);
        let track = ends.findIndex((end) => end <= begins);
        if (track < 0) track = ends.push(0) - 1;
        ends[track] = begins + text;
        place(lane, window_, begins, track, share, told);
      }
      lane.style.minHeight = `${Math.max(1, ends.length) * 52}px`;
      holder.append(line);
    }
  };

  const place = (lane, told, begins, track, share, plan) => {
    const bar = made("a", told.agreed ? "window agreed" : "window");
    const label = made("span", "label", told.name);
    bar.href = told.url;
    bar.draggable = false;
    bar.setAttribute("aria-label", `${told.name}, ${told.agreed ? plan.words.agreed : plan.words.proposed}`);
    const put = (hours) => {
      bar.style.left = share(hours);
      bar.style.width = share(told.hours);
      bar.style.top = label.style.top = `${track * 52}px`;
      label.style.left = `calc(${share(hours + told.hours)} + 6px)`;
      label.style.marginTop = "18px";
    };
    put(begins);
    lane.append(bar, label);
    if (!plan.may || told.agreed) return;
    let from = null, moved = false, at = begins;
    bar.addEventListener("pointerdown", (event) => { from = event.clientX; moved = false; bar.setPointerCapture(event.pointerId); });
    bar.addEventListener("pointermove", (event) => {
      if (from === null) return;
      const step = Math.round(((event.clientX - from) / lane.clientWidth) * plan.hours);
      moved = moved || Math.abs(event.clientX - from) > 4;
      at = Math.min(Math.max(begins + step, 0), plan.hours - told.hours);
      put(at);
    });
    bar.addEventListener("pointerup", () => {
      from = null;
      if (!moved) return;
      const begin = new Date(Date.parse(plan.since) + (at + plan.zone) * HOUR).toISOString().slice(0, 16);
      window.htmx.ajax("GET", `${told.try}?begins=${encodeURIComponent(begin)}`, "#tried");
    });
    bar.addEventListener("pointercancel", () => { from = null; put(begins); });
    bar.addEventListener("click", (event) => { if (moved) event.preventDefault(); });
  };

  document.addEventListener("DOMContentLoaded", () => {
    const holder = document.getElementById("gantt");
    if (holder) draw(holder, JSON.parse(document.getElementById(holder.dataset.told).textContent));
  });
})();

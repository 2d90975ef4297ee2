// The map page without reloads: the address says what is shown, the server writes the panel,
// and the map follows the state that comes with it.
"use strict";

(() => {
  const page = document.querySelector(".atlas");
  const panel = page.querySelector("[data-panel]");
  const form = page.querySelector(".atlas-choices");
  const element = page.querySelector("[data-map]");
  const time = page.querySelector(".atlas-time");
  const months = form ? [...form.elements.month.options].map((option) => option.value) : [];
  const parts = new Map(); // panels fetched ahead
  let asked = 0;
  let drawn = null;

  const state = () => JSON.parse(document.getElementById("map-state").textContent);

  const part = (query) => {
    const address = `${location.pathname}?${query}&part`;
    const kept = parts.get(address);
    parts.delete(address);
    return kept ?? fetch(address).then((answer) => {
      if (answer.redirected || !answer.ok) throw new Error(answer.status);
      return answer.text();
    });
  };

  const show = async (url, { push = true } = {}) => {
    const mine = ++asked;
    let html;
    try {
      html = await part(url.searchParams.toString());
    } catch {
      location.assign(url); // whatever it is, the server says it on a page of its own
      return false;
    }
    if (mine !== asked) return false;
    const hadFocus = panel.contains(document.activeElement);
    panel.innerHTML = html;
    panel.scrollTop = 0;
    if (hadFocus) panel.querySelector("a")?.focus({ preventScroll: true });
    if (push) history.pushState({}, "", url);
    follow(url);
    if (drawn) await drawn.follow(state());
    return true;
  };

  // Let the form say what the address says.
  const follow = (url) => {
    if (!form) return;
    for (const name of ["layer", "measure", "category", "month", "area"]) {
      const value = url.searchParams.get(name);
      const field = form.elements[name];
      if (value !== null) field.value = value;
      else if (name === "category") field.value = "";
    }
    const now = state().isNow;
    form.querySelector("[data-field=month]").hidden = now;
    time.hidden = now || months.length < 2;
    time.querySelector("input").value = months.indexOf(form.elements.month.value);
  };

  const chosen = (changes = {}) => {
    const url = new URL(location.href);
    url.search = "";
    const given = new Map([...new FormData(form), ...Object.entries(changes)]);
    for (const [name, value] of given) if (value) url.searchParams.set(name, value);
    return url;
  };

  panel.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-go]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    stop();
    show(new URL(link.href));
  });
  window.addEventListener("popstate", () => { stop(); show(new URL(location.href), { push: false }); });

  // --- time ---
  let running = null;
  const button = time?.querySelector("button");
  const stop = () => {
    if (running === null) return;
    clearTimeout(running);
    running = null;
    button.setAttribute("aria-pressed", "false");
    button.querySelector("span").textContent = button.dataset.play;
  };
  const step = async () => {
    const next = months[(months.indexOf(form.elements.month.value) + 1) % months.length];
    const isLast = next === months.at(-1);
    if (!(await show(chosen({ month: next }), { push: false }))) return stop();
    history.replaceState({}, "", chosen());
    if (isLast || running === null) return stop();
    const after = chosen({ month: months[months.indexOf(next) + 1] });
    const address = `${location.pathname}?${after.searchParams}&part`;
    if (!parts.has(address)) parts.set(address, fetch(address).then((answer) => answer.text()));
    running = setTimeout(step, 900);
    return undefined;
  };
  if (form) {
    form.addEventListener("change", (event) => {
      if (event.target.type === "range") return;
      stop();
      show(chosen());
    });
    form.addEventListener("submit", (event) => { event.preventDefault(); show(chosen()); });
    const slider = time.querySelector("input");
    slider.max = months.length - 1;
    const name = () => slider.setAttribute("aria-valuetext", months[slider.value]);
    slider.addEventListener("input", () => {
      stop();
      name();
      form.elements.month.value = months[slider.value];
      clearTimeout(slider.waiting);
      slider.waiting = setTimeout(() => show(chosen()), 120);
    });
    button.addEventListener("click", () => {
      if (running !== null) return stop();
      running = 0;
      button.setAttribute("aria-pressed", "true");
      button.querySelector("span").textContent = button.dataset.stop;
      return step();
    });
    follow(new URL(location.href));
  }

  // --- the map ---
  const begin = async () => {
    const town = await linliMap(element);
    const { map } = town;
    const { nameOf, point, boundsOf, collection } = linliMap;
    let last = null;
    let pin = null;
    town.add({ inside: { data: collection([]) }, chosen: { data: collection([]) },
      children: { data: collection([]) } }, (c) => [
      { id: "inside", type: "line", source: "inside", paint: { "line-color": c("edge"), "line-width": 1.2 } },
      { id: "chosen", type: "line", source: "chosen", paint: { "line-color": c("ink"), "line-width": 2 } },
      town.text("children", "children", ["get", "text"], c, { size: 13 }),
    ], "cases");
    const hover = document.createElement("p");
    hover.className = "map-hover";
    element.append(hover);

    const outlines = async (now) => {
      const sheets = await Promise.all(["base", `above-${now.layer}`, now.layer].map((n) => town.sheet(n)));
      const areas = sheets.flatMap((sheet) => sheet.features).filter((f) => f.properties.code);
      const depth = now.path.split("/").length - 1;
      town.put("inside", areas.filter(({ properties: p }) => (
        p.path.startsWith(now.path) && p.depth === depth + 1)));
      town.put("chosen", now.isWhole ? [] : areas.filter(({ properties: p }) => p.path === now.path));
    };

    const follow = async (now) => {
      const moved = last ? last.path !== now.path : !now.isWhole;
      const wasCase = last?.case;
      last = now;
      hover.textContent = "";
      await town.setFigures(now.figures, now);
      if (last !== now) return;
      await outlines(now);
      if (last !== now) return;
      const has = now.children.length > 0;
      map.setLayoutProperty("names", "visibility", has ? "none" : "visible");
      // Where the children are grids, their numbers stand in their names already.
      const grids = has && now.children.length === Object.keys(now.figures).length;
      map.setLayoutProperty("numbers", "visibility", grids ? "none" : "visible");
      town.put("children", now.children.map(({ at, text }) => point(at, { text })));
      town.showPoints(now.points);
      pin?.remove();
      if (now.case) {
        town.showBoth(now.case.grids);
        if (now.case.at) pin = town.pin(now.case);
        const near = now.case.grids.slice(0, 1);
        if (near.length) town.fit(boundsOf(near));
        return;
      }
      town.showBoth([]);
      if (moved || wasCase) town.fit(now.isWhole ? town.setting.bounds : now.bounds);
    };

    map.on("click", (event) => {
      if (map.queryRenderedFeatures(event.point, { layers: ["cases"] }).length || !form) return;
      const [grid] = map.queryRenderedFeatures(event.point, { layers: ["grids"] });
      if (!grid) return;
      // One level down inside the area shown; outside, its neighbour of the same level.
      const { path } = grid.properties;
      const inside = path.startsWith(last.path);
      const depth = last.path.split("/").length - 1 + (inside ? 1 : 0);
      const code = path.split("/").slice(0, depth).filter(Boolean).at(-1);
      stop();
      show(chosen({ area: code }));
    });
    map.on("mousemove", "grids", ({ features: [grid] }) => {
      const { code } = grid.properties;
      const n = last?.figures[code];
      hover.textContent = `${nameOf(grid.properties)}${n === undefined ? "" : ` · ${n}${last.unit}`}`;
      map.getCanvas().style.cursor = form ? "pointer" : "";
    });
    map.on("mouseleave", "grids", () => { hover.textContent = ""; map.getCanvas().style.cursor = ""; });
    element.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-case]");
      if (!link) return;
      event.preventDefault();
      const url = form ? chosen({ case: link.dataset.case }) : new URL(location.href);
      url.searchParams.set("case", link.dataset.case);
      show(url);
    });
    drawn = { follow };
    await follow(state());
  };
  document.addEventListener("DOMContentLoaded", () => begin().catch(() => {}));
})();

// A station live: newest parts, heat maps over them, charts. What charts show stands in their titles.
"use strict";

(() => {
  const live = document.querySelector(".live");
  const data = document.getElementById("station-charts");
  const charts = data ? JSON.parse(data.textContent) : {};
  const drawn = {};

  // --- charts ------------------------------------------------------------------------------
  // `light-dark()` is settled by an element that wears it.
  const worn = (holder, name) => {
    const probe = document.createElement("i");
    probe.style.color = `var(--${name})`;
    holder.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
  const common = (holder, labels) => {
    const faded = worn(holder, "faded"), hair = worn(holder, "hair");
    const axis = { axisLabel: { color: faded }, axisLine: { lineStyle: { color: hair } }, splitLine: { lineStyle: { color: hair } } };
    return {
      axis, faded,
      base: {
        animation: false, textStyle: { color: faded },
        grid: { left: 8, right: 16, top: holder.clientWidth < 480 ? 56 : 40, bottom: 8, containLabel: true },
        legend: { top: 0, left: 0, textStyle: { color: faded }, itemWidth: 18 },
        tooltip: { trigger: "axis", renderMode: "richText", confine: true },
        xAxis: { type: "category", data: labels, ...axis },
      },
    };
  };

  const yields = (holder, told) => {
    const { base, axis } = common(holder, told.labels), lake = worn(holder, "lake"), amber = worn(holder, "amber");
    const least = Math.min(99, ...told.yield.filter((value) => value !== null));
    return { ...base,
      yAxis: [
        { type: "value", min: Math.floor(least - (100 - least) * 0.2), max: 100, ...axis, axisLabel: { ...axis.axisLabel, formatter: "{value} %" } },
        { type: "value", minInterval: 1, ...axis, splitLine: { show: false } },
      ],
      series: [
        { name: told.words.flawed, type: "bar", yAxisIndex: 1, data: told.flawed, itemStyle: { color: amber, opacity: 0.75 }, barMaxWidth: 14 },
        { name: told.words.yield, type: "line", data: told.yield, connectNulls: false, symbolSize: 6, showSymbol: true, itemStyle: { color: lake }, lineStyle: { color: lake, width: 2 } },
      ] };
  };

  const kinds = (holder, told) => {
    const { base, axis } = common(holder, told.labels), lake = worn(holder, "lake"), ink = worn(holder, "ink");
    return { ...base,
      xAxis: { ...base.xAxis, axisLabel: { ...axis.axisLabel, interval: 0, width: 72, overflow: "break" } },
      yAxis: [
        { type: "value", minInterval: 1, ...axis },
        { type: "value", min: 0, max: 100, ...axis, splitLine: { show: false }, axisLabel: { ...axis.axisLabel, formatter: "{value} %" } },
      ],
      series: [
        { name: told.words.count, type: "bar", data: told.counts, barMaxWidth: 44, itemStyle: { color: lake }, label: { show: true, position: "top", color: ink } },
        { name: told.words.cumulative, type: "line", yAxisIndex: 1, data: told.cumulative, symbolSize: 6, itemStyle: { color: ink }, lineStyle: { color: ink, type: "dashed", width: 1.5 } },
      ] };
  };

  const control = (holder, told) => {
    const { base, axis, faded } = common(holder, told.labels), lake = worn(holder, "lake"), amber = worn(holder, "amber"), ink = worn(holder, "ink");
    const limit = (name, values, type) => ({ name, type: "line", step: "middle", data: values, symbol: "none", itemStyle: { color: ink }, lineStyle: { color: ink, width: 1, type } });
    const out = new Set(told.out);
    return { ...base,
      yAxis: { type: "value", min: 0, ...axis, axisLabel: { ...axis.axisLabel, formatter: told.kind === "p" ? "{value} %" : "{value}" } },
      series: [
        limit(told.words.high, told.high, "dashed"), limit(told.words.low, told.low, "dashed"),
        { name: told.words.centre, type: "line", data: told.values.map(() => told.centre), symbol: "none", itemStyle: { color: faded }, lineStyle: { color: faded, width: 1 } },
        { name: told.words.value, type: "line", symbolSize: 5, itemStyle: { color: lake }, lineStyle: { color: lake, width: 2 },
          data: told.values },
        { name: told.words.out, type: "scatter", symbol: "diamond", symbolSize: 13, itemStyle: { color: amber, borderColor: ink, borderWidth: 1 },
          data: told.values.map((value, i) => (out.has(i) ? value : null)) },
      ] };
  };

  const KINDS = { yield: yields, kinds, p: control, u: control };
  const lead = (name, told, at) => {
    const query = new URLSearchParams();
    if (name === "kinds") query.set("kind", told.codes[at] || "-");
    else { query.set("since", told.since[at]); query.set("until", told.until[at]); query.set("verdict", "flawed"); }
    location.assign(`?${query}`);
  };
  const draw = (holder) => {
    const name = holder.dataset.chart, told = charts[name];
    if (!told || !window.echarts) return;
    if (!drawn[name]) {
      drawn[name] = window.echarts.init(holder, null, { renderer: "canvas" });
      drawn[name].on("click", ({ dataIndex }) => lead(name, charts[name], dataIndex));
      new ResizeObserver(() => drawn[name].resize()).observe(holder);
    }
    drawn[name].setOption(KINDS[name](holder, told), true);
  };
  const all = () => document.querySelectorAll("[data-chart]").forEach(draw);
  all();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);

  // --- heat maps and boxes -----------------------------------------------------------------
  const slider = document.querySelector("[data-heat]"), on = document.querySelector("[data-heat-on]"), boxes = document.querySelector("[data-boxes-on]");
  const KEPT = "linli-heat";
  const overlay = () => {
    if (!slider) return;
    document.body.style.setProperty("--heat", String(slider.value / 100));
    document.body.classList.toggle("heated", on.checked);
    document.body.classList.toggle("unboxed", !boxes.checked);
    try { localStorage.setItem(KEPT, JSON.stringify([on.checked, slider.value, boxes.checked])); } catch { /* not kept then */ }
  };
  if (slider) {
    try {
      const [was, strength, boxed] = JSON.parse(localStorage.getItem(KEPT)) ?? [on.checked, slider.value, boxes.checked];
      on.checked = was; slider.value = strength; boxes.checked = boxed;
    } catch { /* nothing kept */ }
    for (const input of [slider, on, boxes]) input.addEventListener("input", overlay);
    slider.addEventListener("input", () => { on.checked = true; overlay(); });
    overlay();
  }

  // --- live --------------------------------------------------------------------------------
  if (!live?.dataset.stream) return;
  const line = live.querySelector("[data-line]");
  const say = (is_live) => {
    line.className = `on-line ${is_live ? "is-live" : "is-cut"}`;
    line.textContent = is_live ? line.dataset.live : line.dataset.cut;
  };
  const holds = (part) => part.contains(document.activeElement) && document.activeElement.matches("a:focus-visible");
  const show = ({ parts, charts: newer }) => {
    for (const [name, html] of Object.entries(parts)) {
      const part = live.querySelector(`[data-part="${name}"]`);
      // Whoever walks through the parts by keyboard is not thrown off them.
      if (!part || part.dataset.shown === html || holds(part)) continue;
      part.dataset.shown = html;
      part.innerHTML = html;
    }
    if (new URLSearchParams(location.search).has("span")) return;
    Object.assign(charts, newer);
    for (const [name, told] of Object.entries(newer)) {
      const title = live.querySelector(`[data-title="${name}"]`);
      if (title && told) title.textContent = told.title;
    }
    all();
  };
  let source;
  const open = () => {
    source?.close();
    source = new EventSource(live.dataset.stream);
    source.addEventListener("message", ({ data: text }) => { say(true); show(JSON.parse(text)); });
    source.addEventListener("open", () => say(true));
    source.addEventListener("error", () => say(false));
  };
  open();
  setInterval(() => { if (source.readyState === EventSource.CLOSED) open(); }, 5000);
  addEventListener("online", open);
  addEventListener("pagehide", () => source.close());
})();

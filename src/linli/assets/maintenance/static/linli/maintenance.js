// Charts of a machine: life left with its interval, drift against the limit, the sensors' shares.
"use strict";

(() => {
  // `light-dark()` is settled by an element that wears it.
  const worn = (holder, name) => {
    const probe = document.createElement("i");
    probe.style.color = `var(--${name})`;
    holder.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };

  const common = (holder) => {
    const faded = worn(holder, "faded");
    const hair = { lineStyle: { color: worn(holder, "hair") } };
    return {
      base: {
        animation: false, textStyle: { color: faded }, grid: { left: 48, right: 24, top: 32, bottom: 32 },
        tooltip: { trigger: "axis", renderMode: "richText" }, legend: { top: 0, left: 0, textStyle: { color: faded } },
      },
      across: { axisLabel: { color: faded }, axisLine: hair },
      up: { axisLabel: { color: faded }, splitLine: hair },
    };
  };

  const charts = {
    life: (holder, { life: { days, mean, low, high, words } }) => {
      const { base, across, up } = common(holder);
      const lake = worn(holder, "lake");
      const gap = high.map((value, i) => Math.max(value - low[i], 0));
      return { ...base, legend: { ...base.legend, data: [words.mean, words.band] },
        xAxis: { type: "category", data: days.map((day) => day.slice(5)), boundaryGap: false, ...across },
        yAxis: { type: "value", min: 0, ...up },
        series: [
          { type: "line", stack: "band", data: low, showSymbol: false, silent: true, lineStyle: { opacity: 0 }, tooltip: { show: false } },
          { name: words.band, type: "line", stack: "band", data: gap, showSymbol: false, silent: true, lineStyle: { opacity: 0 },
            itemStyle: { color: lake }, areaStyle: { color: lake, opacity: 0.2 }, tooltip: { show: false } },
          { name: words.mean, type: "line", data: mean, showSymbol: false, itemStyle: { color: lake }, lineStyle: { color: lake, width: 2.5 } },
        ] };
    },
    drift: (holder, { drift: { times, score, since, words } }) => {
      const { base, across, up } = common(holder);
      const [lake, amber, ink] = ["lake", "amber", "ink"].map((name) => worn(holder, name));
      const lines = [{ yAxis: 1, lineStyle: { color: amber, width: 2 }, label: { formatter: words.limit, position: "insideStartTop", color: ink } }];
      if (since) lines.push({ xAxis: Date.parse(since), lineStyle: { color: ink, type: "dashed" }, label: { formatter: words.since, color: ink } });
      return { ...base, legend: { ...base.legend, data: [words.score] },
        xAxis: { type: "time", ...across, splitLine: { show: false } }, yAxis: { type: "value", min: 0, ...up },
        series: [{ name: words.score, type: "line", showSymbol: false, data: times.map((at, i) => [Date.parse(at), score[i]]),
          itemStyle: { color: lake }, lineStyle: { color: lake, width: 2 },
          markLine: { symbol: "none", silent: true, data: lines } }] };
    },
    shares: (holder, { shares: { names, share, shift } }) => {
      const { base, across, up } = common(holder);
      const lake = worn(holder, "lake");
      return { ...base, legend: { show: false }, grid: { left: 120, right: 48, top: 8, bottom: 24 },
        xAxis: { type: "value", max: 100, ...up, axisLabel: { ...up.axisLabel, formatter: "{value} %" } },
        yAxis: { type: "category", inverse: true, data: names, ...across },
        series: [{ type: "bar", barMaxWidth: 18, itemStyle: { color: lake }, data: share,
          label: { show: true, position: "right", color: worn(holder, "ink"), formatter: ({ dataIndex }) => `${share[dataIndex]} % ${shift[dataIndex] > 0 ? "↑" : "↓"}` } }] };
    },
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const holder of document.querySelectorAll("[data-chart]")) {
      const told = JSON.parse(document.getElementById(holder.dataset.told).textContent);
      const chart = window.echarts.init(holder, null, { renderer: "canvas" });
      const draw = () => chart.setOption(charts[holder.dataset.chart](holder, told), true);
      draw();
      new ResizeObserver(() => chart.resize()).observe(holder);
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
    }
  });
})();

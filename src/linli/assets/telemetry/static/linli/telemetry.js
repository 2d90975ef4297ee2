// One tag over time: the mean of each stretch as a line, its least and greatest value as a band.
"use strict";

const holder = document.getElementById("chart");
if (holder && window.echarts) {
  const told = JSON.parse(document.getElementById("chart-told").textContent);
  // `light-dark()` is resolved by an element that wears it.
  const worn = (name) => {
    const probe = document.createElement("i");
    probe.style.color = `var(${name})`;
    holder.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
  const said = (value) => {
    if (value === null || value === undefined) return "–";
    if (told.words.length) return told.words[Math.round(value)] ?? "–";
    return `${value.toLocaleString(document.documentElement.lang, { maximumSignificantDigits: 5 })}${told.unit ? ` ${told.unit}` : ""}`;
  };
  const pairs = (values) => told.times.map((at, i) => [at, values[i]]);
  const chart = window.echarts.init(holder, null, { renderer: "canvas" });
  const draw = () => {
    const faded = worn("--faded"), hair = worn("--hair"), lake = worn("--lake");
    const series = [];
    if (told.band) {
      const span = told.high.map((high, i) => (high === null ? null : high - told.low[i]));
      const bare = { type: "line", stack: "band", stackStrategy: "all", symbol: "none", lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false } };
      series.push({ ...bare, data: pairs(told.low) });
      series.push({ ...bare, data: pairs(span), areaStyle: { color: lake, opacity: 0.18 } });
    }
    series.push({ type: "line", data: pairs(told.mean), step: told.steps ? "end" : false, symbol: "circle", symbolSize: 4,
      showSymbol: told.times.length < 40, lineStyle: { color: lake, width: 2 }, itemStyle: { color: lake } });
    chart.setOption({
      animation: false,
      grid: { left: 8, right: 16, top: 32, bottom: 8, containLabel: true },
      textStyle: { color: faded },
      tooltip: { trigger: "axis", renderMode: "richText", formatter: (found) => {
        const at = found[0].dataIndex, when = new Date(told.times[at]).toLocaleString(document.documentElement.lang);
        const range = told.band && told.low[at] !== told.high[at] ? `\n${said(told.low[at])} … ${said(told.high[at])}` : "";
        return `${when}\n${said(told.mean[at])}${range}`;
      } },
      xAxis: { type: "time", min: told.begin, max: told.end, axisLabel: { color: faded, hideOverlap: true }, axisLine: { lineStyle: { color: hair } } },
      yAxis: { type: "value", scale: true, name: told.unit, nameTextStyle: { align: "left", color: faded }, splitLine: { lineStyle: { color: hair } },
        ...(told.words.length ? { min: 0, max: told.words.length - 1, interval: 1 } : {}),
        axisLabel: { color: faded, ...(told.words.length ? { formatter: (value) => told.words[value] ?? "" } : {}) } },
      series,
    }, true);
  };
  draw();
  new ResizeObserver(() => chart.resize()).observe(holder);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

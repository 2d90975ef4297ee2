// The line of an indicator with its path and forecasts; its point stands in the heading above it.
"use strict";

const holder = document.getElementById("chart");
if (holder && window.echarts) {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const lines = read("chart-lines"), labels = read("chart-labels");
  // `light-dark()` is resolved by an element that wears it.
  const worn = (name) => {
    const probe = document.createElement("i");
    probe.style.color = `var(${name})`;
    holder.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
  const line = (name, data, colour, type, width) => ({ name, type: "line", data, symbolSize: 5, showSymbol: type === "solid",
    lineStyle: { color: colour, width, type }, itemStyle: { color: colour } });
  const series = () => {
    const lake = worn("--lake"), faded = worn("--faded"), moss = worn("--moss"), found = [];
    if (lines["chosen-high"]) {
      const span = lines["chosen-high"].map((high, i) => (high === null ? null : high - lines["chosen-low"][i]));
      found.push({ name: labels.interval, type: "line", stack: "band", stackStrategy: "all", data: lines["chosen-low"], symbol: "none", lineStyle: { opacity: 0 }, itemStyle: { color: lake, opacity: 0.3 }, tooltip: { show: false }, silent: true });
      found.push({ name: labels.interval, type: "line", stack: "band", stackStrategy: "all", data: span, symbol: "none", lineStyle: { opacity: 0 }, areaStyle: { color: lake, opacity: 0.16 }, itemStyle: { color: lake, opacity: 0.3 }, tooltip: { show: false }, silent: true });
    }
    if (lines["naive-mean"]) found.push(line(labels.naive, lines["naive-mean"], faded, "dotted", 1.5));
    if (lines["seasonal-naive-mean"]) found.push(line(labels["seasonal-naive"], lines["seasonal-naive-mean"], faded, "dashed", 1.5));
    if (lines["chosen-mean"]) found.push(line(labels.chosen, lines["chosen-mean"], lake, "dashed", 2));
    if (lines.path) found.push(line(labels.path, lines.path, moss, "dashed", 2));
    found.push(line(labels.value, lines.value, lake, "solid", 2));
    return found;
  };
  const chart = window.echarts.init(holder, null, { renderer: "canvas" });
  const draw = () => {
    const faded = worn("--faded"), hair = worn("--hair");
    chart.setOption({
      animation: false,
      grid: { left: 8, right: 16, top: holder.clientWidth < 600 ? 112 : 64, bottom: 8, containLabel: true },
      textStyle: { color: faded },
      legend: { top: 0, left: 0, textStyle: { color: faded }, itemWidth: 20 },
      tooltip: { trigger: "axis", renderMode: "richText",
        valueFormatter: (value) => (value === null || value === undefined ? "–" : value.toFixed(lines.decimals)) },
      xAxis: { type: "category", data: lines.periods, boundaryGap: lines.periods.length < 3, axisLabel: { color: faded }, axisLine: { lineStyle: { color: hair } } },
      yAxis: { type: "value", scale: true, name: labels.unit, nameTextStyle: { align: "left", color: faded }, axisLabel: { color: faded }, splitLine: { lineStyle: { color: hair } } },
      series: series(),
    }, true);
  };
  if (lines.periods.length) draw();
  new ResizeObserver(() => chart.resize()).observe(holder);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

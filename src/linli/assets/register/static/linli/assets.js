// OEE by day with what it is made of; its point stands in the heading above it.
"use strict";

const holder = document.getElementById("oee");
if (holder && window.echarts) {
  const told = JSON.parse(document.getElementById("oee-lines").textContent);
  // `light-dark()` is resolved by an element that wears it.
  const worn = (name) => {
    const probe = document.createElement("i");
    probe.style.color = `var(${name})`;
    holder.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
  const chart = window.echarts.init(holder, null, { renderer: "canvas" });
  const draw = () => {
    const faded = worn("--faded"), hair = worn("--hair"), lake = worn("--lake");
    const dashes = ["dashed", "dotted", [8, 3, 2, 3]];
    const others = told.lines.filter((line) => !line.main);
    chart.setOption({
      animation: false,
      grid: { left: 8, right: 16, top: holder.clientWidth < 500 ? 72 : 40, bottom: 8, containLabel: true },
      textStyle: { color: faded },
      legend: { top: 0, left: 0, textStyle: { color: faded }, itemWidth: 28 },
      tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: (value) => (value === null || value === undefined ? "–" : `${value.toFixed(1)} %`) },
      xAxis: { type: "category", data: told.days, axisLabel: { color: faded }, axisLine: { lineStyle: { color: hair } } },
      yAxis: { type: "value", scale: true, max: (span) => Math.max(100, Math.ceil(span.max)), axisLabel: { color: faded, formatter: "{value} %" }, splitLine: { lineStyle: { color: hair } } },
      series: told.lines.map((line) => ({ name: line.name, type: "line", data: line.values, symbolSize: line.main ? 6 : 0, showSymbol: Boolean(line.main),
        lineStyle: { color: line.main ? lake : faded, width: line.main ? 2.5 : 1.5, type: line.main ? "solid" : dashes[others.indexOf(line)] }, itemStyle: { color: line.main ? lake : faded } })),
    }, true);
  };
  draw();
  new ResizeObserver(() => chart.resize()).observe(holder);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

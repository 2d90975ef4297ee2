// The curve of a topic; its point stands in the heading above it.
"use strict";

const holder = document.getElementById("curve");
if (holder && window.echarts) {
  const weeks = holder.dataset.curve.split(",").map(Number);
  const names = weeks.map((_, i) => weeks.length - 1 - i);
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
  const draw = () => chart.setOption({
    animation: false,
    grid: { left: 32, right: 24, top: 32, bottom: 48 },
    textStyle: { color: worn("--faded") },
    tooltip: { trigger: "axis", renderMode: "richText" },
    xAxis: { type: "category", axisLabel: { color: worn("--faded") }, data: names.map((n) => (n ? `−${n}` : holder.dataset.now)),
      name: holder.dataset.ago, nameLocation: "middle", nameGap: 26, boundaryGap: false, axisLine: { lineStyle: { color: worn("--hair") } } },
    yAxis: { type: "value", axisLabel: { color: worn("--faded") }, minInterval: 1, name: holder.dataset.unit,
      nameTextStyle: { align: "left" }, splitLine: { lineStyle: { color: worn("--hair") } } },
    series: [{ type: "line", data: weeks, symbolSize: 6, areaStyle: { opacity: 0.12 },
      lineStyle: { color: worn("--lake"), width: 2 }, itemStyle: { color: worn("--lake") } }],
  });
  draw();
  new ResizeObserver(() => chart.resize()).observe(holder);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

// The drawing of a trace: what went in on the left, what became of it on the right.
"use strict";

const SIDE = 72, ABOVE = 24, BELOW = 32;
const holder = document.getElementById("trace");
if (holder && window.echarts) {
  const told = JSON.parse(document.getElementById("trace-graph").textContent);
  // `light-dark()` is resolved by an element that wears it.
  const worn = (name) => {
    const probe = document.createElement("i");
    probe.style.color = `var(${name})`;
    holder.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
  const columns = [...new Set(told.nodes.map((node) => node.column))].sort((a, b) => a - b);
  const known = new Set(told.nodes.map((node) => node.id));
  const neighbours = new Map();
  for (const { source, target } of told.lines) {
    if (!known.has(source) || !known.has(target)) continue;
    for (const [a, b] of [[source, target], [target, source]]) {
      if (!neighbours.has(a)) neighbours.set(a, []);
      neighbours.get(a).push(b);
    }
  }
  // Within a column things stand near what they hang together with, so that lines cross less.
  const height = new Map([[told.here, 0]]);
  for (const column of [...columns].sort((a, b) => Math.abs(a) - Math.abs(b))) {
    const here = told.nodes.filter((node) => node.column === column);
    const wish = (node) => {
      const near = (neighbours.get(node.id) ?? []).filter((id) => height.has(id));
      return near.length ? near.reduce((sum, id) => sum + height.get(id), 0) / near.length : 0;
    };
    const ordered = here.map((node) => [node, wish(node)]).sort((a, b) => a[1] - b[1]);
    ordered.forEach(([node], at) => height.set(node.id, (at + 0.5) / ordered.length - 0.5));
  }
  const most = Math.max(...columns.map((c) => told.nodes.filter((n) => n.column === c).length));
  const named = most <= 14;
  const chart = window.echarts.init(holder, null, { renderer: "canvas" });
  const draw = () => {
    const wide = holder.clientWidth, high = holder.clientHeight;
    // In pixels of the drawing: what is stretched afterwards draws ovals for circles.
    const step = (wide - 2 * SIDE) / Math.max(columns.length - 1, 1);
    const reach = Math.max(...height.values()) - Math.min(...height.values()) || 1;
    const rise = (high - ABOVE - BELOW) / reach;
    const sign = { process: ["rect", 8], unit: ["roundRect", 14], returnable: ["roundRect", 14] };
    chart.setOption({
      animation: false,
      tooltip: { renderMode: "richText", formatter: ({ data, dataType }) =>
        (dataType === "node" ? `${data.name}\n${data.note ?? ""}` : "") },
      series: [{
        type: "graph", layout: "none", roam: true, edgeSymbol: ["none", "arrow"], edgeSymbolSize: 7,
        left: SIDE, right: SIDE, top: ABOVE, bottom: BELOW,
        lineStyle: { color: worn("--edge"), width: 1, curveness: 0.08 },
        label: { show: true, position: "bottom", color: worn("--ink"), fontSize: 11,
          formatter: ({ data }) => (data.here || (named && data.sort !== "process") ? data.name : "") },
        emphasis: { label: { show: true, formatter: ({ data }) => data.name } },
        data: told.nodes.map((node) => {
          const [symbol, size] = sign[node.sort] ?? ["circle", 13];
          const here = node.id === told.here;
          return { ...node, here, symbol, symbolSize: here ? 22 : size,
            x: columns.indexOf(node.column) * step, y: height.get(node.id) * rise,
            itemStyle: { color: here ? worn("--lake") : node.sort === "process" ? worn("--faded")
              : worn("--paper"), borderColor: worn("--lake"), borderWidth: node.sort === "process" ? 0 : 1.5 } };
        }),
        links: told.lines,
      }],
    });
  };
  draw();
  chart.on("click", ({ data, dataType }) => {
    if (dataType === "node" && data.url) window.location = data.url;
  });
  new ResizeObserver(() => { chart.resize(); draw(); }).observe(holder);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

// Blocks in colours and patterns; curves of signings. What they show stands in words beside them.
"use strict";

(() => {
  const { kinds, boundsOf, given } = linliMap;
  const SIZE = 12;

  // A pattern as an image: nobody (empty), some (lines), more (crossed lines), all (full).
  const pattern = (level, colour) => {
    const canvas = document.createElement("canvas");
    canvas.width = SIZE;
    canvas.height = SIZE;
    const pen = canvas.getContext("2d");
    pen.fillStyle = colour(level === 3 ? "moss" : "raised");
    pen.fillRect(0, 0, SIZE, SIZE);
    pen.strokeStyle = colour("lake");
    pen.lineWidth = level === 1 ? 1 : 2;
    const line = (x, y, u, v) => { pen.beginPath(); pen.moveTo(x, y); pen.lineTo(u, v); pen.stroke(); };
    if (level === 1 || level === 2) for (const at of [-SIZE, 0, SIZE]) line(at, SIZE, at + SIZE, 0);
    if (level === 2) for (const at of [-SIZE, 0, SIZE]) line(at, 0, at + SIZE, SIZE);
    return pen.getImageData(0, 0, SIZE, SIZE);
  };

  kinds.blocks = async (town, element) => {
    const { map } = town;
    const found = await given(element.dataset.src);
    const draw = () => {
      for (const level of [0, 1, 2, 3]) {
        const name = `progress-${level}`;
        const image = pattern(level, town.colour);
        if (map.hasImage(name)) map.updateImage(name, image);
        else map.addImage(name, image);
      }
    };
    draw();
    const places = found.features.map(({ properties }) => linliMap.point(properties.at, properties));
    town.add(
      { blocks: { data: found }, "block-names": { data: linliMap.collection(places) } },
      (c) => [
        { id: "blocks", type: "fill", source: "blocks", paint: {
          "fill-pattern": ["concat", "progress-", ["to-string", ["get", "level"]]], "fill-opacity": 0.9 } },
        { id: "block-lines", type: "line", source: "blocks", paint: { "line-color": c("ink"), "line-width": 1.2 } },
      ],
      "borders",
    );
    town.add({}, (c) => [town.text("block-names", "block-names", ["get", "text"], c, { size: 14 })]);
    element.addEventListener("map:colours", draw);
    map.on("click", "blocks", ({ features: [one] }) => { if (one.properties.url) location.assign(one.properties.url); });
    map.on("mouseenter", "blocks", () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", "blocks", () => { map.getCanvas().style.cursor = ""; });
    if (found.features.length) town.fit(boundsOf(found.features), { zoom: 16, padding: 24, animate: false });
    return town;
  };

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
        animation: false, textStyle: { color: faded },
        grid: { left: 44, right: 24, top: 40, bottom: 32 },
        tooltip: { trigger: "axis", renderMode: "richText" },
        legend: { top: 0, left: 0, textStyle: { color: faded } },
      },
      across: { axisLabel: { color: faded }, axisLine: hair },
      up: { axisLabel: { color: faded }, splitLine: hair },
    };
  };

  const signings = (holder, { days, was, low, middle, high, n, words }) => {
    const { base, across, up } = common(holder);
    const [lake, amber, faded] = ["lake", "amber", "faded"].map((name) => worn(holder, name));
    const series = [{ name: words.was, type: "line", data: was, step: "end", showSymbol: false,
      lineStyle: { color: lake, width: 2.5 }, itemStyle: { color: lake }, areaStyle: { color: lake, opacity: 0.12 },
      markLine: { symbol: "none", silent: true, data: [{ yAxis: n }], lineStyle: { color: faded, type: "dashed" },
        label: { formatter: `${words.all}: ${n}`, position: "insideStartTop", color: faded } } }];
    if (middle) {
      const gap = high.map((value, i) => (value === null ? null : value - low[i]));
      series.push(
        { type: "line", stack: "band", data: low, showSymbol: false, lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false } },
        { name: words.band, type: "line", stack: "band", data: gap, showSymbol: false, lineStyle: { opacity: 0 },
          itemStyle: { color: amber }, areaStyle: { color: amber, opacity: 0.25 }, silent: true, tooltip: { show: false } },
        { name: words.middle, type: "line", data: middle, showSymbol: false, itemStyle: { color: amber },
          lineStyle: { color: amber, type: "dashed", width: 2 } },
      );
    }
    return { ...base, series,
      legend: { ...base.legend, data: series.map(({ name }) => name).filter(Boolean) },
      xAxis: { type: "category", data: days.map((day) => day.slice(5)), boundaryGap: false, ...across },
      yAxis: { type: "value", minInterval: 1, max: Math.max(1, Math.ceil(n * 1.08)), ...up } };
  };

  const shares = (holder, { lines, words }) => {
    const { base, across, up } = common(holder);
    const longest = Math.max(0, ...lines.map(({ share }) => share.length));
    const colours = ["lake", "moss", "amber", "faded", "ink"].map((name) => worn(holder, name));
    const dashes = ["solid", "dashed", "dotted", [8, 3, 2, 3], [2, 6]];
    // On a phone the names need several lines.
    const grid = { ...base.grid, top: holder.clientWidth < 600 ? 24 + 18 * lines.length : 40 };
    return { ...base, grid,
      xAxis: { type: "category", boundaryGap: false, ...across,
        data: Array.from({ length: longest }, (_, i) => String(i + 1)) },
      yAxis: { type: "value", max: 100, ...up, axisLabel: { ...up.axisLabel, formatter: "{value} %" } },
      tooltip: { ...base.tooltip, formatter: (rows) => [words.day.replace("%s", rows[0].name),
        ...rows.filter(({ value }) => value !== undefined)
          .map(({ seriesName, value }) => `${seriesName}: ${value} %`)].join("\n") },
      series: lines.map(({ name, share }, i) => ({ name, type: "line", step: "end", showSymbol: false, data: share,
        itemStyle: { color: colours[i % 5] }, lineStyle: { color: colours[i % 5], type: dashes[i % 5], width: 2 } })) };
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const [name, option] of [["curve", signings], ["compared", shares]]) {
      for (const holder of document.querySelectorAll(`[data-${name}]`)) {
        const told = JSON.parse(document.getElementById(holder.dataset[name]).textContent);
        const chart = window.echarts.init(holder, null, { renderer: "canvas" });
        const draw = () => chart.setOption(option(holder, told), true);
        draw();
        new ResizeObserver(() => chart.resize()).observe(holder);
        matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
      }
    }
  });
})();

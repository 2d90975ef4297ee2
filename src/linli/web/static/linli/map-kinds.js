// The kinds of map: pick a place, one case, many cases, figures by grid. See map.js.
"use strict";

(() => {
  const { kinds, point, boundsOf, given } = linliMap;

  kinds.pick = (town, element) => {
    const { map, words } = town;
    const lon = document.querySelector(element.dataset.lon);
    const lat = document.querySelector(element.dataset.lat);
    const said = document.createElement("p");
    said.className = "map-said";
    said.setAttribute("role", "status");
    said.textContent = words.pick;
    let marker = null;
    let asked = 0;

    const tell = async (at) => {
      const mine = ++asked;
      const query = new URLSearchParams({ lon: at.lng.toFixed(6), lat: at.lat.toFixed(6) });
      let here = null;
      try {
        here = await (await fetch(`${town.setting.here}?${query}`)).json();
      } catch { /* the point is kept; the town will say where it is */ }
      if (mine !== asked) return;
      if (here) {
        town.showBoth(here.grids);
        const grid = (layer) => here.grids.find((g) => g.properties.layer === layer)?.properties;
        const names = { community: grid("community"), service: grid("service") };
        said.textContent = names.community
          ? `${here.trail} ${words.picked}` : words.outside;
        element.dispatchEvent(new CustomEvent("map:picked", {
          bubbles: true, detail: { lon: at.lng, lat: at.lat, ...names },
        }));
      }
    };
    const take = (at, zoom = null) => {
      if (!marker) {
        marker = town.pin({ at, draggable: true });
        marker.on("dragend", () => take(marker.getLngLat()));
      }
      marker.setLngLat(at);
      if (lon) lon.value = at.lng.toFixed(6);
      if (lat) lat.value = at.lat.toFixed(6);
      if (zoom) map.easeTo({ center: at, zoom: Math.max(map.getZoom(), zoom) });
      tell(at);
    };

    // A tap on the whole county is a beginning: come nearer, so that the mark can be set right.
    map.on("click", (event) => take(event.lngLat, map.getZoom() < 13 ? 13.5 : null));
    map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault(); // the form is not sent by this
        take(map.getCenter());
      }
    });
    const row = document.createElement("div");
    row.className = "map-row";
    const isOffered = document.querySelector("[data-locate]"); // the page asks for it itself
    if (!isOffered && "geolocation" in navigator && window.isSecureContext) {
      const mine = document.createElement("button");
      mine.type = "button";
      mine.className = "second";
      mine.textContent = words.mine;
      mine.addEventListener("click", () => navigator.geolocation.getCurrentPosition(
        ({ coords }) => take(new maplibregl.LngLat(coords.longitude, coords.latitude), 15),
        () => { said.textContent = words.lost; },
        { enableHighAccuracy: true, timeout: 10000 },
      ));
      row.append(mine);
    }
    row.append(said);
    element.append(row);
    const fromInputs = () => {
      if (lon?.value && lat?.value) take(new maplibregl.LngLat(+lon.value, +lat.value), 15);
    };
    document.body.addEventListener("located", fromInputs);
    fromInputs();
    return Object.assign(town, { take });
  };

  kinds.case = async (town, element) => {
    const found = await given(element.dataset.src);
    town.showBoth(found.grids);
    if (found.at) town.pin(found);
    const smallest = found.grids.filter((grid) => grid.properties.layer === "community");
    if (smallest.length) town.fit(boundsOf(smallest), { padding: 56, animate: false });
  };

  // Cases as points; what lies together is one circle with its number.
  const withPoints = (town) => {
    const { map } = town;
    town.add(
      { cases: {
        data: linliMap.collection([]), cluster: true, clusterRadius: 36, clusterMaxZoom: 17,
        clusterProperties: { late: ["+", ["case", ["get", "overdue"], 1, 0]] },
      } },
      (c) => {
        const late = ["any", ["==", ["get", "overdue"], true], [">", ["coalesce", ["get", "late"], 0], 0]];
        return [
          { id: "cases", type: "circle", source: "cases", paint: {
            "circle-radius": ["case", ["has", "point_count"],
              ["interpolate", ["linear"], ["get", "point_count"], 2, 13, 50, 22], 8],
            "circle-color": c("lake"),
            "circle-stroke-width": ["case", late, 4, 2],
            "circle-stroke-color": ["case", late, c("vermilion"), c("raised")],
          } },
          { id: "cases-text", type: "symbol", source: "cases",
            layout: {
              "text-field": ["case", ["has", "point_count"], ["to-string", ["get", "point_count"]],
                ["get", "overdue"], "!", ""],
              "text-size": 12, "text-font": ["sans-serif"], "text-allow-overlap": true,
            },
            paint: { "text-color": c("on-lake") } },
        ];
      },
      null,
    );
    const link = ({ url, code, title, note }) => {
      const line = document.createElement("li");
      const to = document.createElement("a");
      to.href = url;
      to.dataset.case = code;
      to.textContent = title;
      const small = document.createElement("small");
      small.textContent = `${code} · ${note}`;
      line.append(to, small);
      return line;
    };
    map.on("click", "cases", async (event) => {
      event.preventDefault();
      const [feature] = event.features;
      const source = map.getSource("cases");
      let leaves = [feature.properties];
      if (feature.properties.cluster) {
        const { cluster_id: id, point_count: n } = feature.properties;
        const zoom = await source.getClusterExpansionZoom(id);
        if (zoom <= 17) {
          map.easeTo({ center: feature.geometry.coordinates, zoom: zoom + 0.3 });
          return;
        }
        leaves = (await source.getClusterLeaves(id, Math.min(n, 20), 0)).map((l) => l.properties);
      }
      const list = document.createElement("ul");
      list.className = "map-list";
      list.append(...leaves.map(link));
      town.popup?.remove();
      town.popup = new maplibregl.Popup({ maxWidth: "280px", offset: 10 })
        .setLngLat(feature.geometry.coordinates).setDOMContent(list).addTo(map);
    });
    for (const [event, shape] of [["mouseenter", "pointer"], ["mouseleave", ""]]) {
      map.on(event, "cases", () => { map.getCanvas().style.cursor = shape; });
    }
    town.showPoints = (found) => {
      town.popup?.remove();
      map.getSource("cases").setData(found);
    };
    return town;
  };

  kinds.points = async (town, element) => {
    const found = await given(element.dataset.src);
    withPoints(town).showPoints(found);
    const { features } = found;
    if (features.length) town.fit(boundsOf(features), { zoom: 15, padding: 48, animate: false });
    return town;
  };

  // Up to five steps with about as many grids in each; few numbers have a step of their own.
  const steps = (numbers) => {
    const sorted = numbers.filter((n) => n > 0).sort((a, b) => a - b);
    const distinct = [...new Set(sorted)];
    const from = distinct.length > 5 ? sorted : distinct;
    const wanted = Math.min(5, distinct.length);
    const lower = [];
    for (let i = 0; i < wanted; i += 1) {
      const low = from[Math.floor((i * from.length) / wanted)];
      if (low !== lower.at(-1)) lower.push(low);
    }
    return {
      lower, highest: sorted.at(-1) ?? 0,
      of: (n) => lower.findLastIndex((low) => n >= low),
      // How much of the colour a step has; one step alone has half of it.
      share: (step) => (lower.length > 1 ? 0.16 + (0.74 * step) / (lower.length - 1) : 0.5),
    };
  };

  kinds.figures = async (town, element) => {
    const { map, words } = town;
    const legend = document.createElement("ul");
    legend.className = "map-legend";
    element.append(legend);
    let layer = null;
    let shown = null;
    let at = new Map();

    let using = Promise.resolve();
    const useLayer = (name) => { using = using.then(() => change(name)); return using; };
    const change = async (name) => {
      if (layer === name) return;
      const sheet = await town.sheet(name);
      at = new Map(sheet.features.map(({ properties }) => [properties.code, properties]));
      layer = name;
      if (map.getSource("grids")) {
        map.removeFeatureState({ source: "grids" });
        map.getSource("grids").setData(sheet);
        return;
      }
      town.add(
        { grids: { data: sheet, promoteId: "code" }, numbers: { data: linliMap.collection([]) },
          late: { data: linliMap.collection([]) } },
        (c) => {
          const size = ["min", 16, ["+", 5, ["sqrt", ["get", "n"]]]];
          return [
            { id: "grids", type: "fill", source: "grids", paint: {
              "fill-color": ["case", ["boolean", ["feature-state", "late"], false], c("vermilion"), c("lake")],
              "fill-opacity": ["coalesce", ["feature-state", "share"], 0],
            } },
            { id: "grid-lines", type: "line", source: "grids", paint: {
              "line-color": c("edge"), "line-width": 0.6,
              "line-opacity": ["interpolate", ["linear"], ["zoom"], 9, 0.25, 13, 0.9],
            } },
            { id: "late", type: "circle", source: "late", paint: {
              "circle-radius": ["interpolate", ["linear"], ["zoom"], 8.5, ["*", 0.5, size], 13, size],
              "circle-color": c("vermilion"), "circle-stroke-color": c("raised"), "circle-stroke-width": 1.5,
            } },
          ];
        },
        "borders",
      );
      town.add({}, (c) => [
        town.text("numbers", "numbers", ["get", "text"], c, { min: 11.5, size: 13 }),
      ]);
    };

    // Numbers by code of the grid, or pairs of number and overdue.
    const setFigures = async (figures, options = {}) => {
      shown = [figures, options];
      await useLayer(options.layer ?? layer ?? element.dataset.layer ?? "community");
      if (shown[0] !== figures) return; // newer ones came while the shapes were on their way
      const entries = Object.entries(figures).filter(([code]) => at.has(code))
        .map(([code, n]) => [code, ...(Array.isArray(n) ? n : [n, 0])]);
      const scale = steps(entries.map(([, n]) => n));
      const unit = options.unit ?? "";
      map.removeFeatureState({ source: "grids" });
      for (const [code, n] of entries) {
        map.setFeatureState({ source: "grids", id: code },
          { share: n > 0 ? scale.share(scale.of(n)) : 0, late: options.overdue === true });
      }
      town.put("numbers", entries.map(([code, n]) => point(at.get(code).at, { text: `${n}${unit}` })));
      town.put("late", entries.filter(([, , late]) => late > 0)
        .map(([code, , late]) => point(at.get(code).at, { n: late })));
      key(scale, entries, unit, options.overdue === true);
    };

    const key = (scale, entries, unit, overdue) => {
      const c = town.colour;
      const lines = scale.lower.map((low, i) => {
        const high = i + 1 < scale.lower.length ? scale.lower[i + 1] - 1 : scale.highest;
        const count = entries.filter(([, n]) => scale.of(n) === i).length;
        const line = document.createElement("li");
        const swatch = document.createElement("i");
        swatch.style.background = c.mix("raised", overdue ? "vermilion" : "lake", scale.share(i));
        const text = high > low ? `${low}–${high}${unit}` : `${low}${unit}`;
        line.append(swatch, `${text} · ${words.grids.replace("%s", count)}`);
        return line;
      });
      if (entries.some(([, , late]) => late > 0)) {
        const line = document.createElement("li");
        const dot = document.createElement("i");
        dot.className = "dot";
        line.append(dot, words.overdue);
        lines.push(line);
      }
      legend.replaceChildren(...lines);
    };

    element.addEventListener("map:colours", () => shown && setFigures(...shown));
    if (element.dataset.opens) {
      map.on("click", "grids", ({ features: [grid] }) => {
        location.assign(`${element.dataset.opens}?area=${encodeURIComponent(grid.properties.code)}`);
      });
      map.on("mouseenter", "grids", () => { map.getCanvas().style.cursor = "pointer"; });
      map.on("mouseleave", "grids", () => { map.getCanvas().style.cursor = ""; });
    }
    const name = element.dataset.event;
    if (name) document.addEventListener(name, (event) => setFigures(event.detail));
    const first = await given(element.dataset.src);
    if (first && !shown) await setFigures(first);
    if (name && !shown) await setFigures({});
    await useLayer(layer ?? element.dataset.layer ?? "community");
    return Object.assign(withPoints(town), { setFigures });
  };
})();

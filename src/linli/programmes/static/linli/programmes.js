// A kind of map: areas, ways and points coloured by how they stand. See map.js.
// `src` is GeoJSON whose features have {title, note, state, url}; states are done, late, going,
// waiting, gap, frame (an outline round the others).
"use strict";

linliMap.kinds.shapes = async (town, element) => {
  const found = await linliMap.given(element.dataset.src);
  const { map } = town;
  const is = (...kinds) => ["in", ["geometry-type"], ["literal", kinds]];
  town.add({ shapes: { data: found } }, (c) => {
    const colour = ["match", ["get", "state"], "done", c("moss"), "late", c("vermilion"),
      "gap", c("vermilion"), "going", c("lake"), c("faded")];
    return [
      { id: "shape-land", type: "fill", source: "shapes", filter: is("Polygon", "MultiPolygon"),
        paint: { "fill-color": colour,
          "fill-opacity": ["match", ["get", "state"], "frame", 0.06, 0.25] } },
      { id: "shape-edge", type: "line", source: "shapes", filter: is("Polygon", "MultiPolygon"),
        paint: { "line-color": colour, "line-width": 1.5 } },
      { id: "shape-way", type: "line", source: "shapes", filter: is("LineString", "MultiLineString"),
        paint: { "line-color": colour, "line-width": 4 } },
      { id: "shape-point", type: "circle", source: "shapes", filter: is("Point"),
        paint: { "circle-color": colour, "circle-radius": 6, "circle-stroke-width": 1.5,
          "circle-stroke-color": c("raised") } },
    ];
  }, "names");
  const layers = ["shape-land", "shape-way", "shape-point"];
  map.on("click", (event) => {
    const hit = map.queryRenderedFeatures(event.point, { layers }).pop();
    if (!hit) return;
    const { title, note, url } = hit.properties;
    const said = document.createElement("p");
    const name = document.createElement(url ? "a" : "b");
    name.textContent = title;
    if (url) name.href = url;
    const more = document.createElement("small");
    more.textContent = note ?? "";
    said.append(name, document.createElement("br"), more);
    new maplibregl.Popup({ maxWidth: "260px" }).setLngLat(event.lngLat).setDOMContent(said).addTo(map);
  });
  for (const layer of layers) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
  if (found.features.length) {
    town.fit(linliMap.boundsOf(found.features), { zoom: 16, padding: 48, animate: false });
  }
  return town;
};

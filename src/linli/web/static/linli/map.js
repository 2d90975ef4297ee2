// Maps of the town: drawn here from our own shapes, no tile and no font comes from elsewhere.
//
// How to put one into a page
//   {% block styles %}{% include "web/_map_head.html" %}{% endblock %}   style and scripts
//   {% include "web/_map.html" with kind="case" src=address label=… words=… %}
// `label` names the map for screen readers; `words` is what stands there where no map can be
// drawn (no WebGL, no scripts), and below the map otherwise. Kinds (`map-kinds.js`):
//   pick     the reader points at a place. `lon="#id_lon" lat="#id_lat"` are the inputs it fills
//            (and starts from, again at "located" on the body); says which grids that is. Fires
//            "map:picked" with
//            {lon, lat, community, service} (grids {code, name} or null) as `detail`.
//   case     one case with both its grids. `src` is {% url "map-case" case.code %}.
//   points   cases as points, clustered. `src` is an address or "#id" of a json_script:
//            GeoJSON whose features have {code, title, note, overdue, url}.
//   figures  grids of `layer` ("community", "service") coloured by figures. `src` as above:
//            {grid code: number or [number, overdue]}. `event="name"` listens on the document
//            for new ones; `opens="map"` lets a grid lead to the map page. From a script:
//            (await linliMap(element)).setFigures({…}).
"use strict";

(() => {
  const language = document.documentElement.lang;
  const answers = new Map();
  const opened = new WeakMap();
  let library = null;

  const fetched = (address) => {
    if (!answers.has(address)) {
      answers.set(address, fetch(address).then((answer) => {
        if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
        return answer.json();
      }));
      answers.get(address).catch(() => answers.delete(address));
    }
    return answers.get(address);
  };

  const loaded = (setting) => {
    library ??= new Promise((done, failed) => {
      const style = document.createElement("link");
      style.rel = "stylesheet";
      style.href = setting.style;
      const script = document.createElement("script");
      script.src = setting.library;
      script.onload = () => {
        maplibregl.setWorkerUrl(new URL(setting.worker, location.href).href);
        done();
      };
      script.onerror = failed;
      document.head.append(style, script);
    });
    return library;
  };

  // The colours of the page as they are now: `light-dark()` is settled by asking an element.
  const colours = () => {
    const probe = document.createElement("i");
    probe.hidden = true;
    document.body.append(probe);
    const read = (name) => {
      probe.style.color = `var(--${name})`;
      return getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number);
    };
    const names = ["paper", "raised", "ink", "faded", "hair", "edge", "lake", "lake-deep",
      "on-lake", "moss", "amber", "vermilion"];
    const found = Object.fromEntries(names.map((name) => [name, read(name)]));
    probe.remove();
    const colour = (name) => `rgb(${found[name].join(",")})`;
    colour.mix = (a, b, share) => `rgb(${found[a].map(
      (part, i) => Math.round(part + (found[b][i] - part) * share)).join(",")})`;
    return colour;
  };

  const nameOf = (place) => (!language.startsWith("zh") && place.name_en) || place.name;
  const collection = (features) => ({ type: "FeatureCollection", features });
  const point = (at, properties) => ({
    type: "Feature", geometry: { type: "Point", coordinates: at }, properties,
  });

  class TownMap {
    constructor(element, setting) {
      this.element = element;
      this.setting = setting;
      this.words = setting.words;
      this.parts = [];
    }

    async draw() {
      const [base] = await Promise.all([fetched(this.setting.shapes.base), loaded(this.setting)]);
      const [west, south, east, north] = this.setting.reach;
      // A low and wide map, as on a wall, shows much beside the town.
      const room = [(east - west) * 2, north - south];
      const canvas = document.createElement("div");
      canvas.className = "map-canvas";
      this.element.prepend(canvas);
      const still = this.element.dataset.map === "case" || this.element.dataset.map === "points";
      try {
        this.map = new maplibregl.Map({
          container: canvas,
          style: { version: 8, sources: {}, layers: [] },
          bounds: this.setting.bounds, fitBoundsOptions: { padding: 16 },
          maxBounds: [west - room[0], south - room[1], east + room[0], north + room[1]],
          maxZoom: 18, dragRotate: false, pitchWithRotate: false, touchPitch: false,
          attributionControl: false, locale: this.words, cooperativeGestures: still,
          localIdeographFontFamily: false, fadeDuration: 0,
        });
      } catch (fault) {
        canvas.remove();
        throw fault;
      }
      this.map.touchZoomRotate.disableRotation();
      this.map.keyboard.disableRotation();
      this.map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
      const credit = [this.setting.tiles.length && this.setting.attribution, this.setting.credit];
      this.map.addControl(new maplibregl.AttributionControl({
        compact: true, customAttribution: credit.filter(Boolean),
      }), "bottom-right");
      await new Promise((done) => { this.map.once("style.load", done); });
      this.element.querySelector(".maplibregl-ctrl-attrib")?.classList.remove("maplibregl-compact-show");
      this.colour = colours();
      this.ground(base);
      // Until the reader has moved it, the map fits whatever room the page gives it.
      let isMoved = false;
      this.map.on("movestart", (event) => { isMoved ||= Boolean(event.originalEvent) || this.isFitted; });
      this.map.on("resize", () => {
        if (!isMoved) this.map.fitBounds(this.setting.bounds, { padding: 16, animate: false });
      });
      this.element.classList.add("drawn");
      this.watchColours();
      return this;
    }

    // Add sources and layers; `layers` is asked again whenever the colours change.
    add(sources, layers, before = "names") {
      for (const [id, source] of Object.entries(sources)) {
        this.map.addSource(id, source.type === "raster" ? source : { type: "geojson", ...source });
      }
      this.parts.push(layers);
      const under = this.map.getLayer(before) ? before : undefined;
      for (const layer of layers(this.colour)) this.map.addLayer(layer, under);
    }

    put(source, features) {
      this.map.getSource(source).setData(collection(features));
    }

    ground(base) {
      const places = base.features.filter((feature) => feature.properties.code);
      const land = base.features.filter((feature) => feature.properties.land);
      const hasTiles = this.setting.tiles.length > 0;
      this.add(
        {
          land: { data: collection(land) }, places: { data: collection(places) },
          ...Object.fromEntries(this.setting.tiles.map((tiles, i) => [
            `tiles-${i}`, { type: "raster", tiles: [tiles], tileSize: 256 },
          ])),
        },
        (c) => [
          { id: "paper", type: "background", paint: { "background-color": c.mix("paper", "ink", 0.05) } },
          { id: "town", type: "fill", source: "places", filter: ["==", ["get", "depth"], 1],
            paint: { "fill-color": c("raised") } },
          { id: "land", type: "fill", source: "land", paint: {
            "fill-color": ["match", ["get", "land"],
              "water", c.mix("raised", "lake", 0.3),
              "field", c.mix("raised", "moss", 0.12),
              "industry", c.mix("raised", "ink", 0.13),
              "street", c.mix("raised", "ink", 0.04), c("raised")],
          } },
          ...this.setting.tiles.map((_, i) => (
            { id: `tiles-${i}`, type: "raster", source: `tiles-${i}`, paint: { "raster-opacity": 0.85 } })),
        ],
      );
      const towns = places.filter((feature) => feature.properties.depth === 2);
      this.add(
        { names: { data: collection(towns.map(({ properties }) => (
          point(properties.at, { name: nameOf(properties) })))) } },
        (c) => [
          { id: "borders", type: "line", source: "places", paint: {
            "line-color": ["case", ["==", ["get", "depth"], 1], c("ink"), c("edge")],
            "line-width": ["case", ["==", ["get", "depth"], 1], 1.5, 1],
          } },
          this.text("names", "names", ["get", "name"], c, { size: 13, colour: c("faded"),
            hidden: hasTiles }),
        ],
      );
    }

    text(id, source, field, c, { size = 13, colour = c("ink"), hidden = false, min = 0, filter } = {}) {
      return {
        id, type: "symbol", source, minzoom: min, ...(filter ? { filter } : {}),
        layout: {
          "text-field": field, "text-size": size, "text-font": ["sans-serif"], "text-padding": 4,
          "text-max-width": 9, "text-line-height": 1.15, visibility: hidden ? "none" : "visible",
        },
        paint: { "text-color": colour, "text-halo-color": c("raised"), "text-halo-width": 1.5 },
      };
    }

    // Shapes of a layer's grids (or "above-…"), fetched when first needed.
    async sheet(name) {
      const address = this.setting.shapes[name];
      return address ? fetched(address) : collection([]);
    }

    // Two grids on top of each other: one line is full, the other broken, and words say which.
    showBoth(grids) {
      if (!this.map.getSource("both")) {
        const is = (layer) => ["==", ["get", "layer"], layer];
        this.add({ both: { data: collection([]) } }, (c) => [
          { id: "both-land", type: "fill", source: "both", filter: is("community"),
            paint: { "fill-color": c("lake"), "fill-opacity": 0.12 } },
          { id: "both-service", type: "line", source: "both", filter: is("service"),
            paint: { "line-color": c("moss"), "line-width": 2.5, "line-dasharray": [2, 1.5] } },
          { id: "both-community", type: "line", source: "both", filter: is("community"),
            paint: { "line-color": c("lake"), "line-width": 2.5 } },
        ]);
        this.key = document.createElement("p");
        this.key.className = "map-key";
        this.element.append(this.key);
      }
      this.put("both", grids);
      this.key.replaceChildren(...grids.map(({ properties }) => {
        const line = document.createElement("span");
        line.className = `map-${properties.layer}`;
        line.textContent = `${this.words[properties.layer]} ${nameOf(properties)}`;
        return line;
      }));
    }

    // A mark at a place; a wide one where only the grid is known.
    pin({ at, exact = true, overdue = false, ...options }) {
      const element = document.createElement("span");
      element.className = `map-pin${exact ? "" : " about"}${overdue ? " overdue" : ""}`;
      const anchor = exact ? "bottom" : "center";
      return new maplibregl.Marker({ element, anchor, ...options }).setLngLat(at).addTo(this.map);
    }

    fit(bounds, { zoom = 16, padding = 40, animate = true } = {}) {
      this.isFitted = true;
      this.map.fitBounds(bounds, { padding, maxZoom: zoom, animate, duration: 600 });
    }

    watchColours() {
      const again = () => {
        this.colour = colours();
        for (const layer of this.parts.flatMap((layers) => layers(this.colour))) {
          for (const [name, value] of Object.entries(layer.paint)) {
            this.map.setPaintProperty(layer.id, name, value);
          }
        }
        this.element.dispatchEvent(new CustomEvent("map:colours"));
      };
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
      new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    }
  }

  // West, south, east, north of some features.
  const boundsOf = (features) => {
    const box = [180, 90, -180, -90];
    const walk = (part) => {
      if (typeof part[0] === "number") {
        box[0] = Math.min(box[0], part[0]); box[1] = Math.min(box[1], part[1]);
        box[2] = Math.max(box[2], part[0]); box[3] = Math.max(box[3], part[1]);
      } else part.forEach(walk);
    };
    features.forEach((feature) => walk(feature.geometry.coordinates));
    return box;
  };

  // What a map is given: an address, or the id of JSON that stands in the page.
  const given = (src) => {
    if (!src) return Promise.resolve(null);
    if (!src.startsWith("#")) return fetched(src);
    return Promise.resolve(JSON.parse(document.querySelector(src).textContent));
  };

  const kinds = {};

  // The map in an element; drawn when first asked for. Fails where no map can be drawn.
  const linliMap = (element) => {
    if (!opened.has(element)) {
      const setting = JSON.parse(element.dataset.setting);
      opened.set(element, new TownMap(element, setting).draw().then(async (town) => {
        const kind = kinds[element.dataset.map];
        return kind ? (await kind(town, element)) ?? town : town;
      }));
      opened.get(element).catch((fault) => {
        element.classList.add("undrawn");
        if (!element.querySelector(".map-none")) {
          const said = document.createElement("p");
          said.className = "map-none quiet";
          said.textContent = setting.words.none;
          element.prepend(said);
        }
        console.info("map:", fault);
      });
    }
    return opened.get(element);
  };

  Object.assign(linliMap, { kinds, nameOf, collection, point, boundsOf, given, fetched });
  window.linliMap = linliMap;

  const begin = (root) => {
    const near = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        near.unobserve(entry.target);
        linliMap(entry.target).catch(() => {});
      }
    }, { rootMargin: "200px" });
    root.querySelectorAll("[data-map]").forEach((element) => near.observe(element));
  };
  document.addEventListener("DOMContentLoaded", () => begin(document));
  document.addEventListener("htmx:load", (event) => {
    if (event.target !== document.body) begin(event.target.parentElement ?? document);
  });
})();

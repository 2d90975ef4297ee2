// Cutting land. The browser only draws: every operation is done by the server, which answers with
// the pieces, their mu and what is wrong with them. Nothing is kept before the last button.
"use strict";

(() => {
  const root = document.querySelector("[data-cutting]");
  if (!root) return;
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const words = read("cut-words");
  const within = read("cut-within");
  const opened = read("cut-sheet");
  const part = (name) => root.querySelector(`[data-${name}]`);
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const SNAP = 14; // pixels within which a drawn place falls onto a corner

  let sheet = opened;
  const before = []; // what undo goes back to
  const chosen = new Set();
  let mode = "choose";
  let line = [];
  let isBusy = false;
  let drawing = null; // the map, once it is drawn

  const made = (tag, options = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), options);
    element.append(...children);
    return element;
  };
  const say = (text) => { part("said").textContent = text; };
  const nameOf = (piece) => piece.name || piece.code;
  const mu = (number) => `${number.toFixed(2)} ${words.mu}`;

  // --- the server ---------------------------------------------------------------------------

  const body = () => ({
    pieces: sheet.pieces.map(({ mu: _size, ...piece }) => piece),
    where: Object.fromEntries(sheet.enterprises.map(({ code, piece }) => [code, piece])),
  });

  const send = async (address, told) => {
    isBusy = true;
    root.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, {
        method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify(told),
      });
      const found = await answer.json();
      if (answer.ok) return found;
      throw new Error([found.detail, ...(found.errors ?? []).map(({ message }) => message)].join(" "));
    } catch (fault) {
      if (fault instanceof TypeError || fault instanceof SyntaxError) throw new Error(words.lost);
      throw fault;
    } finally {
      isBusy = false;
      root.removeAttribute("aria-busy");
    }
  };

  const operate = async (operation, done = words.was_cut) => {
    if (isBusy) return false;
    try {
      const found = await send(root.dataset.tries, { ...body(), ...(operation && { operation }) });
      before.push(sheet);
      show({ ...found, mark: opened.mark });
      say(done);
      return true;
    } catch (fault) {
      say(fault.message);
      drawing?.corners();
      return false;
    }
  };

  // --- the list -----------------------------------------------------------------------------

  const show = (found) => {
    sheet = found;
    for (const code of chosen) if (!sheet.pieces.some((piece) => piece.code === code)) chosen.delete(code);
    list();
    drawing?.draw();
    part("count").textContent = sheet.pieces.length;
    part("total").textContent = mu(sheet.mu);
    const kinds = new Set(sheet.faults.map(({ kind }) => kind));
    part("faults").hidden = !sheet.faults.length;
    part("faults").replaceChildren(...sheet.faults.map(({ text, at }) => {
      const there = made("button", { type: "button", className: "plain", textContent: words.there });
      there.addEventListener("click", () => drawing?.go(at));
      return made("li", {}, `${text} `, ...(at ? [there] : []));
    }));
    part("mend").hidden = !["gap", "overlap", "outside"].some((kind) => kinds.has(kind));
    root.querySelector("[data-do=fill]").hidden = !kinds.has("gap");
    root.querySelector("[data-do=trim]").hidden = !kinds.has("overlap") && !kinds.has("outside");
    part("leaves").hidden = !kinds.has("gap");
    root.querySelector("[data-do=undo]").disabled = !before.length;
    part("keep").querySelector("button").disabled = !before.length;
    part("refused").hidden = true;
  };

  const field = (piece, name, label) => {
    const input = made("input", { value: piece[name], maxLength: name === "use" ? 60 : 100,
      ariaLabel: `${label}: ${piece.code}`, placeholder: label });
    input.addEventListener("change", () => {
      before.push(sheet);
      show({ ...sheet, pieces: sheet.pieces.map(
        (other) => (other.code === piece.code ? { ...other, [name]: input.value } : other)) });
    });
    return input;
  };

  const standing = (enterprise) => {
    const select = made("select", { ariaLabel: `${enterprise.name}: ${words.on}` },
      ...sheet.pieces.map(({ code }) => made("option", { value: code, textContent: code, selected: code === enterprise.piece })));
    select.addEventListener("change", () => {
      before.push(sheet);
      show({ ...sheet, enterprises: sheet.enterprises.map(
        (other) => (other.code === enterprise.code ? { ...other, piece: select.value } : other)) });
    });
    return made("label", {}, made("span", { textContent: enterprise.name }), select);
  };

  const list = () => {
    const isBlocks = root.dataset.cutting === "blocks";
    part("pieces").replaceChildren(...sheet.pieces.map((piece) => {
      const tick = made("input", { type: "checkbox", checked: chosen.has(piece.code),
        ariaLabel: `${words.choose}: ${nameOf(piece)}` });
      tick.addEventListener("change", () => choose(piece.code, tick.checked));
      const fields = isBlocks
        ? [field(piece, "name", words.name), field(piece, "name_en", words.name_en)]
        : [field(piece, "use", words.use)];
      const isNew = piece.of !== piece.code;
      const here = sheet.enterprises.filter((one) => one.piece === piece.code);
      return made("li", { className: chosen.has(piece.code) ? "chosen" : "" },
        made("label", { className: "tick" }, tick),
        made("span", { className: "fields" },
          made("span", { className: "num", textContent: isNew ? `${piece.code} · ${words.new}` : piece.code }), ...fields),
        made("span", { className: "mu", textContent: mu(piece.mu) }),
        ...(here.length ? [made("details", {},
          made("summary", { textContent: `${words.enterprises} (${here.length})` }), ...here.map(standing))] : []));
    }));
  };

  const choose = (code, is = !chosen.has(code)) => {
    if (is) chosen.add(code);
    else chosen.delete(code);
    list();
    drawing?.draw();
  };

  // --- the line that is drawn ---------------------------------------------------------------

  const setMode = (wanted) => {
    mode = wanted;
    line = [];
    for (const button of root.querySelectorAll("[data-mode]")) {
      button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
    }
    say(words[{ choose: "choosing" }[mode] ?? mode]);
    drawing?.mode();
    drawing?.sketch();
    part("line").hidden = true;
  };

  const finish = async () => {
    const places = line;
    if (mode === "cut" && places.length >= 2) {
      if (await operate({ kind: "cut", line: places, only: [...chosen] })) line = [];
    } else if (mode === "carve" && places.length >= 3) {
      if (await operate({ kind: "carve", line: places })) line = [];
    } else say(words[mode]);
    part("line").hidden = !line.length;
    drawing?.sketch();
  };

  const doings = {
    finish,
    back: () => { line = line.slice(0, -1); part("line").hidden = !line.length; drawing?.sketch(); },
    drop: () => setMode(mode),
    merge: () => (chosen.size < 2 ? say(words.merge) : operate({ kind: "merge", only: [...chosen] })),
    fill: () => operate({ kind: "fill" }),
    trim: () => operate({ kind: "trim" }),
    undo: () => {
      if (!before.length) return;
      show(before.pop());
      say(words.undone);
    },
  };
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.mode) setMode(button.dataset.mode);
    else if (button?.dataset.do) doings[button.dataset.do]();
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select")) return;
    if (event.key === "Enter" && line.length && !event.target.closest("button")) finish();
    if (event.key === "Escape" && line.length) setMode(mode);
    if (event.key === "z" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); doings.undo(); }
  });

  part("typed").addEventListener("submit", (event) => {
    event.preventDefault();
    const input = document.getElementById("cut-places");
    const places = input.value.trim().split(/\s+/).map((place) => place.split(/[,，]/).map(Number));
    if (places.length < 2 || places.some((at) => at.length !== 2 || at.some((n) => !Number.isFinite(n)))) {
      say(words.bad_line);
      return;
    }
    operate({ kind: "cut", line: places, only: [...chosen] }).then((is) => { if (is) input.value = ""; });
  });

  part("keep").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy) return;
    try {
      const { leads } = await send(location.pathname, { ...body(), mark: opened.mark,
        leaves_out: document.getElementById("cut-leaves").checked,
        reason: document.getElementById("cut-reason").value });
      before.length = 0;
      location.assign(leads);
    } catch (fault) {
      part("refused").textContent = fault.message;
      part("refused").hidden = false;
    }
  });
  window.addEventListener("beforeunload", (event) => { if (before.length) event.preventDefault(); });

  // --- the map ------------------------------------------------------------------------------

  linliMap.kinds.cutting = async (town, element) => {
    const { map } = town;
    const { collection, point, boundsOf } = linliMap;
    const empty = { data: collection([]) };
    const feature = (geometry, properties = {}) => ({ type: "Feature", geometry, properties });
    let marks = [];

    town.add({ within: { data: feature(within) }, pieces: empty, "piece-names": empty, sketch: empty, faults: empty }, (c) => [
      { id: "within", type: "line", source: "within",
        paint: { "line-color": c("faded"), "line-width": 1.5, "line-dasharray": [3, 2] } },
      { id: "pieces", type: "fill", source: "pieces", paint: { "fill-color": c("lake"),
        "fill-opacity": ["case", ["get", "chosen"], 0.4, 0.1] } },
      { id: "piece-lines", type: "line", source: "pieces", paint: { "line-color": c("ink"), "line-width": 1.5 } },
      { id: "faults", type: "circle", source: "faults", paint: { "circle-radius": 9, "circle-color": c("amber"),
        "circle-opacity": 0.35, "circle-stroke-color": c("amber"), "circle-stroke-width": 2.5 } },
      { id: "sketch-line", type: "line", source: "sketch", paint: { "line-color": c("lake-deep"), "line-width": 3 } },
      { id: "sketch-places", type: "circle", source: "sketch", filter: ["==", ["geometry-type"], "Point"],
        paint: { "circle-radius": 6, "circle-color": c("raised"), "circle-stroke-color": c("lake-deep"), "circle-stroke-width": 3 } },
    ]);
    town.add({}, (c) => [town.text("piece-names", "piece-names", ["get", "text"], c, { size: 13 })]);

    const rings = ({ type, coordinates }) => (type === "Polygon" ? coordinates : coordinates.flat());
    const cornersOf = (pieces) => {
      const found = new Map();
      for (const piece of pieces) {
        for (const ring of rings(piece.geometry)) {
          for (const at of ring.slice(0, -1)) found.set(at.map((n) => n.toFixed(7)).join(), at);
        }
      }
      return [...found.values()];
    };
    const near = ({ x, y }) => {
      let best = null;
      let least = SNAP;
      for (const at of cornersOf(sheet.pieces)) {
        const there = map.project(at);
        const far = Math.hypot(there.x - x, there.y - y);
        if (far < least) [best, least] = [at, far];
      }
      return best;
    };
    const rounded = ({ lng, lat }) => [Number(lng.toFixed(7)), Number(lat.toFixed(7))];

    drawing = {
      draw: () => {
        town.put("pieces", sheet.pieces.map((piece) => feature(piece.geometry, { code: piece.code, chosen: chosen.has(piece.code) })));
        town.put("piece-names", sheet.pieces.map((piece) => {
          const [west, south, east, north] = boundsOf([piece]);
          return point([(west + east) / 2, (south + north) / 2], { text: `${nameOf(piece)}\n${mu(piece.mu)}` });
        }));
        town.put("faults", sheet.faults.filter(({ at }) => at).map(({ at }) => point(at, {})));
        drawing.corners();
      },
      sketch: () => {
        const closed = mode === "carve" && line.length > 2 ? [...line, line[0]] : line;
        town.put("sketch", [...line.map((at) => point(at, {})),
          ...(closed.length > 1 ? [feature({ type: "LineString", coordinates: closed })] : [])]);
      },
      mode: () => {
        element.classList.toggle("drawing", mode === "cut" || mode === "carve");
        map.doubleClickZoom[mode === "choose" ? "enable" : "disable"]();
        drawing.corners();
      },
      corners: () => {
        for (const mark of marks) mark.remove();
        marks = [];
        if (mode !== "corners") return;
        const pieces = chosen.size ? sheet.pieces.filter(({ code }) => chosen.has(code)) : sheet.pieces;
        for (const at of cornersOf(pieces).slice(0, 400)) corner(at);
      },
      go: (at) => map.easeTo({ center: at, zoom: Math.max(map.getZoom(), 16) }),
    };

    const corner = (at) => {
      const handle = made("button", { type: "button", className: "cut-corner", ariaLabel: at.join(", ") });
      const mark = new maplibregl.Marker({ element: handle, draggable: true }).setLngLat(at).addTo(map);
      const drop = () => operate({ kind: "move", line: [at, rounded(mark.getLngLat())] });
      mark.on("dragend", drop);
      handle.addEventListener("keydown", (event) => {
        const step = { ArrowLeft: [-4, 0], ArrowRight: [4, 0], ArrowUp: [0, -4], ArrowDown: [0, 4] }[event.key];
        if (step) {
          const { x, y } = map.project(mark.getLngLat());
          mark.setLngLat(map.unproject([x + step[0], y + step[1]]));
        } else if (event.key === "Enter") drop();
        else return;
        event.preventDefault();
        event.stopPropagation();
      });
      marks.push(mark);
    };

    map.on("click", (event) => {
      if (isBusy) return;
      if (mode === "cut" || mode === "carve") {
        line = [...line, near(event.point) ?? rounded(event.lngLat)];
        part("line").hidden = false;
        drawing.sketch();
        return;
      }
      const [hit] = map.queryRenderedFeatures(event.point, { layers: ["pieces"] });
      if (hit) choose(hit.properties.code);
    });
    map.on("dblclick", (event) => {
      if (mode !== "cut" && mode !== "carve") return;
      event.preventDefault();
      line = line.slice(0, -1); // the second click of the two
      finish();
    });
    drawing.draw();
    drawing.mode();
    town.fit(boundsOf(sheet.pieces.length ? sheet.pieces : [feature(within)]), { zoom: 17, padding: 32, animate: false });
    return town;
  };

  root.hidden = false;
  show(opened);
  say(words.choosing);
})();

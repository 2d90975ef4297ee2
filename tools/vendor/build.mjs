// Puts the front-end libraries into the package: `npm ci && node build.mjs` (`make vendor`).
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const OUT = new URL("../../src/linli/web/static/vendor/", import.meta.url).pathname;
const IN = new URL("node_modules/", import.meta.url).pathname;
const LIBRARIES = ["@alpinejs/csp", "echarts", "htmx.org", "lucide-static", "maplibre-gl"];

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
for (const name of ["echarts", "alpine"]) {
  await build({
    entryPoints: [new URL(`${name}.js`, import.meta.url).pathname],
    outfile: `${OUT}${name}.js`, bundle: true, minify: true, format: "iife",
    target: "es2020", legalComments: "none",
  });
}
await cp(`${IN}htmx.org/dist/htmx.min.js`, `${OUT}htmx.js`);
// The build for strict policies: its worker is a file of its own, not a blob.
for (const [from, to] of [
  ["maplibre-gl-csp.js", "maplibre.js"],
  ["maplibre-gl-csp-worker.js", "maplibre-worker.js"],
  ["maplibre-gl.css", "maplibre.css"],
]) {
  const text = await readFile(`${IN}maplibre-gl/dist/${from}`, "utf8");
  await writeFile(`${OUT}${to}`, text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"));
}
for (const [name, file] of [
  ["htmx", "htmx.org/LICENSE"], ["lucide", "lucide-static/LICENSE"], ["echarts", "echarts/LICENSE"], ["echarts-notice", "echarts/NOTICE"],
  ["maplibre", "maplibre-gl/LICENSE.txt"],
]) await cp(IN + file, `${OUT}licences/${name}.txt`);
// One file of symbols; a page draws one with `{% icon "home" %}`.
const ICONS = `arrow-right bell book-open building-2 calendar camera check chevron-down chevron-right
circle-help clock download ellipsis eye factory fast-forward file filter flame gavel hand handshake
heart-handshake history house image inbox key-round keyboard languages layers lightbulb link list
list-checks locate lock log-out map map-pin menu merge message-circle messages-square monitor
moon network pause pencil phone play plus printer refresh-cw rewind route scale scroll-text search
send settings shield square-pen star sun tag thumbs-down thumbs-up trash-2 triangle-alert trophy undo-2
upload user users wrench x zap`.split(/\s+/);
const symbols = [];
for (const name of ICONS) {
  const svg = await readFile(`${IN}lucide-static/icons/${name}.svg`, "utf8");
  const inner = svg.replace(/<!--[^]*?-->/, "").match(/<svg[^>]*>([^]*)<\/svg>/)[1];
  symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s*\n\s*/g, "")}</symbol>`);
}
await writeFile(`${OUT}icons.svg`, `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`);
const versions = {};
for (const name of LIBRARIES) {
  const about = JSON.parse(await readFile(`${IN}${name}/package.json`, "utf8"));
  versions[name] = { version: about.version, licence: about.license };
}
await writeFile(`${OUT}versions.json`, `${JSON.stringify(versions, null, 2)}\n`);

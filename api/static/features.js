/* The map of a features page: what the table lists, drawn from the data in the page. */
import * as L from "/assets/leaflet/dist/leaflet-src.esm.js";

const drawn = JSON.parse(document.getElementById("drawn").textContent);
const { options, features } = drawn;
const touch = window.matchMedia("(pointer: coarse)").matches;

const map = L.map("map", {
  zoomControl: false,
  zoomSnap: 0.5,
  maxZoom: 19,
  attributionControl: false,
  scrollWheelZoom: !touch,
});
L.control
  .zoom({ zoomInTitle: options.words.zoom_in, zoomOutTitle: options.words.zoom_out })
  .addTo(map);
L.control.scale({ imperial: false }).addTo(map);
map.createPane("outlines").style.zIndex = 350;

const places = new Map();
const style = (feature) => {
  const symbol = options.symbols[options.index[feature.place]];
  return feature.geometry.type.includes("Line") ? { ...symbol, fill: false } : symbol;
};
features.forEach((feature, place) => (feature.place = place));
const layer = L.geoJSON(
  { type: "FeatureCollection", features: features.filter((feature) => feature.geometry) },
  {
    style,
    pointToLayer: (feature, at) => L.circleMarker(at, style(feature)),
    onEachFeature: (feature, shape) => places.set(feature.place, shape),
  },
).addTo(map);

/* What is too small to be seen at this zoom gets a dot. */
const dots = L.layerGroup().addTo(map);

function dot() {
  dots.clearLayers();
  for (const [place, shape] of places) {
    if (!shape.getBounds) continue;
    const box = shape.getBounds();
    const from = map.latLngToLayerPoint(box.getSouthWest());
    const to = map.latLngToLayerPoint(box.getNorthEast());
    if (Math.max(to.x - from.x, from.y - to.y) > 10) continue;
    const look = style(shape.feature);
    const colour = look.fillColor ?? look.color;
    L.circleMarker(box.getCenter(), { radius: 5, weight: 1.5, color: look.color ?? colour, fillColor: colour, fillOpacity: 0.9 })
      .on("mouseover", () => mark(place, true))
      .on("mouseout", () => mark(place, false))
      .on("click", () => row(place)?.querySelector("a")?.click())
      .addTo(dots);
  }
}

const row = (place) => document.querySelector(`tr[data-feature="${place}"]`);

function mark(place, on) {
  const shape = places.get(place);
  row(place)?.classList.toggle("marked", on);
  if (!shape) return;
  const accent = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
  if (on) {
    shape.setStyle({ stroke: true, color: accent, weight: 4 });
    shape.bringToFront();
  } else {
    shape.setStyle(style(shape.feature));
  }
}

layer.on("mouseover", (event) => mark(event.layer.feature.place, true));
layer.on("mouseout", (event) => mark(event.layer.feature.place, false));
layer.on("click", (event) => row(event.layer.feature.place)?.querySelector("a")?.click());
document.querySelectorAll("tr[data-feature]").forEach((line) => {
  const place = Number(line.dataset.feature);
  for (const [name, on] of [["mouseenter", true], ["focusin", true], ["mouseleave", false], ["focusout", false]]) {
    line.addEventListener(name, () => mark(place, on));
  }
});

const bounds = layer.getBounds();
/* A point alone is shown with the tambons around it; a shape alone has a form to look at. */
const point = bounds.isValid() && bounds.getNorthEast().equals(bounds.getSouthWest());
const closest = options.closest ?? (point ? 11.5 : features.length > 1 ? 15 : 16.5);
if (bounds.isValid()) map.fitBounds(bounds, { padding: [24, 24], maxZoom: closest });
else map.setView([13.5, 101], 5);

/* Thin borders around, so that one sees where this is: provinces, districts or tambons. */
const around = L.geoJSON(null, {
  pane: "outlines",
  interactive: false,
  style: { className: "outline", weight: 1, fill: false },
}).addTo(map);

/* A name is written where there is room for it. */
function write(shape) {
  const box = shape.getBounds();
  const width = map.latLngToLayerPoint(box.getNorthEast()).x - map.latLngToLayerPoint(box.getSouthWest()).x;
  const name = document.createElement("span");
  name.textContent = shape.feature.properties[options.name] ?? "";
  if (width < 14 * name.textContent.length) return;
  shape.bindTooltip(name, { permanent: true, direction: "center", className: "outline-name", interactive: false });
}
let asked = null;

async function outline() {
  const zoom = map.getZoom();
  const address = options.outlines[zoom < 8.5 ? 0 : zoom < 11 ? 1 : 2] ?? options.outlines.at(-1);
  if (!address) return;
  const box = map.getBounds().pad(0.1);
  const sides = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()];
  const inside = sides.map((side, i) => Math.min(Math.max(side, i % 2 ? -90 : -180), i % 2 ? 90 : 180));
  const query = new URLSearchParams({ f: "geojson", limit: 80, properties: `code,${options.name}`, bbox: inside.map((side) => side.toFixed(3)) });
  const request = (asked = `${address}?${query}`);
  const answer = await fetch(request);
  if (!answer.ok || asked !== request) return;
  const found = await answer.json();
  around.clearLayers().addData(found.features.filter((feature) => feature.geometry));
  around.eachLayer(write);
}

map.on("zoomend", dot);
dot();
map.on("moveend", outline);
outline();

/* Offer the view as a filter once the reader has moved it. */
const search = document.getElementById("search-here");
if (options.search) {
  map.on("dragend zoomend", () => {
    const box = map.getBounds();
    const address = new URL(options.search);
    const sides = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()];
    address.searchParams.set("bbox", sides.map((side) => side.toFixed(5)).join(","));
    search.href = address;
    search.hidden = false;
  });
}

window.phumiMap = map;

/* Layers of a map: geometry on one canvas, details on demand. All text enters as text, never as
   markup. A wording is a string, or a pair [Thai, English]. */
(function () {
  "use strict";
  const phumi = (window.phumi = window.phumi || {});

  phumi.say = (map, wording) =>
    Array.isArray(wording) ? wording[map.phumi.language === "en" ? 1 : 0] : wording;

  phumi.el = function (tag, className, text) {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined && text !== null) node.textContent = text;
    return node;
  };

  phumi.narrow = () => window.matchMedia("(max-width: 640px)").matches;

  /* options: language, words, outlines (corners of point shapes), title, notices */
  phumi.setUp = function (map, options) {
    map.phumi = Object.assign({ overlays: [] }, options);
    // A finger needs a wider target than a mouse.
    const touch = window.matchMedia("(pointer: coarse)").matches;
    map.options.renderer = L.canvas({ padding: 0.5, tolerance: touch ? 8 : 3 });
    map.on("zoomend", () => phumi.refresh(map));
    const [zoomInTitle, zoomOutTitle] = ["zoom_in", "zoom_out"].map(
      (word) => options.words[word][options.language === "en" ? 1 : 0]
    );
    L.control.zoom({ zoomInTitle, zoomOutTitle }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    phumi.setLanguage(map, options.language);
    // A canvas takes the pointer from links under it; keys still have to close what they opened.
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key === "Escape") map.closePopup();
    });
  };

  phumi.setLanguage = function (map, language) {
    map.phumi.language = language;
    document.documentElement.lang = language;
    if (map.phumi.title) document.title = phumi.say(map, map.phumi.title);
    map.closePopup();
    map.fire("phumi:language");
  };

  phumi.inRange = (map, overlay) =>
    map.getZoom() >= overlay.spec.zoom[0] && map.getZoom() <= overlay.spec.zoom[1];

  /* Show what is wanted and in range, in drawing order. */
  phumi.refresh = function (map) {
    let changed = false;
    map.phumi.overlays.forEach((overlay) => {
      const show = overlay.wanted && phumi.inRange(map, overlay);
      if (show === map.hasLayer(overlay.layer)) return;
      changed = true;
      if (show) overlay.layer.addTo(map);
      else map.removeLayer(overlay.layer);
    });
    if (changed) {
      map.phumi.overlays
        .filter((overlay) => map.hasLayer(overlay.layer))
        .sort((a, b) => a.spec.order - b.spec.order)
        .forEach((overlay) => overlay.layer.bringToFront());
    }
    map.fire("phumi:layers");
  };

  function scale(map) {
    const [[low, small], [high, full]] = map.phumi.scale;
    const way = (map.getZoom() - low) / (high - low);
    return small + (full - small) * Math.min(1, Math.max(0, way));
  }

  phumi.PointMarker = L.CircleMarker.extend({
    _project() {
      const { options } = this;
      const factor = scale(this._map);
      this._fullWeight = this._fullWeight ?? options.weight;
      this._radius = options.radius * factor;
      options.weight = this._fullWeight * factor;
      L.CircleMarker.prototype._project.call(this);
    },

    _updatePath() {
      const corners = this._map.phumi.outlines[this.options.shape];
      if (corners && this._renderer._updateOutline) this._renderer._updateOutline(this, corners);
      else this._renderer._updateCircle(this);
    },
  });

  L.Canvas.include({
    _updateOutline(layer, corners) {
      if (!this._drawing || layer._empty()) return;
      const { x, y } = layer._point;
      this._ctx.beginPath();
      corners.forEach(([cx, cy]) => this._ctx.lineTo(x + cx * layer._radius, y + cy * layer._radius));
      this._ctx.closePath();
      this._fillStroke(this._ctx, layer);
    },
  });

  const collection = (spec) => ({
    type: "FeatureCollection",
    features: spec.features.map(([type, coordinates, symbol, values]) => ({
      type: "Feature",
      geometry: { type, coordinates },
      properties: { symbol, values },
    })),
  });

  phumi.value = function (map, spec, values, field) {
    if (field === null || field === undefined || values[field] < 0) return null;
    return phumi.say(map, spec.fields[field].pool[values[field]]);
  };

  function details(map, spec, { values }) {
    const box = phumi.el("div", "phumi-details");
    box.append(phumi.el("div", "phumi-kind", phumi.say(map, spec.title)));
    const title = phumi.value(map, spec, values, spec.heading);
    if (title) box.append(phumi.el("h2", "", title));
    const table = phumi.el("table");
    spec.popup.forEach((field) => {
      const value = phumi.value(map, spec, values, field);
      if (value === null) return;
      const row = table.insertRow();
      const head = phumi.el("th", "", phumi.say(map, spec.fields[field].label));
      head.scope = "row";
      row.append(head, phumi.el("td", "", value));
    });
    box.append(table);
    if (spec.caution) box.append(phumi.el("p", "phumi-caution", phumi.say(map, spec.caution)));
    return box;
  }

  phumi.overlay = function (map, spec) {
    const layer = L.geoJSON(collection(spec), {
      style: (feature) => spec.symbols[feature.properties.symbol],
      pointToLayer: (feature, latlng) =>
        new phumi.PointMarker(latlng, spec.symbols[feature.properties.symbol]),
    });
    layer.bindTooltip(
      (path) => {
        const name = phumi.value(map, spec, path.feature.properties.values, spec.hover);
        return phumi.el("span", "", name || phumi.say(map, spec.title));
      },
      { sticky: true, direction: "top", offset: [0, -6], opacity: 1 }
    );
    layer.bindPopup((path) => details(map, spec, path.feature.properties), {
      maxWidth: phumi.narrow() ? 290 : 340,
      minWidth: 220,
      maxHeight: Math.min(380, window.innerHeight * 0.55),
      autoPanPaddingTopLeft: [58, 12],
    });
    layer.on("popupopen", () => layer.closeTooltip());
    map.phumi.overlays.push({ spec, layer, wanted: spec.visible });
    return layer;
  };
})();

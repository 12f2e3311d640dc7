/* Names beside features: the most important first, never one upon another. */
(function () {
  "use strict";
  const LIMIT = 250; // more than this is not read by anyone and slows the map
  const HEIGHT = 18;

  const within = (map, [low, high]) => map.getZoom() >= low && map.getZoom() <= high;
  const clash = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

  phumi.Labels = L.Layer.extend({
    onAdd(map) {
      const pane = map.getPane("labels") || map.createPane("labels");
      pane.style.zIndex = 450;
      pane.style.pointerEvents = "none";
      this._box = phumi.el("div", "phumi-labels", null);
      pane.append(this._box);
      this._pen = document.createElement("canvas").getContext("2d");
      map.on("moveend phumi:layers phumi:language", this._place, this);
      this._place();
    },

    onRemove(map) {
      map.off("moveend phumi:layers phumi:language", this._place, this);
      this._box.remove();
    },

    _place() {
      const map = this._map;
      const taken = [];
      this._box.replaceChildren();
      map.phumi.overlays
        .filter(({ spec, layer }) => spec.label && map.hasLayer(layer) && within(map, spec.label.zoom))
        .sort((a, b) => b.spec.label.strong - a.spec.label.strong || b.spec.order - a.spec.order)
        .forEach(({ spec }) => this._placeLayer(spec, taken));
    },

    _placeLayer(spec, taken) {
      const map = this._map;
      const bounds = map.getBounds();
      const { field, strong, points, lift } = spec.label;
      this._pen.font = `${strong ? 600 : 400} 14px Sarabun, sans-serif`;
      points.forEach((point, i) => {
        if (taken.length >= LIMIT || !point) return;
        const latlng = L.latLng(point[1], point[0]);
        const text = bounds.contains(latlng) && phumi.value(map, spec, spec.features[i][3], field);
        if (!text) return;
        const at = map.latLngToLayerPoint(latlng).subtract([0, lift]);
        const half = this._pen.measureText(text).width / 2 + 3;
        const box = [at.x - half, at.y - HEIGHT / 2, at.x + half, at.y + HEIGHT / 2];
        if (taken.some((other) => clash(box, other))) return;
        taken.push(box);
        const node = phumi.el("span", strong ? "strong" : "", text);
        L.DomUtil.setPosition(node, at.round());
        this._box.append(node);
      });
    },
  });
})();

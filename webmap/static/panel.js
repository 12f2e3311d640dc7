/* The panel: layers in groups, each with its legend; on a phone a sheet at the bottom. */
(function () {
  "use strict";
  const el = phumi.el;

  phumi.Panel = L.Control.extend({
    options: { position: "topright" },

    onAdd(map) {
      this._root = el("section", "phumi-panel");
      L.DomEvent.disableClickPropagation(this._root).disableScrollPropagation(this._root);
      this._open = !phumi.narrow();
      this._unfolded = new Set(map.phumi.overlays.filter((o) => o.wanted).map((o) => o.spec.id));
      map.on("phumi:language", this._render, this);
      map.on("phumi:layers", this._mark, this);
      this._render();
      return this._root;
    },

    onRemove(map) {
      map.off("phumi:language", this._render, this).off("phumi:layers", this._mark, this);
    },

    _say(wording) {
      return phumi.say(this._map, wording);
    },

    _render() {
      const { words } = this._map.phumi;
      this._rows = [];
      this._root.setAttribute("aria-label", this._say(words.panel));
      this._root.classList.toggle("closed", !this._open);
      const body = el("div", "phumi-body");
      body.id = "phumi-body";
      body.hidden = !this._open;
      this._groups().forEach(([title, overlays]) => {
        body.append(el("h3", "", this._say(title)));
        overlays.forEach((overlay) => body.append(this._row(overlay)));
      });
      if (!this._rows.length) body.append(el("p", "phumi-empty", this._say(words.empty)));
      this._map.phumi.notices.forEach((notice) =>
        body.append(el("p", "phumi-notice", this._say(notice)))
      );
      this._root.replaceChildren(this._head(body), body);
      this._mark();
    },

    _head(body) {
      const { words, title, language } = this._map.phumi;
      const head = el("header");
      const toggle = el("button", "phumi-toggle");
      toggle.type = "button";
      toggle.append(el("span", "phumi-title", this._say(title || words.panel)), el("span", "phumi-caret"));
      toggle.setAttribute("aria-expanded", this._open);
      toggle.setAttribute("aria-controls", body.id);
      toggle.addEventListener("click", () => {
        this._open = !this._open;
        this._render();
        this._root.querySelector(".phumi-toggle").focus();
      });
      const other = language === "en" ? "th" : "en";
      const change = el("button", "phumi-language", other === "en" ? "English" : "ไทย");
      change.type = "button";
      change.lang = other;
      change.addEventListener("click", () => phumi.setLanguage(this._map, other));
      head.append(toggle, change);
      return head;
    },

    _groups() {
      const groups = new Map();
      this._map.phumi.overlays.forEach((overlay) => {
        const name = overlay.spec.group[0];
        if (!groups.has(name)) groups.set(name, [overlay.spec.group, []]);
        groups.get(name)[1].push(overlay);
      });
      return [...groups.values()];
    },

    _row(overlay) {
      const { spec } = overlay;
      const row = el("div", "phumi-layer");
      row.dataset.layer = spec.id;
      const label = el("label");
      const box = el("input");
      box.type = "checkbox";
      box.checked = overlay.wanted;
      box.addEventListener("change", () => {
        overlay.wanted = box.checked;
        if (box.checked && !this._unfolded.has(spec.id)) this._fold(spec.id, row);
        phumi.refresh(this._map);
      });
      label.append(box);
      if (spec.legend.swatch) label.append(this._swatch(spec.legend.swatch));
      label.append(el("span", "phumi-name", this._say(spec.legend.title)));
      label.append(el("span", "phumi-count", spec.features.length.toLocaleString("en-US")));
      const line = el("div", "phumi-line");
      line.append(label);
      row.append(line);
      if (spec.legend.groups.length) line.append(this._folder(spec, row));
      row.append(el("p", "phumi-hint"));
      row.append(this._legend(spec));
      this._rows.push([overlay, row]);
      return row;
    },

    _folder(spec, row) {
      const button = el("button", "phumi-fold");
      button.type = "button";
      button.setAttribute("aria-label", `${this._say(this._map.phumi.words.legend)}: ${this._say(spec.title)}`);
      button.addEventListener("click", () => this._fold(spec.id, row));
      return button;
    },

    _fold(id, row) {
      if (!this._unfolded.delete(id)) this._unfolded.add(id);
      this._markRow(id, row);
    },

    _legend(spec) {
      const box = el("div", "phumi-legend");
      if (spec.legend.note) box.append(el("p", "phumi-note", this._say(spec.legend.note)));
      spec.legend.groups.forEach((group) => {
        if (group.heading) box.append(el("h4", "", this._say(group.heading)));
        const list = el("ul");
        group.entries.forEach((entry) => {
          const item = el("li");
          item.append(this._swatch(entry.swatch), el("span", "phumi-name", this._say(entry.label)));
          item.append(el("span", "phumi-count", entry.count.toLocaleString("en-US")));
          list.append(item);
        });
        box.append(list);
      });
      return box;
    },

    /* Swatches are drawn by the program from checked numbers and colours; no user text is in them. */
    _swatch(svg) {
      const box = el("span", "phumi-swatch");
      box.innerHTML = svg;
      return box;
    },

    _mark() {
      this._rows.forEach(([overlay, row]) => {
        row.classList.toggle("far", overlay.wanted && !phumi.inRange(this._map, overlay));
        const { nearer, farther } = this._map.phumi.words;
        const tooFar = this._map.getZoom() < overlay.spec.zoom[0];
        row.querySelector(".phumi-hint").textContent = this._say(tooFar ? nearer : farther);
        row.classList.toggle("off", !overlay.wanted);
        this._markRow(overlay.spec.id, row);
      });
    },

    _markRow(id, row) {
      const open = this._unfolded.has(id);
      row.classList.toggle("folded", !open);
      const button = row.querySelector(".phumi-fold");
      if (button) button.setAttribute("aria-expanded", open);
    },
  });

  phumi.finish = function (map) {
    new phumi.Labels().addTo(map);
    const panel = new phumi.Panel().addTo(map).getContainer();
    // What is shown should lie beside the panel, not under it.
    const wide = map.getSize().x > 2.5 * panel.offsetWidth;
    const room = phumi.narrow() ? [16, 70] : [wide ? panel.offsetWidth + 28 : 16, 16];
    const view = { paddingTopLeft: [16, 16], paddingBottomRight: room, animate: false };
    map.fitBounds(map.phumi.bounds, view);
    const credit = () => {
      map.attributionControl.setPrefix('<a href="https://leafletjs.com">Leaflet</a>');
      const { attribution } = map.phumi;
      if (!attribution) return;
      attribution.forEach((text) => map.attributionControl.removeAttribution(text));
      map.attributionControl.addAttribution(phumi.say(map, attribution));
    };
    map.on("phumi:language", credit);
    credit();
    phumi.refresh(map);
    if (document.fonts) document.fonts.ready.then(() => map.fire("phumi:layers"));
  };
})();

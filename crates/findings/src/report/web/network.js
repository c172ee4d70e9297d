"use strict";
// A network that can be moved, zoomed, searched with the keyboard and saved. Positions come with the data:
// { nodes: [[x, y, group or null, filled, name, key or null]], links: [[a, b]], hues: [degrees by group] }.
class Network {
  constructor(root, data, { groupName, open }) {
    Object.assign(this, data, { root, groupName, open });
    this.canvas = root.querySelector("canvas");
    this.filter = root.querySelector("select");
    this.told = root.querySelector("output");
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.view = { x: 0, y: 0, scale: 1 };
    this.chosen = null;
    this.near = this.nodes.map(() => []);
    for (const [a, b] of this.links) { this.near[a].push(b); this.near[b].push(a); }
    // Names are written in this order, as far as there is room: those with most neighbours first.
    this.order = this.nodes.map((_, n) => n).sort((a, b) => this.nodes[b][3] - this.nodes[a][3] || this.near[b].length - this.near[a].length || a - b);
    root.hidden = false;
    this.listen();
    this.resize();
  }

  listen() {
    const { canvas } = this;
    new ResizeObserver(() => this.resize()).observe(this.root);
    this.dark.addEventListener("change", () => this.draw());
    this.filter.addEventListener("change", () => this.show(this.filter.value));
    const does = {
      in: () => this.zoom(1.5),
      out: () => this.zoom(1 / 1.5),
      whole: () => this.show(""),
      svg: () => this.saveSvg(),
      png: () => this.savePng(),
    };
    for (const button of this.root.querySelectorAll("[data-do]")) button.addEventListener("click", does[button.dataset.do]);
    // The wheel moves the page until the picture is asked for.
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && document.activeElement !== canvas) return;
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 500), this.place(event));
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => this.key(event));
    this.pointers = new Map();
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => this.up(event, end));
    canvas.addEventListener("dblclick", (event) => this.zoom(2, this.place(event)));
  }

  // --- what is seen ---

  shows(n) { return this.filter.value === "" || String(this.nodes[n][2]) === this.filter.value; }

  show(group) {
    this.filter.value = group;
    this.chosen = null;
    this.fit();
    this.draw();
    this.tell();
  }

  resize() {
    const width = Math.max(200, Math.round(this.canvas.parentElement.clientWidth));
    const high = this.bounds(() => true).reduce((all, v, n) => all + [0, 0, -1, 1][n] * v, 0);
    const wide = this.bounds(() => true).reduce((all, v, n) => all + [-1, 1, 0, 0][n] * v, 0);
    // As high as the whole network needs at this width, within reason.
    const height = Math.round(Math.min(760, Math.max(width * 0.5, 260, Math.min(width * 1.3, (high / (wide + 1)) * width + 60))));
    if (this.width === width && this.height === height) return;
    [this.width, this.height] = [width, height];
    const dots = Math.min(3, devicePixelRatio || 1);
    this.canvas.style.height = `${height}px`;
    [this.canvas.width, this.canvas.height] = [width * dots, height * dots];
    this.dots = dots;
    this.fit();
    this.draw();
    this.tell();
  }

  bounds(counts) {
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    this.nodes.forEach(([x, y], n) => {
      if (!counts(n)) return;
      left = Math.min(left, x); right = Math.max(right, x);
      top = Math.min(top, y); bottom = Math.max(bottom, y);
    });
    return [left, right, top, bottom];
  }

  fit() {
    const [left, right, top, bottom] = this.bounds((n) => this.shows(n));
    if (left > right) return;
    const edge = 52;
    const scale = Math.min(6, (this.width - edge) / (right - left + 1), (this.height - edge) / (bottom - top + 1));
    this.view = { scale, x: this.width / 2 - (scale * (left + right)) / 2, y: this.height / 2 - (scale * (top + bottom)) / 2 };
  }

  at(n) { return [this.view.x + this.view.scale * this.nodes[n][0], this.view.y + this.view.scale * this.nodes[n][1]]; }

  zoom(factor, [x, y] = [this.width / 2, this.height / 2]) {
    const scale = Math.max(0.02, Math.min(40, this.view.scale * factor));
    this.view.x = x - ((x - this.view.x) * scale) / this.view.scale;
    this.view.y = y - ((y - this.view.y) * scale) / this.view.scale;
    this.view.scale = scale;
    this.draw();
  }

  pan(x, y) { this.view.x += x; this.view.y += y; this.draw(); }

  // --- what is drawn ---

  draw() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      const pen = this.canvas.getContext("2d");
      pen.setTransform(this.dots, 0, 0, this.dots, 0, 0);
      pen.clearRect(0, 0, this.width, this.height);
      this.paint(new Pen(pen), this.dark.matches);
    });
  }

  colour(group, dark) {
    return group === null ? (dark ? "#8b949e" : "#6e7781") : `hsl(${this.hues[group]}, 65%, ${dark ? 62 : 40}%)`;
  }

  radius() { return Math.max(2.5, Math.min(8, 4.2 * Math.sqrt(this.view.scale))); }

  paint(pen, dark) {
    const ink = dark ? "#e6edf3" : "#1b1f24";
    const faint = this.links.length > 5000 ? 0.14 : 0.35;
    const lit = this.chosen === null ? null : new Set([this.chosen, ...this.near[this.chosen]]);
    for (const [a, b] of this.links) {
      if (!this.shows(a) || !this.shows(b)) continue;
      const same = this.nodes[a][2] === this.nodes[b][2];
      const strong = a === this.chosen || b === this.chosen;
      pen.line(...this.at(a), ...this.at(b), strong ? ink : this.colour(same ? this.nodes[a][2] : null, dark), strong ? 0.9 : lit ? faint / 2 : faint);
    }
    const size = this.radius();
    this.nodes.forEach((node, n) => {
      if (!this.shows(n)) return;
      const alpha = lit && !lit.has(n) ? 0.25 : 1;
      pen.dot(...this.at(n), n === this.chosen ? size * 1.6 : size, this.colour(node[2], dark), node[3], alpha);
    });
    this.names(pen, ink, dark ? "#0d1117" : "#ffffff", size, lit);
  }

  // Names, as many as do not lie on each other: who is chosen and their partners first.
  names(pen, ink, paper, size, lit) {
    const taken = [];
    const free = (box) => taken.every((t) => box[2] < t[0] || t[2] < box[0] || box[3] < t[1] || t[3] < box[1]);
    const first = lit ? [...lit] : [];
    const crowded = this.nodes.length > 60 && this.filter.value === "" && this.view.scale < 1.6;
    const rest = lit || crowded ? [] : this.order;
    let written = 0;
    for (const n of [...first, ...rest]) {
      if (!this.shows(n) || written >= 80) continue;
      const [x, y] = this.at(n);
      if (x < 0 || y < 0 || x > this.width || y > this.height) continue;
      const name = this.nodes[n][4].length > 34 ? `${this.nodes[n][4].slice(0, 33)}…` : this.nodes[n][4];
      const width = 7.2 * name.length;
      const from = x + size + 4 + width > this.width ? Math.max(2, x - size - 4 - width) : x + size + 4;
      const box = [from - 2, y - 8, from + width, y + 8];
      if (!free(box)) continue;
      taken.push(box);
      pen.text(name, from, y + 4, n === this.chosen ? "bold 13px" : "12.5px", ink, paper);
      written += 1;
    }
    if (crowded && !lit) this.numbers(pen, ink, paper);
  }

  // Where there is no room for names: the numbers of groups.
  numbers(pen, ink, paper) {
    const sums = new Map();
    this.nodes.forEach((node, n) => {
      if (node[2] === null || node[2] >= this.described) return;
      const [x, y] = this.at(n);
      const [left, right, top] = sums.get(node[2]) || [Infinity, -Infinity, Infinity];
      sums.set(node[2], [Math.min(left, x), Math.max(right, x), Math.min(top, y)]);
    });
    const above = this.radius() + 4;
    for (const [group, [left, right, top]] of sums) {
      const number = String(group + 1);
      pen.text(number, (left + right) / 2 - 4 * number.length, top - above, "bold 13px", ink, paper);
    }
  }

  // --- what is chosen ---

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  nearest([x, y], reach) {
    let [best, least] = [null, reach];
    this.nodes.forEach((_, n) => {
      if (!this.shows(n)) return;
      const [a, b] = this.at(n);
      const distance = Math.hypot(a - x, b - y);
      if (distance < least) [best, least] = [n, distance];
    });
    return best;
  }

  choose(n) {
    this.chosen = n;
    this.draw();
    this.tell();
  }

  tell() {
    const { told } = this;
    told.textContent = "";
    if (this.chosen === null) {
      const seen = this.nodes.filter((_, n) => this.shows(n)).length;
      told.textContent = `${seen} ${seen === 1 ? "account" : "accounts"} drawn`;
      return;
    }
    const [, , group, filled, name] = this.nodes[this.chosen];
    const strong = document.createElement("b");
    const bdi = document.createElement("bdi");
    bdi.textContent = name;
    strong.append(bdi);
    const partners = this.near[this.chosen].length;
    told.append(strong, ` · ${filled ? "established" : "connected"} · ${group === null ? "no campaign" : this.groupName(group)} · ${partners} ${partners === 1 ? "edge" : "edges"} drawn `);
    const way = this.open(this.nodes[this.chosen]);
    if (!way) return;
    const link = document.createElement("a");
    link.href = way;
    link.textContent = "posts and evidence";
    told.append(link);
  }

  // --- hands ---

  down(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.place(event));
    this.moved = this.pointers.size > 1;
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    const now = this.place(event);
    if (!before) {
      const near = this.nearest(now, 12);
      this.canvas.title = near === null ? "" : this.nodes[near][4];
      this.canvas.classList.toggle("on", near !== null);
      return;
    }
    if (this.pointers.size === 2) {
      const [, other] = [...this.pointers].find(([id]) => id !== event.pointerId);
      const apart = (p) => Math.max(8, Math.hypot(p[0] - other[0], p[1] - other[1]));
      const middle = [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2];
      this.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
      this.zoom(apart(now) / apart(before), middle);
    } else if (this.moved || Math.hypot(now[0] - before[0], now[1] - before[1]) > 5) {
      this.moved = true;
      this.pan(now[0] - before[0], now[1] - before[1]);
    } else return;
    this.pointers.set(event.pointerId, now);
  }

  up(event, kind) {
    const was = this.pointers.delete(event.pointerId);
    if (!was || this.moved || kind === "pointercancel") return;
    const reach = event.pointerType === "touch" ? 26 : 12;
    const near = this.nearest(this.place(event), reach);
    if (near !== null && near === this.chosen) this.go();
    else this.choose(near);
  }

  go() {
    const way = this.chosen === null ? null : this.open(this.nodes[this.chosen]);
    if (way) location.hash = way;
  }

  key(event) {
    const step = 40;
    const seen = () => this.nodes.map((_, n) => n).filter((n) => this.shows(n));
    const next = (by) => {
      const all = seen();
      if (all.length === 0) return;
      const at = this.chosen === null ? (by > 0 ? -1 : 0) : all.indexOf(this.chosen);
      this.choose(all[(at + by + all.length) % all.length]);
    };
    const does = {
      ArrowLeft: () => this.pan(step, 0), ArrowRight: () => this.pan(-step, 0),
      ArrowUp: () => this.pan(0, step), ArrowDown: () => this.pan(0, -step),
      "+": () => this.zoom(1.3), "=": () => this.zoom(1.3), "-": () => this.zoom(1 / 1.3),
      0: () => this.show(""), n: () => next(1), p: () => next(-1),
      Enter: () => this.go(), Escape: () => this.choose(null),
    }[event.key];
    if (!does || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    does();
  }

  // --- files ---

  svg() {
    const pen = new SvgPen();
    this.paint(pen, false);
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}"><rect width="100%" height="100%" fill="#ffffff"/>${pen.parts.join("")}</svg>`;
  }

  saveSvg() { this.save(new Blob([this.svg()], { type: "image/svg+xml" }), "network.svg"); }

  savePng() {
    const copy = document.createElement("canvas");
    [copy.width, copy.height] = [this.width * 2, this.height * 2];
    const pen = copy.getContext("2d");
    pen.scale(2, 2);
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, this.width, this.height);
    this.paint(new Pen(pen), false);
    copy.toBlob((blob) => this.save(blob, "network.png"), "image/png");
  }

  save(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
}

// Draws on a canvas.
class Pen {
  constructor(pen) { this.pen = pen; }

  line(x, y, a, b, colour, alpha) {
    const { pen } = this;
    pen.globalAlpha = alpha;
    pen.strokeStyle = colour;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(a, b);
    pen.stroke();
  }

  dot(x, y, size, colour, filled, alpha) {
    const { pen } = this;
    pen.globalAlpha = alpha;
    pen.fillStyle = pen.strokeStyle = colour;
    pen.lineWidth = 1.6;
    pen.beginPath();
    pen.arc(x, y, size, 0, 2 * Math.PI);
    if (filled) pen.fill(); else pen.stroke();
  }

  text(text, x, y, font, ink, paper) {
    const { pen } = this;
    pen.globalAlpha = 1;
    pen.font = `${font} system-ui, sans-serif`;
    pen.lineWidth = 3;
    pen.strokeStyle = paper;
    pen.fillStyle = ink;
    pen.strokeText(text, x, y);
    pen.fillText(text, x, y);
  }
}

// Draws the same as SVG.
class SvgPen {
  constructor() { this.parts = []; }

  line(x, y, a, b, colour, alpha) {
    this.parts.push(`<path d="M${x.toFixed(1)} ${y.toFixed(1)}L${a.toFixed(1)} ${b.toFixed(1)}" stroke="${colour}" stroke-opacity="${alpha}"/>`);
  }

  dot(x, y, size, colour, filled, alpha) {
    const fill = filled ? `fill="${colour}"` : `fill="none" stroke="${colour}" stroke-width="1.6"`;
    this.parts.push(`<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${size.toFixed(1)}" ${fill} opacity="${alpha}"/>`);
  }

  text(text, x, y, font, ink, paper) {
    const safe = text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
    const bold = font.startsWith("bold") ? ' font-weight="bold"' : "";
    this.parts.push(`<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-family="sans-serif" font-size="${parseFloat(font.replace("bold ", ""))}"${bold} fill="${ink}" stroke="${paper}" stroke-width="3" paint-order="stroke">${safe}</text>`);
  }
}

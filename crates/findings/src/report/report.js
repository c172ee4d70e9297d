"use strict";
(() => {
  const canvas = document.getElementById("network");
  if (!canvas) return;
  const { nodes, links } = JSON.parse(document.getElementById("graph").textContent);
  const filter = document.getElementById("filter");
  const told = document.getElementById("told");
  const pen = canvas.getContext("2d");
  const colour = (c) => (c === null ? "#8b949e" : `hsl(${(c * 137.508) % 360} 65% 50%)`);
  const view = { x: 0, y: 0, scale: 1 };

  const shows = (node) => filter.value === "" || String(node[2]) === filter.value;

  const fit = () => {
    const seen = nodes.filter(shows);
    if (seen.length === 0) return;
    const xs = seen.map((n) => n[0]), ys = seen.map((n) => n[1]);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    view.scale = Math.min(6, canvas.width / (right - left + 80), canvas.height / (bottom - top + 80));
    view.x = canvas.width / 2 - (view.scale * (left + right)) / 2;
    view.y = canvas.height / 2 - (view.scale * (top + bottom)) / 2;
  };

  const at = (node) => [view.x + view.scale * node[0], view.y + view.scale * node[1]];

  const draw = () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.lineWidth = 1;
    for (const [a, b] of links) {
      const visible = shows(nodes[a]) && shows(nodes[b]);
      if (!visible) continue;
      pen.globalAlpha = links.length > 5000 ? 0.12 : 0.3;
      pen.strokeStyle = nodes[a][2] === nodes[b][2] ? colour(nodes[a][2]) : "#8b949e";
      pen.beginPath();
      pen.moveTo(...at(nodes[a]));
      pen.lineTo(...at(nodes[b]));
      pen.stroke();
    }
    const size = Math.max(2.5, Math.min(7, 4 * view.scale));
    for (const node of nodes) {
      pen.globalAlpha = shows(node) ? 1 : 0.08;
      pen.beginPath();
      pen.arc(...at(node), size, 0, 2 * Math.PI);
      pen.fillStyle = pen.strokeStyle = colour(node[2]);
      if (node[3]) pen.fill();
      else { pen.lineWidth = 1.5; pen.stroke(); }
    }
    pen.globalAlpha = 1;
  };

  const choose = () => {
    let shown = 0;
    for (const section of document.querySelectorAll(".campaign")) {
      section.hidden = filter.value !== "" && section.dataset.campaign !== filter.value;
      if (!section.hidden) shown += 1;
    }
    const seen = nodes.filter(shows).length;
    told.textContent = `${seen} accounts drawn, ${shown} campaigns described`;
    fit();
    draw();
  };

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
  };

  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const [x, y] = place(event);
    const factor = Math.exp(-event.deltaY / 500);
    const scale = Math.max(0.05, Math.min(40, view.scale * factor));
    view.x = x - ((x - view.x) * scale) / view.scale;
    view.y = y - ((y - view.y) * scale) / view.scale;
    view.scale = scale;
    draw();
  }, { passive: false });

  let held = null;
  canvas.addEventListener("pointerdown", (event) => { held = place(event); canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointerup", () => { held = null; });
  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = place(event);
    if (held) {
      view.x += x - held[0];
      view.y += y - held[1];
      held = [x, y];
      draw();
      return;
    }
    const near = nodes.find((n) => { const [a, b] = at(n); return shows(n) && Math.hypot(a - x, b - y) < 8; });
    canvas.title = near ? near[4] : "";
  });

  // A link may ask for one campaign: report.html#campaign=2
  const asked = () => {
    const wanted = /^#campaign=(\d+)$/.exec(location.hash);
    if (wanted && filter.options[Number(wanted[1]) + 1]) filter.value = wanted[1];
    choose();
  };

  filter.addEventListener("change", choose);
  window.addEventListener("hashchange", asked);
  document.getElementById("reset").addEventListener("click", () => { filter.value = ""; choose(); });
  asked();
})();

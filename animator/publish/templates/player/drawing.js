// Canvases that are crisp on any screen, marks that tell runs apart, and the box that a pointer calls up.

const FONT = "Inter, system-ui, -apple-system, 'Segoe UI', sans-serif";

// A canvas that fills its figure's width; `paint(context, width, height)` draws in CSS pixels.
class Sheet {
  constructor(figure, label) {
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", label);
    figure.append(this.canvas);
    this.figure = figure;
  }

  size(height) {
    const width = Math.max(120, Math.floor(this.figure.clientWidth)), sharp = window.devicePixelRatio || 1;
    const changed = this.width !== width || this.height !== height || this.sharp !== sharp;
    if (changed) {
      Object.assign(this, { width, height, sharp });
      this.canvas.width = Math.round(width * sharp);
      this.canvas.height = Math.round(height * sharp);
      this.canvas.style.height = `${height}px`;
    }
    return changed;
  }

  begin() {
    const context = this.canvas.getContext("2d");
    context.setTransform(this.sharp, 0, 0, this.sharp, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    context.lineJoin = context.lineCap = "round";
    return context;
  }
}

function write(context, words, x, y, colour, { size = 12, weight = 400, align = "left", base = "middle", halo = "" } = {}) {
  context.font = `${weight} ${size}px ${FONT}`;
  context.textAlign = align;
  context.textBaseline = base;
  if (halo) {
    context.strokeStyle = halo;
    context.lineWidth = 3;
    context.globalAlpha = 0.75;
    context.strokeText(words, x, y);
    context.globalAlpha = 1;
  }
  context.fillStyle = colour;
  context.fillText(words, x, y);
}

function textWidth(context, words, size, weight = 400) {
  context.font = `${weight} ${size}px ${FONT}`;
  return context.measureText(words).width;
}

const CORNERS = {
  s: [4, 45], "^": [3, -90], D: [4, 0], v: [3, 90], "<": [3, 180], ">": [3, 0], p: [5, -90],
};

// The outline of a mark around (x, y): a letter of the film's shapes.
function mark(context, shape, x, y, radius) {
  context.beginPath();
  if (shape === "o") {
    context.arc(x, y, radius, 0, 2 * Math.PI);
  } else if (shape in CORNERS) {
    const [corners, turn] = CORNERS[shape];
    ring(context, x, y, corners, turn, () => radius * (corners === 3 ? 1.25 : 1.15));
  } else if (shape === "*") {
    ring(context, x, y, 10, -90, k => radius * (k % 2 ? 0.55 : 1.4));
  } else if (shape === "Y") {  // three arms, one of them up
    ring(context, x, y, 6, -90, k => radius * (k % 2 ? 0.6 : 1.4));
  } else {  // P and X: a cross, upright and lying
    const turn = shape === "X" ? 45 : 0, arm = radius * 1.15, half = radius * 0.42;
    const outline = [[half, arm], [half, half], [arm, half], [arm, -half], [half, -half], [half, -arm],
                     [-half, -arm], [-half, -half], [-arm, -half], [-arm, half], [-half, half], [-half, arm]];
    const c = Math.cos(turn * Math.PI / 180), s = Math.sin(turn * Math.PI / 180);
    outline.forEach(([u, v], k) => context[k ? "lineTo" : "moveTo"](x + c * u - s * v, y + s * u + c * v));
    context.closePath();
  }
}

function ring(context, x, y, corners, turn, radius) {
  for (let k = 0; k < corners; k++) {
    const angle = (turn + 360 * k / corners) * Math.PI / 180;
    context[k ? "lineTo" : "moveTo"](x + radius(k) * Math.cos(angle), y + radius(k) * Math.sin(angle));
  }
  context.closePath();
}

function stamp(context, shape, x, y, radius, fill, edge, width) {
  mark(context, shape, x, y, radius);
  if (fill) {
    context.fillStyle = fill;
    context.fill();
  }
  context.strokeStyle = edge;
  context.lineWidth = width;
  context.stroke();
}

// The box beside the pointer: a heading and rows of name and value.
const tip = {
  box: null,
  show(x, y, heading, rows) {
    this.box = this.box || document.getElementById("tip");
    const list = rows.map(([name, value]) => {
      const row = document.createElement("div"), key = document.createElement("span"), said = document.createElement("b");
      key.textContent = name;
      said.textContent = value;
      row.append(key, said);
      return row;
    });
    const title = document.createElement("strong");
    title.textContent = heading;
    this.box.replaceChildren(title, ...list);
    this.box.hidden = false;
    const { width, height } = this.box.getBoundingClientRect();
    const left = x + 16 + width > window.innerWidth - 6 ? x - 16 - width : x + 16;
    const top = Math.min(Math.max(6, y - height / 2), window.innerHeight - height - 6);
    this.box.style.left = `${Math.max(6, left)}px`;
    this.box.style.top = `${top}px`;
  },
  hide() {
    if (this.box) this.box.hidden = true;
  },
};

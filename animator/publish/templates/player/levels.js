// Where levels are named: along the one ray that crosses most of them and keeps clear of paths and marks.

const NAMED = [3, 6, 9, 12], SAMPLES = 160;

class LevelNames {
  constructor(surface, box) {
    this.surface = surface;
    this.box = box;
    this.words = NAMED.map(i => signed(surface.levels[i], 2));
    this.places = NAMED.map(i => 1 + i / (surface.levels.length - 1) * (surface.top - 1));
  }

  // Choose the ray, given lines of pixels and marks that labels keep away from.
  aim(values, offset, lines, marks) {
    let best = -Infinity;
    const { left, top, side } = this.box;
    for (let k = 0; k < 9 * 16; k++) {
      const x = left + side * [0.25, 0.5, 0.75][k % 3], y = top + side * [0.25, 0.5, 0.75][Math.floor(k / 3) % 3];
      const angle = Math.floor(k / 9) / 16 * 2 * Math.PI, ray = [x, y, Math.cos(angle), Math.sin(angle)];
      const spots = this.spots(values, offset, ray, marks);
      const near = spots.filter(({ x: u, y: v }) => lines.some(line =>
        line.some(([a, b]) => Math.abs(a - u) < 20 && Math.abs(b - v) < 11)));
      const score = spots.length - 1.5 * near.length;
      if (score > best) {
        best = score;
        this.ray = ray;
      }
    }
  }

  spots(values, offset, [x, y, c, s], marks = []) {
    const { left, top, side } = this.box, inside = 14, placed = [];
    const far = Math.min(...[[x, c, left], [y, s, top]].map(([at, way, low]) =>
      Math.abs(way) < 1e-9 ? Infinity : ((way > 0 ? low + side - inside : low + inside) - at) / way));
    const heights = [];
    for (let k = 0; k <= SAMPLES; k++) heights.push(this.surface.placeAt(values, offset, x + c * far * k / SAMPLES, y + s * far * k / SAMPLES));
    const taken = marks.map(([u, v]) => ({ x: u, y: v }));
    this.places.forEach((level, i) => {
      for (let k = 1; k <= SAMPLES; k++) {
        const a = heights[k - 1], b = heights[k];
        if (a < 1 || b < 1 || a > level === b > level) continue;
        const way = far * (k - 1 + (level - a) / (b - a)) / SAMPLES, spot = { x: x + c * way, y: y + s * way, words: this.words[i] };
        if (taken.every(other => Math.abs(other.x - spot.x) > 36 || Math.abs(other.y - spot.y) > 18)) {
          taken.push(spot);
          placed.push(spot);
        }
        break;
      }
    });
    return placed;
  }

  draw(context, values, offset, marks, style) {
    for (const { x, y, words } of this.spots(values, offset, this.ray, marks)) {
      write(context, words, x, y, style.ink, { size: 10, align: "center", halo: style.casing });
    }
  }
}

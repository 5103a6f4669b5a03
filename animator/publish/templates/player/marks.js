// Start, target and minima of a surface, with their names.

class Marks {
  constructor(surface) {
    this.surface = surface;
    this.starts = [...new Map(surface.own.map(run => [String(surface.points.get(run)[0]), surface.points.get(run)[0]])).values()].filter(Boolean);
    this.ends = surface.basins ? surface.basins.minima : [];
    this.tags = this.tagged();
  }

  named() {
    const { target, race, box, x, y } = this.surface, found = [];
    if (this.starts.length === 1) found.push([this.starts[0], "start"]);
    const numbers = target && box.side > 260 && !race ? ` (${target.map(v => tick(v)).join(", ")})` : "";
    if (target) found.push([[x(target[0]), y(target[1])], `target${numbers}`]);
    return [...found, ...this.ends.map(({ at, words }) => [[x(at[0]), y(at[1])], words])];
  }

  // Each name at the corner of its mark that is in the window and covers least of the paths.
  tagged() {
    const { box: { left, top, side }, own, points, sheet } = this.surface, taken = [];
    const context = sheet.canvas.getContext("2d"), path = own.flatMap(run => dense(points.get(run)));
    return this.named().map(([[x, y], words]) => {
      const width = textWidth(context, words, 12, 600) + 8, height = 18;
      const costs = [[1, -1], [-1, -1], [1, 1], [-1, 1]].map(([right, down]) => {
        const u = right > 0 ? x + 9 : x - 9 - width, v = down > 0 ? y + 9 : y - 9 - height;
        const out = Math.max(0, left - u) + Math.max(0, top - v) + Math.max(0, u + width - left - side) + Math.max(0, v + height - top - side);
        const over = taken.filter(t => t.u < u + width && u < t.u + t.width && t.v < v + height && v < t.v + height).length;
        const hit = path.filter(([a, b]) => a > u - 4 && a < u + width + 4 && b > v - 4 && b < v + height + 4).length;
        return { u, v, width, words, cost: 1e6 * out + 1e4 * over + hit };
      });
      const best = costs.reduce((one, other) => (other.cost < one.cost ? other : one));
      taken.push(best);
      return best;
    });
  }

  // Pixels that other words keep away from.
  places() {
    return [...this.starts, ...this.tags.map(({ u, v, width }) => [u + width / 2, v + 9])];
  }

  draw(context) {
    const { film: { style }, target, x, y } = this.surface;
    for (const start of this.starts) stamp(context, "o", ...start, 5.5, "", style.target, 2);
    for (const [a, b] of [...(target ? [target] : []), ...this.ends.map(({ at }) => at)]) {
      stamp(context, "P", x(a), y(b), 6.5, style.target, style.casing, 1.2);
    }
    for (const [a, b] of this.surface.minima) stamp(context, "P", x(a), y(b), 5, style.target, style.casing, 1.2);
    for (const { u, v, width, words } of this.tags) {
      context.fillStyle = style.casing;
      context.globalAlpha = 0.55;
      context.fillRect(u, v, width, 18);
      context.globalAlpha = 1;
      write(context, words, u + 4, v + 9, style.target, { weight: 600 });
    }
  }
}

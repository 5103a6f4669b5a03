// A loss surface seen from above: bands and lines in loss units, marks, and the paths of its runs.

const NEAR = 20;  // pixels from a path at which it can be asked

class Surface {
  constructor(data, film, parent) {
    Object.assign(this, data);
    this.film = film;
    this.own = data.runs.map(i => film.runs[i]);
    this.figure = document.createElement("figure");
    this.figure.className = "surface";
    parent.append(this.figure);
    this.sheet = new Sheet(this.figure, `${data.title}. ${film.alt_text}`);
    this.layer = document.createElement("canvas");
    this.outlines = new Outlines(this.shape[2], this.shape[1]);
    this.drawn = "";
    this.listen();
  }

  async unpack() {
    try {
      this.values = await unpacked(this.slices, this.shape);
      if (this.basins) this.tint = tinted(await inflated(this.basins.labels), this.basins);
      this.holes = this.values.includes(0);
    } catch (error) {
      this.trouble = t("This browser cannot unpack the surface.");
    }
  }

  position(loss) {
    const height = Math.min(Math.max(loss - this.low, 0), this.high - this.low);
    return Math.log((height + this.eps) / this.eps) / Math.log((this.high - this.low) / this.eps + 1);
  }

  resize(tallest, anew) {
    const width = Math.floor(this.figure.clientWidth), narrow = width < 480, context = this.sheet.canvas.getContext("2d");
    const wordy = Math.max(24, ...this.ticks.map(loss => textWidth(context, tick(loss), 11)));
    const bar = narrow ? 12 : 22, left = narrow ? 34 : 44, right = bar + wordy + (narrow ? 20 : 28);
    const side = Math.max(120, Math.min(width - left - right, tallest));
    const changed = this.sheet.size(side + 62);
    this.box = { left: Math.max(left, Math.round((width - side - right + left) / 2)), top: 26, side };
    this.bar = { left: this.box.left + side + (narrow ? 12 : 20), width: bar };
    if (changed || anew) this.settle();
  }

  settle() {
    const { left, top, side } = this.box, [a0, a1, b0, b1] = this.extent;
    this.x = a => left + (a - a0) / (a1 - a0) * side;
    this.y = b => top + side - (b - b0) / (b1 - b0) * side;
    this.xs = this.alpha.map(this.x);
    this.ys = this.beta.map(this.y);
    this.sheet.canvas.dataset.plot = JSON.stringify([left, top, side]);
    this.points = new Map(this.own.map(run => [run, run.rows.x.map((x, row) => {
      const y = run.rows.y[row];
      return x === null || y === null ? null : [this.x(x), this.y(y)].map(v => Math.min(1e5, Math.max(-1e5, v)));
    })]));
    this.drawn = "";
    this.names = null;
    this.marks = new Marks(this);
  }

  draw(moment) {
    this.moment = moment;
    const context = this.sheet.begin(), { style } = this.film, { left, top, side } = this.box;
    write(context, this.title, left, 10, style.muted, { size: 13 });
    this.axesOn(context);
    context.save();
    context.beginPath();
    context.rect(left, top, side, side);
    context.clip();
    this.groundOn(context, moment);
    for (const run of this.own) if (run.shown) this.trailOn(context, run, moment);
    this.heads = this.own.filter(run => run.shown).map(run => this.dotOn(context, run, moment));
    if (this.asked) {
      stamp(context, "o", ...this.asked, 8, "", style.casing, 4.5);
      stamp(context, "o", ...this.asked, 8, "", style.ink, 2);
    }
    context.restore();
    this.goneOn(context, moment);
    barOn(this, context, moment);
  }

  axesOn(context) {
    const { style } = this.film, { left, top, side } = this.box, [a0, a1, b0, b1] = this.extent;
    const most = Math.max(2, Math.min(5, Math.floor(side / 70)));
    for (const a of roundPlaces(a0, a1, most)) write(context, tick(a), this.x(a), top + side + 12, style.muted, { align: "center" });
    for (const b of roundPlaces(b0, b1, most)) write(context, tick(b), left - 6, this.y(b), style.muted, { align: "right", size: 11 });
    write(context, this.axes[0], left + side / 2, top + side + 28, style.muted, { align: "center" });
    if (this.axes[1].length <= 4) {
      write(context, this.axes[1], left - 6, 10, style.muted, { align: "right" });
    } else {
      context.save();
      context.translate(9, top + side / 2);
      context.rotate(-Math.PI / 2);
      write(context, this.axes[1], 0, 0, style.muted, { align: "center", size: 11 });
      context.restore();
    }
  }

  groundOn(context, moment) {
    const { style } = this.film, { left, top, side } = this.box;
    context.fillStyle = style.panel;
    context.fillRect(left, top, side, side);
    if (!this.values) {
      write(context, this.trouble || t("unpacking the surface …"), left + side / 2, top + side / 2, style.muted, { align: "center" });
      return;
    }
    const slice = lastAt(this.cut_at, this.own[0].step[this.own[0].rowAt(moment.at)]), size = this.shape[1] * this.shape[2];
    const marks = this.marks.places();
    if (!this.names) {
      this.names = new LevelNames(this, this.box);
      this.names.aim(this.values, (this.shape[0] - 1) * size, [...this.points.values()].map(dense), marks);
    }
    if (this.drawn !== `${slice}`) this.bandsOf(slice * size);
    this.drawn = `${slice}`;
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.layer, 0, 0);
    context.restore();
    if (!this.basins) this.names.draw(context, this.values, slice * size, marks, style);
    this.marks.draw(context);
  }

  bandsOf(offset) {
    const { style } = this.film, { left, top, side } = this.box;
    this.layer.width = this.sheet.canvas.width;
    this.layer.height = this.sheet.canvas.height;
    const context = this.layer.getContext("2d");
    context.setTransform(this.sheet.sharp, 0, 0, this.sheet.sharp, 0, 0);
    if (this.holes) hatch(context, left, top, side, style);
    context.lineWidth = 0.8;
    context.lineJoin = "round";
    style.bands.forEach((colour, i) => {
      const level = 1 + i / style.bands.length * (this.top - 1);
      const outline = this.outlines.path(this.values, offset, level, this.xs, this.ys);
      context.fillStyle = colour;
      context.fill(outline, "evenodd");
      if (i === 0) return;
      context.strokeStyle = style.contour;
      context.globalAlpha = 0.35;
      context.stroke(outline);
      context.globalAlpha = 1;
    });
    context.imageSmoothingEnabled = false;
    if (this.tint) context.drawImage(this.tint, left, top, side, side);
  }

  // The scale's place at a pixel, linear between grid points; for labels alone, never for numbers.
  placeAt(values, offset, x, y) {
    const [, rows, columns] = this.shape, { left, top, side } = this.box, [a0, a1, b0, b1] = this.extent;
    const a = a0 + (x - left) / side * (a1 - a0), b = b0 + (top + side - y) / side * (b1 - b0);
    const i = Math.min(columns - 2, lastAt(this.alpha, a)), j = Math.min(rows - 2, lastAt(this.beta, b));
    const u = (a - this.alpha[i]) / (this.alpha[i + 1] - this.alpha[i]), v = (b - this.beta[j]) / (this.beta[j + 1] - this.beta[j]);
    const at = offset + j * columns + i, corners = [values[at], values[at + 1], values[at + columns], values[at + columns + 1]];
    if (corners.includes(0)) return 0;
    return (1 - v) * ((1 - u) * corners[0] + u * corners[1]) + v * ((1 - u) * corners[2] + u * corners[3]);
  }

  head(run, { row, part }) {
    const points = this.points.get(run), here = points[row], next = points[row + 1];
    return part && here && next ? [here[0] + part * (next[0] - here[0]), here[1] + part * (next[1] - here[1])] : here;
  }

  trailOn(context, run, moment) {
    const { style, clock } = this.film, points = this.points.get(run), place = run.place(moment.at);
    const first = Math.max(0, run.rowAt(clock.tailOf(moment))), head = this.head(run, place);
    const line = [...points.slice(first, place.row + 1), head], width = this.race ? (this.own.length > 6 ? 2.2 : 2.8) : 3.2;
    context.setLineDash([]);
    along(context, line, 0, line.length - 1, width * 1.75, style.casing, 0.85);
    context.globalAlpha = 1;
    if (this.race) {
      context.setLineDash(run.dash.map(v => v * 1.3));
      context.lineCap = run.dash.length ? "butt" : "round";
      along(context, line, 0, line.length - 1, width, run.colour, 1);
      context.setLineDash([]);
      context.lineCap = "round";
      return;
    }
    const last = style.path.length - 1;
    const bin = row => { const loss = run.rows.loss[row]; return loss === null ? last : Math.min(last, Math.floor(this.position(loss) * (last + 1))); };
    for (let k = 1, from = 0; k < line.length; k++) {
      const here = bin(Math.min(first + k, place.row)), after = k + 1 < line.length ? bin(Math.min(first + k + 1, place.row)) : -1;
      if (here !== after) {
        along(context, line, from, k, width, style.path[here], 1);
        from = k;
      }
    }
  }

  dotOn(context, run, moment) {
    const { style } = this.film, place = run.place(moment.at), head = this.head(run, place);
    const gone = run.left_at !== null && run.step[place.row] >= run.left_at;
    if (!head || gone) return null;
    if (this.race) stamp(context, run.shape, ...head, this.own.length > 6 ? 4.5 : 6, run.colour, style.dot_edge, 1.6);
    else stamp(context, "o", ...head, 6.5, style.dot, style.dot_edge, 2.2);
    return head;
  }

  // The sentence that says which paths have left the window, and when.
  goneOn(context, moment) {
    const { style } = this.film, { left, top, side } = this.box;
    const gone = this.own.filter(run => run.shown && run.left_at !== null && run.step[run.rowAt(moment.at)] >= run.left_at);
    gone.forEach((run, k) => {
      const words = `${this.race ? `${run.name} ` : ""}${t("left the window at step {step}", { step: whole(run.left_at) })}`;
      const width = Math.min(side, textWidth(context, words, 12, 600) + 16);
      context.fillStyle = this.race ? style.panel : style.dot;
      context.fillRect(left + (side - width) / 2, top + 6 + 24 * k, width, 20);
      write(context, words, left + side / 2, top + 16 + 24 * k, this.race ? style.ink : style.dot_edge, { align: "center", weight: 600 });
    });
  }

  // The recorded step of a shown path that is nearest to a point of the picture, as [run, row, place].
  nearest(x, y, reach) {
    let best = null, least = reach * reach;
    for (const run of this.own) {
      if (!run.shown) continue;
      const points = this.points.get(run), last = run.rowAt(this.moment.at);
      for (let row = run.rowAt(this.film.clock.tailOf(this.moment)); row <= last; row++) {
        if (!points[row]) continue;
        const far = (points[row][0] - x) ** 2 + (points[row][1] - y) ** 2;
        if (far < least) {
          least = far;
          best = [run, row, points[row]];
        }
      }
    }
    return best;
  }

  listen() {
    const { canvas } = this.sheet;
    const ask = event => {
      const found = this.moment && this.nearest(event.offsetX, event.offsetY, event.pointerType === "touch" ? 1.5 * NEAR : NEAR);
      this.asked = found ? found[2] : null;
      canvas.style.cursor = found ? "pointer" : "";
      if (found) tip.show(event.clientX, event.clientY, ...this.film.facts(found[0], found[1])); else tip.hide();
      this.film.later();
      return found;
    };
    canvas.addEventListener("pointermove", ask);
    canvas.addEventListener("pointerdown", ask);
    canvas.addEventListener("pointerleave", () => { this.asked = null; tip.hide(); this.film.later(); });
    canvas.addEventListener("click", event => {
      const found = this.moment && this.nearest(event.offsetX, event.offsetY, NEAR);
      if (found && event.pointerType !== "touch") this.film.go(found[0].clockAt(found[1]));
    });
  }
}

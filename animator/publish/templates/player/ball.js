// The loss over the one weight that there is: a curve, and a ball for each run where its updates take it.

class Ball {
  constructor(data, film, parent) {
    Object.assign(this, data);
    this.film = film;
    this.own = data.runs.map(i => film.runs[i]);
    this.figure = document.createElement("figure");
    this.figure.className = "chart";
    parent.append(this.figure);
    this.sheet = new Sheet(this.figure, `${data.title}. ${film.alt_text}`);
    this.named = true;  // it needs no names beside it
    [this.low, this.high] = data.range;
    this.first = data.x[0];
    this.last = data.x[data.x.length - 1];
    this.listen();
  }

  room() {
    return 0;
  }

  resize(height) {
    this.sheet.size(height);
    this.box = { left: 48, top: 26, width: this.sheet.width - 62, height: height - 64 };
    const { left, top, width } = this.box;
    this.sheet.canvas.dataset.plot = JSON.stringify([left, top, width, this.box.height]);
  }

  place(at, loss) {
    const { left, top, width, height } = this.box;
    return [left + (at - this.first) / (this.last - this.first) * width, top + height * (1 - (loss - this.low) / (this.high - this.low))];
  }

  // The curve's height, linear between its points; for a ball between two steps, never for numbers.
  over(at) {
    const i = Math.min(this.x.length - 2, lastAt(this.x, at)), part = (at - this.x[i]) / (this.x[i + 1] - this.x[i]);
    return this.loss[i] === null || this.loss[i + 1] === null ? null : this.loss[i] + part * (this.loss[i + 1] - this.loss[i]);
  }

  draw(moment) {
    this.moment = moment;
    const context = this.sheet.begin(), { style } = this.film, { left, top, width, height } = this.box;
    write(context, this.title, left, 10, style.muted, { size: 13 });
    context.fillStyle = style.panel;
    context.fillRect(left, top, width, height);
    this.gridOn(context);
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    this.lineOn(context, this.x.map((at, i) => (this.loss[i] === null ? null : this.place(at, this.loss[i]))), style.muted, 2.6);
    const shown = this.own.filter(run => run.shown);
    for (const run of shown) this.runOn(context, run, moment);
    context.restore();
  }

  gridOn(context) {
    const { style } = this.film, { left, top, width, height } = this.box, [label] = this.own[0].labels;
    context.strokeStyle = style.grid;
    context.lineWidth = 1;
    for (const loss of roundPlaces(this.low, this.high, Math.max(3, Math.round(height / 40)))) {
      const y = Math.round(this.place(0, loss)[1]) + 0.5;
      context.strokeRect(left, y, width, 0);
      write(context, tick(loss), left - 6, y, style.muted, { align: "right", size: 11 });
    }
    for (const at of roundPlaces(this.first, this.last, Math.max(2, Math.min(5, Math.floor(width / 60))))) {
      const x = Math.round(this.place(at, 0)[0]) + 0.5;
      context.strokeRect(x, top, 0, height);
      write(context, tick(at), x, top + height + 12, style.muted, { align: "center", size: 11 });
    }
    write(context, label, left + width / 2, top + height + 27, style.muted, { align: "center" });
  }

  // A line through places; null is a gap.
  lineOn(context, places, colour, width) {
    context.beginPath();
    let open = false;
    for (const at of places) {
      if (at) context[open ? "lineTo" : "moveTo"](...at);
      open = Boolean(at);
    }
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }

  // Where a run is at a row, or null where that is no number.
  at(run, row) {
    const at = run.rows.weights[0][row], loss = run.rows.loss[row];
    return at === null || loss === null ? null : this.place(at, loss);
  }

  // The ball: at its step, or between two of them on the curve.
  head(run, { row, part }) {
    const [here, next] = [row, row + 1].map(k => run.rows.weights[0][k] ?? null);
    if (!part || here === null || next === null) return this.at(run, row);
    const at = here + part * (next - here), loss = this.over(at);
    return loss === null ? null : this.place(at, loss);
  }

  runOn(context, run, moment) {
    const { style } = this.film, alone = this.own.length === 1, place = run.place(moment.at);
    const start = this.at(run, 0), head = this.head(run, place);
    if (start) stamp(context, "o", ...start, 5.5, "", style.target, 2);
    const path = [...Array(place.row + 1).keys()].map(row => this.at(run, row));
    this.lineOn(context, [...path, head], alone ? style.lines[1] : run.colour, 2.2);
    if (head) stamp(context, alone ? "o" : run.shape, ...head, 7, alone ? style.dot : run.colour, style.dot_edge, 2);
  }

  // The shown step, up to now, that is nearest to a place of the picture: [run, row].
  nearest(x, y) {
    let best = null, least = NEAR * NEAR;
    for (const run of this.own.filter(one => one.shown)) {
      for (let row = 0; row <= run.rowAt(this.moment.at); row++) {
        const at = this.at(run, row), far = at ? (at[0] - x) ** 2 + (at[1] - y) ** 2 : Infinity;
        if (far < least) [best, least] = [[run, row], far];
      }
    }
    return best;
  }

  listen() {
    const { canvas } = this.sheet;
    canvas.addEventListener("pointermove", event => {
      const found = this.moment && this.nearest(event.offsetX, event.offsetY);
      if (found) tip.show(event.clientX, event.clientY, ...this.film.facts(...found)); else tip.hide();
    });
    canvas.addEventListener("pointerleave", () => tip.hide());
    canvas.addEventListener("click", event => {
      const found = this.moment && this.nearest(event.offsetX, event.offsetY);
      if (found) this.film.go(found[0].clockAt(found[1]));
    });
  }
}

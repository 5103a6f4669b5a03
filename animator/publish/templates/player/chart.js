// Losses and weights over steps: lines that grow with the film, each named and valued at its end.

class Chart {
  constructor(data, film, parent) {
    Object.assign(this, data);
    this.film = film;
    this.figure = document.createElement("figure");
    this.figure.className = "chart";
    parent.append(this.figure);
    this.sheet = new Sheet(this.figure, `${data.title}: ${data.runs.map(i => film.runs[i].name).join(", ")}`);
    this.lines = this.linesOf(data.runs.map(i => film.runs[i]));
    [this.low, this.high] = data.range;
    this.last = Math.max(...film.runs.map(run => run.steps * run.unit), 1e-9);
    if (this.kind === "weights") this.figure.append(this.legend = legend(this.lines, t("Show or hide lines"), film));
    this.listen();
  }

  linesOf(runs) {
    const { style } = this.film;
    if (this.kind === "loss") {
      const [run] = runs, { rows, batches } = run;
      if (run.value === "f") return [line("f", run, run.step, rows.loss, style.loss_line, style.loss_line, 2.4, row => run.say("loss", row))];
      const every = batches && batches.step.length === run.steps;  // else the last one kept may be long ago
      const lines = [batches ? line(t("batch"), run, batches.step, batches.loss, style.batch_line, style.muted, 1.4,
        every ? row => told(batches.loss, [], row) : null)
        : line(t("batch"), run, run.step.filter(step => step < run.steps), rows.batch, style.batch_line, style.muted, 1.4, row => run.say("batch", row))];
      if (run.losses) lines.push(line(t("all"), run, run.step, rows.loss, style.loss_line, style.ink, 2.4, row => run.say("loss", row)));
      return lines;
    }
    if (this.kind === "losses") {
      return runs.map(run => {
        const whole = run.losses || !run.batches, steps = whole ? run.step : run.batches.step;
        const values = run.losses ? run.rows.loss : run.batches ? run.batches.loss : run.rows.batch;
        return { ...line(run.name, run, steps, values, run.colour, run.colour, 2.4, whole ? row => run.sayLoss(row) : null), dash: run.dash, shape: run.shape };
      });
    }
    if (this.kind === "weight") {
      return runs.map(run => ({ ...line(run.name, run, run.step, run.rows.weights[this.weight], run.colour, run.colour, 2.4,
        row => run.sayWeight(this.weight, row)), dash: run.dash, shape: run.shape }));
    }
    const [run] = runs;
    return run.labels.map((label, q) => line(label, run, run.step, run.rows.weights[q], style.beside_path[q % style.beside_path.length],
      style.beside_path[q % style.beside_path.length], 2.4, row => run.sayWeight(q, row)));
  }

  // Pixels that the longest name takes beside the curves; 0 where names have no room.
  room(height) {
    const context = this.sheet.canvas.getContext("2d"), names = Math.max(...this.lines.map(({ name }) => textWidth(context, name, 12, 600)));
    return this.lines.length * 15 <= height - 40 && names < this.figure.clientWidth * 0.25 ? names : 0;
  }

  // names: the room that all charts of a column give to names.
  resize(height, names) {
    this.sheet.size(height);
    const { width } = this.sheet;
    this.valued = this.lines.every(({ dash }) => !dash) && width > 300;
    this.named = this.room(height) > 0;
    if (this.legend) this.legend.hidden = this.named;
    const right = names ? 16 + names + (this.valued ? 60 : 0) : 14;
    this.box = { left: 48, top: 26, width: width - 48 - right, height: height - 26 - 38 };
    this.names = names;
    this.sheet.canvas.dataset.plot = JSON.stringify([this.box.left, this.box.top, this.box.width, this.box.height]);
  }

  x(at) {
    return this.box.left + at / this.last * this.box.width;
  }

  y(value) {
    const { top, height } = this.box;
    const share = this.log ? Math.log(value / this.low) / Math.log(this.high / this.low) : (value - this.low) / (this.high - this.low);
    return top + height * (1 - share);
  }

  draw(moment) {
    const context = this.sheet.begin(), { style, clock } = this.film, { left, top, width, height } = this.box;
    write(context, this.title, left, 10, style.muted, { size: 13 });
    context.fillStyle = style.panel;
    context.fillRect(left, top, width, height);
    this.gridOn(context);
    const shown = this.lines.filter(one => one.shown && one.run.shown);
    context.save();
    context.beginPath();
    context.rect(left, top - 1, width + 1, height + 2);
    context.clip();
    context.strokeStyle = style.muted;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(this.x(moment.at * clock.unit), top);
    context.lineTo(this.x(moment.at * clock.unit), top + height);
    context.stroke();
    for (const one of shown) this.lineOn(context, one, one.steps.length - 1, 0.22);
    for (const one of shown) this.lineOn(context, one, this.end(one, moment), 1);
    context.restore();
    for (const one of shown) this.headOn(context, one, this.end(one, moment));
    if (this.named) this.namesOn(context, shown, moment);
  }

  gridOn(context) {
    const { style, clock } = this.film, { left, top, width, height } = this.box;
    const rows = Math.max(3, Math.round(height / 30));
    const places = this.log ? roundLosses(this.low, this.high, rows) : roundPlaces(this.low, this.high, rows);
    context.strokeStyle = style.grid;
    context.lineWidth = 1;
    for (const value of places) {
      const y = Math.round(this.y(value)) + 0.5;
      context.beginPath();
      context.moveTo(left, y);
      context.lineTo(left + width, y);
      context.stroke();
      write(context, tick(value), left - 6, y, style.muted, { align: "right", size: 11 });
    }
    for (const at of roundPlaces(0, this.last, Math.max(2, Math.min(4, Math.floor(width / 60))), clock.name === "step")) {
      const x = Math.round(this.x(at)) + 0.5;
      context.beginPath();
      context.moveTo(x, top);
      context.lineTo(x, top + height);
      context.stroke();
      write(context, whole(at), this.x(at), top + height + 12, style.muted, { align: "center", size: 11 });
    }
    write(context, clock.name, left + width / 2, top + height + 27, style.muted, { align: "center" });
  }

  end(one, moment) {
    const own = Math.min(one.run.steps, moment.at * one.run.ratio + 1e-9);
    return one.steps[0] > own ? -1 : lastAt(one.steps, own);
  }

  lineOn(context, { run, steps, values, colour, width, dash }, end, opacity) {
    context.beginPath();
    let open = false;
    for (let row = 0; row <= end; row++) {
      const value = values[row];
      if (value === null || (this.log && value <= 0)) { open = false; continue; }
      context[open ? "lineTo" : "moveTo"](this.x(steps[row] * run.unit), this.y(value));
      open = true;
    }
    context.setLineDash(dash || []);
    context.lineCap = dash && dash.length ? "butt" : "round";
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.globalAlpha = opacity;
    context.stroke();
    context.globalAlpha = 1;
    context.setLineDash([]);
  }

  headOn(context, { run, steps, values, colour, shape }, end) {
    const value = values[end], { top, height } = this.box;
    if (value === null || value === undefined || (this.log && value <= 0)) return;
    const y = this.y(value);
    if (y < top - 4 || y > top + height + 4) return;
    stamp(context, shape || "o", this.x(steps[end] * run.unit), y, shape ? 4 : 3.2, colour, this.film.style.panel, 1);
  }

  namesOn(context, shown, moment) {
    const { left, top, width, height } = this.box, ends = shown.map(one => this.end(one, moment));
    const heights = shown.map(({ values }, i) => {
      const value = values[ends[i]];
      return value === null || value === undefined || (this.log && value <= 0) ? top : this.y(value);
    });
    const places = spread(heights, 15, top + 6, top + height - 6);
    shown.forEach(({ name, text, say }, i) => {
      write(context, name, left + width + 10, places[i], text, { weight: 600 });
      if (this.valued && say && ends[i] >= 0) write(context, say(ends[i]), left + width + 18 + this.names, places[i], text);
    });
  }

  listen() {
    const { canvas } = this.sheet;
    const at = event => Math.min(1, Math.max(0, (event.offsetX - this.box.left) / this.box.width)) * this.last;
    let dragging = false;
    canvas.addEventListener("pointerdown", event => {
      dragging = true;
      canvas.setPointerCapture(event.pointerId);
      this.film.go(at(event) / this.film.clock.unit);
    });
    canvas.addEventListener("pointermove", event => {
      if (dragging) this.film.go(at(event) / this.film.clock.unit);
      else this.ask(at(event), event);
    });
    for (const kind of ["pointerup", "pointercancel"]) canvas.addEventListener(kind, () => { dragging = false; });
    canvas.addEventListener("pointerleave", () => tip.hide());
  }

  // What every shown line is at the recorded step nearest to a place on the axis.
  ask(at, event) {
    const lines = this.lines.filter(one => one.shown && one.run.shown && one.say);
    if (!lines.length) return;
    const rows = lines.map(({ run, steps }) => {
      const row = lastAt(steps, at / run.unit), next = Math.min(row + 1, steps.length - 1);
      return Math.abs(steps[next] * run.unit - at) < Math.abs(steps[row] * run.unit - at) ? next : row;
    });
    const steps = lines.map((one, i) => whole(one.steps[rows[i]]));
    tip.show(event.clientX, event.clientY, t("step {step}", { step: steps[0] }), lines.map(({ name, say }, i) =>
      [steps[i] === steps[0] ? name : `${name}, ${t("step {step}", { step: steps[i] })}`, say(rows[i])]));
  }
}

function line(name, run, steps, values, colour, text, width, say = null) {
  return { name, run, steps, values, colour, text, width, say, shown: true };
}

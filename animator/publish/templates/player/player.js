// The player: one moment of the film, drawn everywhere; play, the scrubber, keys and switches move it.

const ONE_COLUMN = "(max-width: 860px) and (orientation: portrait), (max-width: 640px)";  // as in player.css

class Player {
  constructor(data) {
    Object.assign(this, data);
    this.clock = new Clock(data.clock);
    this.runs = data.runs.map((run, i) => new Run(run, i, data.runs.length > 1));
    this.stops = this.clock.stops;
    this.find = id => document.getElementById(id);
    this.stage = this.find("stage");
    this.surfaces = data.surfaces.map(surface => new Surface(surface, this, this.find("surfaces")));
    this.charts = data.charts.map(chart => new (chart.kind === "ball" ? Ball : Chart)(chart, this, this.find("charts")));
    if (this.runs.length > 1) this.names();
    this.numbers = new Readout(this, this.find("numbers"));
    this.stage.classList.toggle("flat", !this.surfaces.length);
    this.stage.classList.toggle("several", this.surfaces.length > 1);
    this.playing = false;
    this.speed = 1;
    this.controls();
    this.moment = this.clock.reaching(this.stops[this.stops.length - 1]);
    new ResizeObserver(() => this.resize()).observe(this.stage);
    window.addEventListener("resize", () => this.resize());
    this.resize();
    this.unpack();
  }

  async unpack() {
    for (const surface of this.surfaces) {
      await surface.unpack();
      this.later();
    }
    if (document.fonts) await document.fonts.ready;
    this.resize(true);
    document.documentElement.dataset.ready = "yes";
  }

  resize(anew = false) {
    const width = this.stage.clientWidth, wide = !matchMedia(ONE_COLUMN).matches;
    if (!anew && this.seen === `${width} ${window.innerHeight} ${window.devicePixelRatio}`) return;
    this.seen = `${width} ${window.innerHeight} ${window.devicePixelRatio}`;
    const tallest = this.surfaces.length > 1 ? Math.max(260, Math.min(460, window.innerHeight - 500)) : Math.max(Math.min(300, window.innerHeight - 130), Math.min(620, window.innerHeight - 380));
    for (const surface of this.surfaces) surface.resize(tallest, anew);
    const beside = wide && this.surfaces.length === 1 ? this.surfaces[0].sheet.height : 0;
    const count = Math.max(1, this.charts.length), gap = 12;
    const height = beside ? Math.max(150, Math.floor((beside - gap * (count - 1)) / count)) : this.surfaces.length || !wide ? 210 : 300;
    const rooms = this.charts.map(chart => chart.room(height)), column = this.surfaces.length === 1;
    this.charts.forEach((chart, i) => chart.resize(height, column ? Math.max(...rooms) : rooms[i]));
    if (this.legend) this.legend.hidden = this.charts.every(chart => chart.named || chart.runs.length < 2);
    this.draw();
  }

  // The names of the runs, below the surfaces: there while a chart has no room for them.
  names() {
    const home = this.find(this.surfaces.length ? "surfaces" : "charts");
    this.legend = legend(this.runs, t("Show or hide runs"), this);
    if (this.surfaces.length) home.append(this.legend); else home.prepend(this.legend);
  }

  controls() {
    const [scrubber, play, speed, repeat] = ["scrubber", "play", "speed", "repeat"].map(this.find);
    Object.assign(this, { scrubber, play_: play, repeat });
    scrubber.max = String(this.stops.length - 1);
    scrubber.addEventListener("input", () => this.stop(Number(scrubber.value)));
    play.addEventListener("click", () => this.toggle());
    speed.addEventListener("change", () => { this.speed = Number(speed.value); });
    repeat.addEventListener("click", () => repeat.setAttribute("aria-pressed", String(repeat.getAttribute("aria-pressed") !== "true")));
    document.addEventListener("keydown", event => this.key(event));
  }

  key(event) {
    const tag = event.target.tagName, far = event.shiftKey ? 10 : 1, last = this.stops.length - 1, here = this.index();
    if (event.ctrlKey || event.altKey || event.metaKey || tag === "SELECT") return;
    const moves = { ArrowRight: here + far, ArrowLeft: here - far, Home: 0, End: last };
    if (event.target === this.scrubber) Object.assign(moves, { ArrowUp: here + far, ArrowDown: here - far, PageUp: here + 10, PageDown: here - 10 });
    if (event.key === " " && tag !== "BUTTON" && tag !== "SUMMARY") this.toggle();
    else if (event.key in moves) this.stop(Math.min(last, Math.max(0, moves[event.key])));
    else return;
    event.preventDefault();
  }

  index() {
    return lastAt(this.stops, this.moment.at + 1e-9);
  }

  // Stand at a stop of the scrubber, still.
  stop(index) {
    this.pause();
    this.moment = this.clock.reaching(this.stops[index]);
    this.later();
  }

  // Stand at the stop nearest to a place on the clock.
  go(at) {
    const index = lastAt(this.stops, at), next = Math.min(index + 1, this.stops.length - 1);
    this.stop(this.stops[next] - at < at - this.stops[index] ? next : index);
  }

  toggle() {
    if (this.playing) this.pause(); else this.play();
    this.later();
  }

  play() {
    const ended = this.moment.at >= this.stops[this.stops.length - 1];
    this.seconds = ended ? 0 : this.moment.seconds;
    this.playing = true;
    this.before = null;
    this.mode();
    requestAnimationFrame(now => this.tick(now));
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.mode();
  }

  mode() {
    this.play_.setAttribute("aria-label", this.playing ? t("Pause") : t("Play"));
    this.play_.classList.toggle("playing", this.playing);
    this.find("numbers").setAttribute("aria-live", this.playing ? "off" : "polite");
  }

  tick(now) {
    if (!this.playing) return;
    if (this.before !== null) this.seconds += Math.min(0.25, (now - this.before) / 1000) * this.speed;
    this.before = now;
    if (this.seconds >= this.clock.seconds) {
      if (this.repeat.getAttribute("aria-pressed") === "true") this.seconds %= Math.max(this.clock.seconds, 1e-3);
      else this.pause();
    }
    this.moment = this.clock.moment(this.seconds);
    this.draw();
    requestAnimationFrame(again => this.tick(again));
  }

  later() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.draw();
    });
  }

  stepWords({ at }) {
    const { name, unit, steps } = this.clock;
    if (name !== "step") return `${t(name)} ${signed(at * unit, 4)}`;
    return t("step {step} of {steps}", { step: whole(Math.floor(at + 1e-9)), steps: whole(steps) });
  }

  // What the box beside the pointer says of a run at a row: [heading, [name, value] ...].
  facts(run, row) {
    const rows = [[run.lossName(), run.sayLoss(row, 4)]];
    if (run.height) rows.push([t("surface there"), run.say("height", row, 4)]);
    run.labels.forEach((label, q) => rows.push([label, run.sayWeight(q, row)]));
    return [`${this.runs.length > 1 ? `${run.name}, ` : ""}${t("step {step}", { step: whole(run.step[row]) })}`, rows];
  }

  draw() {
    const { moment, clock } = this;
    for (const surface of this.surfaces) surface.draw(moment);
    for (const chart of this.charts) chart.draw(moment);
    this.numbers.show(moment);
    this.scrubber.value = String(this.index());
    const seen = this.runs.filter(run => run.shown).slice(0, 3);
    const losses = seen.map(run => `${this.runs.length > 1 ? `${run.name} ` : ""}${run.value} ${run.sayLoss(run.rowAt(moment.at))}`);
    this.scrubber.setAttribute("aria-valuetext", [this.stepWords(moment), ...losses].join(", "));
    this.scrubber.style.setProperty("--done", `${100 * this.index() / Math.max(1, this.stops.length - 1)}%`);
    this.find("where").textContent = this.stepWords(moment);
    this.find("when").textContent = `${localized(moment.seconds.toFixed(1))} / ${localized(clock.seconds.toFixed(1))} s`;
    const said = clock.said(moment), line = this.find("said");
    line.hidden = !clock.captions.length;
    if (line.textContent !== said) line.textContent = said;
  }
}

new Player(JSON.parse(document.getElementById("film").textContent));

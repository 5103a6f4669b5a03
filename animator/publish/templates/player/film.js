// The film's clock, and where every run is at a moment of it.

class Clock {
  constructor(data) {
    Object.assign(this, data);
    this.starts = [];
    this.total = 0;
    for (const count of data.frames) {
      this.starts.push(this.total);
      this.total += count;
    }
    this.seconds = this.total / this.fps;
  }

  // What is shown at a second: a step with its fraction, the number of the still, and what is said there.
  moment(seconds) {
    const frame = Math.min(this.total - 1, Math.max(0, seconds * this.fps));
    const still = lastAt(this.starts, Math.floor(frame + 1e-6));
    let at = this.at[still];
    if (this.fps < 24 && still + 1 < this.at.length) {  // a long film: its moments lie far apart
      at += (frame - this.starts[still]) / this.frames[still] * (this.at[still + 1] - at);
    }
    return { at, still, seconds };
  }

  // The first moment at which `at` is reached, standing exactly there.
  reaching(at) {
    let still = lastAt(this.at, at);
    while (still > 0 && this.at[still - 1] >= at) still--;
    if (this.at[still] < at - 1e-9) still = Math.min(still + 1, this.at.length - 1);
    return { at, still, seconds: this.starts[still] / this.fps };
  }

  tailOf(moment) {
    return this.tail.length ? Math.min(this.tail[moment.still], moment.at) : 0;
  }

  said(moment) {
    const index = this.caption.length ? this.caption[moment.still] : -1;
    return index < 0 ? "" : this.captions[index];
  }
}

const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2], [12, 5]];

class Run {
  constructor(data, index, many) {
    Object.assign(this, data);
    this.index = index;
    this.shown = true;
    this.dash = many ? DASHES[index % DASHES.length] : [];
    this.step = this.rows.step;
  }

  // Row of the last recorded step, and how far things are on the way to the next one.
  place(at) {
    const own = Math.min(this.steps, at * this.ratio + 1e-9);
    const row = lastAt(this.step, own);
    let part = 0;
    if (row + 1 < this.step.length && (this.ratio <= 1 || at % 1 !== 0)) {
      part = (own - this.step[row]) / (this.step[row + 1] - this.step[row]);
    }
    return { row, part: part > 1e-6 ? part : 0 };
  }

  rowAt(at) {
    return this.place(at).row;
  }

  clockAt(row) {
    return this.step[row] / this.ratio;
  }

  loss(row) {
    return this.losses ? this.rows.loss[row] : this.rows.batch[row];
  }

  lossName() {
    return this.value === "f" || !this.losses ? this.value : t("true loss");
  }

  say(column, row, digits) {
    return told(this.rows[column], this.rows.words[column], row, digits);
  }

  sayLoss(row, digits = 3) {
    return this.losses ? this.say("loss", row, digits) : t("{loss} (batch)", { loss: this.say("batch", row, digits) });
  }

  sayWeight(q, row) {
    return told(this.rows.weights[q], this.rows.weight_words[q], row);
  }

  // Whether the surface under the dot is more than 5 % off the true loss.
  apart(row) {
    const height = this.rows.height[row], loss = this.rows.loss[row];
    return height !== null && loss !== null && Math.abs(height - loss) > 0.05 * Math.max(Math.abs(loss), 1e-9);
  }
}

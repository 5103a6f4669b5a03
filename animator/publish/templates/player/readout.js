// The numbers of the step that is shown: a list for one run, a table with a switch a run for several.

class Readout {
  constructor(film, parent) {
    this.film = film;
    this.cells = [];
    const runs = film.runs;
    parent.append(runs.length === 1 ? this.list(runs[0]) : this.table(runs));
  }

  // [name, what is said at a row, whether it is loud there, its exact number]
  columns(run, many) {
    const same = this.film.runs.every(other => other.steps === run.steps && other.ratio === 1);
    const found = [];
    if (!many || !same) found.push([t("step"), row => `${whole(run.step[row])} / ${whole(run.steps)}`, null, row => run.step[row]]);
    if (run.epochs) found.push([t("epoch"), row => (run.rows.epoch[row] === null ? "\u2013" : whole(run.rows.epoch[row])), null, row => run.rows.epoch[row]]);
    found.push([run.lossName(), row => run.sayLoss(row, 4), null, row => run.loss(row)]);
    if (run.height) found.push([t("surface there"), row => run.say("height", row, 4), row => run.apart(row), row => run.rows.height[row]]);
    if (run.leaves) found.push([t("off the plane"), row => run.say("residual", row), null, row => run.rows.residual[row]]);
    if (run.losses && run.value !== "f") found.push([t("batch loss"), row => run.say("batch", row, 4), null, row => run.rows.batch[row]]);
    found.push([t("learning rate"), row => (run.rows.rate[row] === null ? run.say("rate", row) : tick(run.rows.rate[row], 4)), null, row => run.rows.rate[row]]);
    if (!many || run.labels.length <= 3) {
      run.labels.forEach((label, q) => found.push([label, row => run.sayWeight(q, row), null, row => run.rows.weights[q][row]]));
    }
    return found;
  }

  cell(run, column) {
    const cell = element("data");
    this.cells.push({ cell, run, column, row: -1 });
    return cell;
  }

  list(run) {
    const columns = this.columns(run, false), longest = Math.max(...columns.map(([name]) => name.length));
    const made = element("dl", {}, ...columns.map(column =>
      element("div", {}, element("dt", { textContent: column[0] }), element("dd", {}, this.cell(run, column)))));
    made.style.setProperty("--cell", `${Math.max(124, 7 * longest + 6)}px`);
    return made;
  }

  table(runs) {
    const columns = runs.map(run => this.columns(run, true));
    const longest = columns.reduce((a, b) => (b.length > a.length ? b : a));
    const head = element("tr", {}, element("th", { scope: "col", textContent: t("run") }),
      ...longest.map(([name]) => element("th", { scope: "col", textContent: name })));
    const rows = runs.map((run, i) => element("tr", {}, element("th", { scope: "row" }, this.button(run)),
      ...longest.map(([name]) => {
        const column = columns[i].find(one => one[0] === name);
        return element("td", {}, ...(column ? [this.cell(run, column)] : ["\u2013"]));
      })));
    const caption = this.caption = element("caption", {});
    return element("table", {}, caption, element("thead", {}, head), element("tbody", {}, ...rows));
  }

  // The switch of a run; its row of numbers is pale while the run is hidden.
  button(run) {
    const button = switchOf(run, run.name, this.film);
    run.told.push(() => button.closest("tr").classList.toggle("off", !run.shown));
    return button;
  }

  show(moment) {
    for (const held of this.cells) {
      const row = held.run.rowAt(moment.at), [, say, loud, exact] = held.column;
      if (row === held.row) continue;
      held.row = row;
      const value = exact(row);
      held.cell.textContent = say(row);
      held.cell.value = value === null ? "" : String(value);
      held.cell.title = value === null ? "" : String(value);
      held.cell.classList.toggle("loud", Boolean(loud && loud(row)));
    }
    if (this.caption) this.caption.textContent = this.film.stepWords(moment);
  }
}

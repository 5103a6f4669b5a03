// The grid: which cells are shown, in what order; which has the focus; the numbers of the one under the pointer.

const grid = find("#films");
const order = { column: -1, down: false };
const counted = find("#count");
let current = cells[0];

const compare = (a, b) => typeof a === "string" || typeof b === "string"
  ? String(a).localeCompare(String(b), language.code, { numeric: true }) : a - b;

// Cells without a value come last, whichever way; equal ones stay as they were swept.
function sorted(found) {
  const values = order.column < 0 ? cells.map(cell => cell.row) : data.columns[order.column].values;
  const way = order.down ? -1 : 1;
  return [...found].sort((a, b) => {
    const x = values[a.row], y = values[b.row];
    if (x === null || y === null) return (x === null) - (y === null) || a.row - b.row;
    return way * compare(x, y) || a.row - b.row;
  });
}

// The whole new order goes into the page at once: two changes, however many cells there are.
function arrange() {
  shown = sorted(cells.filter(passes));
  grid.replaceChildren();
  grid.append(...shown.map(cell => cell.node));
  if (!shown.includes(current)) focusable(shown[0]);
  find(".none").hidden = shown.length > 0;
  count();
  manageSoon();
}

// How many films there are, or how many cells of all pass the filters.
function count() {
  const films = cells.filter(cell => cell.film).length;
  counted.textContent = shown.length < cells.length ? t("{part} of {all}", { part: shown.length, all: cells.length }) : films === 1 ? t("1 film") : t("{count} films", { count: films });
}

// What the films are sorted by is said below each, unless it is there already.
function label() {
  const column = data.columns[order.column];
  const wanted = column && column.group !== "parameter" && column.name !== "final_loss";
  for (const cell of cells) {
    const line = find(".sorted", cell.node);
    line.hidden = !wanted;
    if (wanted) line.textContent = `${column.label}: ${column.texts[cell.row] || "–"}`;
  }
}

function build() {
  const list = find("#sort"), way = find("#direction");
  list.append(new Option(t("in order"), -1));
  for (const [group, name] of [["parameter", t("Parameters")], ["result", t("Results")], ["cost", t("Costs")]]) {
    const part = make("optgroup");
    part.label = name;
    data.columns.forEach((column, i) => { if (column.group === group) part.append(new Option(column.label, i)); });
    if (part.children.length) list.append(part);
  }
  list.addEventListener("change", () => { order.column = Number(list.value); label(); arrange(); });
  way.addEventListener("click", () => {
    order.down = !order.down;
    way.textContent = order.down ? "↓" : "↑";
    way.title = order.down ? t("Largest first") : t("Smallest first");
    way.setAttribute("aria-label", way.title);
    arrange();
  });
}

// One stop of the tab key for the grid; arrows go on from there.
const stops = cell => [cell.screen, ...all("button", cell.node)];
function focusable(cell) {
  if (current) for (const stop of stops(current)) stop.tabIndex = -1;
  current = cell;
  if (cell) for (const stop of stops(cell)) stop.tabIndex = 0;
}

function step(key) {
  const at = shown.indexOf(current), top = shown[0].node.offsetTop;
  const across = Math.max(1, shown.findIndex(cell => cell.node.offsetTop !== top));
  const moves = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - across, ArrowDown: at + across, Home: 0, End: shown.length - 1 };
  const next = shown[moves[key]];
  if (next) { focusable(next); next.screen.focus(); }
}

// The numbers of one cell, always in the same place, so that they can be compared from cell to cell.
const numbers = find("#numbers");
let toldOf = null;
function tell(cell) {
  if (toldOf === cell) return;
  toldOf = cell;
  numbers.hidden = !cell;
  if (!cell) return;
  const list = make("dl");
  for (const column of data.columns) {
    if (column.group === "parameter" || !column.texts[cell.row]) continue;
    const pair = make("div", column.group === "cost" ? "minor" : "");
    pair.append(make("dt", "", column.label), make("dd", "", column.texts[cell.row]));
    list.append(pair);
  }
  const head = make("h3", "", cell.title);
  numbers.replaceChildren(head, ...(cell.words ? [make("p", loudness(cell), cell.words)] : []), list);
}

let leaving = 0, pointer = "";
const tellFocused = () => tell(cellOf(find(".cell :focus-visible")));
function listen() {
  // A page that scrolls under a pointer at rest does not count as pointing.
  document.addEventListener("pointermove", event => {
    const at = `${event.screenX} ${event.screenY}`, moved = at !== pointer, cell = cellOf(event.target);
    pointer = at;
    if (!cell || !moved || event.pointerType !== "mouse") return;
    clearTimeout(leaving);
    tell(cell);
  });
  grid.addEventListener("pointerleave", () => { clearTimeout(leaving); leaving = setTimeout(tellFocused, 400); });
  numbers.addEventListener("pointerenter", () => clearTimeout(leaving));
  numbers.addEventListener("pointerleave", tellFocused);
  grid.addEventListener("focusin", event => {
    const cell = cellOf(event.target);
    if (!cell) return;
    if (cell !== current) focusable(cell);
    if (event.target.matches(":focus-visible")) tell(cell);
  });
  grid.addEventListener("focusout", event => { if (!grid.contains(event.relatedTarget)) tell(null); });
  const watch = new IntersectionObserver(entries => {
    for (const entry of entries) entry.isIntersecting ? inView.add(cellOf(entry.target)) : inView.delete(cellOf(entry.target));
    manageSoon();
  });
  for (const cell of cells) {
    watch.observe(cell.screen);
    for (const stop of stops(cell)) stop.tabIndex = -1;
    cell.screen.setAttribute("aria-describedby", "numbers");
  }
}

// Filters: a cell is shown when it passes all of them. Few values are chosen from, many numbers have a span.

const FEW = 12;
const filters = new Map(); // column -> (cell -> boolean)
const passes = cell => [...filters.values()].every(passing => passing(cell));

function set(what, passing) {
  passing ? filters.set(what, passing) : filters.delete(what);
  find("#filtering").textContent = filters.size ? `${t("Filter")} (${filters.size})` : t("Filter");
  arrange();
}

function field(title, ...inside) {
  const made = make("fieldset");
  made.append(make("legend", "", title), ...inside);
  return made;
}

function chips(what, name, texts, textOf) {
  const chosen = new Set(), row = make("div", "chips");
  for (const text of texts) {
    const chip = make("label", "chip"), box = make("input");
    box.type = "checkbox";
    box.addEventListener("change", () => {
      box.checked ? chosen.add(text) : chosen.delete(text);
      set(what, chosen.size ? cell => chosen.has(textOf(cell)) : null);
    });
    chip.append(box, make("span", "", text || t("none")));
    row.append(chip);
  }
  row.addEventListener("clear", () => { chosen.clear(); for (const box of all("input", row)) box.checked = false; });
  return field(name, row);
}

function span(column) {
  const known = sortedTexts(column), bounds = { [t("from")]: known[0], [t("to")]: known.at(-1) }, row = make("div", "span");
  const inputs = Object.entries(bounds).map(([name, bound]) => {
    const input = make("input");
    input.type = "number";
    input.step = "any";
    input.placeholder = bound;
    input.setAttribute("aria-label", `${column.label}, ${name}`);
    input.addEventListener("input", () => {
      const [low, high] = inputs.map((one, i) => one.value === "" ? [-Infinity, Infinity][i] : Number(one.value));
      const idle = inputs.every(one => one.value === "");
      set(column, idle ? null : cell => {
        const value = column.values[cell.row];
        return value !== null && value >= low && value <= high;
      });
    });
    return input;
  });
  row.append(inputs[0], t("to"), inputs[1]);
  row.addEventListener("clear", () => { for (const input of inputs) input.value = ""; });
  return field(column.label, row);
}

function containing(column) {
  const row = make("div", "has"), input = make("input");
  input.type = "search";
  input.setAttribute("aria-label", t("{name} contains", { name: column.label }));
  input.addEventListener("input", () => {
    const part = input.value.toLowerCase();
    set(column, part ? cell => column.texts[cell.row].toLowerCase().includes(part) : null);
  });
  row.addEventListener("clear", () => { input.value = ""; });
  row.append(input);
  return field(t("{name} contains", { name: column.label }), row);
}

const KINDS = { done: t("done"), left: t("leaves the window"), diverged: t("diverged"), failed: t("failed"), waiting: t("not made yet"), missing: t("without a film") };

function buildFilters() {
  const panel = find("#filters"), fields = find(".fields", panel), opener = find("#filtering");
  const more = make("details", "fold more"), others = make("div", "fields");
  more.append(make("summary", "", t("By result and cost")), others);
  more.open = innerWidth > 900;
  const kinds = Object.keys(KINDS).filter(kind => cells.some(cell => cell.kind === kind)).map(kind => KINDS[kind]);
  for (const column of data.columns) {
    const texts = [...new Set(sortedTexts(column))];
    if (texts.length < 2) continue;
    const place = column.group === "parameter" ? fields : others;
    if (texts.length <= FEW && place === fields) place.append(chips(column, column.label, texts, cell => column.texts[cell.row]));
    else place.append(column.numeric ? span(column) : containing(column));
  }
  if (others.children.length) fields.append(more);
  if (kinds.length > 1) fields.prepend(chips(KINDS, t("what became of it"), kinds, cell => KINDS[cell.kind]));
  const open = wanted => { panel.hidden = !wanted; opener.setAttribute("aria-expanded", wanted); if (wanted) find(".bar").scrollIntoView(); };
  opener.addEventListener("click", () => open(panel.hidden));
  find(".done", panel).addEventListener("click", () => { open(false); opener.focus(); });
  for (const key of all("button.clear")) key.addEventListener("click", () => {
    for (const row of all("fieldset > div", panel)) row.dispatchEvent(new Event("clear"));
    filters.clear();
    set(null, null);
    if (key.closest(".none")) opener.focus();
  });
  find("#speed").addEventListener("change", event => { clock.speed = Number(event.target.value); });
  find("#size").addEventListener("change", event => document.documentElement.style.setProperty("--cell", event.target.value));
}

// What cells say in a column, from low to high; those that say nothing are left out.
const sortedTexts = column => cells.map(cell => cell.row).filter(row => column.values[row] !== null)
  .sort((a, b) => compare(column.values[a], column.values[b])).map(row => column.texts[row]);

// Beyond the grid: one film large, two side by side, and the command on its way to the clipboard.

const large = find("#large"), both = find("#compare"), tray = find("#tray");
let picked = [], opened = null;

// The film of a cell in a dialog: the poster below, the playing film above; or what there is to say instead.
function fill(stage, cell) {
  stage.className = `stage ${cell.kind}`;
  stage.style.setProperty("--under", cell.ground || "var(--panel)");
  stage.replaceChildren();
  if (cell.poster) {
    const still = make("img");
    still.src = cell.poster;
    still.alt = cell.alt;
    stage.append(still);
  } else if (!cell.film) stage.append(make("p", "", cell.words || t("No picture")));
  return [stage, cell];
}

function stage(found) {
  for (const [holder, player] of players) drop(holder, player);
  stages = found.filter(([, cell]) => cell.film);
  manage();
}

function rows(column, of) {
  const row = make("tr"), head = make("th", "", column.label);
  head.scope = "row";
  row.append(head, ...of.map(cell => make("td", "", column.texts[cell.row] || "–")));
  return row;
}

function open(cell) {
  opened = cell;
  find("h2", large).textContent = cell.title;
  const words = find(".words", large), command = find(".command", large), links = find(".links", large);
  words.textContent = cell.words;
  words.hidden = !cell.words;
  words.className = loudness(cell);
  find(".alt", large).textContent = cell.alt === cell.name ? "" : cell.alt;
  command.hidden = !cell.command;
  find("code", command).textContent = cell.command;
  links.replaceChildren(...[["film", t("The film")], ["recording", t("Its recording")], ["log", t("Its log")]].filter(([what]) => cell[what]).map(([what, text]) => {
    const link = make("a", "", text);
    link.href = cell[what];
    return link;
  }));
  find("table", large).replaceChildren(body(data.columns.filter(c => c.texts[cell.row]).map(column => rows(column, [cell]))));
  const at = shown.indexOf(cell);
  find(".place", large).textContent = t("{part} of {all}", { part: at + 1, all: shown.length });
  find(".previous", large).disabled = at <= 0;
  find(".next", large).disabled = at >= shown.length - 1;
  find(".pick", large).hidden = !cell.film;
  mark();
  if (!large.open) { large.showModal(); find(".play", large).focus(); }
  large.scrollTop = 0;
  stage([fill(find(".stage", large), cell)]);
}

function body(found) {
  const made = make("tbody");
  made.append(...found);
  return made;
}

function move(by) {
  const next = shown[shown.indexOf(opened) + by];
  if (!next) return;
  focusable(next);
  open(next);
}

function sideBySide() {
  if (picked.length < 2) return;
  const head = make("tr");
  head.append(make("td"), ...["A", "B"].map(letter => {
    const made = make("th");
    made.scope = "col";
    made.append(make("span", "letter", letter));
    return made;
  }), make("td"));
  const found = data.columns.filter(c => picked.some(cell => c.texts[cell.row])).map(column => {
    const row = rows(column, picked), [a, b] = picked.map(cell => column.texts[cell.row]);
    row.append(make("td", "", a === b ? "" : "≠"));
    row.lastChild.title = a === b ? "" : t("These differ.");
    row.classList.toggle("differs", a !== b);
    return row;
  });
  find("table", both).replaceChildren(body([head, ...found]));
  if (large.open) large.close();
  if (!both.open) { both.showModal(); find(".play", both).focus(); }
  const frames = picked.map((cell, i) => {
    const figure = make("figure"), holder = make("div"), caption = make("figcaption");
    caption.append(make("span", "letter", "AB"[i]), cell.title);
    figure.append(caption, holder);
    if (cell.words) figure.append(make("p", loudness(cell), cell.words));
    return [figure, fill(holder, cell)];
  });
  find(".pair", both).replaceChildren(...frames.map(([figure]) => figure));
  stage(frames.map(([, filled]) => filled));
}

// A cell without a film has nothing to compare, whichever key or button asks.
function pick(cell) {
  if (!cell.film) return;
  picked = picked.includes(cell) ? picked.filter(one => one !== cell) : [...picked.slice(-1), cell];
  mark();
  announce(picked.length === 2 ? t("Two films are chosen: compare them side by side.") : t("{count} chosen.", { count: picked.length }));
}

// Every button that chooses a cell shows whether it is chosen; the tray names the chosen ones.
function mark() {
  for (const key of all(".pick[aria-pressed=true]")) key.setAttribute("aria-pressed", "false");
  for (const cell of picked) find(".pick", cell.node).setAttribute("aria-pressed", "true");
  find(".pick", large).setAttribute("aria-pressed", picked.includes(opened));
  tray.hidden = !picked.length;
  const go = button(picked.length < 2 ? t("Choose one more") : t("Side by side"), sideBySide, "strong");
  go.disabled = picked.length < 2;
  tray.replaceChildren(make("p", "", t("Compare")), ...picked.map(cell => {
    const one = button("", () => pick(cell), "one");
    one.append(make("span", "", cell.short), "×");
    one.title = cell.title;
    one.setAttribute("aria-label", t("Do not compare {name}", { name: cell.title }));
    return one;
  }), go);
}

async function copy(text, key) {
  const done = await toClipboard(text, key);
  announce(done ? t("The command is copied.") : t("The command is selected: press Ctrl+C, or ⌘C."));
  const before = key.dataset.text ??= key.textContent;
  key.textContent = done ? t("✓ Copied") : t("Press Ctrl+C");
  clearTimeout(Number(key.dataset.timer));
  key.dataset.timer = setTimeout(() => { key.textContent = before; }, 2500);
}

// Pages from disk may not have the clipboard; then the old way; then the text is selected for the reader's own keys.
async function toClipboard(text, key) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { /* the old way */ }
  const area = make("textarea", "unseen"), holder = key.closest("dialog") ?? document.body, focus = document.activeElement;
  area.value = text;
  holder.append(area);
  area.select();
  let done = false;
  try { done = document.execCommand("copy"); } catch { done = false; }
  area.remove();
  focus?.focus();
  if (done) return true;
  const cell = cellOf(key);
  if (cell) open(cell);
  const code = find(".command code", cell ? large : key.parentElement.parentElement);
  getSelection().selectAllChildren(code);
  return false;
}

for (const dialog of [large, both]) {
  find(".close", dialog).addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); }); // beside it
  dialog.addEventListener("close", () => {
    if (large.open || both.open) return;
    stage([]);
    if (dialog === large && grid.contains(opened?.node)) opened.screen.focus();
  });
}
find(".previous", large).addEventListener("click", () => move(-1));
find(".next", large).addEventListener("click", () => move(1));
find(".pick", large).addEventListener("click", () => pick(opened));

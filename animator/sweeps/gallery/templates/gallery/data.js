// What the page holds: the cells with their nodes, and small helpers. Texts go in as text, never as markup.

const data = JSON.parse(document.getElementById("data").textContent);
const find = (what, inside = document) => inside.querySelector(what);
const all = (what, inside = document) => [...inside.querySelectorAll(what)];
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const cells = data.cells.map((cell, row) => {
  const node = document.getElementById(`cell-${row}`);
  return { ...cell, row, node, screen: find(".screen", node) };
});

function make(tag, name = "", text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

function button(text, does, name = "") {
  const made = make("button", name, text);
  made.type = "button";
  made.addEventListener("click", does);
  return made;
}

const loudness = cell => ["diverged", "failed"].includes(cell.kind) ? "words loud" : "words";

function cellOf(node) {
  const at = node instanceof Element ? node.closest(".cell") : null;
  return at ? cells[Number(at.id.slice(5))] : null;
}

function announce(text) {
  find("#said").textContent = text;
}

// Names of lines where there is no room for them beside the curves: a switch for each, with its line and mark.

const UNICODE = { o: "\u25cf", s: "\u25a0", "^": "\u25b2", D: "\u25c6", v: "\u25bc", "<": "\u25c0", ">": "\u25b6", p: "\u2b1f", P: "\u271a", "*": "\u2605", X: "\u2716", Y: "Y" };

function element(tag, options = {}, ...children) {
  const made = Object.assign(document.createElement(tag), options);
  made.append(...children);
  return made;
}

// The line of a run or of a weight as a picture, 40 x 16.
function swatch({ colour, dash = [], shape }) {
  const space = document.querySelector("svg").namespaceURI, [made, stroke, dot] = ["svg", "path", "text"].map(name => document.createElementNS(space, name));
  for (const [name, value] of [["viewBox", "0 0 40 16"], ["width", 40], ["height", 16], ["aria-hidden", "true"]]) made.setAttribute(name, value);
  for (const [name, value] of [["d", "M1 8H39"], ["stroke", colour], ["stroke-width", 2.6], ["stroke-dasharray", dash.join(" ")]]) stroke.setAttribute(name, value);
  for (const [name, value] of [["x", 20], ["y", 12.6], ["text-anchor", "middle"], ["font-size", 13], ["fill", colour]]) dot.setAttribute(name, value);
  dot.textContent = UNICODE[shape] || "";
  made.append(stroke, dot);
  return made;
}

// A name that may go on in a second line after a slash.
function parts(name) {
  return name.split(/(?<=\/)/).flatMap((part, i) => (i ? [element("wbr"), part] : [part]));
}

// A button that shows or hides `owner`, a run or a line; all buttons of one owner say the same.
function switchOf(owner, name, film) {
  const button = element("button", { type: "button", className: "run", title: t("show or hide") }, swatch(owner), element("span", {}, ...parts(name)));
  const say = () => button.setAttribute("aria-pressed", String(owner.shown));
  owner.told = [...(owner.told || []), say];
  button.addEventListener("click", () => {
    owner.shown = !owner.shown;
    for (const tell of owner.told) tell();
    film.later();
  });
  say();
  return button;
}

function legend(owners, what, film) {
  const list = element("div", { className: "legend", hidden: true }, ...owners.map(owner => switchOf(owner, owner.name, film)));
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", what);
  return list;
}

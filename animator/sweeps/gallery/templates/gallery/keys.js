// Clicks, keys and swipes; then the page begins.

grid.addEventListener("click", event => {
  const cell = cellOf(event.target);
  if (!cell || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  if (event.target.closest(".screen")) { event.preventDefault(); open(cell); }
  else if (event.target.closest(".pick")) pick(cell);
});
document.addEventListener("click", event => {
  const key = event.target.closest?.("button.copy");
  if (!key) return;
  const cell = cellOf(key);
  copy(cell ? cell.command : find("code", key.parentElement).textContent, key);
});

const own = "button, select, input, textarea, summary, a:not(.screen), video";
const arrows = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

document.addEventListener("keydown", event => {
  const { key } = event, at = event.target, dialog = large.open || both.open;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.shiftKey && (key === "ArrowLeft" || key === "ArrowRight") && !at.closest("select, input:not(.scrub), textarea")) {
    event.preventDefault();
    if (clock.playing) pause();
    scrub(clock.share + (key === "ArrowLeft" ? -1 : 1) / (data.fps * data.seconds));
  } else if (key === " " && !at.closest(own)) { event.preventDefault(); toggle(); }
  else if (key === "Escape" && !dialog) tell(null);
  else if (event.shiftKey) return;
  else if (large.open && !at.closest("select, input") && (key === "ArrowLeft" || key === "ArrowRight")) move(key === "ArrowLeft" ? -1 : 1);
  else if (!dialog && at.closest(".screen")) onCell(event);
});

function onCell(event) {
  const key = event.key.toLowerCase(), cell = cellOf(event.target);
  if (arrows.includes(event.key)) { event.preventDefault(); step(event.key); }
  else if (key === "c") pick(cell);
  else if (key === "y" && cell.command) copy(cell.command, find(".copy", cell.node));
}

let from = null;
large.addEventListener("touchstart", event => { from = event.target.closest(".stage") ? event.touches[0] : null; }, { passive: true });
large.addEventListener("touchend", event => {
  if (!from) return;
  const way = event.changedTouches[0].clientX - from.clientX;
  if (Math.abs(way) > 60) move(way < 0 ? 1 : -1);
  from = null;
});

document.documentElement.classList.add("on");
build();
buildFilters();
listen();
if (cells.length) focusable(cells[0]);
count();
calm.matches ? paint() : play();

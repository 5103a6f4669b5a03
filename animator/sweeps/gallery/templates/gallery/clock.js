// One clock for all films. Time is a share of a film, 0 to 1, so films of different length end together.
// A film gets a video element only while it is in view, and at most MOST of the grid have one.

const MOST = 32;
const DRIFT = 0.25; // seconds that a film may be off before it is put right with a seek
const PLAY = "M4 2.5v11l9-5.5z", PAUSE = "M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z";
const clock = { share: 1, playing: false, awake: false, held: false, speed: 1, last: 0, synced: 0, frame: 0 };
const guessed = !data.seconds; // until the first film says how long it is
if (guessed) data.seconds = 6;
const players = new Map(); // the element that holds a film -> the film as it plays there
const inView = new Set();
let stages = []; // [holder, cell] of the open dialog; while there are any, the grid rests
let shown = cells;

function wanted() {
  if (stages.length) return new Map(clock.awake ? stages.filter(([, cell]) => !cell.broken) : []);
  const ready = clock.awake ? shown.filter(cell => cell.film && !cell.broken && inView.has(cell)) : [];
  const found = ready.slice(0, MOST);
  find("#playing").textContent = ready.length > MOST ? t("{count} play at once", { count: MOST }) : "";
  return new Map(found.map(cell => [cell.screen, cell]));
}

function manage() {
  const want = wanted();
  for (const [holder, player] of players) if (want.get(holder) !== player.cell) drop(holder, player);
  for (const [holder, cell] of want) if (!players.has(holder)) cell.video ? project(holder, cell) : hang(holder, cell);
}

let waiting = 0;
function manageSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(manage, 120); // not for cells that only fly past
}

function project(holder, cell) {
  const video = make("video", "film");
  const player = { cell, element: video, video, again: false, sought: 0 };
  video.muted = true;
  video.playsInline = true;
  video.preload = "auto";
  video.tabIndex = -1;
  video.setAttribute("aria-hidden", "true");
  video.addEventListener("loadedmetadata", () => {
    if (guessed) data.seconds = video.duration;
    place(player);
  });
  video.addEventListener("seeked", () => settle(player));
  video.addEventListener("error", () => refuse(holder, player), { once: true });
  players.set(holder, player);
  video.src = cell.film;
  holder.append(video);
}

// A file that is no film, or that this browser cannot play, stays a still and says so.
function refuse(holder, { cell, element }) {
  if (players.get(holder)?.element !== element) return;
  cell.broken = true;
  players.delete(holder);
  element.remove();
  holder.append(make("span", "flag", t("Does not play here")));
}

// A GIF and its like have their own clock: they move while the clock runs, and are stills else.
function hang(holder, cell) {
  const image = make("img", "film");
  image.alt = "";
  players.set(holder, { cell, element: image, video: null });
  if (clock.playing) image.src = cell.film;
  image.addEventListener("load", () => image.classList.add("ready"));
  holder.append(image);
}

function drop(holder, { element, video }) {
  players.delete(holder);
  element.remove();
  if (!video) return;
  video.pause();
  video.removeAttribute("src");
  video.load(); // lets go of the decoder
}

const target = video => Math.max(0, Math.min(clock.share * video.duration, video.duration - 0.5 / data.fps));

function place(player) {
  const { video } = player;
  if (!video || !(video.duration > 0)) return;
  if (video.seeking) return void (player.again = true);
  player.again = false;
  player.sought = performance.now();
  video.currentTime = target(video);
}

function settle(player) {
  player.video.classList.add("ready");
  if (player.again) place(player);
  else if (clock.playing && !clock.held) run(player);
}

function run({ video }) {
  video.playbackRate = clock.speed * video.duration / data.seconds;
  if (video.paused && !video.ended) video.play().catch(() => undefined);
}

function rest() {
  for (const { video, element } of players.values()) {
    if (video) video.pause();
    else { element.removeAttribute("src"); element.classList.remove("ready"); }
  }
}

// Small differences are made up for by the rate, large ones by a seek.
function sync(now) {
  for (const player of players.values()) {
    const { video } = player;
    if (!video || !(video.duration > 0) || video.seeking) continue;
    const off = video.currentTime - target(video);
    if (Math.abs(off) > DRIFT && now - player.sought > 800) place(player);
    else if (!video.ended) {
      run(player);
      const nudge = Math.abs(off) < 0.03 ? 0 : Math.max(-0.2, Math.min(0.2, off));
      video.playbackRate *= 1 - nudge;
    }
  }
}

function tick(now) {
  if (!clock.playing) return;
  const passed = Math.min(0.25, Math.max(0, (now - clock.last) / 1000));
  clock.last = now;
  if (!clock.held) {
    clock.share += passed * clock.speed / data.seconds;
    if (clock.share >= 1) {
      clock.share = 0;
      players.forEach(place);
    }
    if (now - clock.synced > 200) { sync(now); clock.synced = now; }
    paint();
  }
  clock.frame = requestAnimationFrame(tick);
}

function wake() {
  if (clock.awake) return;
  clock.awake = true;
  manage();
}

function play() {
  if (clock.share >= 0.999) clock.share = 0;
  clock.playing = true;
  clock.last = performance.now();
  wake();
  players.forEach(player => player.video ? place(player) : (player.element.src = player.cell.film));
  cancelAnimationFrame(clock.frame);
  clock.frame = requestAnimationFrame(tick);
  paint();
}

function pause() {
  clock.playing = false;
  rest();
  players.forEach(place); // all on the very same instant
  paint();
}

const toggle = () => clock.playing ? pause() : play();

function scrub(share) {
  clock.share = Math.max(0, Math.min(1, share));
  wake();
  players.forEach(place);
  paint();
}

function paint() {
  const time = t("{part} of {all} s", { part: localized((clock.share * data.seconds).toFixed(1)), all: localized(data.seconds.toFixed(1)) });
  for (const { scrubber, time: text, button: key } of transports) {
    scrubber.value = Math.round(clock.share * 1000);
    if (text.textContent === time && key.dataset.playing === String(clock.playing)) continue;
    text.textContent = time;
    scrubber.setAttribute("aria-valuetext", time);
    key.dataset.playing = clock.playing;
    find("span", key).textContent = clock.playing ? t("Pause") : t("Play");
    find("path", key).setAttribute("d", clock.playing ? PAUSE : PLAY);
  }
}

const transports = all(".transport").map(node => {
  const scrubber = find(".scrub", node), key = find(".play", node);
  const hold = held => { clock.held = held; if (clock.playing) held ? rest() : players.forEach(place); };
  key.addEventListener("click", toggle);
  scrubber.addEventListener("input", () => { if (!clock.held) hold(true); scrub(scrubber.value / 1000); });
  for (const end of ["change", "pointerup", "pointercancel", "blur"]) scrubber.addEventListener(end, () => { if (clock.held) hold(false); });
  return { scrubber, button: key, time: find(".time", node) };
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) rest();
  else if (clock.playing) { clock.last = performance.now(); players.forEach(place); }
});
calm.addEventListener("change", () => { if (calm.matches) pause(); });

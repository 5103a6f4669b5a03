// Numbers as the film writes them, and round places on axes.

function number(value, digits = 3) {
  if (value === 0) return "0";
  const power = Math.floor(Math.log10(Math.abs(value)));
  if (power >= -4 && power < 6) return localized(value.toFixed(Math.max(0, digits - 1 - power)));
  return localized(written(value.toExponential(Math.min(digits, 2) - 1)));
}

// "3.3×10⁻⁵" for JavaScript's "3.3e-5", "10⁶" for "1e+6".
function written(text) {
  const [front, power] = text.split("e");
  if (power === undefined) return text;
  const raised = "10" + [...String(Number(power))].map(sign => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]).join("");
  return front === "1" ? raised : `${front}×${raised}`;
}

function signed(value, digits = 3) {
  return number(value, digits).replace(/^-/, "\u2212");
}

// The number of a column at a row, or the word for one that is not there.
function told(values, words, row, digits = 3) {
  if (row < 0) return "\u2013";
  const value = values[row];
  if (value !== null) return signed(value, digits);
  const found = (words || []).find(([first, last]) => first <= row && row <= last);
  return found ? (found[2] === "none" ? "\u2013" : found[2]) : t("not finite");
}

// About `most` round numbers in [low, high], two at least.
function roundPlaces(low, high, most, whole = false) {
  let places = [];
  for (let more = most; places.length < 2 && more < most + 8; more++) places = multiples(low, high, more, whole);
  return places;
}

function multiples(low, high, most, whole) {
  const rough = (high - low) / Math.max(1, most) || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  let step = (whole ? [1, 2, 2.5, 4, 5, 10] : [1, 2, 2.5, 5, 10]).map(k => k * power).find(k => k >= rough * 0.999);
  if (whole) step = Math.max(1, Math.round(step));
  const places = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * (high - low); k++) places.push(k * step || 0);
  return places;
}

// Powers of ten in [low, high], or 1, 2 and 5 times them where those are few.
function roundLosses(low, high, most) {
  const first = Math.floor(Math.log10(low)), last = Math.ceil(Math.log10(high));
  const make = kinds => {
    const places = [];
    for (let p = first; p <= last; p++) for (const k of kinds) places.push(Number(`${k}e${p}`));
    return places.filter(v => v >= low && v <= high);
  };
  let places = make([1]);
  if (places.length < 2) places = make([1, 2, 5]);
  const every = Math.ceil(places.length / Math.max(1, most));
  return places.filter((_, i) => (places.length - 1 - i) % every === 0);
}

function tick(value, digits = 6) {
  const tidy = Number(value.toPrecision(digits));
  const far = tidy !== 0 && (Math.abs(tidy) < 1e-4 || Math.abs(tidy) >= 1e6);
  const said = far ? written(tidy.toExponential()) : String(tidy);
  return localized(said).replace(/^-/, "\u2212");
}

// Index of the last of `values`, ascending, that is at most `value`; at least 0.
function lastAt(values, value) {
  let low = 0, high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= value) low = middle + 1; else high = middle;
  }
  return Math.max(0, low - 1);
}

// Places at least `gap` apart in [low, high], as near to `heights` as their order allows.
function spread(heights, gap, low, high) {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a] - heights[b] || a - b);
  const placed = order.map(i => Math.min(Math.max(heights[i], low), high));
  for (let i = 1; i < placed.length; i++) placed[i] = Math.max(placed[i], placed[i - 1] + gap);
  if (placed.length) placed[placed.length - 1] = Math.min(placed[placed.length - 1], high);
  for (let i = placed.length - 2; i >= 0; i--) placed[i] = Math.min(placed[i], placed[i + 1] - gap);
  const places = [];
  order.forEach((i, k) => { places[i] = placed[k]; });
  return places;
}

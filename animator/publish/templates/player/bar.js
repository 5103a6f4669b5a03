// The bar of colours in loss units: the surface's at the left, the path's at the right; what the dot's loss is.

function barOn(surface, context, moment) {
  const { film: { style }, box: { top, side }, bar: { left, width }, race, own } = surface, strip = race ? width : width / 2;
  const fill = (colours, x) => colours.forEach((colour, i) => {
    const low = top + side - Math.round(i / colours.length * side), high = top + side - Math.round((i + 1) / colours.length * side);
    context.fillStyle = colour;
    context.fillRect(x, high, strip, low - high);
  });
  fill(style.bands, left);
  if (!race) fill(style.path, left + strip);
  write(context, surface.value, left, 10, style.muted, { size: 12 });
  for (const loss of surface.ticks) write(context, tick(loss), left + width + 5, top + side * (1 - surface.position(loss)), style.muted, { size: 11 });
  if (race || !own[0].shown) return;
  const run = own[0], row = run.rowAt(moment.at), loss = run.rows.loss[row];
  if (loss === null) return;
  const y = top + side * (1 - surface.position(loss));
  if (run.apart(row)) {
    const under = top + side * (1 - surface.position(run.rows.height[row]));
    context.fillStyle = style.alert;
    context.fillRect(left - 9, Math.min(y, under), 2.4, Math.abs(under - y));
    pointer(context, left - 1, under, style.alert);
  }
  pointer(context, left - 1, y, style.dot);
}

// Lines with gaps, pointers, hatching, and a map of basins as a picture.

// Points along a line, close enough to tell what it crosses.
function dense(line) {
  const found = [];
  line.forEach((point, k) => {
    const before = line[k - 1];
    if (!point) return;
    const far = before ? Math.hypot(point[0] - before[0], point[1] - before[1]) : 0;
    for (let part = 6; part < Math.min(far, 2000); part += 6) {
      found.push([before[0] + part / far * (point[0] - before[0]), before[1] + part / far * (point[1] - before[1])]);
    }
    found.push(point);
  });
  return found;
}

// Part of a line of points, some of them missing, in one colour.
function along(context, line, first, last, width, colour, opacity) {
  context.beginPath();
  let open = false;
  for (let k = first; k <= last; k++) {
    if (!line[k]) { open = false; continue; }
    if (open) context.lineTo(...line[k]); else context.moveTo(...line[k]);
    open = true;
  }
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.globalAlpha = opacity;
  context.stroke();
  context.globalAlpha = 1;
}

function pointer(context, x, y, colour) {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - 8, y - 5);
  context.lineTo(x - 8, y + 5);
  context.closePath();
  context.fillStyle = colour;
  context.fill();
}

// What stands where the loss is not finite.
function hatch(context, left, top, side, style) {
  context.save();
  context.beginPath();
  context.rect(left, top, side, side);
  context.clip();
  context.beginPath();
  for (let k = -side; k < side; k += 9) {
    context.moveTo(left + k, top + side);
    context.lineTo(left + k + side, top);
  }
  context.strokeStyle = style.muted;
  context.globalAlpha = 0.6;
  context.lineWidth = 1;
  context.stroke();
  context.restore();
}

// The map of basins as a picture of a point a pixel, the first row lowest.
function tinted(labels, { shape: [rows, columns], colours, tint }) {
  const picture = document.createElement("canvas");
  picture.width = columns;
  picture.height = rows;
  const context = picture.getContext("2d"), image = context.createImageData(columns, rows);
  labels.forEach((label, at) => {
    if (label === 0) return;
    const pixel = 4 * ((rows - 1 - Math.floor(at / columns)) * columns + at % columns), colour = colours[label - 1];
    [1, 3, 5].forEach((k, channel) => { image.data[pixel + channel] = parseInt(colour.slice(k, k + 2), 16); });
    image.data[pixel + 3] = Math.round(255 * tint);
  });
  context.putImageData(image, 0, 0);
  return picture;
}

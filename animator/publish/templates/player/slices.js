// Slices of a surface, unpacked; and the outlines of what lies above a level in one of them.

async function inflated(text) {
  const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// The places of all slices on the scale: 0 where the loss is not finite, else 1 to `top`.
async function unpacked(text, [count, rows, columns]) {
  const bytes = await inflated(text), size = rows * columns, length = count * size;
  const values = new Uint16Array(length);
  for (let i = 0; i < length; i++) {
    values[i] = bytes[i] + 256 * bytes[length + i] + (i >= size ? values[i - size] : 0);
  }
  return values;
}

// Which edges of a cell an outline enters and leaves, with what is above on its left.
// Corners: 1 low left, 2 low right, 4 high right, 8 high left. Edges: 0 low, 1 right, 2 high, 3 left.
const CELLS = [[], [[0, 3]], [[1, 0]], [[1, 3]], [[2, 1]], [[0, 3], [2, 1]], [[2, 0]], [[2, 3]],
               [[3, 2]], [[0, 2]], [[1, 0], [3, 2]], [[1, 2]], [[3, 1]], [[0, 1]], [[3, 0]], []];

// Outlines of where a slice is at least `level`, as closed lines through pixels (x, y).
// xs, ys: pixels of the grid's columns and rows. The slice is taken as lying below all levels around its
// grid and where it is not finite; outlines stay on the grid there.
class Outlines {
  constructor(columns, rows) {
    this.columns = columns;
    this.rows = rows;
    this.next = new Int32Array(2 * (columns + 2) * (rows + 2));
  }

  path(values, offset, level, xs, ys) {
    const { columns, rows, next } = this, wide = columns + 2;
    const at = (i, j) => (i < 0 || j < 0 || i >= columns || j >= rows ? 0 : values[offset + j * columns + i]);
    const starts = [];
    next.fill(-1);
    for (let j = -1; j < rows; j++) {
      let left = (at(-1, j) >= level ? 1 : 0) + (at(-1, j + 1) >= level ? 8 : 0);
      for (let i = -1; i < columns; i++) {
        const low = at(i + 1, j) >= level, high = at(i + 1, j + 1) >= level;
        const kind = left + (low ? 2 : 0) + (high ? 4 : 0);
        left = (low ? 1 : 0) + (high ? 8 : 0);
        if (kind === 0 || kind === 15) continue;
        const corner = 2 * ((j + 1) * wide + i + 1);  // edges: 2n runs right from point n, 2n + 1 runs up
        const edges = [corner, corner + 3, corner + 2 * wide, corner + 1];
        for (const [enter, leave] of CELLS[kind]) {
          next[edges[enter]] = edges[leave];
          starts.push(edges[enter]);
        }
      }
    }
    return this.traced(starts, at, level, xs, ys);
  }

  traced(starts, at, level, xs, ys) {
    const { columns, rows, next } = this, wide = columns + 2, path = new Path2D();
    const x = i => xs[Math.min(columns - 1, Math.max(0, i))], y = j => ys[Math.min(rows - 1, Math.max(0, j))];
    for (const start of starts) {
      let edge = start, first = true;
      while (next[edge] >= 0) {
        const point = edge >> 1, i = point % wide - 1, j = Math.floor(point / wide) - 1;
        const [u, v] = edge & 1 ? [i, j + 1] : [i + 1, j];
        const a = at(i, j), b = at(u, v);
        const part = a === 0 ? 1 : b === 0 ? 0 : (level - a) / (b - a);
        const px = x(i) + part * (x(u) - x(i)), py = y(j) + part * (y(v) - y(j));
        if (first) path.moveTo(px, py); else path.lineTo(px, py);
        first = false;
        const after = next[edge];
        next[edge] = -1;
        edge = after;
      }
      if (!first) path.closePath();
    }
    return path;
  }
}

/*
 * Flappy Bird, the picture that the agent sees, and the agent's network: no page, no clock, no chance. The
 * rule book is `dlintro_demos/flappy_bird/game.py` (and `network.py`); all of it is repeated here to the last
 * bit, but for the network, whose sums are rounded in another order.
 */
export const TICKS_PER_SECOND = 30;
export const SKIP = 2; // ticks a decision
export const FRAMES = 4; // pictures that the agent sees, the newest last
export const SIDE = 84; // cells of a picture
/** Lengths in px. */
export const FIELD = { width: 288, height: 512, birdX: 57, birdWidth: 34, birdHeight: 24, pipeWidth: 52 };

const GROUND_Y = FIELD.height * 0.79;
const NEW_PIPE_X = FIELD.width + FIELD.pipeWidth + FIELD.width * 0.2;
const PIPES = 3;
const [FIRST_Y, FLAP_VELOCITY, MAX_VELOCITY] = [244, -9, 10];
const [CELL_WIDTH, CELL_HEIGHT, LEFT, TOP] = [3, 5, 36, -11]; // px
const CELLS = SIDE * SIDE;

/** Top of the gap of pipe `pipe` (from 0) in the level `seed`, px. */
export function gapTop(seed, pipe) {
  let state = (seed + Math.imul(pipe + 1, 0x6d2b79f5)) >>> 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  state = (state ^ (state >>> 14)) >>> 0;
  return 100 + 10 * (state >>> 29);
}

/** A game at its beginning; `rules` are `{gravity, gap, speed}`. `tick` changes it. */
export function newGame(seed, rules) {
  const slots = [...Array(PIPES).keys()];
  return {
    seed,
    rules,
    y: FIRST_Y,
    velocity: FLAP_VELOCITY,
    pipeX: slots.map((slot) => FIELD.width + slot * (FIELD.width / 2)),
    pipeTop: slots.map((slot) => gapTop(seed, slot)),
    made: PIPES,
    score: 0, // pipes passed
    alive: true,
    ticks: 0,
  };
}

/** One tick; a crashed game stands still. */
export function tick(game, flap) {
  if (!game.alive) return;
  const { gravity, speed } = game.rules;
  game.ticks += 1;
  const birdMiddle = FIELD.birdX + FIELD.birdWidth / 2;
  for (const x of game.pipeX) {
    const middle = x + FIELD.pipeWidth / 2;
    if (middle <= birdMiddle && birdMiddle < middle + speed) game.score += 1;
  }
  if (flap && game.y > -2 * FIELD.birdHeight) game.velocity = FLAP_VELOCITY;
  else if (game.velocity < MAX_VELOCITY) game.velocity += gravity;
  game.y += Math.min(game.velocity, GROUND_Y - game.y - FIELD.birdHeight);
  for (let slot = 0; slot < PIPES; slot++) movePipe(game, slot, speed);
  game.alive = !collides(game);
}

function movePipe(game, slot, speed) {
  game.pipeX[slot] -= speed;
  if (game.pipeX[slot] >= -FIELD.pipeWidth) return;
  game.pipeX[slot] = NEW_PIPE_X;
  game.pipeTop[slot] = gapTop(game.seed, game.made);
  game.made += 1;
}

function collides(game) {
  if (game.y + FIELD.birdHeight >= GROUND_Y - 1) return true;
  const y = Math.trunc(game.y);
  return game.pipeX.some((exact, slot) => {
    const x = Math.trunc(exact);
    const top = game.pipeTop[slot];
    const beside = x < FIELD.birdX + FIELD.birdWidth && x + FIELD.pipeWidth > FIELD.birdX;
    return beside && !(y >= top && y + FIELD.birdHeight <= top + game.rules.gap);
  });
}

/** The picture, written into `cells` (84 * 84, row by row): whole greys from 0 to 255. */
export function drawPicture(game, shades, cells = new Float32Array(CELLS)) {
  const area = CELL_WIDTH * CELL_HEIGHT;
  const ground = Math.trunc(GROUND_Y) - TOP;
  cells.fill(0);
  game.pipeX.forEach((x, slot) => {
    const top = game.pipeTop[slot] - TOP;
    const left = Math.trunc(x) - LEFT;
    addBlock(cells, left, left + FIELD.pipeWidth, 0, top, shades.pipe / area);
    addBlock(cells, left, left + FIELD.pipeWidth, top + game.rules.gap, ground, shades.pipe / area);
  });
  const [left, top] = [FIELD.birdX - LEFT, Math.floor(game.y) - TOP];
  addBlock(cells, left, left + FIELD.birdWidth, top, top + FIELD.birdHeight, shades.bird / area);
  addBlock(cells, 0, SIDE * CELL_WIDTH, ground, SIDE * CELL_HEIGHT, shades.ground / area);
  return cells;
}

/** Adds `grey` to a cell for each px that the block covers of it; edges in px from the picture's corner. */
function addBlock(cells, left, right, top, bottom, grey) {
  const firstColumn = Math.max(0, Math.floor(left / CELL_WIDTH));
  const lastColumn = Math.min(SIDE, Math.ceil(right / CELL_WIDTH));
  const lastRow = Math.min(SIDE, Math.ceil(bottom / CELL_HEIGHT));
  for (let row = Math.max(0, Math.floor(top / CELL_HEIGHT)); row < lastRow; row++) {
    const high = covered(top, bottom, row * CELL_HEIGHT, CELL_HEIGHT);
    for (let column = firstColumn; column < lastColumn; column++) {
      cells[row * SIDE + column] += grey * high * covered(left, right, column * CELL_WIDTH, CELL_WIDTH);
    }
  }
}

function covered(first, last, edge, cell) {
  return Math.max(0, Math.min(last, edge + cell) - Math.max(first, edge));
}

/** What the agent sees, at first four times the same picture: (4 * 84 * 84), the newest last. */
export function firstFrames(game, shades) {
  const frames = new Float32Array(FRAMES * CELLS);
  for (let i = 0; i < FRAMES; i++) drawPicture(game, shades, frames.subarray(i * CELLS, (i + 1) * CELLS));
  return frames;
}

/** The oldest picture goes, the game's present one comes. */
export function nextFrame(frames, game, shades) {
  frames.copyWithin(0, CELLS);
  drawPicture(game, shades, frames.subarray((FRAMES - 1) * CELLS));
}

// `side` is the input's, in places; a fully connected layer (`flat`) is a convolution with one place.
const LAYERS = [
  { name: "conv1", channels: FRAMES, side: SIDE, kernel: 8, stride: 4, filters: 16, planes: true },
  { name: "conv2", channels: 16, side: 20, kernel: 4, stride: 2, filters: 32 },
  { name: "hidden", channels: 32, side: 9, kernel: 9, stride: 1, filters: 256, flat: true },
  { name: "values", channels: 256, side: 1, kernel: 1, stride: 1, filters: 2, flat: true, last: true },
];

// The easier player's, which is told numbers (`state_player.py`).
const TOLD_LAYERS = [
  { name: "first", channels: 5, side: 1, kernel: 1, stride: 1, filters: 64, flat: true },
  { name: "second", channels: 64, side: 1, kernel: 1, stride: 1, filters: 64, flat: true },
  { name: "values", channels: 64, side: 1, kernel: 1, stride: 1, filters: 2, flat: true, last: true },
];

/**
 * The network of a safetensors file (float32 or float16), an ArrayBuffer: one that sees pictures, or one that
 * is told numbers (`told`). It has room for one decision at a time. `decisions`: made until then, where the
 * file says so, or 0. Throws an Error where the file holds
 * anything else.
 */
export function readPlayer(buffer) {
  const { names, about, tensor } = openSafetensors(buffer);
  const told = names.includes("first.weight");
  const layers = (told ? TOLD_LAYERS : LAYERS).map((layer) => makeLayer(tensor, layer));
  const outputs = layers.map((layer) => new Float32Array(layer.corners.length * layer.filters));
  const slopes = outputs.map((output) => new Float32Array(output.length));
  return { told, layers, outputs, slopes, decisions: Number(about.decisions ?? 0) };
}

function openSafetensors(buffer) {
  const start = buffer.byteLength < 8 ? NaN : 8 + Number(new DataView(buffer).getBigUint64(0, true));
  if (!(start <= buffer.byteLength)) throw new Error("The player's file is not a safetensors file.");
  const entries = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, start - 8)));
  const tensor = (name, shape) => {
    const entry = entries[name];
    if (String(entry?.shape) !== String(shape) || !["F32", "F16"].includes(entry.dtype)) {
      throw new Error(`The player's file lacks ${name}.`);
    }
    const [first, last] = entry.data_offsets;
    const bytes = buffer.slice(start + first, start + last); // a copy, so that it begins at a whole float
    if (entry.dtype === "F32") return new Float32Array(bytes);
    return Float32Array.from(new Uint16Array(bytes), halfToNumber);
  };
  return { names: Object.keys(entries), about: entries.__metadata__ ?? {}, tensor };
}

function halfToNumber(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/**
 * A layer made for `forward`: output place p of filter f is the sum of `input[corners[p] + offsets[tap]]` by
 * `weights[tap * filters + f]`. The channels of an input lie side by side, place by place, as the filters of
 * the layer below were computed, but for pictures, where each is a plane (`planes`).
 */
function makeLayer(tensor, { name, channels, side, kernel, stride, filters, planes, flat, last }) {
  const taps = channels * kernel ** 2;
  const given = tensor(`${name}.weight`, flat ? [filters, taps] : [filters, channels, kernel, kernel]);
  const [place, plane] = planes ? [1, side ** 2] : [channels, 1];
  const offsets = new Int32Array(taps);
  const weights = new Float32Array(taps * filters);
  for (let tap = 0; tap < taps; tap++) {
    const [channel, within] = [Math.floor(tap / kernel ** 2), tap % kernel ** 2];
    offsets[tap] = channel * plane + (Math.floor(within / kernel) * side + (within % kernel)) * place;
    for (let f = 0; f < filters; f++) weights[tap * filters + f] = given[f * taps + tap];
  }
  const across = (side - kernel) / stride + 1;
  const corner = (p) => (Math.floor(p / across) * side + (p % across)) * stride * place;
  const corners = Int32Array.from({ length: across ** 2 }, (_, p) => corner(p));
  return { weights, bias: tensor(`${name}.bias`, [filters]), filters, offsets, corners, rectified: !last };
}

/** What the easier player is told: heights over the next two gaps, speed, distance, height, all near 1. */
export function tellState({ y, velocity, pipeX, pipeTop }) {
  const slots = [...pipeX.keys()].filter((slot) => pipeX[slot] + FIELD.pipeWidth > FIELD.birdX);
  const [first, second] = slots.sort((a, b) => pipeX[a] - pipeX[b]);
  const [over, overNext] = [first, second].map((slot) => (y - pipeTop[slot]) / 100);
  return Float32Array.of(over, velocity / 10, (pipeX[first] - FIELD.birdX) / 100, overNext, y / 200 - 1);
}

/** The Q-values, [glide, flap], for `seen`: pictures (4 * 84 * 84, 0 to 255) or what `tellState` gives. */
export function qValues(player, seen) {
  let input = player.told ? seen : seen.map((grey) => grey / 255);
  player.layers.forEach((layer, i) => {
    forward(layer, input, player.outputs[i]);
    input = player.outputs[i];
  });
  return [...input];
}

function forward({ weights, bias, filters, offsets, corners, rectified }, input, output) {
  const sums = new Float64Array(filters);
  for (let p = 0; p < corners.length; p++) {
    sums.set(bias);
    for (let tap = 0; tap < offsets.length; tap++) {
      const value = input[corners[p] + offsets[tap]];
      if (value === 0) continue; // most are: the sky is black, and rectified features are sparse
      const row = tap * filters;
      for (let f = 0; f < filters; f++) sums[f] += value * weights[row + f];
    }
    const at = p * filters;
    for (let f = 0; f < filters; f++) output[at + f] = rectified && sums[f] < 0 ? 0 : sums[f];
  }
}

/**
 * The exact slope of the larger Q-value by each grey that the agent sees (a grey counted from 0 to 1):
 * (4 * 84 * 84), like `frames`.
 */
export function saliency(player, frames) {
  const [glide, flap] = qValues(player, frames);
  const { layers, outputs, slopes } = player;
  slopes.at(-1).set(flap > glide ? [0, 1] : [1, 0]);
  const pixels = new Float32Array(frames.length);
  for (let i = layers.length - 1; i >= 0; i--) {
    backward(layers[i], outputs[i], slopes[i], slopes[i - 1] ?? pixels);
  }
  return pixels;
}

function backward({ weights, filters, offsets, corners, rectified }, output, slope, inputSlope) {
  inputSlope.fill(0);
  const passed = new Float64Array(filters);
  for (let p = 0; p < corners.length; p++) {
    const at = p * filters;
    for (let f = 0; f < filters; f++) passed[f] = rectified && output[at + f] === 0 ? 0 : slope[at + f];
    if (passed.every((value) => value === 0)) continue;
    for (let tap = 0; tap < offsets.length; tap++) {
      const row = tap * filters;
      let sum = 0;
      for (let f = 0; f < filters; f++) sum += passed[f] * weights[row + f];
      inputSlope[corners[p] + offsets[tap]] += sum;
    }
  }
}

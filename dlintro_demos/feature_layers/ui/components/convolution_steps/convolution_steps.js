const SIDE = 3; // pixels of the picture along a side of the kernel
const COLOURS = ["Red", "Green", "Blue"];
const AREA = SIDE * SIDE;
const PRODUCTS = AREA * COLOURS.length;
const CEILING = 6; // of ReLU6
const MEAN = 127; // grey levels: what the network takes for 0
const DEVIATION = 128;
const [ADDED, NORMALISED, CLIPPED, FILLED] = [1, 2, 3, 4].map((after) => PRODUCTS + after); // steps
const PRODUCT_PACE = 37; // ms from one product to the next: about a second in all
const PAUSES = { [PRODUCTS]: 250, [ADDED]: 700, [NORMALISED]: 800, [CLIPPED]: 700, [FILLED]: 1400 }; // ms
const FAST = 112; // pixels of the map in a second
const FAST_NUMBERS = 400; // ms for which numbers stay when the window moves fast
const CALM_FRAMES = 500; // ms between two positions of a fast window for those who want less motion
const QUIET = 300; // ms without a move before the numbers are read out
const SLOP = 6; // px a finger moves sideways before a touch becomes a drag
const LEAST_FRAME = 15; // px on the screen
const PAGE = 10; // pixels of the map that Shift and an arrow key move
const DARKEST = 50; // of a pixel's tint, so that a black one still shows its colour
const FLAT = 1e-3; // a map that varies less has nothing to show
const ICONS = { play: "M7 5v14l11.5-7Z", pause: "M8 5.5v13M16 5.5v13" };

export default mounted(".convolution", build);

function build(root) {
  const find = (selector) => root.querySelector(selector);
  const [play, step, paces, hint, spoken] = [".play", ".step", ".paces", ".hint", ".spoken"].map(find);
  const [picture, patch, place, current] = [".picture", ".patch", ".place", ".current"].map(find);
  const [map, field, swatch, legend, flow] = [".map", ".field", ".swatch", ".legend", ".flow"].map(find);
  const [added, normalised, clipped] = ["sum", "norm", "clip"].map((name) => makeStop(find(`.stop.${name}`)));
  const frames = { seen: find(".seen .frame"), made: find(".made .frame") };
  const patchCells = times(AREA, () => patch.appendChild(element("i", "cell")));
  const grids = COLOURS.map((name) => makeColour(find(".colours"), name));

  let given = ""; // what was last asked for
  let fetched = { address: "", pixels: null };
  let net = null; // the numbers, as `compute` gives them; until then, the board is inert
  let spot = { row: 0, column: 0 };
  let shown = null; // the arithmetic of the window on show
  let at = FILLED; // how far the show is: products that are there, or a step after them
  let pace = "slow";
  let playing = false;
  let swept = null; // while it plays: pixels of the map from this one on are dimmed
  let drag = null;
  const timers = { show: 0, speech: 0, fast: 0 };

  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const listening = new AbortController();
  const on = (target, types, handler) => {
    for (const type of types.split(" ")) target.addEventListener(type, handler, { signal: listening.signal });
  };

  async function update(data) {
    const wanted = JSON.stringify(data);
    if (wanted === given) return; // only the theme changed
    given = wanted;
    const pixels = await pixelsAt(data.pixels);
    if (wanted !== given) return; // overtaken
    if (!pixels) {
      given = "";
      hint.textContent = "The picture did not arrive. Please load the page again.";
      return;
    }
    const finger = matchMedia("(pointer: coarse)").matches;
    hint.textContent = finger
      ? "Tap a pixel of the picture or of the feature map."
      : "Click a pixel of the picture or of the feature map, or use the arrow keys on it.";
    pause();
    swept = null;
    const before = net;
    net = compute(data, pixels);
    root.inert = false;
    if (before?.rows !== net.rows || before?.columns !== net.columns) spot = brightest(net);
    picture.setAttribute("aria-label", `What the network sees, ${net.width} by ${net.height} pixels`);
    drawPicture();
    showKernel();
    describeMap();
    goTo(spot.row, spot.column);
  }

  /** The bytes of the picture, red, green and blue; null where they cannot be had. Channels share them. */
  function pixelsAt(address) {
    if (fetched.address !== address) {
      const bytes = fetch(address).then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject()));
      const pixels = bytes.then(
        (buffer) => new Uint8Array(buffer),
        () => (fetched = { address: "", pixels: null }).pixels,
      );
      fetched = { address, pixels };
    }
    return fetched.pixels;
  }

  function drawPicture() {
    const image = new ImageData(net.width, net.height);
    for (let i = 0; i < net.width * net.height; i += 1) {
      for (let colour = 0; colour < 3; colour += 1) image.data[4 * i + colour] = net.grey[3 * i + colour];
      image.data[4 * i + 3] = 255;
    }
    draw(picture, image);
  }

  function drawMap() {
    const image = new ImageData(net.columns, net.rows);
    net.map.forEach((value, i) => {
      const level = levelOf(value);
      image.data.fill(level, 4 * i, 4 * i + 3);
      image.data[4 * i + 3] = swept === null || i < swept ? 255 : 70;
    });
    draw(map, image);
  }

  /** Grey level of an activation: the lowest of the map is black, the highest white. */
  function levelOf(value) {
    const { low, high } = net;
    return Math.round(high - low < FLAT ? (255 * value) / CEILING : (255 * (value - low)) / (high - low));
  }

  function describeMap() {
    const { low, high, channel } = net;
    legend.textContent =
      high - low < FLAT
        ? `Channel ${channel}: on this picture, every pixel of it is the same.`
        : `Feature map of channel ${channel}. Black is ${decimals(low, 2)}, white ${decimals(high, 2)}.`;
  }

  function showKernel() {
    grids.forEach(({ kernel }, colour) => {
      const weights = times(AREA, (i) => net.kernel[3 * i + colour]);
      kernel.cells.forEach((cell, i) => showSigned(cell, weights[i], net.heaviest));
      kernel.element.setAttribute("aria-label", `${COLOURS[colour]} weights: ${listed(weights)}`);
    });
  }

  /** Moves the window; `animated`, the arithmetic is then shown bit by bit, else at once. */
  function goTo(row, column, { animated = true, aloud = false } = {}) {
    moveTo(row, column);
    drawMap();
    showWindow();
    clearTimeout(timers.show);
    showStep(animated && !calm.matches ? 0 : FILLED);
    if (at < FILLED) timers.show = setTimeout(goOn, 2 * PRODUCT_PACE);
    clearTimeout(timers.speech);
    if (aloud) timers.speech = setTimeout(() => (spoken.textContent = inWords(spot, shown)), QUIET);
  }

  function moveTo(row, column) {
    spot = { row: clamp(row, 0, net.rows - 1), column: clamp(column, 0, net.columns - 1) };
    shown = arithmetic(net, spot.row, spot.column);
    if (swept !== null) swept = spot.row * net.columns + spot.column;
    Object.assign(root.dataset, spot, {
      sum: shown.sum,
      normalised: shown.normalised,
      activation: shown.activation,
    });
    field.setAttribute(
      "aria-label",
      `Feature map of channel ${net.channel}, row ${spot.row + 1}, column ${spot.column + 1}: ` +
        `${short(shown.activation)}. Arrow keys move it, with Shift by ${PAGE}.`,
    );
    placeFrames();
  }

  function placeFrames() {
    if (!net) return;
    const { row, column } = spot;
    const [top, left] = cornerOf(net, row, column);
    placeFrame(frames.seen, picture, left, top, SIDE, net.width);
    placeFrame(frames.made, map, column, row, 1, net.columns);
    const [casing, beam, casing2, beam2] = find(".beams").children;
    const looking = beamPath(flow, frames.seen, patch);
    const narrow = flow.clientWidth < 2.5 * find(".made").clientWidth; // there, the line would cover the map
    const making = narrow ? "" : beamPath(flow, swatch, frames.made);
    for (const path of [casing, beam]) path.setAttribute("d", looking);
    for (const path of [casing2, beam2]) path.setAttribute("d", making);
  }

  function showWindow() {
    const { pixels, beyond } = shown;
    patchCells.forEach((cell, i) => {
      cell.classList.toggle("beyond", beyond[i]);
      const [red, green, blue] = [0, 1, 2].map((colour) => greyOf(pixels[3 * i + colour]));
      cell.style.background = beyond[i] ? "" : `rgb(${red} ${green} ${blue})`;
    });
    grids.forEach(({ pixels: grid }, colour) => {
      const values = times(AREA, (i) => pixels[3 * i + colour]);
      grid.cells.forEach((cell, i) => showPixel(cell, values[i], colour, beyond[i]));
      grid.element.setAttribute("aria-label", `${COLOURS[colour]} pixels: ${listed(values)}`);
    });
    const [top, left] = cornerOf(net, spot.row, spot.column);
    place.textContent =
      `3 × 3 pixels, enlarged: rows ${top + 1} to ${top + SIDE}, columns ${left + 1} to ${left + SIDE}.` +
      (beyond.some(Boolean) ? " Beyond the edge, the network puts zeros." : "");
  }

  /** The show up to `wanted`; whatever comes later is empty. */
  function showStep(wanted) {
    at = wanted;
    root.dataset.step = at;
    root.toggleAttribute("data-done", at === FILLED);
    const lit = at > 0 && at <= PRODUCTS ? at - 1 : null;
    light(lit);
    showProducts();
    current.textContent = lit === null ? summary() : productInWords(lit);
    const sofar = at >= PRODUCTS ? shown.sum : shown.partial[at];
    added.show(at > 0 ? sofar : null, [-net.limit, net.limit], at === ADDED);
    normalised.show(at >= NORMALISED ? shown.normalised : null, net.axis, at === NORMALISED);
    normalised.say(normInWords(at >= NORMALISED ? decimals(shown.sum, 3) : "", net));
    clipped.show(at >= CLIPPED ? shown.activation : null, net.axis, at === CLIPPED);
    clipped.ghost(at >= NORMALISED ? shown.normalised : null, net.axis);
    clipped.say(at >= CLIPPED ? clipInWords(shown.normalised) : "below 0 becomes 0, above 6 becomes 6");
    const level = levelOf(shown.activation);
    swatch.style.background = at === FILLED ? `rgb(${level} ${level} ${level})` : "";
    swatch.classList.toggle("empty", at < FILLED);
    find(".beams").classList.toggle("filled", at === FILLED);
  }

  function light(lit) {
    patchCells.forEach((cell, i) => cell.classList.toggle("lit", lit !== null && lit % AREA === i));
    grids.forEach((colour, number) => {
      for (const grid of [colour.pixels, colour.kernel, colour.products]) {
        grid.cells.forEach((cell, i) => cell.classList.toggle("lit", lit === number * AREA + i));
      }
    });
  }

  function showProducts() {
    grids.forEach(({ products: grid }, colour) => {
      const values = times(AREA, (i) => shown.products[3 * i + colour]);
      grid.cells.forEach((cell, i) => {
        const there = colour * AREA + i < at;
        if (there) showSigned(cell, values[i], net.heaviest);
        else empty(cell);
      });
      grid.element.setAttribute("aria-label", `${COLOURS[colour]} products: ${listed(values)}`);
    });
  }

  /** Pointing at a number lights up the two others of its product. */
  function lookCloser(event) {
    if (at < FILLED || (playing && pace === "fast")) return;
    const cell = event.type === "pointerover" ? event.target.closest(".cell") : null;
    const colour = grids.findIndex(({ row }) => row.contains(cell));
    const lit = cell && colour * AREA + [...cell.parentElement.children].indexOf(cell);
    light(lit);
    current.textContent = lit === null ? summary() : productInWords(lit);
  }

  function productInWords(lit) {
    const [colour, i] = [Math.floor(lit / AREA), lit % AREA];
    const numbers = [shown.pixels, net.kernel, shown.products];
    const [pixel, weight, product] = numbers.map((all) => all[3 * i + colour]);
    return `${decimals(pixel, 2)} × ${bracketed(weight)} = ${decimals(product, 2)}`;
  }

  function summary() {
    if (at === 0) return "27 products: 9 pixels in 3 colours";
    return `Orange lifts, blue lowers: ${decimals(shown.sum, 3)} together`;
  }

  function goOn() {
    if (at < FILLED) {
      showStep(at + 1);
      timers.show = setTimeout(goOn, at < PRODUCTS ? PRODUCT_PACE : PAUSES[at]);
    } else if (playing && pace === "slow") {
      advance(1);
      goTo(spot.row, spot.column);
      if (calm.matches) timers.show = setTimeout(goOn, PAUSES[FILLED]);
    }
  }

  /** Along the row, then the next; from the last pixel on to the first, with an empty map. */
  function advance(pixels) {
    const total = net.rows * net.columns;
    const next = (spot.row * net.columns + spot.column + pixels) % total;
    moveTo(Math.floor(next / net.columns), next % net.columns);
  }

  function startPlaying() {
    setPlaying(true);
    swept = spot.row * net.columns + spot.column;
    spoken.textContent = "Playing.";
    if (pace === "fast") return sweep();
    drawMap();
    clearTimeout(timers.show);
    if (at === FILLED) timers.show = setTimeout(goOn, PRODUCT_PACE);
    else goOn();
  }

  /** The window runs over the map, which fills as it goes; the numbers change at a pace that can be seen. */
  function sweep() {
    let [last, numbers, rest] = [performance.now(), 0, 0];
    clearTimeout(timers.show);
    const move = (now) => {
      timers.fast = requestAnimationFrame(move);
      if (now - last < (calm.matches ? CALM_FRAMES : 0)) return;
      rest += (Math.min(now - last, 2 * CALM_FRAMES) * FAST) / 1000;
      last = now;
      advance(Math.floor(rest));
      rest -= Math.floor(rest);
      drawMap();
      if (now - numbers < FAST_NUMBERS) return;
      numbers = now;
      showWindow();
      showStep(FILLED);
    };
    timers.fast = requestAnimationFrame(move);
  }

  function pause() {
    cancelAnimationFrame(timers.fast);
    if (!playing) return;
    setPlaying(false);
    if (pace === "slow" && at < FILLED) return; // the window on show is finished
    clearTimeout(timers.show);
    showWindow();
    showStep(FILLED);
  }

  function setPlaying(wanted) {
    playing = wanted;
    root.toggleAttribute("data-playing", playing);
    play.querySelector("span").textContent = playing ? "Pause" : "Play";
    play.querySelector("path").setAttribute("d", playing ? ICONS.pause : ICONS.play);
  }

  function choosePace(wanted) {
    const went = playing;
    pause();
    pace = wanted;
    for (const button of paces.children) button.setAttribute("aria-pressed", button.value === pace);
    if (went) startPlaying();
  }

  /** The visitor takes over: what played stops, and the whole map is there again. */
  function takeTo(row, column, options) {
    pause();
    swept = null;
    goTo(row, column, { aloud: true, ...options });
  }

  function steer(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const far = event.shiftKey ? PAGE : 1;
    const [right, down] = {
      ArrowLeft: [-far, 0],
      ArrowRight: [far, 0],
      ArrowUp: [0, -far],
      ArrowDown: [0, far],
      Home: [-net.columns, 0],
      End: [net.columns, 0],
    }[event.key] ?? [0, 0];
    if (!right && !down) return;
    event.preventDefault();
    takeTo(spot.row + down, spot.column + right, { animated: !event.repeat });
  }

  /** The pixel of the map that a pointer on the picture or on the map means. */
  function pointed(event, canvas) {
    const area = canvas.getBoundingClientRect();
    const [u, v] = [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height];
    if (canvas === map) return [Math.floor(v * net.rows), Math.floor(u * net.columns)];
    const [top, left] = net.pad;
    return [(v * net.height + top) / net.stride, (u * net.width + left) / net.stride].map(
      (middle) => Math.round(middle - SIDE / 2 / net.stride), // of the window
    );
  }

  function startDrag(event) {
    if (!event.isPrimary || event.button !== 0) return;
    const canvas = event.currentTarget.querySelector("canvas");
    event.currentTarget.setPointerCapture(event.pointerId);
    field.focus({ preventScroll: true });
    const touch = event.pointerType === "touch"; // it may become a scroll
    drag = { canvas, undecided: touch ? event.clientX : null };
    if (drag.undecided === null) takeTo(...pointed(event, canvas));
  }

  function goOnDragging(event) {
    if (!drag || !event.isPrimary) return;
    if (drag.undecided !== null && Math.abs(event.clientX - drag.undecided) < SLOP) return;
    drag.undecided = null;
    const [row, column] = pointed(event, drag.canvas);
    if (row !== spot.row || column !== spot.column) takeTo(row, column, { animated: false });
  }

  function finishDrag(event) {
    if (drag && drag.undecided !== null && event.type === "pointerup") takeTo(...pointed(event, drag.canvas));
    drag = null;
  }

  on(play, "click", () => {
    if (!playing) return startPlaying();
    pause();
    spoken.textContent = `Paused. ${inWords(spot, shown)}`;
  });
  on(step, "click", () => {
    const next = (spot.row * net.columns + spot.column + 1) % (net.rows * net.columns);
    takeTo(Math.floor(next / net.columns), next % net.columns);
  });
  on(paces, "click", (event) => event.target.value && choosePace(event.target.value));
  on(root, "pointerdown keydown", (event) => root.classList.toggle("pointing", event.type === "pointerdown"));
  on(find(".colours"), "pointerover pointerout", lookCloser);
  on(field, "keydown", steer);
  for (const stage of root.querySelectorAll(".stage")) {
    on(stage, "pointerdown", startDrag);
    on(stage, "pointermove", goOnDragging);
    on(stage, "pointerup pointercancel", finishDrag);
    on(stage, "mousedown", (event) => event.preventDefault()); // keeps the focus that startDrag gave
  }
  const sizes = new ResizeObserver(placeFrames);
  for (const sized of [root, picture, map, patch, swatch]) sizes.observe(sized);
  setPlaying(false);

  function destroy() {
    given = ""; // what is still on its way comes too late
    listening.abort();
    sizes.disconnect();
    clearTimeout(timers.show);
    clearTimeout(timers.speech);
    cancelAnimationFrame(timers.fast);
  }

  return { update, destroy };
}

/** The whole map, and how far its numbers reach, so that every window is drawn on the same scales. */
function compute(data, grey) {
  const net = { ...data, grey };
  net.heaviest = Math.max(...net.kernel.map(Math.abs));
  net.map = new Float32Array(net.rows * net.columns);
  net.limit = FLAT;
  net.axis = [0, CEILING];
  for (let i = 0; i < net.map.length; i += 1) {
    const one = arithmetic(net, Math.floor(i / net.columns), i % net.columns);
    net.map[i] = one.activation;
    net.limit = Math.max(net.limit, ...one.partial.map(Math.abs));
    net.axis = [Math.min(net.axis[0], one.normalised), Math.max(net.axis[1], one.normalised)];
  }
  net.low = net.map.reduce((low, value) => Math.min(low, value));
  net.high = net.map.reduce((high, value) => Math.max(high, value));
  return net;
}

/** One pixel of the map. `pixels` and `products` go by row, column and colour; `beyond` by row and column. */
function arithmetic(net, row, column) {
  const [top, left] = cornerOf(net, row, column);
  const [pixels, beyond] = [[], []];
  for (let i = 0; i < AREA; i += 1) {
    const [y, x] = [top + Math.floor(i / SIDE), left + (i % SIDE)];
    const outside = y < 0 || x < 0 || y >= net.height || x >= net.width;
    beyond.push(outside);
    for (let colour = 0; colour < 3; colour += 1) {
      pixels.push(outside ? 0 : (net.grey[3 * (y * net.width + x) + colour] - MEAN) / DEVIATION);
    }
  }
  const products = pixels.map((pixel, i) => pixel * net.kernel[i]);
  const partial = [0]; // sums of the first products, in the order of the show: red, green, blue
  for (let i = 0; i < PRODUCTS; i += 1) {
    partial.push(partial[i] + products[3 * (i % AREA) + Math.floor(i / AREA)]);
  }
  const sum = partial[PRODUCTS];
  const normalised = net.scale * sum + net.shift;
  return { pixels, beyond, products, partial, sum, normalised, activation: clamp(normalised, 0, CEILING) };
}

/** Row and column of the picture's pixel under the kernel's top left; negative above and left of it. */
function cornerOf({ stride, pad }, row, column) {
  return [row * stride - pad[0], column * stride - pad[1]];
}

/** Where the sum is greatest in the middle of the map: a window that the kernel fits. */
function brightest({ rows, columns, scale, map }) {
  let best = { row: Math.floor(rows / 2), column: Math.floor(columns / 2) };
  const value = ({ row, column }) => map[row * columns + column];
  for (let row = Math.floor(rows / 4); row < (rows * 3) / 4; row += 1) {
    for (let column = Math.floor(columns / 4); column < (columns * 3) / 4; column += 1) {
      if (value({ row, column }) > value(best)) best = { row, column };
    }
  }
  return best;
}

function makeColour(parent, name) {
  const row = parent.appendChild(element("div", `colour ${name.toLowerCase()}`));
  row.appendChild(element("h4")).textContent = name;
  const pixels = makeGrid(row);
  sign(row, "×");
  const kernel = makeGrid(row);
  sign(row, "=");
  return { row, pixels, kernel, products: makeGrid(row) };
}

function makeGrid(parent) {
  const grid = parent.appendChild(element("div", "grid"));
  grid.setAttribute("role", "img");
  return { element: grid, cells: times(AREA, () => grid.appendChild(element("span", "cell"))) };
}

function sign(parent, text) {
  const mark = parent.appendChild(element("span", "sign"));
  mark.textContent = text;
  mark.setAttribute("aria-hidden", "true");
}

/** A value with a bar from zero. The axis is [low, high]; null is a value that is still to come. */
function makeStop(stop) {
  const [output, words] = [".value", "p"].map((tag) => stop.querySelector(tag));
  const ticks = stop.querySelectorAll(".ticks span");
  const [ghost, fill] = [".fill.ghost", ".fill:not(.ghost)"].map((name) => stop.querySelector(name));
  const [zero, zone] = [".zero", ".zone"].map((name) => stop.querySelector(name));
  return {
    show(value, axis, lit) {
      output.textContent = value === null ? "" : decimals(value, 3);
      stop.classList.toggle("lit", lit);
      stretch(fill, value, axis);
      zero.style.left = `${share(0, axis)}%`;
      if (!zone) return;
      zone.style.left = `${share(0, axis)}%`;
      zone.style.right = `${100 - share(CEILING, axis)}%`;
      ticks.forEach((tick, i) => (tick.style.left = `${share(i * CEILING, axis)}%`));
    },
    ghost: (value, axis) => stretch(ghost, value, axis),
    say: (text) => (words.textContent = text),
  };
}

function stretch(bar, value, axis) {
  const ends = [share(0, axis), share(value ?? 0, axis)];
  bar.style.left = `${Math.min(...ends)}%`;
  bar.style.right = `${100 - Math.max(...ends)}%`;
  bar.classList.toggle("minus", value < 0);
}

function share(value, [low, high]) {
  return clamp((100 * (value - low)) / (high - low), 0, 100);
}

function showSigned(cell, value, heaviest) {
  cell.classList.remove("empty");
  cell.classList.toggle("minus", value < 0);
  // By the root: the small ones are to be told apart too.
  cell.style.setProperty("--share", `${heaviest ? 100 * Math.sqrt(Math.abs(value) / heaviest) : 0}%`);
  cell.textContent = signed(value);
}

function empty(cell) {
  cell.classList.add("empty");
  cell.textContent = "";
}

function showPixel(cell, value, colour, beyond) {
  const rgb = [0, 0, 0];
  rgb[colour] = Math.round(DARKEST + (greyOf(value) * (255 - DARKEST)) / 255);
  cell.classList.toggle("beyond", beyond);
  cell.style.background = beyond ? "" : `rgb(${rgb.join(" ")})`;
  cell.style.color = beyond ? "" : luminance(rgb) > 0.179 ? "#000" : "#fff";
  cell.textContent = decimals(value, 2);
}

/** Of the light that a colour gives, as WCAG counts it: above 0.179, black is easier to read on it. */
function luminance(rgb) {
  const shares = rgb.map((level) => level / 255);
  const linear = shares.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

/** A frame around `extent` of the canvas's `across` pixels, never too small to see. */
function placeFrame(frame, canvas, x, y, extent, across) {
  const scale = canvas.clientWidth / across;
  const side = Math.max(extent * scale + 4, LEAST_FRAME);
  frame.style.width = frame.style.height = `${side}px`;
  frame.style.translate = `${(x + extent / 2) * scale - side / 2}px ${(y + extent / 2) * scale - side / 2}px`;
}

/** Two lines between facing sides of two elements: what one shows of the other. */
function beamPath(home, from, to) {
  const origin = home.getBoundingClientRect();
  const [one, other] = [from, to].map((part) => part.getBoundingClientRect());
  const x = (value) => (value - origin.left).toFixed(1);
  const y = (value) => (value - origin.top).toFixed(1);
  if (other.top >= one.bottom) {
    return (
      `M${x(one.left)} ${y(one.bottom)}L${x(other.left)} ${y(other.top)}` +
      `M${x(one.right)} ${y(one.bottom)}L${x(other.right)} ${y(other.top)}`
    );
  }
  return (
    `M${x(one.right)} ${y(one.top)}L${x(other.left)} ${y(other.top)}` +
    `M${x(one.right)} ${y(one.bottom)}L${x(other.left)} ${y(other.bottom)}`
  );
}

function draw(canvas, image) {
  if (canvas.width !== image.width) canvas.width = image.width;
  if (canvas.height !== image.height) canvas.height = image.height;
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function inWords({ row, column }, { sum, normalised, activation }) {
  return (
    `Window at row ${row + 1}, column ${column + 1}: sum ${short(sum)}, ` +
    `after batch norm ${short(normalised)}, after ReLU6 ${short(activation)}`
  );
}

function normInWords(sum, { scale, shift }) {
  return `${sum} × ${decimals(scale, 3)} ${shift < 0 ? "−" : "+"} ${decimals(Math.abs(shift), 3)} (learned)`;
}

function clipInWords(value) {
  if (value < 0) return "below 0, so it becomes 0";
  if (value > CEILING) return "above 6, so it becomes 6";
  return "between 0 and 6, so it stays";
}

function greyOf(value) {
  return Math.round(value * DEVIATION + MEAN);
}

/** With a true minus, and no minus before a zero. */
function decimals(value, places) {
  const digits = Math.abs(value).toFixed(places);
  return value < 0 && Number(digits) !== 0 ? `−${digits}` : digits;
}

function signed(value) {
  const text = decimals(value, 2);
  return text.startsWith("−") || Number(text) === 0 ? text : `+${text}`;
}

function bracketed(value) {
  const text = decimals(value, 2);
  return text.startsWith("−") ? `(${text})` : text;
}

function short(value) {
  return decimals(value, 2).replace(/\.?0+$/, "");
}

function listed(values) {
  return values.map((value) => decimals(value, 2)).join(", ");
}

function element(tag, name = "") {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}

function times(count, make) {
  return Array.from({ length: count }, (_, i) => make(i));
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

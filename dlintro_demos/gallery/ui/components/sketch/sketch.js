const SIDE = 96; // cells along a side of the paper
const STEP = 4; // cells that an arrow key moves

export default mounted(".sketch", build);

function build(root) {
  const find = (selector) => root.querySelector(selector);
  const [swatches, tools, clear, paper, field] = [".palette", ".sizes", ".clear", ".paper", ".field"].map(find);
  const [brush, hint, spoken] = [".brush", ".hint", ".spoken"].map(find);
  const cells = new Uint8Array(SIDE * SIDE); // the colour of each, row by row
  const pen = paper.getContext("2d");
  let palette = null;
  let tell = () => {};
  let colour = 1;
  let reach = 5; // radius of the pen in cells; 0 fills
  let stroke = null; // where the pointer was last, in cells, while it is down
  let spot = { x: SIDE / 2, y: SIDE / 2 };

  const listening = new AbortController();
  const on = (target, types, handler) => {
    for (const type of types.split(" ")) target.addEventListener(type, handler, { signal: listening.signal });
  };

  function update(data, setTriggerValue) {
    tell = setTriggerValue;
    if (palette) return; // what is on the paper is the browser's business from now on
    palette = data.palette;
    palette.forEach(({ name, colour: ink }, i) => {
      const button = swatches.appendChild(document.createElement("button"));
      button.type = "button";
      button.value = i;
      button.title = name;
      button.setAttribute("aria-label", name);
      button.setAttribute("aria-pressed", i === colour);
      button.style.setProperty("--swatch", ink);
    });
    cells.forEach((_, i) => (cells[i] = Number(data.cells[i] ?? 0)));
    show();
    describe();
  }

  function show() {
    palette.forEach(({ colour: ink }, value) => {
      pen.fillStyle = ink;
      cells.forEach((cell, i) => cell === value && pen.fillRect(i % SIDE, Math.floor(i / SIDE), 1, 1));
    });
    root.dataset.cells = cells.join("");
  }

  function describe() {
    const here = palette[cells[Math.floor(spot.y) * SIDE + Math.floor(spot.x)]].name;
    field.setAttribute(
      "aria-label",
      `Row ${Math.floor(spot.y) + 1}, column ${Math.floor(spot.x) + 1} of ${SIDE}, ${here}. ` +
        `Arrow keys move, Space draws in ${palette[colour].name}.`,
    );
    const size = Math.max(2 * reach, 3);
    brush.style.left = `${(100 * (spot.x - size / 2)) / SIDE}%`;
    brush.style.top = `${(100 * (spot.y - size / 2)) / SIDE}%`;
    brush.style.width = brush.style.height = `${(100 * size) / SIDE}%`;
  }

  function dab(x, y) {
    for (let row = Math.max(0, Math.floor(y - reach)); row < Math.min(SIDE, y + reach); row += 1) {
      for (let column = Math.max(0, Math.floor(x - reach)); column < Math.min(SIDE, x + reach); column += 1) {
        if (Math.hypot(column + 0.5 - x, row + 0.5 - y) <= reach) cells[row * SIDE + column] = colour;
      }
    }
  }

  function fill(x, y) {
    const start = clamp(Math.floor(y)) * SIDE + clamp(Math.floor(x));
    const old = cells[start];
    if (old === colour) return;
    const left = [start];
    while (left.length) {
      const i = left.pop();
      if (cells[i] !== old) continue;
      cells[i] = colour;
      if (i % SIDE > 0) left.push(i - 1);
      if (i % SIDE < SIDE - 1) left.push(i + 1);
      if (i >= SIDE) left.push(i - SIDE);
      if (i < SIDE * (SIDE - 1)) left.push(i + SIDE);
    }
  }

  function draw(from, to) {
    if (!reach) fill(to.x, to.y);
    const steps = reach ? Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y))) : -1;
    for (let step = 0; step <= steps; step += 1) {
      dab(from.x + ((to.x - from.x) * step) / steps, from.y + ((to.y - from.y) * step) / steps);
    }
    show();
  }

  const send = () => tell("drawn", { cells: cells.join("") });

  function inCells(event) {
    const box = field.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    return { x: clamp(x * SIDE), y: clamp(y * SIDE) };
  }

  on(field, "pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    field.setPointerCapture(event.pointerId);
    stroke = spot = inCells(event);
    draw(stroke, stroke);
  });
  on(field, "pointermove", (event) => {
    if (!event.isPrimary) return;
    const last = stroke;
    spot = inCells(event);
    brush.hidden = event.pointerType === "touch";
    describe();
    if (!last || !reach) return;
    stroke = spot;
    draw(last, spot);
  });
  on(field, "pointerup pointercancel lostpointercapture", () => {
    if (!stroke) return;
    stroke = null;
    send();
  });
  on(field, "pointerleave", () => !field.matches(":focus-visible") && (brush.hidden = true));
  on(field, "focus", () => (brush.hidden = !field.matches(":focus-visible")));
  on(field, "blur", () => (brush.hidden = true));
  on(field, "keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const [right, down] =
      { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], " ": [0, 0] }[event.key] ?? [];
    if (right === undefined) return;
    event.preventDefault();
    brush.hidden = false;
    spot = { x: clamp(spot.x + right * STEP), y: clamp(spot.y + down * STEP) };
    if (event.key === " ") {
      draw(spot, spot);
      send();
    }
    describe();
    spoken.textContent = field.getAttribute("aria-label").split(".")[0];
  });

  function press(group, event) {
    const chosen = event.target.closest("button");
    if (!chosen) return null;
    for (const button of group.children) button.setAttribute("aria-pressed", button === chosen);
    return Number(chosen.value);
  }

  on(swatches, "click", (event) => {
    colour = press(swatches, event) ?? colour;
    describe();
  });
  on(tools, "click", (event) => {
    reach = press(tools, event) ?? reach;
    describe();
  });
  on(clear, "click", () => {
    cells.fill(0);
    show();
    send();
  });
  hint.textContent = matchMedia("(pointer: coarse)").matches
    ? "Draw with a finger."
    : "Draw with the mouse, or with the arrow keys and Space.";

  return { update, destroy: () => listening.abort() };
}

function clamp(value) {
  return Math.min(Math.max(value, 0), SIDE - 0.01);
}

const SIDE = 14; // cells along a side of the picture
const PATIENCE = 1000; // ms to wait for an answer before the latest state is sent all the same

export default mounted(".occluder", build);

function build(root) {
  const find = (selector) => root.querySelector(selector);
  const [modes, sizes, clear, hint, count] = [".modes", ".sizes", ".clear", ".hint", ".count"].map(find);
  const [stage, picture, field, brush] = [".stage", ".picture", ".field", ".brush"].map(find);
  const [covered, list, note, spoken] = [".covered", ".bars", ".note", ".spoken"].map(find);
  const rims = root.querySelectorAll(".rim");

  const cells = new Uint8Array(SIDE * SIDE); // 1 where the picture is covered, row by row
  let id = null; // of the picture
  let tell = () => {};
  let painting = 1; // what the tool leaves behind: 1 covers, 0 uncovers
  let reach = 1; // cells that the tool reaches beyond the one in its middle
  let stroke = null; // where the pointer was last, in cells, while it is down
  let spot = { column: SIDE / 2, row: SIDE / 2 }; // the cell under the tool
  let bars = [];

  let serial = 0; // of the last message
  let waiting = null; // serial of the message that has no answer yet
  let unsent = false;
  let patience = 0;
  let known = false; // whether the server remembers a message of ours
  let untold = false; // whether the outcome of the last stroke is still to be read out

  const listening = new AbortController();
  const on = (target, types, handler) => {
    for (const type of types.split(" ")) target.addEventListener(type, handler, { signal: listening.signal });
  };

  function update(data, setTriggerValue) {
    tell = setTriggerValue;
    root.setAttribute("aria-label", `Cover parts of: ${data.alt}`);
    if (data.id !== id) startAfresh(data);
    else if (known && data.answered === null) startAfresh({ ...data, cells: "" }); // it was made to forget
    known = data.answered !== null;
    if (picture.getAttribute("src") !== data.picture) picture.src = data.picture;
    picture.alt = data.alt;
    showBars(data.before, data.now);
    if (note.textContent !== data.note) note.textContent = data.note;
    if (waiting !== null && data.answered === waiting) stopWaiting();
    if (untold && waiting === null && !stroke) readOut();
  }

  /** Another picture, or the same one anew: what was covered on it before is taken up once, at the start. */
  function startAfresh(data) {
    const wanted = id === null ? data.cells : "";
    id = data.id;
    cells.forEach((_, i) => (cells[i] = wanted[i] === "1" ? 1 : 0));
    clearTimeout(patience);
    waiting = stroke = null;
    unsent = untold = false;
    spoken.textContent = "";
    showCells();
  }

  function showCells() {
    const total = cells.reduce((sum, cell) => sum + cell, 0);
    const at = (column, row) => inside(column, row) && cells[row * SIDE + column] === 1;
    let [squares, edges] = ["", ""];
    for (let row = 0; row < SIDE; row += 1) {
      for (let column = 0; column < SIDE; column += 1) {
        if (!at(column, row)) continue;
        squares += `M${column} ${row}h1v1h-1z`;
        if (row > 0 && !at(column, row - 1)) edges += `M${column} ${row}h1`;
        if (row < SIDE - 1 && !at(column, row + 1)) edges += `M${column} ${row + 1}h1`;
        if (column > 0 && !at(column - 1, row)) edges += `M${column} ${row}v1`;
        if (column < SIDE - 1 && !at(column + 1, row)) edges += `M${column + 1} ${row}v1`;
      }
    }
    covered.setAttribute("d", squares);
    for (const rim of rims) rim.setAttribute("d", edges);
    root.dataset.cells = cells.join("");
    count.textContent = `${total} of ${cells.length} cells covered`;
    describeField();
  }

  function describeField() {
    const state = cells[spot.row * SIDE + spot.column] ? "covered" : "not covered";
    field.setAttribute(
      "aria-label",
      `Row ${spot.row + 1}, column ${spot.column + 1}, ${state}. Arrow keys move, Space covers or uncovers.`,
    );
  }

  function showBars(before, now) {
    while (bars.length < now.length) bars.push(makeBar());
    for (const bar of bars.splice(now.length)) bar.item.remove();
    const most = Math.max(...now.map((bar) => bar.probability));
    bars.forEach((bar, i) => {
      bar.label.textContent = now[i].label;
      bar.percent.textContent = percent(now[i].probability);
      bar.also.textContent = `, ${percent(before[i].probability)} before`;
      bar.item.style.setProperty("--now", `${100 * now[i].probability}%`);
      bar.item.style.setProperty("--before", `${100 * before[i].probability}%`);
      bar.item.classList.toggle("leading", now[i].probability === most);
    });
  }

  function makeBar() {
    const item = list.appendChild(element("li", "bar"));
    const words = item.appendChild(element("div", "words"));
    const label = words.appendChild(element("span", "label"));
    const percent = words.appendChild(element("span", "percent"));
    const also = words.appendChild(element("span", "also"));
    const track = item.appendChild(element("div", "track"));
    track.append(...["ghost", "fill", "tick"].map((name) => element("i", name)));
    return { item, label, percent, also };
  }

  /** Sets the cells under the tool, when it stands on a cell; says whether that changed any. */
  function paint(column, row, value) {
    let changed = false;
    for (let y = row - reach; y <= row + reach; y += 1) {
      for (let x = column - reach; x <= column + reach; x += 1) {
        if (!inside(x, y) || cells[y * SIDE + x] === value) continue;
        cells[y * SIDE + x] = value;
        changed = true;
      }
    }
    return changed;
  }

  /** A fast pointer skips cells between two events: the line between them is painted too. */
  function paintLine(from, to) {
    const steps = Math.max(1, Math.ceil(4 * Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y))));
    let changed = false;
    for (let step = 0; step <= steps; step += 1) {
      const x = Math.floor(from.x + ((to.x - from.x) * step) / steps);
      const y = Math.floor(from.y + ((to.y - from.y) * step) / steps);
      changed = paint(x, y, painting) || changed;
    }
    if (changed) noteChange();
  }

  function noteChange() {
    showCells();
    unsent = true;
    if (waiting === null) send();
  }

  function send() {
    unsent = false;
    untold = true;
    serial += 1;
    waiting = serial;
    root.dataset.sent = serial;
    clearTimeout(patience);
    patience = setTimeout(stopWaiting, PATIENCE);
    tell("covered", { cells: cells.join(""), picture: id, serial });
  }

  function stopWaiting() {
    clearTimeout(patience);
    waiting = null;
    if (unsent) send();
  }

  function readOut() {
    untold = false;
    spoken.textContent = `${count.textContent}. ${note.textContent}`;
  }

  function inCells(event) {
    const box = stage.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * SIDE,
      y: ((event.clientY - box.top) / box.height) * SIDE,
    };
  }

  function startStroke(event) {
    if (!event.isPrimary || event.button !== 0) return;
    field.setPointerCapture(event.pointerId);
    stroke = inCells(event);
    moveTo(stroke);
    paintLine(stroke, stroke);
  }

  function follow(event) {
    if (!event.isPrimary) return;
    const here = inCells(event);
    moveTo(here);
    if (!stroke) return;
    const last = stroke;
    stroke = here;
    paintLine(last, here);
  }

  function endStroke(event) {
    if (!event.isPrimary || !stroke) return;
    stroke = null;
    if (event.pointerType === "touch") brush.hidden = true;
  }

  function moveTo({ x, y }) {
    const [column, row] = [x, y].map((value) => clamp(Math.floor(value), 0, SIDE - 1));
    if (brush.hidden || column !== spot.column || row !== spot.row) showBrush(column, row);
  }

  function showBrush(column, row) {
    spot = { column, row };
    brush.hidden = false;
    placeBrush();
    describeField();
  }

  function placeBrush() {
    const width = 2 * reach + 1;
    brush.style.left = `${(100 * (spot.column - reach)) / SIDE}%`;
    brush.style.top = `${(100 * (spot.row - reach)) / SIDE}%`;
    brush.style.width = brush.style.height = `${(100 * width) / SIDE}%`;
  }

  function steer(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || stroke) return;
    if (event.key === " ") {
      event.preventDefault();
      return toggle();
    }
    const [right, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
      event.key
    ] ?? [0, 0];
    if (!right && !down) return;
    event.preventDefault();
    showBrush(clamp(spot.column + right, 0, SIDE - 1), clamp(spot.row + down, 0, SIDE - 1));
    const state = cells[spot.row * SIDE + spot.column] ? "covered" : "not covered";
    spoken.textContent = `Row ${spot.row + 1}, column ${spot.column + 1}, ${state}`;
  }

  function toggle() {
    showBrush(spot.column, spot.row);
    const value = cells[spot.row * SIDE + spot.column] ? 0 : 1;
    if (paint(spot.column, spot.row, value)) noteChange();
  }

  function press(group, chosen) {
    for (const button of group.children) button.setAttribute("aria-pressed", button === chosen);
    return Number(chosen.value);
  }

  const buttonOf = (event) => event.target.closest("button");
  on(modes, "click", (event) => buttonOf(event) && (painting = press(modes, buttonOf(event))));
  on(sizes, "click", (event) => {
    if (!buttonOf(event)) return;
    reach = (press(sizes, buttonOf(event)) - 1) / 2;
    placeBrush();
  });
  on(clear, "click", () => {
    if (!cells.includes(1)) return;
    cells.fill(0);
    noteChange();
  });
  on(field, "pointerdown", startStroke);
  on(field, "pointermove", follow);
  on(field, "pointerup pointercancel lostpointercapture", endStroke);
  on(field, "pointerleave", () => !field.matches(":focus-visible") && (brush.hidden = true));
  on(field, "focus", () => field.matches(":focus-visible") && showBrush(spot.column, spot.row));
  on(field, "blur", () => (brush.hidden = true));
  on(field, "keydown", steer);

  const finger = matchMedia("(pointer: coarse)").matches;
  hint.textContent = finger
    ? "Paint over the picture with a finger."
    : "Paint over the picture, or use the arrow keys and Space.";
  find(".grid").setAttribute("d", gridLines());
  placeBrush();

  function destroy() {
    listening.abort();
    clearTimeout(patience);
  }

  return { update, destroy };
}

function element(tag, name) {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}

function gridLines() {
  const between = Array.from({ length: SIDE - 1 }, (_, i) => i + 1);
  return between.map((at) => `M${at} 0v${SIDE}M0 ${at}h${SIDE}`).join("");
}

function inside(column, row) {
  return column >= 0 && column < SIDE && row >= 0 && row < SIDE;
}

/** "61 %", "4.2 %", "< 0.1 %": fine enough to see a small bar move. */
function percent(probability) {
  const value = 100 * probability;
  if (value === 0) return "0 %";
  if (value < 0.1) return "< 0.1 %";
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} %`;
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

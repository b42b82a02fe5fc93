const SMALL = 34; // px on the screen: a smaller box shows its label only when it is looked at
const MANY = 30; // faces above which none shows its label by itself
const GAP = 5; // px between a box and its label
const SLIP = 8; // px on the screen: a shorter drag was a click
const SVG = "http://www.w3.org/2000/svg";

export default mounted(".face-board", build);

function build(root) {
  const find = (selector) => root.querySelector(selector);
  const [draw, hint, stage, picture, spoken] = [".draw", ".hint", ".stage", ".picture", ".spoken"].map(find);
  const [layer, chips, field, draft, legend] = [".marks", ".chips", ".field", ".draft", ".legend"].map(find);

  let size = { width: 1, height: 1 }; // of the picture, in its pixels
  let least = 1; // side of a box, in picture pixels
  let tell = () => {};
  let given; // what Python last wanted selected
  let selected = null;
  let looked = null; // key of the face that is hovered or has the focus
  let drawing = false;
  let box = null; // x0, y0, x1, y1 in picture pixels, while it is drawn
  let corner = null; // where the drag began, in picture pixels
  let shown = [];
  const marks = new Map(); // key: { face, button, chip }

  const listening = new AbortController();
  const on = (target, types, handler) => {
    for (const type of types.split(" ")) target.addEventListener(type, handler, { signal: listening.signal });
  };

  function update(data, setTriggerValue) {
    tell = setTriggerValue;
    size = { width: data.width, height: data.height };
    least = data.least;
    root.style.setProperty("--width", size.width);
    root.style.setProperty("--height", size.height);
    root.setAttribute("aria-label", `Faces in: ${data.alt}`);
    if (picture.getAttribute("src") !== data.source) {
      picture.src = data.source;
      switchDrawing(false);
    }
    picture.alt = data.alt;
    draw.disabled = Math.min(size.width, size.height) < least;
    // A click shows at once; the run that only hears of it still has the old choice.
    const gone = !data.faces.some((face) => face.key === selected);
    if (gone || data.selected !== given) selected = data.selected;
    given = data.selected;
    showFaces(data.faces);
    showHint();
  }

  function showFaces(faces) {
    const wanted = new Set(faces.map((face) => face.key));
    for (const [key, mark] of marks) {
      if (wanted.has(key)) continue;
      mark.button.remove();
      mark.chip.remove();
      marks.delete(key);
      if (looked === key) looked = null;
    }
    const focused = root.getRootNode().activeElement;
    shown = faces.map((face, i) => {
      const mark = marks.get(face.key) ?? makeMark(face.key);
      mark.face = face;
      paintMark(mark);
      if (layer.children[i] !== mark.button) layer.insertBefore(mark.button, layer.children[i] ?? null);
      return mark;
    });
    if (focused && layer.contains(focused)) focused.focus({ preventScroll: true });
    // A small face inside the box of a larger one can still be reached.
    const bySize = shown.toSorted((one, other) => area(other.face.box) - area(one.face.box));
    bySize.forEach((mark, i) => (mark.button.style.zIndex = i));
    for (const entry of legend.children) {
      entry.hidden = !faces.some((face) => entry.classList.contains(face.level));
    }
    placeChips();
  }

  function makeMark(key) {
    const button = document.createElement("button");
    button.type = "button";
    const frame = button.appendChild(document.createElementNS(SVG, "svg"));
    for (let i = 0; i < 2; i += 1) {
      const line = frame.appendChild(document.createElementNS(SVG, "rect"));
      for (const side of ["width", "height"]) line.setAttribute(side, "100%");
      line.setAttribute("rx", 5);
    }
    const chip = chips.appendChild(document.createElement("span"));
    const mark = { button, chip };
    marks.set(key, mark);
    on(button, "click", () => choose(key));
    on(button, "pointerenter focus", () => lookAt(key));
    on(button, "pointerleave blur", () => looked === key && lookAt(null));
    return mark;
  }

  function paintMark({ face, button, chip }) {
    const [x0, y0, x1, y1] = inPicture(face.box);
    placeBox(button, [x0, y0, x1, y1]);
    button.className = `mark ${face.level}`;
    button.setAttribute("aria-label", `${face.label || "Face"}, ${face.level}`);
    button.setAttribute("aria-pressed", face.key === selected);
    chip.className = `chip ${face.level}`;
    chip.textContent = face.label;
  }

  function inPicture([x0, y0, x1, y1]) {
    const { width, height } = size;
    return [clamp(x0, 0, width), clamp(y0, 0, height), clamp(x1, 0, width), clamp(y1, 0, height)];
  }

  function placeBox(element, [x0, y0, x1, y1]) {
    element.style.left = `${(100 * x0) / size.width}%`;
    element.style.top = `${(100 * y0) / size.height}%`;
    element.style.width = `${(100 * (x1 - x0)) / size.width}%`;
    element.style.height = `${(100 * (y1 - y0)) / size.height}%`;
  }

  function choose(key) {
    selected = key;
    for (const { face, button } of shown) button.setAttribute("aria-pressed", face.key === key);
    placeChips();
    tell("selected", key);
  }

  function lookAt(key) {
    looked = key;
    placeChips();
  }

  /** Labels stay inside the picture and off each other; the one looked at comes first, then the selected. */
  function placeChips() {
    const scale = stage.clientWidth / size.width;
    const room = { width: stage.clientWidth, height: stage.clientHeight };
    const rank = ({ face }) => (face.key === looked ? 0 : face.key === selected ? 1 : 2);
    const order = shown.toSorted(
      (one, other) => rank(one) - rank(other) || area(other.face.box) - area(one.face.box),
    );
    const sizes = order.map(({ chip }) => [chip.offsetWidth, chip.offsetHeight]);
    const taken = [];
    order.forEach((mark, i) => {
      const [width, height] = sizes[i];
      const [x0, y0, x1, y1] = inPicture(mark.face.box).map((value) => value * scale);
      const under = y1 + GAP + height <= room.height - 2;
      const left = clamp((x0 + x1 - width) / 2, 4, Math.max(room.width - width - 4, 4));
      const top = clamp(under ? y1 + GAP : y0 - GAP - height, 2, Math.max(room.height - height - 2, 2));
      const front = rank(mark) < 2;
      const small = Math.min(x1 - x0, y1 - y0) < SMALL;
      const quiet = small || shown.length > MANY;
      const place = { left, top, right: left + width, bottom: top + height };
      const free = !taken.some((other) => overlap(place, other));
      const visible = mark.face.label !== "" && (rank(mark) === 0 || (free && (front || !quiet)));
      if (visible) taken.push(place);
      mark.chip.style.translate = `${left}px ${top}px`;
      mark.chip.classList.toggle("away", !visible);
      mark.chip.classList.toggle("front", front);
      mark.button.classList.toggle("small", small);
    });
  }

  function showHint() {
    const finger = matchMedia("(pointer: coarse)").matches;
    const keys = "Arrows move, Shift+arrows resize, Enter adds, Esc leaves.";
    if (drawing && box && !corner) hint.textContent = keys;
    else if (drawing) hint.textContent = finger ? "Drag over a face." : "Drag over a face; Esc leaves.";
    else if (!shown.length) hint.textContent = "No face is marked.";
    else hint.textContent = finger ? "Tap a face." : "Choose a face.";
  }

  function switchDrawing(wanted) {
    if (wanted === drawing) return;
    const focused = root.getRootNode().activeElement;
    drawing = wanted;
    corner = null;
    root.classList.toggle("drawing", drawing);
    draw.setAttribute("aria-pressed", drawing);
    field.hidden = !drawing;
    layer.inert = drawing;
    showDraft(null);
    if (drawing) field.focus({ preventScroll: true });
    else if (focused === field) draw.focus({ preventScroll: true });
  }

  function showDraft(wanted) {
    box = wanted;
    draft.hidden = !box;
    if (box) placeBox(draft, box);
    const what = box ? `${describe(box)}. ` : "";
    field.setAttribute(
      "aria-label",
      `${what}Arrow keys move the box, Shift and arrow keys resize it, Enter adds it, Escape leaves.`,
    );
    showHint();
  }

  function startInTheMiddle() {
    const side = Math.max(least, Math.round(Math.min(size.width, size.height) / 4));
    const [x, y] = [Math.floor((size.width - side) / 2), Math.floor((size.height - side) / 2)];
    showDraft([x, y, x + side, y + side]);
    spoken.textContent = `${describe(box)}. Arrows move it, Shift and arrows resize it, Enter adds it.`;
  }

  function leave(words) {
    switchDrawing(false);
    spoken.textContent = words;
  }

  function accept() {
    const drawn = box;
    leave(`${describe(drawn)} is handed over.`);
    tell("drawn", drawn);
  }

  function pixel(event) {
    const area = stage.getBoundingClientRect();
    const x = ((event.clientX - area.left) / area.width) * size.width;
    const y = ((event.clientY - area.top) / area.height) * size.height;
    return [clamp(Math.round(x), 0, size.width), clamp(Math.round(y), 0, size.height)];
  }

  function startDrag(event) {
    if (!event.isPrimary || event.button !== 0) return;
    field.setPointerCapture(event.pointerId);
    field.focus({ preventScroll: true });
    corner = pixel(event);
    showDraft([...corner, ...corner]);
  }

  function drag(event) {
    if (!corner || !event.isPrimary) return;
    const [x, y] = pixel(event);
    showDraft([
      Math.min(x, corner[0]),
      Math.min(y, corner[1]),
      Math.max(x, corner[0]),
      Math.max(y, corner[1]),
    ]);
  }

  function finish(event) {
    if (!corner || !event.isPrimary) return;
    drag(event);
    corner = null;
    const side = Math.max(least, Math.ceil((SLIP * size.width) / stage.clientWidth));
    if (event.type === "pointerup" && box[2] - box[0] >= side && box[3] - box[1] >= side) return accept();
    showDraft(null);
    if (event.type === "pointerup") {
      hint.textContent = `Too small: drag from corner to corner, ${side} pixels or more.`;
      spoken.textContent = hint.textContent;
    }
  }

  function steer(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || corner) return;
    if (event.key === "Enter") {
      event.preventDefault();
      return box ? accept() : startInTheMiddle();
    }
    const [right, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
      event.key
    ] ?? [0, 0];
    if (!right && !down) return;
    event.preventDefault();
    if (!box) return startInTheMiddle();
    const step = Math.max(1, Math.round(Math.min(size.width, size.height) / 50));
    showDraft(event.shiftKey ? resized(right * step, down * step) : moved(right * step, down * step));
    spoken.textContent = describe(box);
  }

  function moved(right, down) {
    const [x0, y0, x1, y1] = box;
    const dx = clamp(right, -x0, size.width - x1);
    const dy = clamp(down, -y0, size.height - y1);
    return [x0 + dx, y0 + dy, x1 + dx, y1 + dy];
  }

  function resized(right, down) {
    const [x0, y0, x1, y1] = box;
    return [x0, y0, clamp(x1 + right, x0 + least, size.width), clamp(y1 + down, y0 + least, size.height)];
  }

  on(draw, "click", (event) => {
    if (drawing) return leave("Nothing was drawn.");
    switchDrawing(true);
    spoken.textContent = "Drag over a face, or use the arrow keys.";
    if (event.detail === 0) startInTheMiddle(); // pressed from the keyboard
  });
  on(field, "pointerdown", startDrag);
  on(field, "pointermove", drag);
  on(field, "pointerup pointercancel", finish);
  on(field, "keydown", steer);
  on(root, "keydown", (event) => {
    if (event.key !== "Escape" || !drawing) return;
    event.stopPropagation();
    leave("Nothing was drawn.");
  });
  const sizes = new ResizeObserver(placeChips);
  sizes.observe(stage);

  function destroy() {
    listening.abort();
    sizes.disconnect();
  }

  return { update, destroy };
}

function describe([x0, y0, x1, y1]) {
  return `Box of ${x1 - x0} by ${y1 - y0} pixels at ${x0}, ${y0}`;
}

function area([x0, y0, x1, y1]) {
  return (x1 - x0) * (y1 - y0);
}

function overlap(one, other) {
  return (
    one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
  );
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

const STEP = 0.02; // of the photo's longer side, that an arrow key moves
const QUIET_MS = 700; // after the last key, until the page is told
const PART = 0.5; // of each side: a part to begin with

export default mounted(".framing", build);

function build(root) {
  const find = (selector) => root.querySelector(selector);
  const [stage, picture, frame, said, spoken] = [".stage", ".picture", ".frame", ".said", ".spoken"].map(find);
  const [all, some, hint] = [".all", ".some", ".hint"].map(find);
  const sides = { x: "width", y: "height" };

  let photo = { id: "", width: 1, height: 1, full: [], pace: 0, smallest: 1 };
  let box = { x: [0, 1], y: [0, 1] }; // from and to, in pixels of the photo
  let given = ""; // what the page gave last, and what it was told
  let told = "";
  let tell = () => {};
  let drag = null;
  let quiet = 0;

  const listening = new AbortController();
  const on = (target, types, handler) => {
    for (const type of types.split(" ")) target.addEventListener(type, handler, { signal: listening.signal });
  };

  function update(data, setTriggerValue) {
    tell = setTriggerValue;
    const now = `${data.id} ${data.box}`;
    photo = data;
    if (picture.getAttribute("src") !== data.picture) picture.src = data.picture;
    root.style.setProperty("--width", data.width);
    root.style.setProperty("--height", data.height);
    if (now !== given && !drag && !quiet) {
      given = now;
      const [left, top, right, bottom] = data.box;
      box = { x: [left, right], y: [top, bottom] };
      told = name(box);
    }
    hint.textContent = matchMedia("(pointer: coarse)").matches
      ? "Drag a corner, then the frame."
      : "Drag a corner or the frame; or arrow keys, with Shift to resize.";
    show();
  }

  const name = ({ x, y }) => [x[0], y[0], x[1], y[1]].join();
  const length = (axis) => box[axis][1] - box[axis][0];
  const least = (axis) => Math.min(photo.smallest, photo[sides[axis]]);
  const isWhole = () => length("x") === photo.width && length("y") === photo.height;

  function show() {
    root.style.setProperty("--left", box.x[0] / photo.width);
    root.style.setProperty("--top", box.y[0] / photo.height);
    root.style.setProperty("--across", length("x") / photo.width);
    root.style.setProperty("--down", length("y") / photo.height);
    root.classList.toggle("whole", isWhole());
    all.setAttribute("aria-pressed", isWhole());
    some.setAttribute("aria-pressed", !isWhole());
    said.textContent = inWords();
    frame.setAttribute(
      "aria-label",
      `Frame: ${size(1)} pixels, ${count(box.x[0])} from the left and ${count(box.y[0])} from the top, ` +
        `of ${count(photo.width)} x ${count(photo.height)}. Arrow keys move it, with Shift they resize it.`,
    );
  }

  const count = (number) => number.toLocaleString("en");
  const size = (scale) => `${count(length("x") * scale)} x ${count(length("y") * scale)}`;

  /** What the frame holds and what comes of it; the page says it exactly once it is released. */
  function inWords() {
    const holds = `${isWhole() ? "The whole photo" : "In the frame"}: ${size(1)} pixels`;
    if (!photo.full.length) return `${holds}.`;
    const pixels = length("x") * length("y");
    const [best, most] = photo.full[0];
    const [scale] = photo.full.find(([, room]) => pixels <= room) ?? [];
    const [, room] = photo.full.find(([each]) => each === (scale ?? photo.full.at(-1)[0]));
    const seconds = Math.max(1, Math.round((Math.min(pixels, room) / 1e6) * photo.pace));
    if (scale === best) return `${holds}, enlarged ${scale}x to ${size(scale)}, about ${seconds} s.`;
    const megapixels = `${best}x goes up to ${Number((most / 1e6).toPrecision(2))} megapixels`;
    if (scale) return `${holds}, enlarged ${scale}x to ${size(scale)}, about ${seconds} s; ${megapixels}.`;
    return `${holds}, made smaller first: ${megapixels}.`;
  }

  function send() {
    clearTimeout(quiet);
    quiet = 0;
    if (name(box) === told) return;
    told = name(box);
    tell("framed", { box: told.split(",").map(Number), id: photo.id });
  }

  /** One edge of the frame to a place on the photo, in pixels; the opposite one stays. */
  function moveEdge(axis, end, place) {
    const [from, to] = box[axis];
    const [low, high] = end ? [from + least(axis), photo[sides[axis]]] : [0, to - least(axis)];
    box[axis][end] = clamp(Math.round(place), low, high);
  }

  function moveTo(axis, from) {
    const long = length(axis);
    const start = clamp(Math.round(from), 0, photo[sides[axis]] - long);
    box[axis] = [start, start + long];
  }

  function inPixels(event) {
    const place = stage.getBoundingClientRect();
    return {
      x: ((event.clientX - place.left) / place.width) * photo.width,
      y: ((event.clientY - place.top) / place.height) * photo.height,
    };
  }

  function grab(event) {
    if (!event.isPrimary || event.button !== 0 || drag) return;
    const at = inPixels(event);
    const corner = event.target.closest(".corner");
    const touch = event.pointerType !== "mouse";
    if (corner) {
      const ends = { x: Number(corner.dataset.x), y: Number(corner.dataset.y) };
      drag = { ends, off: { x: box.x[ends.x] - at.x, y: box.y[ends.y] - at.y } };
    } else if (frame.contains(event.target) && !isWhole()) {
      drag = { off: { x: box.x[0] - at.x, y: box.y[0] - at.y } };
    } else if (!touch) {
      drag = { anchor: at }; // a new frame from here, once it is large enough
    } else {
      return;
    }
    drag.before = { x: [...box.x], y: [...box.y] };
    stage.setPointerCapture(event.pointerId);
    frame.focus({ preventScroll: true, focusVisible: false });
  }

  function goOn(event) {
    if (!drag || !event.isPrimary) return;
    const at = inPixels(event);
    for (const axis of ["x", "y"]) {
      if (drag.anchor) stretch(axis, drag.anchor[axis], at[axis]);
      else if (drag.ends) moveEdge(axis, drag.ends[axis], at[axis] + drag.off[axis]);
      else moveTo(axis, at[axis] + drag.off[axis]);
    }
    if (drag.anchor && Math.max(Math.abs(at.x - drag.anchor.x), Math.abs(at.y - drag.anchor.y)) < photo.smallest) {
      box = { x: [...drag.before.x], y: [...drag.before.y] };
    }
    show();
  }

  /** A side of a new frame: between two places, not below the least. */
  function stretch(axis, anchor, at) {
    const side = photo[sides[axis]];
    const [low, high] = [anchor, at].map((place) => clamp(Math.round(place), 0, side)).sort((a, b) => a - b);
    const from = clamp(low, 0, side - least(axis));
    box[axis] = [from, Math.max(high, from + least(axis))];
  }

  function release(event) {
    if (!drag) return;
    if (event.type === "pointercancel") box = drag.before;
    drag = null;
    show();
    send();
  }

  function steer(event) {
    const [axis, way] =
      { ArrowLeft: ["x", -1], ArrowRight: ["x", 1], ArrowUp: ["y", -1], ArrowDown: ["y", 1] }[event.key] ?? [];
    if (!axis || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const step = way * Math.max(1, Math.round(Math.max(photo.width, photo.height) * STEP));
    if (event.shiftKey) moveEdge(axis, 1, box[axis][1] + step);
    else moveTo(axis, box[axis][0] + step);
    show();
    spoken.textContent = inWords();
    clearTimeout(quiet);
    quiet = setTimeout(send, QUIET_MS);
  }

  function takeMiddle() {
    for (const axis of ["x", "y"]) {
      const side = photo[sides[axis]];
      const long = Math.max(Math.round(side * PART), least(axis));
      const from = Math.round((side - long) / 2);
      box[axis] = [from, from + long];
    }
  }

  on(stage, "pointerdown", grab);
  on(stage, "pointermove", goOn);
  on(stage, "pointerup pointercancel", release);
  on(stage, "mousedown", (event) => event.preventDefault()); // keeps the focus that `grab` gave
  on(frame, "keydown", steer);
  on(all, "click", () => {
    box = { x: [0, photo.width], y: [0, photo.height] };
    show();
    send();
  });
  on(some, "click", () => {
    if (isWhole()) takeMiddle();
    show();
    send();
    frame.focus({ preventScroll: true });
  });

  function destroy() {
    clearTimeout(quiet);
    listening.abort();
  }

  return { update, destroy };
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

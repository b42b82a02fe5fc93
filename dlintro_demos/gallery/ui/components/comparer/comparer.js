const KEY_STEP = 2; // per cent of the width
const PAGE_STEP = 10;
const NARROW = 500; // px of room below which the lens is a panel under the picture
const GAP = 12; // px between the reticle and the floating lens
const MARGIN = 8; // px between the floating lens and the edge of what is visible
const SLOP = 6; // px a finger moves sideways before a touch becomes a drag

export default mounted(".comparer", build);

function build(root) {
  const find = (selector) => root.querySelector(selector);
  const [board, stage, field, reticle] = [".board", ".stage", ".field", ".reticle"].map(find);
  const [grip, slider, lens, where] = [".grip", ".slider", ".lens", ".where"].map(find);
  const [toggle, powers, hint, spoken] = [".toggle", ".powers", ".hint", ".spoken"].map(find);
  const sides = ["before", "after"].map((side) => ({
    picture: find(`.picture.${side}`),
    chip: find(`.chip.${side}`),
    name: find(`.look.${side} .name`),
    pane: find(`.look.${side} .pane`),
  }));

  let size = { width: 1, height: 1 }; // natural pixels of `after`
  let labels = ["", ""];
  let divider = 50; // per cent of the width that shows `before`
  let lensOn = false;
  let power = 4;
  let spot = { u: 0.4, v: 0.4 }; // where the lens looks, in fractions of the picture
  let drag = null;
  let frame = 0;

  const listening = new AbortController();
  const on = (target, types, handler, options = {}) => {
    for (const type of types.split(" ")) {
      target.addEventListener(type, handler, { signal: listening.signal, ...options });
    }
  };

  function update(data) {
    size = { width: data.width, height: data.height };
    root.style.setProperty("--width", size.width);
    root.style.setProperty("--height", size.height);
    const given = [data.before, data.after];
    labels = given.map((view) => view.label);
    sides.forEach(({ picture, chip, name }, i) => {
      if (picture.getAttribute("src") !== given[i].source) picture.src = given[i].source;
      picture.alt = given[i].alt;
      picture.classList.toggle("pixelated", given[i].pixelated);
      chip.textContent = name.textContent = labels[i];
    });
    root.setAttribute("aria-label", `${labels[0]} compared with ${labels[1]}`);
    slider.setAttribute("aria-label", `Divider between ${labels[0]} and ${labels[1]}`);
    moveDivider(divider);
    showHint();
    drawLensSoon();
  }

  function moveDivider(percent) {
    divider = clamp(percent, 0, 100);
    root.style.setProperty("--divider", `${divider}%`);
    const shown = Math.round(divider);
    slider.value = shown;
    slider.setAttribute("aria-valuetext", `${shown} % ${labels[0]}, ${100 - shown} % ${labels[1]}`);
    hideCrampedChips();
  }

  function hideCrampedChips() {
    const line = (stage.clientWidth * divider) / 100;
    const [before, after] = sides.map((side) => side.chip);
    before.classList.toggle("cramped", before.offsetLeft + before.offsetWidth > line - MARGIN);
    after.classList.toggle("cramped", after.offsetLeft < line + MARGIN);
  }

  function switchLens(wanted) {
    lensOn = wanted;
    if (!lensOn && root.getRootNode().activeElement === field) toggle.focus();
    toggle.setAttribute("aria-pressed", lensOn);
    root.classList.toggle("looking", lensOn);
    for (const part of [field, reticle, lens, powers]) part.hidden = !lensOn;
    spoken.textContent = "";
    showHint();
    drawLensSoon();
  }

  function choosePower(wanted) {
    power = wanted;
    for (const button of powers.children) button.setAttribute("aria-pressed", Number(button.value) === power);
    drawLensSoon();
  }

  function showHint() {
    const finger = matchMedia("(pointer: coarse)").matches;
    if (lensOn) hint.textContent = finger ? "Drag over the picture." : "Move over the picture; Esc closes.";
    else hint.textContent = finger ? "Drag the divider." : "Drag the divider, or use the arrow keys.";
  }

  function moveSpot(u, v) {
    spot = { u: clamp(u, 0, 1), v: clamp(v, 0, 1) };
    drawLensSoon();
  }

  function spotPixel() {
    return {
      x: Math.min(Math.floor(spot.u * size.width), size.width - 1),
      y: Math.min(Math.floor(spot.v * size.height), size.height - 1),
    };
  }

  function drawLensSoon() {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      if (lensOn) drawLens();
    });
  }

  function drawLens() {
    root.classList.toggle("narrow", root.clientWidth < NARROW);
    const { x, y } = spotPixel();
    let across = 1;
    for (const { picture, pane } of sides) {
      const room = pane.clientWidth;
      across = 2 * Math.ceil((room / power - 1) / 2) + 1; // odd: the spot is the pixel in the middle
      const half = (across - 1) / 2;
      const corner = Math.floor((room - across * power) / 2);
      const [canvas, middle] = pane.children;
      canvas.width = canvas.height = across;
      canvas.style.width = canvas.style.height = `${across * power}px`;
      canvas.style.translate = `${corner}px ${corner}px`;
      middle.style.width = middle.style.height = `${power}px`;
      middle.style.translate = `${corner + half * power}px ${corner + half * power}px`;
      if (picture.complete && picture.naturalWidth) {
        const pen = canvas.getContext("2d");
        pen.imageSmoothingEnabled = false;
        pen.drawImage(picture, half - x, half - y, size.width, size.height);
      }
    }
    where.textContent = `${power}× at pixel ${x}, ${y} of ${size.width} × ${size.height}`;
    field.setAttribute("aria-label", `${where.textContent}. Arrow keys move it, Escape closes it.`);
    drawReticle(x, y, across);
    placeLens();
  }

  function drawReticle(x, y, across) {
    const scale = stage.clientWidth / size.width;
    const side = Math.max(across * scale, 12);
    reticle.style.width = reticle.style.height = `${side}px`;
    reticle.style.translate = `${(x + 0.5) * scale - side / 2}px ${(y + 0.5) * scale - side / 2}px`;
  }

  /** Beside the spot, else below or above it, inside what is visible of the page. */
  function placeLens() {
    if (root.classList.contains("narrow")) {
      lens.style.translate = "none";
      return;
    }
    const picture = stage.getBoundingClientRect();
    const home = board.getBoundingClientRect();
    const at = { x: picture.left + spot.u * picture.width, y: picture.top + spot.v * picture.height };
    const [width, height] = [lens.offsetWidth, lens.offsetHeight];
    const gap = reticle.offsetWidth / 2 + GAP;
    const header = document.querySelector('[data-testid="stHeader"]')?.getBoundingClientRect().bottom ?? 0;
    const left = MARGIN;
    const right = document.documentElement.clientWidth - MARGIN - width;
    const top = Math.max(header, 0) + MARGIN;
    const bottom = document.documentElement.clientHeight - MARGIN - height;
    const beside = [at.x + gap, at.x - gap - width].find((x) => x >= left && x <= right);
    const stacked = [at.y + gap, at.y - gap - height].find((y) => y >= top && y <= bottom);
    let [x, y] = [beside ?? at.x - width / 2, at.y - height / 2];
    if (beside === undefined) y = stacked ?? y;
    else y = clamp(y, picture.top, Math.max(picture.bottom - height, picture.top));
    x = clamp(x, left, right) - home.left;
    y = clamp(y, top, bottom) - home.top;
    lens.style.translate = `${Math.round(x)}px ${Math.round(y)}px`;
    lens.classList.toggle("away", at.y < header || at.y > document.documentElement.clientHeight);
  }

  function fractions(event) {
    const picture = stage.getBoundingClientRect();
    return [(event.clientX - picture.left) / picture.width, (event.clientY - picture.top) / picture.height];
  }

  function startDrag(event) {
    if (!event.isPrimary || event.button !== 0) return;
    const [u, v] = fractions(event);
    const onGrip = grip.contains(event.target);
    drag = { looking: lensOn && !onGrip, offset: onGrip ? u * 100 - divider : 0, undecided: null };
    stage.setPointerCapture(event.pointerId);
    (drag.looking ? field : slider).focus({ preventScroll: true });
    if (drag.looking) moveSpot(u, v);
    else if (onGrip) return;
    else if (event.pointerType === "touch") drag.undecided = event.clientX; // it may become a scroll
    else moveDivider(u * 100);
  }

  function goOn(event) {
    const [u, v] = fractions(event);
    if (!drag) {
      if (lensOn && event.pointerType === "mouse" && !grip.contains(event.target)) moveSpot(u, v);
      return;
    }
    if (drag.looking) return moveSpot(u, v);
    if (drag.undecided !== null && Math.abs(event.clientX - drag.undecided) < SLOP) return;
    drag.undecided = null;
    moveDivider(u * 100 - drag.offset);
  }

  function finish(event) {
    const tapped = drag && drag.undecided !== null && event.type === "pointerup";
    if (tapped) moveDivider(fractions(event)[0] * 100);
    drag = null;
  }

  function steerDivider(event) {
    const target = {
      ArrowLeft: divider - KEY_STEP,
      ArrowDown: divider - KEY_STEP,
      ArrowRight: divider + KEY_STEP,
      ArrowUp: divider + KEY_STEP,
      PageDown: divider - PAGE_STEP,
      PageUp: divider + PAGE_STEP,
      Home: 0,
      End: 100,
    }[event.key];
    if (target === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    moveDivider(target);
  }

  function steerSpot(event) {
    const [right, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
      event.key
    ] ?? [0, 0];
    if ((!right && !down) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const step = event.shiftKey ? 1 : Math.max(1, Math.round(size.width / 100));
    const { x, y } = spotPixel();
    moveSpot((x + right * step + 0.5) / size.width, (y + down * step + 0.5) / size.height);
    const now = spotPixel();
    spoken.textContent = `Pixel ${now.x}, ${now.y}`;
  }

  on(root, "pointerdown keydown", (event) => root.classList.toggle("pointing", event.type === "pointerdown"));
  on(stage, "pointerdown", startDrag);
  on(stage, "pointermove", goOn);
  on(stage, "pointerup pointercancel", finish);
  on(stage, "mousedown", (event) => event.preventDefault()); // keeps the focus that startDrag gave
  on(slider, "keydown", steerDivider);
  on(slider, "input", () => moveDivider(slider.valueAsNumber)); // from a screen reader
  on(field, "keydown", steerSpot);
  on(toggle, "click", () => switchLens(!lensOn));
  on(powers, "click", (event) => event.target.value && choosePower(Number(event.target.value)));
  on(document, "keydown", (event) => event.key === "Escape" && lensOn && switchLens(false));
  on(window, "scroll resize", drawLensSoon, { capture: true, passive: true });
  for (const { picture } of sides) on(picture, "load", drawLensSoon);

  const sizes = new ResizeObserver(() => {
    hideCrampedChips();
    drawLensSoon();
  });
  for (const element of [root, stage, ...sides.map((side) => side.chip)]) sizes.observe(element);

  function destroy() {
    listening.abort();
    sizes.disconnect();
    cancelAnimationFrame(frame);
  }

  return { update, destroy };
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

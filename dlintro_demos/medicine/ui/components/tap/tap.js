const STEP = 0.025; // of the width, that an arrow key moves
const MOST = 400; // taps that are told

export default mounted(".tap", build);

function build(root) {
  const find = (selector) => root.querySelector(selector);
  const [start, undo, done, clock] = [".start", ".undo", ".done", ".clock"].map(find);
  const [picture, marks, cross, field] = [".picture", ".marks", ".cross", ".field"].map(find);
  const [hint, spoken] = [".hint", ".spoken"].map(find);
  const listening = new AbortController();
  const on = (target, type, handler) => target.addEventListener(type, handler, { signal: listening.signal });

  let given = null; // what Python said last
  let tell = () => {};
  let taps = []; // of this round, x and y as shares
  let ends = 0; // when the time is over
  let ticking = 0;
  let spot = { x: 0.5, y: 0.5 };

  function update(data, setTriggerValue) {
    tell = setTriggerValue;
    const wanted = JSON.stringify(data);
    if (given && wanted === JSON.stringify(given)) return; // the theme changed, or nothing
    const another = !given || given.round !== data.round || given.picture !== data.picture;
    given = data;
    root.style.setProperty("--shape", data.width / data.height);
    if (picture.getAttribute("src") !== data.picture) picture.src = data.picture;
    if (data.result) showResult();
    else if (another || root.dataset.state === "result") standReady();
  }

  function enter(state) {
    root.dataset.state = state;
    const playing = state === "playing";
    start.hidden = state !== "ready";
    undo.hidden = done.hidden = !playing;
    cross.hidden = true;
    if (!playing) clearInterval(ticking);
  }

  function standReady() {
    taps = [];
    enter("ready");
    marks.replaceChildren();
    clock.textContent = `${given.seconds} s`;
    picture.alt = "";
    field.setAttribute("aria-label", "The picture, blurred until you start");
    hint.textContent = "Tap every nucleus once. The clock runs as soon as you start.";
  }

  function play() {
    if (root.dataset.state !== "ready") return;
    enter("playing");
    ends = performance.now() + given.seconds * 1000;
    picture.alt = given.alt;
    const finger = matchMedia("(pointer: coarse)").matches;
    hint.textContent = finger ? "Tap the nuclei." : "Click the nuclei, or use the arrow keys and Space.";
    spoken.textContent = `${given.seconds} seconds. ${given.alt}.`;
    field.focus({ preventScroll: true });
    describe();
    tick();
    ticking = setInterval(tick, 200);
  }

  function tick() {
    const left = Math.max(0, ends - performance.now());
    clock.textContent = `${Math.ceil(left / 1000)} s, ${taps.length} tapped`;
    if (!left) finish();
  }

  function finish() {
    if (root.dataset.state !== "playing") return;
    enter("sent");
    hint.textContent = "Now both machines…";
    spoken.textContent = `You tapped ${taps.length}.`;
    tell("tapped", { round: given.round, taps });
  }

  function add(x, y) {
    if (root.dataset.state !== "playing" || taps.length >= MOST) return;
    taps.push([Number(x.toFixed(4)), Number(y.toFixed(4))]);
    mark(x, y, "");
    tick();
  }

  function mark(x, y, kind) {
    const dot = marks.appendChild(document.createElement("i"));
    dot.className = kind;
    dot.style.left = `${100 * x}%`;
    dot.style.top = `${100 * y}%`;
  }

  function showResult() {
    enter("result");
    const { taps: told, right, missed } = given.result;
    marks.replaceChildren();
    missed.forEach(([x, y]) => mark(x, y, "missed"));
    told.forEach(([x, y], i) => mark(x, y, right[i] ? "right" : "wrong"));
    picture.alt = given.alt;
    const hits = right.filter(Boolean).length;
    clock.textContent = "";
    hint.textContent = "Green: right. Red and square: no nucleus, or tapped before. Dashed: missed.";
    field.setAttribute("aria-label", `${hits} right, ${told.length - hits} wrong, ${missed.length} missed`);
    spoken.textContent = field.getAttribute("aria-label");
  }

  function describe() {
    cross.style.left = `${100 * spot.x}%`;
    cross.style.top = `${100 * spot.y}%`;
    const place = `${Math.round(100 * spot.x)} from the left, ${Math.round(100 * spot.y)} from the top`;
    field.setAttribute("aria-label", `${place}, of 100. Arrow keys move, Space taps. ${taps.length} tapped.`);
  }

  on(start, "click", play);
  on(done, "click", finish);
  on(undo, "click", () => {
    if (!taps.pop()) return;
    marks.lastChild.remove();
    tick();
  });
  on(field, "pointerdown", (event) => {
    if (root.dataset.state !== "playing" || !event.isPrimary || event.button !== 0) return;
    const box = field.getBoundingClientRect();
    const share = (value) => Math.min(Math.max(value, 0), 1);
    spot = { x: share((event.clientX - box.left) / box.width), y: share((event.clientY - box.top) / box.height) };
    add(spot.x, spot.y);
    describe();
  });
  on(field, "keydown", (event) => {
    if (root.dataset.state !== "playing" || event.altKey || event.ctrlKey || event.metaKey) return;
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], " ": [0, 0] };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const down = (STEP * given.width) / given.height;
    const within = (value) => Math.min(Math.max(value, 0), 1);
    spot = { x: within(spot.x + move[0] * STEP), y: within(spot.y + move[1] * down) };
    cross.hidden = false;
    if (event.key === " ") add(spot.x, spot.y);
    describe();
  });

  return {
    update,
    destroy: () => {
      clearInterval(ticking);
      listening.abort();
    },
  };
}

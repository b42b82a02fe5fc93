/* Plays a clip: one picture holds all frames, in rows; two clips may play at once. */

const NEAR = 0.25; // share of the film that must be in sight to play

/** `root` has a place for the pictures and the controls; `moved(frame)` hears of every frame that is shown. */
function player(root, moved) {
  const at = (selector) => root.querySelector(selector);
  const [stages, play, scrub, pace] = [".stages", ".play", ".scrub", ".pace"].map(at);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let films = [];
  let pictures = [];
  let wanted = !calm.matches; // to play, once it is in sight
  let inSight = true;
  let slow = false;
  let frame = 0;
  let last = 0; // ms, when `frame` began
  let asked = 0;

  const listening = new AbortController();
  const on = (target, type, handler) => target.addEventListener(type, handler, { signal: listening.signal });

  function show(newest) {
    const same = newest.map(({ source }) => source).join() === films.map(({ source }) => source).join();
    films = newest;
    scrub.max = films[0].frames - 1;
    if (!same) {
      frame = 0;
      wanted = !calm.matches; // another film plays, also where the last one was stopped
      stages.replaceChildren(...films.map(makeStage));
      pictures = films.map(({ source }, number) => {
        const picture = new Image();
        picture.addEventListener("load", () => draw());
        picture.src = source;
        picture.dataset.number = number;
        return picture;
      });
    }
    [...stages.querySelectorAll("canvas")].forEach((canvas, i) => canvas.setAttribute("aria-label", films[i].alt));
    say();
    draw();
    run();
  }

  function makeStage({ width, height, title }) {
    const stage = element("figure", "stage");
    const canvas = stage.appendChild(element("canvas", "mouth"));
    Object.assign(canvas, { width: 3 * width, height: 3 * height, role: "img" });
    if (title) stage.appendChild(element("figcaption", "title", title));
    on(canvas, "click", toggle);
    return stage;
  }

  function draw() {
    [...stages.querySelectorAll("canvas")].forEach((canvas, i) => {
      const pen = canvas.getContext("2d");
      pen.imageSmoothingQuality = "high";
      cut(pen, pictures[i], films[i], Math.min(frame, films[i].frames - 1), 0, 0, canvas.width, canvas.height);
    });
    scrub.value = frame;
    scrub.setAttribute("aria-valuetext", `${(frame / films[0].rate).toFixed(1)} seconds`);
    root.dataset.frame = frame;
    moved(frame);
  }

  function step(now) {
    asked = 0;
    if (!running()) return;
    const each = (slow ? 2 : 1) * (1000 / films[0].rate);
    const passed = Math.floor((now - last) / each);
    if (passed > 0) {
      frame = passed > films[0].frames ? 0 : (frame + passed) % films[0].frames;
      last = passed > films[0].frames ? now : last + passed * each;
      draw();
    }
    asked = requestAnimationFrame(step);
  }

  const running = () => wanted && inSight && films.length > 0;

  function run() {
    if (running() && !asked) {
      last = performance.now();
      asked = requestAnimationFrame(step);
    }
  }

  function toggle() {
    wanted = !wanted;
    say();
    run();
  }

  function say() {
    play.replaceChildren(symbol(wanted ? "pause" : "play_arrow"));
    play.setAttribute("aria-label", wanted ? "Pause" : "Play");
    root.dataset.playing = wanted;
  }

  function goTo(number) {
    wanted = false;
    frame = Math.max(0, Math.min(films[0].frames - 1, number));
    say();
    draw();
  }

  on(play, "click", toggle);
  on(scrub, "input", () => goTo(Number(scrub.value)));
  on(pace, "click", () => {
    slow = !slow;
    pace.setAttribute("aria-pressed", slow);
  });
  const watching = new IntersectionObserver(
    ([entry]) => {
      inSight = entry.intersectionRatio >= NEAR;
      run();
    },
    { threshold: [0, NEAR] },
  );
  watching.observe(root.querySelector(".watching"));

  function destroy() {
    cancelAnimationFrame(asked);
    watching.disconnect();
    listening.abort();
  }

  return { show, toggle, goTo, destroy, strip: () => [pictures[0], films[0]], loaded: () => pictures[0]?.complete };
}

/** Draws frame `number` of a film into a box of the pen's. */
function cut(pen, picture, { columns, width, height }, number, x, y, w, h) {
  if (!picture.complete || !picture.naturalWidth) return;
  const [across, down] = [number % columns, Math.floor(number / columns)];
  pen.drawImage(picture, across * width, down * height, width, height, x, y, w, h);
}

function element(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

/* Under the film: its frames in a strip, which frames spoke for which word, curves, and what mattered. */

const LANE = 64; // px
const ROOM = 34; // px, for two lines of words
const KINDS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00"];

/** `goTo(frame)` is called where somebody points into a lane. */
function lanes(place, goTo) {
  let given = null;
  let drawn = "";
  let strip = null;
  let frame = 0;

  const listening = new AbortController();
  const sized = new ResizeObserver(() => draw());
  sized.observe(place);

  function show(data, film) {
    strip = film;
    if (JSON.stringify(data) === drawn) return;
    drawn = JSON.stringify(data);
    given = data;
    place.hidden = !data;
    place.replaceChildren(...(data?.lanes ?? []).map(makeLane));
    draw();
  }

  function makeLane({ title, alt, kind }) {
    const figure = element("figure", `lane lane-${kind}`);
    figure.append(element("figcaption", "what", title));
    const canvas = figure.appendChild(element("canvas", "paper"));
    canvas.role = "img";
    canvas.setAttribute("aria-label", alt);
    const point = (event) => {
      if (event.type === "pointermove" && !event.buttons) return;
      const box = canvas.getBoundingClientRect();
      goTo(Math.floor((given.frames * (event.clientX - box.left)) / box.width));
    };
    for (const type of ["pointerdown", "pointermove"]) {
      canvas.addEventListener(type, point, { signal: listening.signal });
    }
    return figure;
  }

  function moved(number) {
    frame = number;
    draw();
  }

  function draw() {
    if (!given) return;
    const scale = devicePixelRatio;
    const style = getComputedStyle(place);
    [...place.querySelectorAll("canvas")].forEach((canvas, i) => {
      const [width, height] = [canvas.clientWidth, given.lanes[i].kind === "words" ? LANE + ROOM : LANE];
      if (!width) return;
      canvas.width = width * scale;
      canvas.height = height * scale;
      canvas.style.height = `${height}px`;
      const pen = canvas.getContext("2d");
      pen.scale(scale, scale);
      PENS[given.lanes[i].kind](pen, given.lanes[i], { width, height, frames: given.frames, style, strip });
      pen.fillStyle = style.color;
      pen.fillRect(((frame + 0.5) * width) / given.frames - 1, 0, 2, height);
    });
  }

  function destroy() {
    sized.disconnect();
    listening.abort();
  }

  return { show, moved, draw, destroy };
}

const PENS = {
  mouths(pen, _lane, { width, height, frames, strip }) {
    const [picture, film] = strip();
    const count = Math.max(1, Math.round(width / (2 * height)));
    for (let i = 0; i < count; i++) {
      const number = Math.min(frames - 1, Math.floor(((i + 0.5) * frames) / count));
      cut(pen, picture, film, number, (i * width) / count, 0, width / count - 2, height);
    }
  },

  words(pen, { words, timeline }, { width, height, frames, style }) {
    const floor = height - 2;
    words.forEach((word, slot) => {
      const share = timeline.map((frame) => frame[slot]);
      pen.fillStyle = KINDS[slot];
      share.forEach((value, i) => {
        const high = value * (height - ROOM - 4);
        pen.fillRect((i * width) / frames, floor - high, width / frames + 0.5, high);
      });
      const heaviest = share.indexOf(Math.max(...share));
      pen.fillStyle = style.color;
      pen.font = `600 14px ${style.fontFamily}`;
      pen.textAlign = "center";
      const half = pen.measureText(word).width / 2;
      const x = ((heaviest + 0.5) * width) / frames;
      pen.fillText(word, Math.min(Math.max(x, half), width - half), 14 + 17 * (slot % 2));
    });
  },

  curves(pen, { curves }, { width, height, frames }) {
    curves.forEach((values, number) => {
      pen.strokeStyle = KINDS[number];
      pen.lineWidth = 2.5;
      pen.setLineDash(number ? [6, 4] : []);
      pen.beginPath();
      values.forEach((value, i) => {
        pen.lineTo(((i + 0.5) * width) / frames, height - 4 - value * (height - 8));
      });
      pen.stroke();
    });
  },

  /** Each span has its own bar for each word, the colours of the words above. */
  spans(pen, { lost, span }, { width, height, frames, style }) {
    const most = Math.max(0.05, ...lost.flat());
    lost.forEach((words, i) => {
      let floor = height - 2;
      const total = words.reduce((sum, value) => sum + Math.max(0, value), 0);
      if (!total) return;
      words.forEach((value, slot) => {
        const high = (Math.max(0, value) / Math.max(most, ...lost.map(sum))) * (height - 6);
        pen.fillStyle = KINDS[slot];
        pen.fillRect((i * span * width) / frames + 1, floor - high, (span * width) / frames - 2, high);
        floor -= high;
      });
    });
    pen.strokeStyle = style.color;
    pen.globalAlpha = 0.3;
    pen.strokeRect(0, height - 2, width, 0.5);
    pen.globalAlpha = 1;
  },
};

const sum = (words) => words.reduce((all, value) => all + Math.max(0, value), 0);

/* What was heard: waveform above, spectrogram below, and the words at their times. */

const WAVE = 0.36; // of the height

function soundView(root) {
  const canvas = root.querySelector("canvas");
  const words = root.querySelector(".words");
  const picture = new Image();
  let sound = null;
  let head = -1; // s, where it is being played

  function draw() {
    const box = canvas.getBoundingClientRect();
    if (!sound || !box.width) return;
    const scale = devicePixelRatio || 1;
    const [wide, high] = [Math.round(box.width * scale), Math.round(box.height * scale)];
    if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
    const pen = canvas.getContext("2d");
    const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
    const at = (seconds) => (seconds / sound.seconds) * wide;
    pen.clearRect(0, 0, wide, high);
    const middle = (WAVE * high) / 2;
    pen.globalAlpha = 0.16;
    pen.fillStyle = colour("--st-primary-color");
    for (const [begin, end] of sound.spans) pen.fillRect(at(begin), 0, at(end) - at(begin), 2 * middle);
    pen.globalAlpha = 1;
    const step = wide / sound.peaks.length;
    sound.peaks.forEach((peak, i) => {
      const half = Math.max(scale / 2, (peak / 100) * middle);
      pen.fillRect(i * step, middle - half, Math.max(1, step - scale / 2), 2 * half);
    });
    if (picture.complete && picture.naturalWidth) {
      pen.drawImage(picture, 0, WAVE * high, wide, (1 - WAVE) * high);
    }
    pen.fillStyle = colour("--st-text-color");
    if (head >= 0) pen.fillRect(at(head), 0, 2 * scale, high);
  }

  /** At their times, but never over each other: a short word moves on to where there is room. */
  function place() {
    const width = words.clientWidth;
    if (!sound || !width) return;
    let [free, row] = [0, 0];
    for (const [i, word] of [...words.children].entries()) {
      const wished = (sound.words[i][1] / sound.seconds) * width;
      let left = Math.max(wished, free);
      if (left + word.offsetWidth > width) {
        left = Math.max(0, row === 0 ? Math.min(wished, width - word.offsetWidth) : left);
        if (left < free) [row, left] = [row + 1, Math.min(wished, width - word.offsetWidth)];
      }
      word.style.left = `${left}px`;
      word.style.top = `${row * 1.35}rem`;
      free = left + word.offsetWidth + 4;
    }
    words.style.height = `${(row + 1) * 1.35}rem`;
  }

  /** `sound` is null where there is none; words are [text, begin, end, probability]. */
  function show(newest) {
    if (JSON.stringify(newest) === JSON.stringify(sound)) return;
    sound = newest;
    head = -1;
    root.hidden = !sound;
    if (!sound) return;
    picture.src = sound.spectrogram;
    canvas.setAttribute("aria-label", sound.alt);
    words.replaceChildren(
      ...sound.words.map(([text, , , probability]) => {
        const word = document.createElement("span");
        word.textContent = text;
        word.className = probability < 0.5 ? "unsure" : probability < 0.8 ? "fair" : "sure";
        word.title = `${Math.round(100 * probability)} %`;
        return word;
      }),
    );
    redraw();
  }

  function redraw() {
    draw();
    place();
  }

  picture.addEventListener("load", draw);
  const watching = new ResizeObserver(redraw);
  watching.observe(root);
  return {
    show,
    redraw,
    playhead(seconds) {
      head = seconds;
      draw();
    },
    destroy: () => watching.disconnect(),
  };
}

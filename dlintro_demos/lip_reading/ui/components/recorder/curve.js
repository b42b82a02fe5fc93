/* The edges of the lips over the camera's picture, and how far they were open in the last seconds. */

const SECONDS = 5;
const LEAST_OPEN = 0.15; // of the eyes' distance: what the curve's height is at least
const EDGES = ["#3ce678", "#ffaa28"]; // outer, inner

/** Draws 40 points, shares of the video's picture, where the video shows them: it fills its box. */
function drawLips(canvas, video, points) {
  const pen = sized(canvas);
  if (!points) return;
  const scale = Math.max(canvas.width / video.videoWidth, canvas.height / video.videoHeight);
  const [width, height] = [video.videoWidth * scale, video.videoHeight * scale];
  const [left, top] = [(canvas.width - width) / 2, (canvas.height - height) / 2];
  pen.lineWidth = 2 * devicePixelRatio;
  EDGES.forEach((colour, edge) => {
    pen.strokeStyle = colour;
    pen.beginPath();
    for (const [x, y] of points.slice(20 * edge, 20 * (edge + 1))) pen.lineTo(left + x * width, top + y * height);
    pen.closePath();
    pen.stroke();
  });
}

/** A curve that runs: `add(opening)`, null where no lips are seen, draws it up to now. */
function runningCurve(canvas) {
  let past = [];

  function add(opening) {
    const now = performance.now();
    past = [...past.filter(([then]) => now - then < 1000 * SECONDS), [now, opening]];
    const pen = sized(canvas);
    const most = Math.max(LEAST_OPEN, ...past.map(([, open]) => open ?? 0));
    pen.strokeStyle = getComputedStyle(canvas).color;
    pen.lineWidth = 2.5 * devicePixelRatio;
    pen.beginPath();
    let drawing = false;
    for (const [then, open] of past) {
      const x = canvas.width * (1 - (now - then) / (1000 * SECONDS));
      const y = canvas.height * (0.96 - (0.92 * (open ?? 0)) / most);
      if (open !== null) pen[drawing ? "lineTo" : "moveTo"](x, y);
      drawing = open !== null;
    }
    pen.stroke();
    canvas.dataset.points = past.filter(([, open]) => open !== null).length;
  }

  const clear = () => {
    past = [];
    sized(canvas);
    canvas.dataset.points = 0;
  };
  return { add, clear };
}

/** An empty canvas with as many pixels as it has on the screen. */
function sized(canvas) {
  canvas.width = canvas.clientWidth * devicePixelRatio;
  canvas.height = canvas.clientHeight * devicePixelRatio;
  return canvas.getContext("2d");
}

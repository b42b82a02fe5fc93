/* The game for the eye: what the visitor sees, in any colours. What the agent sees is in flappy_core.js. */
const SHOWN_HEIGHT = 448; // px of the field that are shown: the ground goes on below
const [WHITE, BLACK] = [[255, 255, 255], [12, 20, 30]];
const CLOUDS = [[40, 70, 16], [180, 120, 12], [300, 48, 20]]; // x, y, size in px
const STRIPE = [[8, 4], [20, 4], [12, 14], [0, 14]];
const HILLS = [[30, 90], [150, 60], [250, 110], [400, 75]]; // x, half the width in px

/** Paints a field in `colours`, `{sky, bird, pipe, ground}`, "#rrggbb" each. */
function makeScenery(colours) {
  const tints = makeTints(colours);
  const groundY = Math.trunc(FIELD.height * 0.79);

  function paint(canvas, view) {
    const pen = canvas.getContext("2d", { alpha: false });
    const scale = canvas.width / FIELD.width;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    paintSky(pen, view.calm ? 0 : view.travelled);
    view.pipeX.forEach((x, i) => {
      if (x < FIELD.width) paintPipe(pen, x, view.pipeTop[i], view.pipeTop[i] + view.gap);
    });
    paintGround(pen, view.travelled);
    paintBird(pen, view);
  }

  function paintSky(pen, travelled) {
    const light = pen.createLinearGradient(0, 0, 0, groundY);
    light.addColorStop(0, tints.high);
    light.addColorStop(1, tints.low);
    pen.fillStyle = light;
    pen.fillRect(0, 0, FIELD.width, groundY);
    pen.fillStyle = tints.cloud;
    for (const [x, y, size] of CLOUDS) paintCloud(pen, wrap(x - travelled * 0.08, 380) - 50, y, size);
    pen.fillStyle = tints.hill;
    for (const [x, size] of HILLS) paintHill(pen, wrap(x - travelled * 0.25, 480) - 100, size);
  }

  function paintCloud(pen, x, y, size) {
    for (const [right, down, share] of [[0, 0, 1], [-1.1, 0.3, 0.7], [1.1, 0.25, 0.75]]) {
      pen.beginPath();
      pen.ellipse(x + right * size, y + down * size, size * share * 1.2, size * share * 0.8, 0, 0, 7);
      pen.fill();
    }
  }

  function paintHill(pen, x, size) {
    pen.beginPath();
    pen.ellipse(x, groundY, size, size * 0.62, 0, Math.PI, 0);
    pen.fill();
  }

  function paintPipe(pen, x, top, bottom) {
    paintShaft(pen, x + 3, -1, FIELD.pipeWidth - 6, top - 21);
    paintShaft(pen, x, top - 24, FIELD.pipeWidth, 24);
    paintShaft(pen, x + 3, bottom + 22, FIELD.pipeWidth - 6, groundY - bottom - 22);
    paintShaft(pen, x, bottom, FIELD.pipeWidth, 24);
  }

  function paintShaft(pen, x, y, width, height) {
    pen.fillStyle = tints.pipeEdge;
    pen.fillRect(x, y, width, height);
    pen.fillStyle = tints.pipe;
    pen.fillRect(x + 2, y + 2, width - 4, height - 4);
    pen.fillStyle = tints.pipeLight;
    pen.fillRect(x + 6, y + 2, 6, height - 4);
    pen.fillStyle = tints.pipeShade;
    pen.fillRect(x + width - 13, y + 2, 11, height - 4);
  }

  function paintGround(pen, travelled) {
    pen.fillStyle = tints.ground;
    pen.fillRect(0, groundY, FIELD.width, FIELD.height - groundY);
    pen.fillStyle = tints.stripe;
    for (let x = -(travelled % 24) - 24; x < FIELD.width; x += 24) {
      pen.beginPath();
      for (const [right, down] of STRIPE) pen.lineTo(x + right, groundY + down);
      pen.fill();
    }
    pen.fillStyle = tints.groundEdge;
    pen.fillRect(0, groundY, FIELD.width, 3);
    pen.fillRect(0, groundY + 14, FIELD.width, 2);
  }

  function paintBird(pen, { y, tilt, wing }) {
    pen.save();
    pen.translate(FIELD.birdX + FIELD.birdWidth / 2, y + FIELD.birdHeight / 2);
    pen.rotate((Math.min(Math.max(tilt * 4, -24), 42) * Math.PI) / 180);
    [pen.lineWidth, pen.lineJoin, pen.strokeStyle] = [2, "round", tints.birdEdge];
    blob(pen, tints.bird, -1, 0, 15, 11.5);
    blob(pen, tints.wing, -7, 2 - wing * 5, 8, 4 + wing * 2, -0.25 - wing * 0.7);
    blob(pen, "#fff", 7, -4, 5, 5);
    pen.fillStyle = "#14141c";
    pen.beginPath();
    pen.ellipse(8.8, -4, 2, 2.4, 0, 0, 7);
    pen.fill();
    pen.fillStyle = "#ee6a3c";
    pen.beginPath();
    for (const [right, down] of [[9, 1], [18, 4], [8, 8]]) pen.lineTo(right, down);
    pen.closePath();
    pen.fill();
    pen.stroke();
    pen.restore();
  }

  return { paint };
}

function makeTints(colours) {
  const [sky, bird, pipe, ground] = ["sky", "bird", "pipe", "ground"].map((name) => hexToRgb(colours[name]));
  return {
    high: mix(sky, WHITE, 0),
    low: mix(sky, WHITE, 0.6),
    cloud: mix(sky, WHITE, 0.55),
    hill: mix(mix3(sky, ground, 0.35), WHITE, 0.25),
    pipe: mix(pipe, BLACK, 0),
    pipeEdge: mix(pipe, BLACK, 0.55),
    pipeLight: mix(pipe, WHITE, 0.4),
    pipeShade: mix(pipe, BLACK, 0.22),
    ground: mix(ground, BLACK, 0),
    groundEdge: mix(ground, BLACK, 0.45),
    stripe: mix(ground, WHITE, 0.35),
    bird: mix(bird, BLACK, 0),
    birdEdge: mix(bird, BLACK, 0.7),
    wing: mix(bird, WHITE, 0.55),
  };
}

function blob(pen, colour, x, y, wide, high, turn = 0) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.ellipse(x, y, wide, high, turn, 0, 7);
  pen.fill();
  pen.stroke();
}

function wrap(value, length) {
  return ((value % length) + length) % length;
}

function hexToRgb(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function mix3(one, other, share) {
  return one.map((value, i) => Math.round(value + (other[i] - value) * share));
}

function mix(one, other, share) {
  return `rgb(${mix3(one, other, share).join(" ")})`;
}

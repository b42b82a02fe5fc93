/* Inside its head: what an agent sees, expects and looks at. */
const SALIENCY_EVERY = 3; // decisions
const HOPES = 150; // decisions in the curve, ten seconds

/** The panel that shows what the first agent sees, expects and looks at. */
function buildHead(panel) {
  const frames = [...panel.querySelectorAll(".frames canvas")];
  const [saliencyView, hopesView] = [".saliency", ".hopes"].map((name) => panel.querySelector(name));
  const [names, bars, worths] = [".act", ".bar", ".worth"].map((part) => [...panel.querySelectorAll(part)]);
  for (const canvas of [...frames, saliencyView]) canvas.width = canvas.height = SIDE;
  let [hopes, seen, values, heat] = [[], null, null, null];
  let decisions = 0;
  let stale = true;

  function look(player, given, found) {
    [seen, values] = [given.slice(), found ?? qValues(player, given)];
    if (found) hopes = [...hopes.slice(1 - HOPES), Math.max(...found)];
    if (decisions++ % SALIENCY_EVERY === 0) heat = soften(saliency(player, given).subarray(-(SIDE ** 2)));
    stale = true;
  }

  function clear() {
    [hopes, seen, values, heat, decisions, stale] = [[], null, null, null, 0, true];
  }

  function paint() {
    if (panel.hidden || !stale || !seen) return;
    stale = false;
    frames.forEach((canvas, i) => paintGreys(canvas, seen.subarray(i * SIDE ** 2, (i + 1) * SIDE ** 2)));
    paintGreys(saliencyView, seen.subarray((FRAMES - 1) * SIDE ** 2), heat);
    paintBars();
    paintHopes();
  }

  function paintBars() {
    const reach = Math.max(1, ...hopes.map(Math.abs), ...values.map(Math.abs));
    const low = Math.min(0, ...values, ...hopes);
    const zero = (-low / (reach - low)) * 100; // per cent of the bar
    const chosen = values[1] > values[0] ? 1 : 0;
    values.forEach((value, i) => {
      const long = (Math.abs(value) / (reach - low)) * 100;
      bars[i].style.setProperty("--from", `${value < 0 ? zero - long : zero}%`);
      bars[i].style.setProperty("--long", `${long}%`);
      worths[i].textContent = value.toFixed(2).replace("-", "−");
      for (const part of [names[i], bars[i], worths[i]]) part.classList.toggle("chosen", i === chosen);
    });
  }

  function paintHopes() {
    const { width, height } = hopesView;
    if (!width) return;
    const pen = hopesView.getContext("2d");
    const colour = getComputedStyle(hopesView).getPropertyValue("--st-primary-color").trim();
    const [low, high] = [Math.min(0, ...hopes), Math.max(1, ...hopes)];
    const up = (value) => height * (0.94 - (0.88 * (value - low)) / (high - low));
    pen.clearRect(0, 0, width, height);
    pen.fillStyle = "#88888888";
    pen.fillRect(0, up(0), width, 2);
    pen.strokeStyle = colour || "#5b3df5";
    pen.lineWidth = Math.max(2, width / 120);
    pen.lineJoin = "round";
    pen.beginPath();
    hopes.forEach((value, i) => pen.lineTo(((HOPES - hopes.length + i) / (HOPES - 1)) * width, up(value)));
    pen.stroke();
  }

  function arrange(density) {
    const { clientWidth, clientHeight } = hopesView;
    const [width, height] = [clientWidth, clientHeight].map((length) => Math.round(length * density));
    if (width === hopesView.width && height === hopesView.height) return;
    [hopesView.width, hopesView.height] = [width, height];
    stale = true;
  }

  function show(wanted) {
    panel.hidden = !wanted;
    stale = true;
  }

  return { look, clear, paint, arrange, show };
}

/** Sizes of the slopes, a little blurred, from 0 to 1 of the largest. */
function soften(slopes) {
  const sums = new Float32Array(slopes.length);
  for (let row = 1; row < SIDE - 1; row++) {
    for (let column = 1; column < SIDE - 1; column++) {
      let sum = 0;
      for (const down of [-SIDE, 0, SIDE]) {
        for (const right of [-1, 0, 1]) sum += Math.abs(slopes[row * SIDE + column + down + right]);
      }
      sums[row * SIDE + column] = sum;
    }
  }
  const most = sums.reduce((a, b) => Math.max(a, b), 1e-9);
  return sums.map((sum) => sum / most);
}

function paintGreys(canvas, greys, heat = null) {
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(SIDE, SIDE);
  const bytes = image.data;
  for (let i = 0; i < greys.length; i++) {
    const hot = heat ? heat[i] : 0;
    const grey = heat ? greys[i] * 0.75 : greys[i];
    bytes[4 * i] = grey + (255 - grey) * hot;
    bytes[4 * i + 1] = grey + (140 - grey) * hot;
    bytes[4 * i + 2] = grey * (1 - hot);
    bytes[4 * i + 3] = 255;
  }
  pen.putImageData(image, 0, 0);
}

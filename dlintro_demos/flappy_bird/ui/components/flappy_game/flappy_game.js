/* The page and the clock; `__init__.py` puts mount.js, flappy_core.js and flappy_scenery.js before this. */
const TICK = 1000 / TICKS_PER_SECOND; // ms
const CATCH_UP = 4 * TICK; // ms of game at most between two pictures on the screen
const NARROW = 560; // px of room below which many fields do not stand in one row
const SALIENCY_EVERY = 3; // decisions
const HOPES = 150; // decisions in the curve, ten seconds
const SPEAK_EVERY = 10; // pipes

const WORDS = {
  loading: "Loading…",
  failed: "Try again",
  ready: "Start",
  playing: "Pause",
  paused: "Go on",
  over: "Again",
};

const players = new Map(); // address -> promise of a network, for as long as the page is open

export default mounted(".flappy", build);

function fetchPlayer(address) {
  if (!players.has(address)) {
    const loading = fetch(address).then(async (answer) => {
      if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
      return readPlayer(await answer.arrayBuffer());
    });
    players.set(address, loading);
    loading.catch(() => players.delete(address)); // so that another try asks again
  }
  return players.get(address);
}

function build(root) {
  const find = (selector) => root.querySelector(selector);
  const [main, again, stepwise, next] = [".main", ".again", ".stepwise", ".next"].map(find);
  const [hint, problem, list, spoken] = [".hint", ".problem", ".lanes", ".spoken"].map(find);
  const head = buildHead(find(".inside"));
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  let tell = () => {};
  let data = null;
  let known = ""; // the data as text, to see whether they changed
  let lanes = [];
  let state = "loading"; // failed, ready, playing, paused, over
  let stepping = false;
  let game = ""; // name of this game, so that the page sees when it is told twice
  let told = false;
  let handle = 0;
  let [last, behind] = [0, 0]; // ms

  const listening = new AbortController();
  const on = (target, types, handler) => {
    for (const type of types.split(" ")) target.addEventListener(type, handler, { signal: listening.signal });
  };

  function update(given, setTriggerValue) {
    tell = setTriggerValue;
    const text = JSON.stringify(given);
    if (text !== known) {
      known = text;
      data = given;
      lanes = data.lanes.map(makeLane);
      list.replaceChildren(...lanes.map((lane) => lane.item));
      head.show(data.inside && lanes.some((lane) => !lane.you));
      reset();
      arrange();
      load();
    }
    paint(1); // the theme may have changed
  }

  function makeLane({ key, title, player, weights }) {
    const you = player === "you";
    const item = document.createElement("li");
    const [name, field] = ["span", you ? "button" : "div"].map((tag) => document.createElement(tag));
    const [canvas, score, verdict] = ["canvas", "span", "span"].map((tag) => document.createElement(tag));
    item.append(name, field);
    field.append(canvas, score, verdict);
    [item.className, name.className, field.className] = ["lane", "title", "field"];
    [score.className, verdict.className] = ["score", "verdict"];
    name.textContent = name.title = title;
    if (you) {
      field.type = "button";
      field.setAttribute("aria-label", `${title}: flap`);
      listenForFlaps(field, flap, () => (told ? restart() : flap()));
    }
    canvas.setAttribute("aria-hidden", "true");
    const scenery = makeScenery(data.colours);
    return { key, title, you, weights, item, canvas, score, verdict, scenery, player: null };
  }

  async function load() {
    const mine = lanes;
    enter("loading");
    try {
      await Promise.all(
        mine.map(async (lane) => {
          if (!lane.you) lane.player = await fetchPlayer(lane.weights);
        }),
      );
    } catch (error) {
      if (mine === lanes) enter("failed", `The player could not be loaded (${error.message}).`);
      return;
    }
    if (mine !== lanes || listening.signal.aborted) return;
    lookInside();
    enter(data.autoplay && !calm.matches && !document.hidden ? "playing" : "ready");
  }

  /** All lanes at the beginning of the level. */
  function reset() {
    game = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
    told = false;
    [behind, last] = [0, performance.now()];
    for (const lane of lanes) {
      lane.game = newGame(data.seed, data.rules);
      lane.before = where(lane.game);
      lane.frames = lane.you ? null : firstFrames(lane.game, data.shades);
      Object.assign(lane, { flaps: [], wanted: false, flappedAt: -9, values: null, over: false });
      lane.verdict.hidden = true;
      lane.item.classList.remove("over");
      showScore(lane);
    }
    head.clear();
    lookInside();
  }

  function enter(wanted, message = "") {
    state = wanted;
    root.classList.toggle("playing", state === "playing");
    problem.textContent = message;
    problem.hidden = !message;
    main.textContent = WORDS[state];
    main.disabled = state === "loading";
    again.hidden = state !== "paused" && state !== "playing";
    stepwise.setAttribute("aria-pressed", stepping);
    main.hidden = stepping && (state === "playing" || state === "paused");
    showNext();
    showHint();
    cancelAnimationFrame(handle);
    handle = 0;
    if (state === "playing" && !stepping) {
      [last, behind] = [performance.now(), 0];
      handle = requestAnimationFrame(onFrame);
    } else paint(1);
  }

  function showNext() {
    next.hidden = !(stepping && state === "playing");
    next.textContent = lanes.some((lane) => lane.you && !lane.over) ? "Next step (glide)" : "Next step";
  }

  function showHint() {
    const you = lanes.some((lane) => lane.you);
    const finger = matchMedia("(pointer: coarse)").matches;
    const flap = finger ? "Tap your field to flap" : "Space, ↑ or a click on your field flaps";
    if (you && told && !finger) hint.textContent = "Enter plays again.";
    else if (!you) hint.textContent = stepping ? "A step is one decision, a fifteenth of a second." : "";
    else hint.textContent = stepping ? `${flap}, and goes one step on.` : `${flap}.`;
  }

  function start() {
    if (state === "failed") return load();
    if (state === "playing") return enter("paused");
    if (state === "over") reset();
    if (state !== "paused") say("Started.");
    enter("playing");
    focusField();
  }

  function restart() {
    reset();
    say("Started again.");
    enter("playing");
    focusField();
  }

  function focusField() {
    const own = lanes.find((lane) => lane.you);
    own?.item.querySelector(".field").focus({ preventScroll: true });
  }

  function flap() {
    if (state === "ready" && !calm.matches) start();
    if (state !== "playing") return;
    for (const lane of lanes) lane.wanted = lane.you && !lane.over;
    if (stepping) step();
  }

  /** One decision. */
  function step() {
    for (let i = 0; i < SKIP && state === "playing"; i++) advance();
    paint(1);
  }

  function onFrame(now) {
    handle = requestAnimationFrame(onFrame);
    behind += Math.min(now - last, CATCH_UP);
    last = now;
    for (; behind >= TICK && state === "playing"; behind -= TICK) advance();
    if (state === "playing") paint(behind / TICK, false);
  }

  /** One tick of every lane that is still flying. */
  function advance() {
    for (const lane of lanes) if (!lane.over) advanceLane(lane);
    lookInside();
    const own = lanes.filter((lane) => lane.you);
    if (!told && (own.length ? own : lanes).every((lane) => lane.over)) report();
    if (lanes.every((lane) => lane.over)) enter("over");
    else showNext();
  }

  function advanceLane(lane) {
    const { game } = lane;
    lane.before = where(game);
    const flap = decide(lane);
    if (flap) lane.flappedAt = game.ticks;
    const score = game.score;
    tick(game, flap);
    if (!lane.you && !lane.player.told && game.ticks % SKIP === 0) nextFrame(lane.frames, game, data.shades);
    if (game.score !== score) showScore(lane);
    if (!game.alive || game.score >= data.maxPipes || game.ticks >= data.maxTicks) finish(lane);
  }

  function decide(lane) {
    if (lane.you) {
      const flap = lane.wanted;
      lane.wanted = false;
      if (flap) lane.flaps.push(lane.game.ticks);
      return flap;
    }
    if (lane.game.ticks % SKIP) return false;
    lane.values = qValues(lane.player, lane.player.told ? tellState(lane.game) : lane.frames);
    lane.fresh = true;
    return lane.values[1] > lane.values[0];
  }

  function finish(lane) {
    lane.over = true;
    lane.before = where(lane.game);
    lane.item.classList.toggle("over", !lane.game.alive);
    lane.verdict.textContent = lane.game.alive ? `${pipes(lane.game.score)}!` : "Crashed";
    lane.verdict.hidden = false;
    paintLane(lane, 1);
  }

  function showScore(lane) {
    const { score } = lane.game;
    lane.score.textContent = score;
    const speaker = lanes.find((other) => other.you) ?? lanes[0];
    if (lane === speaker && score > 0 && score % SPEAK_EVERY === 0) say(`${lane.title}: ${pipes(score)}.`);
  }

  function report() {
    told = true;
    const score = (lane) => `${lane.title} ${pipes(lane.game.score)}${lane.over ? "" : " so far"}`;
    say(`Game over: ${lanes.map(score).join(", ")}.`);
    const results = lanes.map(({ key, game: { score: pipes, ticks, alive }, flaps }) => {
      return { key, pipes, ticks, alive, flaps };
    });
    showHint();
    tell("finished", { game, seed: data.seed, lanes: results });
  }

  function say(text) {
    spoken.textContent = text;
  }

  function lookInside() {
    const agent = lanes.find((lane) => !lane.you);
    if (!data.inside || !agent?.player || agent.player.told) return;
    if (agent.game.ticks === 0) head.look(agent.player, agent.frames, null);
    else if (agent.fresh) head.look(agent.player, agent.frames, agent.values);
    agent.fresh = false;
  }

  /** `share` of the way from the tick before to the present one. */
  function paint(share, all = true) {
    for (const lane of lanes) {
      if (all || !lane.over) paintLane(lane, lane.over ? 1 : share);
    }
    head.paint();
  }

  function paintLane({ canvas, scenery, game, before, flappedAt }, share) {
    if (!canvas.width) return;
    const between = (old, now) => old + (now - old) * share;
    const ticks = Math.max(0, game.ticks - 1 + share);
    scenery.paint(canvas, {
      y: between(before.y, game.y),
      // A pipe that came anew was and is out of sight: it does not cross the field.
      pipeX: game.pipeX.map((x, i) => (x > before.pipeX[i] ? x : between(before.pipeX[i], x))),
      pipeTop: game.pipeTop,
      gap: data.rules.gap,
      travelled: ticks * data.rules.speed,
      tilt: game.ticks ? between(before.velocity, game.velocity) : 0,
      wing: game.alive && ticks - flappedAt < 4 ? 1 - (ticks - flappedAt) / 4 : 0,
      calm: calm.matches,
    });
  }

  /** Fields side by side, and as many pixels in each canvas as the screen has. */
  function arrange() {
    const many = root.clientWidth < NARROW ? { 4: 2, 5: 3, 6: 3 } : {};
    root.style.setProperty("--columns", many[lanes.length] ?? lanes.length);
    const density = Math.min(window.devicePixelRatio, 2);
    for (const { canvas } of lanes) {
      const width = Math.round(canvas.clientWidth * density);
      if (width && width !== canvas.width) {
        canvas.width = width;
        canvas.height = Math.round((width * SHOWN_HEIGHT) / FIELD.width);
      }
    }
    head.arrange(density);
    if (data) paint(1); // a canvas that changes its size is empty
  }

  on(main, "click", start);
  on(again, "click", restart);
  on(next, "click", step);
  on(stepwise, "click", () => {
    stepping = !stepping;
    if (stepping && state === "paused") enter("playing");
    else enter(!stepping && state === "playing" ? "paused" : state);
  });
  on(document, "visibilitychange", () => {
    if (document.hidden && state === "playing" && !stepping) enter("paused");
  });
  on(calm, "change", () => data && paint(1));
  const sizes = new ResizeObserver(arrange);
  for (const element of [root, list]) sizes.observe(element);

  function destroy() {
    listening.abort();
    sizes.disconnect();
    cancelAnimationFrame(handle);
  }

  return { update, destroy };
}

/** Space, arrow up, click or tap, once for each time; a key that is held down flaps once. */
function listenForFlaps(field, flap, pressEnter) {
  const actions = { " ": flap, ArrowUp: flap, Enter: pressEnter };
  const ours = (event) => event.key in actions && !event.ctrlKey && !event.metaKey && !event.altKey;
  field.addEventListener("keydown", (event) => {
    if (!ours(event)) return;
    event.preventDefault(); // neither scroll nor click
    if (!event.repeat) actions[event.key]();
  });
  field.addEventListener("keyup", (event) => ours(event) && event.preventDefault());
  field.addEventListener("pointerdown", (event) => event.isPrimary && event.button === 0 && flap());
  field.addEventListener("click", (event) => event.detail === 0 && flap()); // of a switch, a screen reader
  field.addEventListener("contextmenu", (event) => event.preventDefault()); // a long tap
}

function where({ y, velocity, pipeX }) {
  return { y, velocity, pipeX: [...pipeX] };
}

function pipes(count) {
  return count === 1 ? "1 pipe" : `${count} pipes`;
}

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

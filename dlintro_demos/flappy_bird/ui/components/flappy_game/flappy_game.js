/* The page and the clock; `__init__.py` puts mount.js and the other flappy_*.js before this. */
const TICK = 1000 / TICKS_PER_SECOND; // ms
const CATCH_UP = 4 * TICK; // ms of game at most between two pictures on the screen
const NARROW = 560; // px of room below which many fields do not stand in one row
const SPEAK_EVERY = 10; // pipes
const NEWEST_EVERY = 2000; // ms between two looks at what one has learned
const AFTER_A_CRASH = 24; // ticks until one that learns begins again

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

async function fetchAnew(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  return readPlayer(await answer.arrayBuffer());
}

function fetchPlayer(address) {
  if (!players.has(address)) {
    const loading = fetchAnew(address);
    players.set(address, loading);
    loading.catch(() => players.delete(address)); // so that another try asks again
  }
  return players.get(address);
}

function build(root) {
  const find = (selector) => root.querySelector(selector);
  const [main, again, stepwise, next, sound] = [".main", ".again", ".stepwise", ".next", ".sound"].map(find);
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
  let learner = null; // the lane of one that is still learning
  let levels = 0; // that it has begun after the first
  let away = false; // it plays on when the tab is looked at again

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
      lanes = data.lanes.map((lane) => makeLane(lane, data.colours, flap, pressEnter));
      [learner, levels] = [lanes.find((lane) => lane.learning), 0];
      list.replaceChildren(...lanes.map((lane) => lane.item));
      head.show(data.inside && lanes.some((lane) => !lane.you));
      reset();
      arrange();
      load();
    }
    paint(1); // the theme may have changed
  }

  async function load() {
    const mine = lanes;
    enter("loading");
    try {
      await Promise.all(
        mine.map(async (lane) => {
          if (!lane.you) meet(lane, await (lane.learning ? fetchAnew : fetchPlayer)(lane.weights));
        }),
      );
    } catch (error) {
      if (mine === lanes) enter("failed", `The player could not be loaded (${error.message}).`);
      return;
    }
    if (mine !== lanes || listening.signal.aborted) return;
    lookInside();
    const alone = data.autoplay && !calm.matches;
    away = Boolean(alone && learner && document.hidden);
    enter(alone && !document.hidden ? "playing" : "ready");
    if (learner) follow(learner);
  }

  function meet(lane, player) {
    lane.player = player;
    if (!lane.learning) return;
    lane.name.textContent = `${lane.title} after ${player.decisions.toLocaleString("en")} decisions`;
    lane.name.title = lane.name.textContent;
  }

  /** The newest of one that learns takes over in flight. */
  async function follow(lane) {
    while (lane === learner && !listening.signal.aborted) {
      await new Promise((done) => setTimeout(done, NEWEST_EVERY));
      if (document.hidden || lane !== learner || listening.signal.aborted) continue;
      try {
        const newest = await fetchAnew(lane.weights);
        if (lane === learner) meet(lane, newest);
      } catch {
        // It plays on as it is; the next look may find a newer one.
      }
    }
  }

  /** All lanes at the beginning of the level. */
  function reset() {
    game = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
    told = false;
    [behind, last] = [0, performance.now()];
    for (const lane of lanes) {
      lane.game = newGame((data.seed + levels) >>> 0, data.rules);
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
    root.classList.toggle("learning", Boolean(learner));
    problem.textContent = message;
    problem.hidden = !message;
    main.textContent = WORDS[state];
    main.disabled = state === "loading";
    again.hidden = Boolean(learner) || (state !== "paused" && state !== "playing");
    stepwise.hidden = Boolean(learner);
    stepwise.setAttribute("aria-pressed", stepping);
    sound.setAttribute("aria-pressed", audible);
    sound.hidden = !window.AudioContext;
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

  function pressEnter() {
    if (told) restart();
    else flap();
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
    if (learner?.over) return void (++learner.rested < AFTER_A_CRASH || beginNextLevel());
    for (const lane of lanes) if (!lane.over) advanceLane(lane);
    lookInside();
    const own = lanes.filter((lane) => lane.you);
    if (!told && !learner && (own.length ? own : lanes).every((lane) => lane.over)) report();
    if (!learner && lanes.every((lane) => lane.over)) enter("over");
    else showNext();
  }

  function beginNextLevel() {
    levels += 1;
    reset();
    paint(1);
  }

  function advanceLane(lane) {
    const { game } = lane;
    lane.before = where(game);
    const flap = decide(lane);
    if (flap) lane.flappedAt = game.ticks;
    if (flap && isHeard(lane)) playSound("flap");
    const score = game.score;
    tick(game, flap);
    if (!lane.you && !lane.player.told && game.ticks % SKIP === 0) nextFrame(lane.frames, game, data.shades);
    if (game.score !== score) showScore(lane);
    if (game.score !== score && isHeard(lane)) playSound("point");
    if (!game.alive || game.score >= data.maxPipes || game.ticks >= data.maxTicks) finish(lane);
  }

  /** Of many birds one is heard until it crashes: the visitor's, or the last of those that fly. */
  function isHeard(lane) {
    return lane === (lanes.find((other) => other.you) ?? lanes.findLast((other) => !other.over));
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
    lane.rested = 0;
    if (!lane.game.alive) playSound("crash");
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
    const [own, ...others] = lanes.filter((lane) => lane.you).concat(lanes.filter((lane) => !lane.you));
    if (own.you && others.length === 1) own.verdict.textContent = outcome(own.game, others[0].game);
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
  on(sound, "click", () => {
    makeAudible(!audible);
    sound.setAttribute("aria-pressed", audible);
  });
  on(stepwise, "click", () => {
    stepping = !stepping;
    if (stepping && state === "paused") enter("playing");
    else enter(!stepping && state === "playing" ? "paused" : state);
  });
  on(document, "visibilitychange", () => {
    if (document.hidden && state === "playing" && !stepping) {
      away = Boolean(learner);
      enter("paused");
    } else if (!document.hidden && away) {
      away = false;
      if (state === "paused" || state === "ready") enter("playing");
    }
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

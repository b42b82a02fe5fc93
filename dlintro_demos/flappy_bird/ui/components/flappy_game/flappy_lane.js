/* A lane: a bird's field on the page, the keys of the visitor's, and what is said of it. */

/** Of `player` "you" the field is a button: it calls `flap`, and `pressEnter` on that key. */
function makeLane({ key, title, player, weights, learning }, colours, flap, pressEnter) {
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
    listenForFlaps(field, flap, pressEnter);
  }
  canvas.setAttribute("aria-hidden", "true");
  const scenery = makeScenery(colours);
  return { key, title, you, weights, learning, item, name, canvas, score, verdict, scenery, player: null };
}

/** Of a race, in words for the visitor, as `race._outcome` says it once the referee agrees. */
function outcome(yours, its) {
  const score = `${yours.score} : ${its.score}`;
  if (yours.score > its.score) return `You win, ${score}`;
  return yours.score === its.score && yours.alive === its.alive ? `A draw, ${score}` : `It wins, ${score}`;
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

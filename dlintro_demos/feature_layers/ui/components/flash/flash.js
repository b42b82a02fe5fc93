const BEAT = 400; // ms that each number of the countdown stands
const FRAME_SLACK = 9; // ms, half a frame at 60 Hz: the frame nearest to the end is the end
const LONGEST = 600000; // ms, the slowest reaction that is told
const ICONS = {
  right: "m5 12.5 4.5 4.5L19 7.5",
  wrong: "m6.5 6.5 11 11M17.5 6.5l-11 11",
  you: "M12 11.5a3.8 3.8 0 1 0 0-7.6 3.8 3.8 0 0 0 0 7.6ZM4.5 20.5c.7-4 3.7-6 7.5-6s6.8 2 7.5 6",
  machine: "M7 7h10v10H7ZM10 3v4M14 3v4M10 17v4M14 17v4M3 10h4M3 14h4M17 10h4M17 14h4",
};

export default mounted(".flash", build);

function build(root) {
  const find = (selector) => root.querySelector(selector);
  const [stage, picture, noise] = [".stage", ".picture", ".noise"].map(find);
  const [count, start] = [".count", ".start"].map(find);
  const [headline, aside, answers, spoken] = [".headline", ".aside", ".answers", ".spoken"].map(find);

  let given = null; // what Python said last
  let tell = () => {};
  let decoded = Promise.resolve(false); // whether the picture can be shown
  let show = 0; // number of the show in progress: one that finds another number has been overtaken
  let asked = 0; // when the answers appeared
  let reaction = null; // ms, in this round

  const listening = new AbortController();
  const on = (target, type, handler) => target.addEventListener(type, handler, { signal: listening.signal });

  function update(data, setTriggerValue) {
    tell = setTriggerValue;
    const wanted = JSON.stringify(data);
    if (given && wanted === JSON.stringify(given)) return; // the theme changed, or nothing
    const last = given;
    given = data;
    if (picture.getAttribute("src") !== data.picture) load();
    const another = last?.round !== data.round || last.picture !== data.picture;
    if (another) reaction = null;
    if (data.result) showResult();
    else if (another || last.result || String(last.labels) !== String(data.labels)) standReady();
  }

  function load() {
    picture.src = given.picture;
    decoded = picture.decode().then(
      () => true,
      () => false,
    );
  }

  function enter(state) {
    root.dataset.state = state;
  }

  function standReady(why = "") {
    show += 1;
    enter("ready");
    picture.alt = "";
    stage.setAttribute("aria-label", "Picture, not shown yet");
    headline.textContent = "What do you see?";
    aside.textContent = why || "A picture for half a second, then five answers.";
    answers.replaceChildren(...given.labels.map(makeButton));
    spoken.textContent = why;
  }

  async function play() {
    show += 1;
    const mine = show;
    const over = () => mine !== show;
    enter("countdown");
    stage.focus({ preventScroll: true });
    headline.textContent = "Look closely…";
    aside.textContent = "";
    spoken.textContent = "Get ready.";
    countTo("Ready");
    drawNoise();
    const loaded = await decoded;
    if (over()) return;
    if (!loaded) return standReady("This picture could not be opened. Go on to the next one.");
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    for (const word of calm ? ["Ready"] : ["3", "2", "1"]) {
      countTo(word);
      await pause(calm ? 3 * BEAT : BEAT);
      if (over()) return;
    }
    const appeared = await frame();
    if (over()) return;
    enter("picture");
    let now = appeared;
    while (now - appeared < given.milliseconds - FRAME_SLACK) {
      now = await frame();
      if (over()) return;
    }
    root.dataset.shown = Math.round(now - appeared);
    ask();
  }

  function countTo(word) {
    count.textContent = word;
    count.classList.toggle("word", word.length > 1);
    count.classList.remove("beat");
    void count.offsetWidth; // begins the animation again
    count.classList.add("beat");
  }

  /** What the eye still holds of the picture goes under in grey noise, coarse and fine. */
  function drawNoise() {
    const pen = noise.getContext("2d");
    for (const size of [16, 8, 4, 2, 1]) {
      for (let y = 0; y < noise.height; y += size) {
        for (let x = 0; x < noise.width; x += size) {
          const grey = Math.floor(256 * Math.random());
          pen.fillStyle = `rgb(${grey} ${grey} ${grey} / ${size === 16 ? 1 : 0.4})`;
          pen.fillRect(x, y, size, size);
        }
      }
    }
  }

  function ask() {
    asked = performance.now();
    enter("mask");
    headline.textContent = "What was it?";
    const finger = matchMedia("(pointer: coarse)").matches;
    aside.textContent = finger ? "Tap an answer." : "Choose, or press 1 to 5.";
    const options = given.labels.map((label, i) => `${i + 1}: ${label}`).join("; ");
    spoken.textContent = `What was it? ${options}.`;
    answers.focus({ preventScroll: true });
  }

  function choose(choice) {
    if (root.dataset.state !== "mask" || !(choice in given.labels)) return;
    reaction = Math.round(clamp(performance.now() - asked, 0, LONGEST));
    enter("sent");
    headline.textContent = "Now the machine…";
    aside.textContent = "";
    spoken.textContent = `You said ${given.labels[choice]}.`;
    [...answers.querySelectorAll("button")].forEach((button, i) => {
      button.setAttribute("aria-disabled", "true");
      button.setAttribute("aria-pressed", i === choice);
    });
    tell("answer", { round: given.round, choice, milliseconds: reaction });
  }

  function showResult() {
    show += 1;
    const { choice, truth, machine } = given.result;
    const focused = root.contains(root.getRootNode().activeElement);
    enter("result");
    picture.alt = given.alt;
    stage.setAttribute("aria-label", "Picture");
    headline.textContent = verdict(given.result);
    const seconds = reaction === null ? "" : ` You took ${(reaction / 1000).toFixed(1)} s.`;
    const other = machine === null ? " The machine named something that is not on this list." : "";
    aside.textContent = `It is: ${given.labels[truth]}.${seconds}${other}`;
    answers.replaceChildren(...given.labels.map((label, i) => makeRow(label, i, choice, truth, machine)));
    if (focused) headline.focus({ preventScroll: true });
    spoken.textContent = `${headline.textContent} ${aside.textContent}`;
  }

  function makeButton(label, i) {
    const item = document.createElement("li");
    const button = item.appendChild(element("button", "answer"));
    button.type = "button";
    button.append(element("span", "digit", i + 1), element("span", "label", label));
    on(button, "click", () => choose(i));
    return item;
  }

  function makeRow(label, i, choice, truth, machine) {
    const item = document.createElement("li");
    const state = i === truth ? "right" : [choice, machine].includes(i) ? "wrong" : "other";
    const row = item.appendChild(element("div", `answer ${state}`));
    const digit = row.appendChild(element("span", "digit", state === "other" ? i + 1 : ""));
    if (state !== "other") digit.append(icon(state));
    row.append(element("span", "label", label));
    const tags = row.appendChild(element("span", "tags"));
    if (i === truth) tags.append(element("span", "tag", "Right"));
    if (i === choice) tags.append(tag("you", "You"));
    if (i === machine) tags.append(tag("machine", "Machine"));
    return item;
  }

  function onKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !/^[1-9]$/.test(event.key)) return;
    if (root.dataset.state !== "mask") return;
    event.preventDefault();
    choose(Number(event.key) - 1);
  }

  on(start, "click", play);
  on(root, "keydown", onKey);
  on(document, "visibilitychange", () => {
    if (!document.hidden || !["countdown", "picture"].includes(root.dataset.state)) return;
    standReady("Stopped, because this page was out of sight. Start again.");
  });

  function destroy() {
    show += 1;
    listening.abort();
  }

  return { update, destroy };
}

function verdict({ choice, truth, machine }) {
  const [you, it] = [choice === truth, machine === truth];
  if (you && it) return "A draw: you are both right.";
  if (you) return "You win: the machine is wrong.";
  if (it) return "The machine wins this one.";
  return "Neither of you got it.";
}

function tag(name, words) {
  const made = element("span", `tag ${name}`);
  made.append(icon(name), words);
  return made;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = svg.appendChild(document.createElementNS(svg.namespaceURI, "path"));
  path.setAttribute("d", ICONS[name]);
  return svg;
}

function element(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Resolves in the next frame, before it is painted, with its time in ms. */
function frame() {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

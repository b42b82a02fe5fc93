/* The conversation, the button to talk, and the voice that answers, which can be stopped. */

const HOLD = 400; // ms: who lets go later held the button while speaking, who lets go sooner tapped it
const MUTED = "dlintro-assistant-muted";
const FULL = 0.25; // loudness that fills the meter

export default mounted(".talk", (root) => {
  const at = (selector) => root.querySelector(selector);
  const [log, mic, stop, mute, hint, meter, level, form, typed, problem, spoken] = [
    ".log", ".mic", ".stop", ".mute", ".hint", ".meter", ".level", "form", ".typed", ".problem", ".spoken",
  ].map(at); // prettier-ignore
  const view = soundView(at(".sound"));
  const player = new Audio();
  let data = { turns: [], at: 0, speak: 0 };
  let send = () => {};
  let taping = null; // the recording under way
  let turn = 0; // of the microphone: what belongs to an older one ends
  let pressed = 0; // when the button went down; 0 while it is up
  let heard = null; // number of the last turn that was spoken, or was there before
  let playing = null; // { number, captions }, or { number, own: true } for what was recorded
  let source = ""; // of the player, to be given back
  let muted = readMuted();

  const listening = new AbortController();
  const on = (target, types, handler) => {
    for (const type of types.split(" ")) target.addEventListener(type, handler, { signal: listening.signal });
  };

  function readMuted() {
    try {
      return localStorage.getItem(MUTED) === "yes";
    } catch {
      return false; // a browser that keeps nothing
    }
  }

  function enter(state) {
    root.dataset.state = state;
    const label = { ready: "Hold or tap to talk", opening: "Opening the microphone", listening: "Listening: tap to send" };
    mic.replaceChildren(symbol(state === "listening" ? "graphic_eq" : "mic"), label[state]);
    meter.hidden = state !== "listening";
    hint.textContent = state === "ready" ? "Space works too." : "Escape throws it away.";
  }

  function say(sentence) {
    problem.textContent = sentence;
    problem.hidden = !sentence;
  }

  /* The microphone */

  async function listen(tapped) {
    const mine = ++turn;
    hush();
    say("");
    if (!globalThis.MediaRecorder) return say("This browser records no sound. Type below, or bring a sound file.");
    enter("opening");
    let stream;
    try {
      stream = await openMicrophone();
    } catch (error) {
      if (mine === turn) enter("ready");
      return say(error.message);
    }
    if (mine !== turn) return stream.getTracks().forEach((track) => track.stop());
    taping = record(stream, data.seconds, (loudness, left) => {
      level.style.transform = `scaleX(${Math.min(1, loudness / FULL)})`;
      hint.textContent = `${Math.max(0, Math.ceil(left))} s left. Escape throws it away.`;
    });
    taping.handsFree(tapped || !pressed); // let go before it was open: as if tapped
    enter("listening");
    spoken.textContent = "Listening";
    const file = await taping.done;
    if (mine !== turn) return;
    taping = null;
    enter("ready");
    if (file) bring(file);
  }

  function drop() {
    turn++;
    taping?.end(false);
    taping = null;
    enter("ready");
  }

  /** As if somebody had chosen this file: the same door, with the same checks. */
  function bring(file) {
    const field = document.querySelector(`${data.bring} input[type=file]`);
    if (!field) return say("The sound found no way to the gallery. Load the page again.");
    const chosen = new DataTransfer();
    chosen.items.add(file);
    field.files = chosen.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    wait("Sent. It listens to it …");
  }

  /** What was sent just now, until its answer is there. */
  function wait(text) {
    log.append(row("row you", made("div", "bubble pending", text)));
    log.scrollTop = log.scrollHeight;
  }

  on(form, "submit", (event) => {
    event.preventDefault();
    const text = typed.value.trim().slice(0, data.longest);
    if (!text) return;
    hush();
    say("");
    typed.value = "";
    wait(text);
    send("said", text);
  });

  function down(event) {
    if (event.button > 0) return;
    event.preventDefault();
    mic.focus();
    if (taping) return taping.end();
    if (root.dataset.state === "opening") return drop();
    pressed = performance.now();
    listen(false);
  }

  function up() {
    if (!pressed) return;
    const held = performance.now() - pressed;
    pressed = 0;
    if (held > HOLD && taping) taping.end();
    else taping?.handsFree(true);
  }

  on(mic, "pointerdown", down);
  on(window, "pointerup pointercancel", up);
  on(window, "blur", up);
  on(mic, "contextmenu", (event) => event.preventDefault());
  on(mic, "keydown", (event) => {
    if (event.key !== " " || event.repeat) return event.key === " " && event.preventDefault();
    down(event);
  });
  on(mic, "keyup", (event) => {
    if (event.key !== " ") return;
    event.preventDefault(); // no click besides
    up();
  });
  on(mic, "click", (event) => {
    if (event.detail) return; // a pointer's, seen above; what is left is Enter, or a screen reader
    if (taping) taping.end();
    else if (root.dataset.state === "opening") drop();
    else listen(true);
  });
  on(root, "keydown", (event) => {
    if (event.key !== "Escape") return;
    if (root.dataset.state === "ready") hush();
    else drop();
  });

  /* The voice */

  async function play(number, url, captions) {
    hush();
    const mine = (playing = { number, captions });
    try {
      const answer = await fetch(url); // whole: some browsers play only what can be had in parts
      if (!answer.ok) throw new Error("gone");
      const file = await answer.blob();
      if (playing !== mine) return;
      URL.revokeObjectURL(source);
      player.src = source = URL.createObjectURL(file);
      await player.play();
    } catch (error) {
      if (playing !== mine || error.name === "AbortError") return;
      hush();
      if (error.message === "gone") say("This sound is no longer there.");
    }
    showStop();
  }

  function hush() {
    playing = null;
    player.pause();
    showStop();
    caption();
    view.playhead(-1);
  }

  function showStop() {
    stop.hidden = !playing;
    root.dataset.speaking = playing && playing.captions ? "yes" : "no";
  }

  /** Lights the sentence that is being spoken. */
  function caption() {
    const time = player.currentTime;
    for (const part of log.querySelectorAll(".answer span")) {
      const [number, begin, end] = [Number(part.dataset.number), Number(part.dataset.begin), Number(part.dataset.end)];
      part.classList.toggle("now", Boolean(playing?.captions) && playing.number === number && begin <= time && time < end);
    }
    if (playing && !playing.captions) view.playhead(time);
  }

  on(player, "timeupdate play", caption);
  on(player, "ended", hush);
  on(stop, "click", () => {
    hush();
    mic.focus();
  });
  on(mute, "click", () => {
    muted = !muted;
    try {
      localStorage.setItem(MUTED, muted ? "yes" : "no");
    } catch {
      /* then it stays as long as the page is open */
    }
    if (muted) hush();
    showMute();
  });

  function showMute() {
    mute.setAttribute("aria-pressed", muted);
    mute.replaceChildren(symbol(muted ? "volume_off" : "volume_up"), muted ? "Muted" : "Mute");
  }

  /* The conversation */

  function made(tag, className, text = "") {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
  }

  function bubbles(each) {
    const you = made("button", "bubble", each.you);
    you.type = "button";
    you.setAttribute("aria-pressed", each.number === data.at);
    you.append(made("small", "", each.by));
    you.addEventListener("click", () => send("looked", each.number));
    const answer = made("div", each.known ? "bubble answer" : "bubble answer refused");
    const captions = each.captions.length ? each.captions : [[each.answer, 0, 0]];
    captions.forEach(([text, begin, end], i) => {
      const part = made("span", "", text);
      Object.assign(part.dataset, { number: each.number, begin, end });
      answer.append(part, i + 1 < captions.length ? " " : "");
    });
    return [row("row you", again(each, "hearing", "Play what it heard", each.recording, null), you), row("row", answer, again(each, "play_arrow", "Play its answer", each.speech, each.captions))];
  }

  function row(className, ...parts) {
    const line = made("div", className);
    line.append(...parts.filter(Boolean));
    return line;
  }

  /** A button that plays one of a turn's sounds, where there is one. */
  function again(each, icon, label, url, captions) {
    if (!url) return null;
    const button = made("button", "again");
    button.type = "button";
    button.ariaLabel = button.title = label;
    button.append(symbol(icon));
    button.addEventListener("click", () => {
      if (each.number !== data.at && !captions) send("looked", each.number); // its picture has the playhead
      play(each.number, url, captions);
    });
    return button;
  }

  let drawn = "";
  function update(newest, setTriggerValue) {
    send = setTriggerValue;
    data = newest;
    const now = JSON.stringify([data.turns, data.at]);
    if (now !== drawn) {
      const grew = data.turns.at(-1)?.number;
      const before = drawn ? JSON.parse(drawn)[0].at(-1)?.number : undefined;
      drawn = now;
      log.replaceChildren(...data.turns.flatMap((each) => bubbles(each)));
      if (grew !== before) {
        log.scrollTop = log.scrollHeight;
        say("");
      }
    }
    log.querySelectorAll(".row:has(.pending)").forEach((each) => each.remove());
    view.show(data.turns.find((each) => each.number === data.at)?.sound ?? null);
    const speak = data.turns.find((each) => each.number === data.speak);
    if (heard !== null && data.speak > heard && speak?.speech && !muted && root.dataset.state === "ready") {
      play(speak.number, speak.speech, speak.captions);
    }
    heard = data.speak;
  }

  function destroy() {
    drop();
    hush();
    URL.revokeObjectURL(source);
    listening.abort();
    view.destroy();
  }

  enter("ready");
  showMute();
  at(".send").append(symbol("arrow_upward"));
  stop.replaceChildren(symbol("stop_circle"), "Stop");
  return { update, destroy };
});

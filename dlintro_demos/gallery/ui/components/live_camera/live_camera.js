/* The camera live: one picture goes to the server, its answer comes back, then the next one goes. */

const SLOW = 2; // frames a second: below, the page says so
const SAY_EVERY = 3000; // ms between two sentences for ears
const [OVER, AT_LEAST] = [5000, 5]; // ms, and answers, whose pace is shown

export default mounted(".live", (root) => {
  const at = (selector) => root.querySelector(selector);
  const [video, boxes, start, hold, which] = ["video", ".boxes", ".start", ".hold", ".which"].map(at);
  const [choice, problem, words, bars, more, maps, pace, spoken] = [
    "select", ".problem", ".words", ".bars", ".more", ".maps", ".pace", ".spoken",
  ].map(at);
  let data = {};
  let send = () => {};
  let stream = null;
  let turn = 0; // of the camera: a loop of an older one ends
  let holding = false;
  let owed = false; // a picture, however short the press was
  let recorded = 0;
  let times = [];
  let said = 0;

  function say(sentence) {
    problem.textContent = sentence;
    problem.hidden = !sentence;
  }

  async function begin(device) {
    stop();
    const mine = ++turn;
    say("");
    try {
      const size = { width: { ideal: 640 }, height: { ideal: 480 } };
      const wanted = device ? { ...size, deviceId: { exact: device } } : { ...size, facingMode: "user" };
      const opened = await openCamera(wanted, "a photo");
      if (mine !== turn) return opened.getTracks().forEach((track) => track.stop());
      stream = opened;
    } catch (error) {
      if (mine === turn) say(error.message);
      return;
    }
    const [track] = stream.getVideoTracks();
    track.addEventListener("ended", () => {
      stop();
      say("The camera was unplugged or taken away. Start it again, or use a photo.");
    });
    root.classList.toggle("mirrored", track.getSettings().facingMode !== "environment");
    video.srcObject = stream;
    await video.play().catch(() => {});
    shows(true);
    await offer(track.getSettings().deviceId);
    loop(mine);
  }

  /** Two cameras: choose. */
  async function offer(current) {
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
    choice.replaceChildren(
      ...cameras.map(({ deviceId, label }, number) => new Option(label || `Camera ${number + 1}`, deviceId)),
    );
    choice.value = current;
    which.hidden = cameras.length < 2;
  }

  function stop() {
    turn++;
    stream?.getTracks().forEach((track) => track.stop());
    stream = video.srcObject = null;
    release();
    owed = false;
    tell();
    shows(false);
    times = [];
    pace.textContent = "";
    boxes.getContext("2d").clearRect(0, 0, boxes.width, boxes.height);
  }

  function shows(running) {
    root.classList.toggle("running", running);
    start.textContent = running ? "Stop the camera" : "Start the camera";
    hold.hidden = !(running && data.hold);
  }

  function loop(mine) {
    return sendLive(video, {
      over: () => mine !== turn,
      side: () => data.side,
      address: () => {
        const query = holding || owed ? `?record=${encodeURIComponent(data.hold.key)}` : "";
        owed = false;
        return data.address + query;
      },
      answered: (answer, took) => {
        show(answer, took);
        if (!holding && !owed) tell();
      },
      refused: (sentence, ended) => {
        if (ended) stop();
        say(sentence);
      },
    });
  }

  function show(answer, took) {
    times.push([performance.now(), took]);
    while (times.length > AT_LEAST && performance.now() - times[0][0] > OVER) times.shift();
    if (times.length >= AT_LEAST) {
      const rate = ((times.length - 1) * 1000) / (times.at(-1)[0] - times[0][0]);
      pace.textContent =
        `${rate.toFixed(rate < 10 ? 1 : 0)} pictures a second, ${Math.round(took)} ms` +
        (rate < SLOW ? ". The gallery is busy: it looks less often." : "");
      root.dataset.rate = rate.toFixed(2);
      root.dataset.took = took.toFixed(1);
    }
    say(answer.problem ?? "");
    words.textContent = answer.words ?? "";
    more.textContent = answer.more ?? "";
    const now = performance.now();
    if (answer.words && now - said > SAY_EVERY && spoken.textContent !== answer.words) {
      spoken.textContent = answer.words;
      said = now;
    }
    bars.replaceChildren(
      ...(answer.bars ?? []).map(([name, share, value]) => {
        const bar = document.createElement("li");
        bar.style.setProperty("--share", `${100 * share}%`);
        for (const text of [name, value]) bar.appendChild(document.createElement("span")).textContent = text;
        return bar;
      }),
    );
    maps.hidden = !answer.picture;
    if (answer.picture) Object.assign(maps, { src: answer.picture, alt: answer.alt });
    draw(answer.boxes ?? []);
    if (answer.recorded) recorded = answer.recorded;
  }

  /** Boxes as shares of the picture, [left, top, right, bottom], each with its name and a level. */
  function draw(marks) {
    const pen = boxes.getContext("2d");
    boxes.width = boxes.clientWidth * devicePixelRatio;
    boxes.height = boxes.clientHeight * devicePixelRatio;
    if (!marks.length) return;
    const scale = Math.min(boxes.width / video.videoWidth, boxes.height / video.videoHeight);
    const [width, height] = [video.videoWidth * scale, video.videoHeight * scale];
    const [x0, y0] = [(boxes.width - width) / 2, (boxes.height - height) / 2];
    const turned = root.classList.contains("mirrored");
    pen.font = `600 ${16 * devicePixelRatio}px system-ui, sans-serif`;
    pen.lineWidth = 3 * devicePixelRatio;
    for (const { box, label, level } of marks) {
      const [left, right] = turned ? [1 - box[2], 1 - box[0]] : [box[0], box[2]];
      const [x, y] = [x0 + left * width, y0 + box[1] * height];
      pen.strokeStyle = level === "unknown" ? "#cfcbd8" : "#ffd24a";
      pen.setLineDash(level === "maybe" ? [8, 6] : []);
      pen.strokeRect(x, y, (right - left) * width, (box[3] - box[1]) * height);
      if (!label) continue;
      const high = 26 * devicePixelRatio;
      const top = Math.max(0, y - high);
      pen.fillStyle = "#14131ae6";
      pen.fillRect(x, top, pen.measureText(label).width + 16 * devicePixelRatio, high);
      pen.fillStyle = "#fff";
      pen.fillText(label, x + 8 * devicePixelRatio, top + high * 0.72);
    }
  }

  function press(event) {
    if (event.repeat || (event.key && event.key !== " " && event.key !== "Enter")) return;
    event.preventDefault();
    hold.focus();
    holding = owed = true;
    hold.setAttribute("aria-pressed", "true");
  }

  function release() {
    holding = false;
    hold.setAttribute("aria-pressed", "false");
  }

  /** The page hears of what was recorded once the button is let go and the last answer is here. */
  function tell() {
    if (recorded) send("recorded", recorded);
    recorded = 0;
  }

  const click = () => (stream ? stop() : begin());
  const change = () => begin(choice.value);
  start.addEventListener("click", click);
  choice.addEventListener("change", change);
  for (const type of ["pointerdown", "keydown"]) hold.addEventListener(type, press);
  for (const type of ["pointerup", "pointercancel", "lostpointercapture", "keyup", "blur"]) {
    hold.addEventListener(type, release);
  }

  function update(newest, setTriggerValue) {
    data = newest;
    send = setTriggerValue;
    hold.textContent = data.hold?.label ?? "";
    shows(Boolean(stream));
  }

  return { update, destroy: stop };
});

/* The camera, and the lips in it live; what it records goes to the page's own uploader, like a file that somebody chose. */

const BEAT = 700; // ms that each number of the countdown stands
const [BETWEEN, WITHOUT, RECORDING] = [60, 300, 200]; // ms between two live pictures: with a face, without, and then
const SHARE = 4; // times as long as an answer took: the pause before the next picture while it records
const LOOK_AROUND = 2000; // ms after which the whole picture is looked at again
const SAY_EVERY = 3000; // ms between two sentences for ears
const KINDS = ["video/webm;codecs=vp8", "video/webm", "video/mp4"];

export default mounted(".recorder", (root) => {
  const at = (selector) => root.querySelector(selector);
  const [prompt, stage, video, count] = [".prompt", ".stage", "video", ".count"].map(at);
  const [start, end, problem, spoken, seen, lips] = [".start", ".stop", ".problem", ".spoken", ".seen", ".lips"].map(at);
  const curve = runningCurve(at(".curve"));
  let data = {};
  let stream = null;
  let turn = 0; // of the camera: what belongs to an older one ends
  let region = ""; // where the gallery saw the face
  let looked = 0; // ms, when it looked at a whole picture
  let said = 0; // ms, when something was said for ears

  function enter(state) {
    root.dataset.state = state;
    stage.hidden = state === "ready";
    end.hidden = state === "ready";
    start.hidden = state === "counting" || state === "recording";
    start.replaceChildren(symbol(state === "ready" ? "videocam" : "radio_button_checked"));
    start.append(state === "ready" ? "Start my camera" : "Record");
    end.replaceChildren(symbol("stop"), state === "watching" ? "Stop the camera" : "Stop");
  }

  function say(sentence) {
    problem.textContent = sentence;
    problem.hidden = !sentence;
  }

  function stop() {
    turn++;
    stream?.getTracks().forEach((track) => track.stop());
    stream = video.srcObject = null;
    count.textContent = seen.textContent = region = "";
    light(-1);
    enter("ready");
  }

  function light(number) {
    [...prompt.children].forEach((word, i) => word.classList.toggle("lit", i === number));
  }

  async function watch() {
    const mine = ++turn;
    const over = () => mine !== turn;
    say("");
    let opened;
    try {
      const wanted = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 }, facingMode: "user" };
      opened = await openCamera(wanted, "a video file");
    } catch (error) {
      return say(error.message);
    }
    if (over()) return opened.getTracks().forEach((track) => track.stop());
    stream = opened;
    stream.getVideoTracks()[0].addEventListener("ended", () => {
      if (over()) return;
      stop();
      say("The camera was unplugged or taken away. Start again, or use a video file.");
    });
    enter("watching");
    curve.clear();
    show({});
    video.srcObject = stream;
    await video.play().catch(() => {});
    start.focus({ preventScroll: true });
    sendLive(video, { over, side, address, answered, refused });
  }

  /** How large the next picture is. Every now and then all of it is looked at, but not while it records. */
  function side() {
    const now = performance.now();
    if (root.dataset.state !== "recording" && now - looked > LOOK_AROUND) region = "";
    if (region) return data.follow;
    looked = now;
    return data.whole;
  }

  function address() {
    const query = new URLSearchParams({ region, camera: Math.max(video.videoWidth, video.videoHeight) });
    return `${data.address}?${query}`;
  }

  function answered(answer, took) {
    region = answer.region ?? "";
    curve.add(answer.opening ?? null);
    show(answer);
    if (root.dataset.state === "recording") return Math.max(RECORDING, SHARE * took); // the film comes first
    return region ? BETWEEN : WITHOUT;
  }

  /** Without live answers it records all the same. */
  function refused(sentence) {
    region = "";
    show({ words: `${sentence} You can record meanwhile.` });
  }

  function show({ lips: points, words = "Looking for your lips...", good = false }) {
    drawLips(lips, video, points);
    seen.classList.toggle("good", good);
    if (seen.textContent !== words) seen.textContent = words;
    const now = performance.now();
    if (root.dataset.state !== "watching" || now - said < SAY_EVERY || spoken.textContent === words) return;
    spoken.textContent = words;
    said = now;
  }

  async function record() {
    const mine = turn;
    const over = () => mine !== turn;
    say("");
    const kind = globalThis.MediaRecorder && KINDS.find((each) => MediaRecorder.isTypeSupported(each));
    if (!kind) return say("This browser records no video. Record one with a phone, and bring the file.");
    enter("counting");
    end.focus({ preventScroll: true });
    spoken.textContent = `Say: ${data.words.join(" ")}`;
    for (const number of ["3", "2", "1"]) {
      count.textContent = number;
      await rest(BEAT);
      if (over()) return;
    }
    count.textContent = "";
    const parts = [];
    const taping = new MediaRecorder(stream, { mimeType: kind, videoBitsPerSecond: 2_500_000 });
    taping.addEventListener("dataavailable", (event) => parts.push(event.data));
    const ended = new Promise((done) => taping.addEventListener("stop", done, { once: true }));
    enter("recording");
    taping.start();
    await rest(data.lead);
    for (let i = 0; i < data.words.length && !over(); i++) {
      light(i);
      await rest(data.say / data.words.length);
    }
    light(-1);
    await rest(data.rest);
    if (over()) return;
    taping.stop();
    await ended;
    if (over()) return;
    stop();
    const type = kind.split(";")[0];
    bring(new File([new Blob(parts, { type })], type === "video/mp4" ? "lips.mp4" : "lips.webm", { type }));
  }

  /** As if somebody had chosen this file. */
  function bring(file) {
    const field = document.querySelector(`${data.bring} input[type=file]`);
    if (!field) return say("The video found no way to the gallery. Load the page again.");
    const chosen = new DataTransfer();
    chosen.items.add(file);
    field.files = chosen.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    spoken.textContent = "Recorded. It is being read.";
  }

  const click = () => (root.dataset.state === "ready" ? watch() : record());
  const leave = () => {
    stop();
    start.focus({ preventScroll: true });
  };
  start.addEventListener("click", click);
  end.addEventListener("click", leave);

  function update(newest) {
    data = newest;
    const words = [...prompt.children].map((word) => word.textContent).join();
    if (words === data.words.join()) return;
    prompt.replaceChildren(
      ...data.words.map((word) => {
        const item = document.createElement("li");
        item.textContent = word;
        return item;
      }),
    );
    stop();
  }

  function destroy() {
    stop();
    start.removeEventListener("click", click);
    end.removeEventListener("click", leave);
  }

  return { update, destroy };
});

/* The camera for three seconds; the video goes to the page's own uploader, like a file that somebody chose. */

const BEAT = 700; // ms that each number of the countdown stands
const KINDS = ["video/webm;codecs=vp8", "video/webm", "video/mp4"];

export default mounted(".recorder", (root) => {
  const at = (selector) => root.querySelector(selector);
  const [prompt, stage, video, count] = [".prompt", ".stage", "video", ".count"].map(at);
  const [start, problem, spoken] = [".start", ".problem", ".spoken"].map(at);
  let data = {};
  let stream = null;
  let turn = 0; // of the camera: what belongs to an older one ends

  function enter(state) {
    root.dataset.state = state;
    stage.hidden = state === "ready";
    const label = { ready: "Record with my camera", counting: "Stop", recording: "Stop" }[state];
    start.replaceChildren(symbol(state === "ready" ? "videocam" : "stop"), label);
  }

  function say(sentence) {
    problem.textContent = sentence;
    problem.hidden = !sentence;
  }

  function stop() {
    turn++;
    stream?.getTracks().forEach((track) => track.stop());
    stream = video.srcObject = null;
    light(-1);
    enter("ready");
  }

  function light(number) {
    [...prompt.children].forEach((word, i) => word.classList.toggle("lit", i === number));
  }

  async function record() {
    const mine = ++turn;
    const over = () => mine !== turn;
    say("");
    const kind = globalThis.MediaRecorder && KINDS.find((each) => MediaRecorder.isTypeSupported(each));
    if (!kind) return say("This browser records no video. Record one with a phone, and bring the file.");
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
    enter("counting");
    video.srcObject = stream;
    await video.play().catch(() => {});
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

  const rest = (ms) => new Promise((done) => setTimeout(done, ms));
  const click = () => (root.dataset.state === "ready" ? record() : stop());
  start.addEventListener("click", click);

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
  }

  return { update, destroy };
});

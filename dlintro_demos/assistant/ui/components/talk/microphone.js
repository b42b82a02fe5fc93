/* The microphone: opened for one sentence, or said why not. */

const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
const HUSH = 1400; // ms without speech after which a tapped recording ends
const LOUD = 3; // times the quietest moment so far: somebody speaks
const LEAST = 0.012; // of full scale: below it nobody does

/** The stream of the microphone; what is thrown says why there is none, and what to do instead. */
async function openMicrophone() {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new Error(
      "Browsers give a page the microphone only over https or on this very computer. Ask for the https address, or type below.",
    );
  }
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: false } });
  } catch (error) {
    const why = {
      NotAllowedError:
        "The browser was not allowed to use the microphone. Allow it beside the address, then try again, or type below.",
      NotFoundError: "This computer has no microphone. Type below, or bring a sound file.",
      NotReadableError: "Another program is using the microphone. Close it, then try again, or type below.",
    };
    throw new Error(why[error.name] ?? "The microphone does not start. Type below, or bring a sound file.");
  }
}

/**
 * A recording under way. `level(loudness, secondsLeft)` is called for each frame; `done` becomes the file, or
 * null where it was thrown away. `handsFree(true)` ends it by itself soon after somebody spoke.
 */
function record(stream, seconds, level) {
  const type = KINDS.find((each) => MediaRecorder.isTypeSupported(each));
  const taping = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 64_000 });
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  const samples = new Float32Array(analyser.fftSize);
  context.createMediaStreamSource(stream).connect(analyser);
  const parts = [];
  const begun = performance.now();
  let [quietest, spoke, last, free, wanted, frame] = [1, false, begun, false, true, 0];

  const done = new Promise((resolve) => {
    taping.addEventListener("dataavailable", (event) => parts.push(event.data));
    taping.addEventListener("stop", () => {
      cancelAnimationFrame(frame);
      context.close();
      stream.getTracks().forEach((track) => track.stop());
      const plain = type.split(";")[0];
      const name = `said.${{ "audio/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "m4a" }[plain]}`;
      resolve(wanted && parts.length ? new File(parts, name, { type: plain }) : null);
    });
  });

  function end(keep = true) {
    if (taping.state === "inactive") return;
    wanted = keep;
    taping.stop();
  }

  function look(now) {
    analyser.getFloatTimeDomainData(samples);
    const loudness = Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
    if (now - begun > 150) quietest = Math.min(quietest, Math.max(loudness, LEAST / LOUD));
    if (loudness > LEAST && loudness > LOUD * quietest) [spoke, last] = [true, now];
    const left = seconds - (now - begun) / 1000;
    level(loudness, left);
    if (left <= 0 || (free && spoke && now - last > HUSH)) return end();
    frame = requestAnimationFrame(look);
  }

  stream.getAudioTracks()[0].addEventListener("ended", () => end());
  taping.start();
  frame = requestAnimationFrame(look);
  return { done, end, handsFree: (wish) => (free = wish) };
}

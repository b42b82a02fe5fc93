/* Stands before the script of a component that opens the camera (`component.CAMERA`). */

/** The camera's stream; what is thrown says why there is none, and to use `instead`, as "a photo". */
async function openCamera(video, instead) {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new Error(
      `Browsers give a page the camera only over https or on this very computer. Ask for the https address, or use ${instead}.`,
    );
  }
  try {
    return await navigator.mediaDevices.getUserMedia({ video });
  } catch (error) {
    const why = {
      NotAllowedError: `The browser was not allowed to use the camera. Allow it beside the address, then start again, or use ${instead}.`,
      NotFoundError: `This computer has no camera. Use ${instead} instead.`,
      OverconstrainedError: "That camera is not there any more. Choose another one.",
      NotReadableError: `Another program is using the camera. Close it, then start again, or use ${instead}.`,
    };
    throw new Error(why[error.name] ?? `The camera does not start. Use ${instead} instead.`);
  }
}

const PATIENCE = 10_000; // ms for an answer

const rest = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * Send pictures of a camera to the gallery, each when the answer to the one before has come, until `over()`.
 *
 * `side()` is the most pixels of a picture's longer side, `address()` where it goes. `answered(answer, took)` hears
 * what came back, and may give the ms to wait before the next one; `refused(sentence, ended)` hears why nothing did.
 * While the page is in the background nothing is sent.
 */
async function sendLive(video, { over, side, address, answered, refused }) {
  const paper = document.createElement("canvas");
  let waited = 0;
  while (!over()) {
    if (document.hidden || !video.videoWidth) {
      await rest(200);
      continue;
    }
    const began = performance.now();
    const frame = await shoot(video, paper, side());
    if (over() || document.hidden) continue; // stopped while the picture was made
    let pause = 0;
    try {
      const answer = await fetch(address(), { method: "POST", body: frame, signal: AbortSignal.timeout(PATIENCE) });
      const reply = await answer.json();
      if (over()) return;
      if (answer.ok) {
        waited = 0;
        pause = Math.max(reply.pause, answered(reply.answer, performance.now() - began) ?? 0);
      } else if (answer.status === 429) pause = 100;
      else {
        refused(reply.problem, answer.status === 404);
        pause = 1000;
      }
    } catch {
      if (over()) return;
      refused("No answer from the gallery. Trying again...", false);
      pause = Math.min(5000, 500 * 2 ** waited++);
    }
    await rest(pause);
  }
}

/** The whole picture as a JPEG, its longer side at most `side` pixels. */
function shoot(video, paper, side) {
  const shrink = Math.min(1, side / Math.max(video.videoWidth, video.videoHeight));
  paper.width = Math.max(1, Math.round(video.videoWidth * shrink));
  paper.height = Math.max(1, Math.round(video.videoHeight * shrink));
  paper.getContext("2d").drawImage(video, 0, 0, paper.width, paper.height);
  return new Promise((done) => paper.toBlob(done, "image/jpeg", 0.85));
}

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

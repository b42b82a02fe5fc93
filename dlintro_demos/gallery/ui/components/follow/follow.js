/* The big screen asks every second whether the stage has moved. */

const EVERY = 1000; // ms

export default mounted(".follow", () => {
  let send = () => {};
  let version = 0;
  let ended = false;
  let timer = 0;

  async function look() {
    try {
      const now = await (await fetch("/stage", { cache: "no-store" })).json();
      if (now.version !== version) send("moved", now.version);
    } catch {
      // The gallery is being started again: ask on.
    }
    if (!ended) timer = setTimeout(look, EVERY);
  }

  function press(event) {
    if (event.key.toLowerCase() !== "f" || event.ctrlKey || event.metaKey || event.altKey || typing(event)) return;
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen();
  }

  document.addEventListener("keydown", press);
  timer = setTimeout(look, EVERY);

  return {
    update(data, setTriggerValue) {
      send = setTriggerValue;
      version = data.version;
    },
    destroy() {
      ended = true;
      clearTimeout(timer);
      document.removeEventListener("keydown", press);
    },
  };
});

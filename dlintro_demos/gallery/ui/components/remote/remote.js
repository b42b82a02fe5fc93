/* The presenter's remote control. What is done says which version of the stage it was done on: of two who press
   at once, one moves it. */

const EVERY = 1000; // ms

export default mounted(".remote", (root) => {
  const find = (name) => root.querySelector(`.${name}`);
  let send = () => {};
  let data = { version: -1, minutes: 0, titles: {} };
  let ended = false;
  let timer = 0;
  let paused = false;
  let asked = -1; // the version on which something was done: a second press waits for the next one

  function act(what, value) {
    if (asked === data.version) return;
    asked = data.version;
    send("did", { what, value, version: data.version });
  }

  function clock(seconds) {
    const rest = String(seconds % 60).padStart(2, "0");
    find("time").textContent = `${Math.floor(seconds / 60)}:${rest}`;
    find("late").textContent = seconds > data.minutes * 60 ? `over ${data.minutes} minutes` : "";
  }

  function light([slug, words]) {
    const item = document.createElement("li");
    const state = words.startsWith("warm (") ? "warm" : words === "warming up" ? "warming" : words === "cold" ? "" : "missing";
    if (state) item.className = state;
    item.textContent = `${data.titles[slug] ?? slug}: ${words}`;
    return item;
  }

  function count(number, one) {
    return `${number} ${one}${number === 1 ? "" : "s"}`;
  }

  async function look() {
    try {
      const now = await (await fetch("/stage", { cache: "no-store" })).json();
      if (ended) return;
      if (now.version !== data.version && asked !== data.version) send("moved", now.version);
      clock(now.seconds);
      find("numbers").textContent =
        `${count(now.visitors, "visitor")} here, ${count(now.running, "job")} running, ${now.waiting} waiting`;
      paused = now.paused;
      find("pause").ariaPressed = String(paused);
      const shown = JSON.stringify(now.warmth);
      if (find("lights").dataset.shown !== shown) find("lights").replaceChildren(...Object.entries(now.warmth).map(light));
      find("lights").dataset.shown = shown;
    } catch {
      find("numbers").textContent = "The gallery does not answer; asking on.";
    }
    if (!ended) timer = setTimeout(look, EVERY);
  }

  function option(value, words) {
    const option = document.createElement("option");
    option.value = value;
    option.textContent = words;
    return option;
  }

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event)) return;
    const key = event.key.toLowerCase();
    if (key === "arrowright") act("on");
    else if (key === "arrowleft") act("back");
    else if (key === "r") act("reset");
    else if (key === "f" && document.fullscreenElement) document.exitFullscreen();
    else if (key === "f") document.documentElement.requestFullscreen();
    else return;
    event.preventDefault();
  }

  find("back").addEventListener("click", () => act("back"));
  find("on").addEventListener("click", () => act("on"));
  find("reset").addEventListener("click", () => act("reset"));
  find("tour").addEventListener("change", (event) => act("tour", event.target.value));
  find("stop").addEventListener("change", (event) => act("stop", Number(event.target.value)));
  find("pause").addEventListener("click", () => send("did", { what: "pause", value: !paused }));
  find("heat").addEventListener("click", () => send("did", { what: "warm" }));
  document.addEventListener("keydown", press);
  timer = setTimeout(look);

  return {
    update(given, setTriggerValue) {
      send = setTriggerValue;
      data = given;
      asked = -1;
      find("tour").replaceChildren(...Object.entries(data.tours).map(([tour, title]) => option(tour, title)));
      find("tour").value = data.tour;
      find("stop").replaceChildren(...data.stops.map((title, number) => option(number, title)));
      find("stop").value = data.at;
      find("back").disabled = data.at === 0;
      find("on").disabled = data.at === data.stops.length - 1;
    },
    destroy() {
      ended = true;
      clearTimeout(timer);
      document.removeEventListener("keydown", press);
    },
  };
});

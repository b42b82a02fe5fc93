/* Play, type, and compare. */

export default mounted(".listen", (root) => {
  const at = (selector) => root.querySelector(selector);
  const [headline, form, play, typed, done, rows, problem] = [
    ".headline", "form", ".play", ".typed", ".done", ".rows", ".problem",
  ].map(at); // prettier-ignore
  const view = soundView(at(".sound"));
  const player = new Audio();
  let data = { number: null };
  let send = () => {};
  let source = "";
  let fetched = ""; // address of what the player has
  let frame = 0;

  const listening = new AbortController();
  const on = (target, types, handler) => {
    for (const type of types.split(" ")) target.addEventListener(type, handler, { signal: listening.signal });
  };

  function showPlay() {
    const busy = !player.paused;
    play.replaceChildren(symbol(busy ? "stop_circle" : "play_arrow"), busy ? "Stop" : fetched ? "Play it again" : "Play it");
  }

  function follow() {
    view.playhead(player.paused ? -1 : player.currentTime);
    if (!player.paused) frame = requestAnimationFrame(follow);
  }

  async function start() {
    problem.hidden = true;
    const wanted = data.recording;
    try {
      if (fetched !== wanted) {
        const answer = await fetch(wanted);
        if (!answer.ok) throw new Error("gone");
        const file = await answer.blob();
        if (wanted !== data.recording) return;
        URL.revokeObjectURL(source);
        player.src = source = URL.createObjectURL(file);
        fetched = wanted;
      }
      player.currentTime = 0;
      await player.play();
    } catch (error) {
      if (error.name === "AbortError") return;
      problem.textContent = "This recording does not play here. Load the page again, or type what you guess.";
      problem.hidden = false;
    }
  }

  on(play, "click", () => (player.paused ? start() : player.pause()));
  on(player, "play pause ended", () => {
    showPlay();
    cancelAnimationFrame(frame);
    follow();
  });
  on(form, "submit", (event) => {
    event.preventDefault();
    if (data.rows.length || done.disabled) return;
    done.disabled = true;
    player.pause();
    send("answered", { number: data.number, text: typed.value.slice(0, data.longest) });
  });

  function row({ who, words }) {
    const [name, said] = [document.createElement("dt"), document.createElement("dd")];
    name.textContent = who;
    for (const [text, right] of words) {
      const word = document.createElement("span");
      word.textContent = text;
      if (right !== null) {
        word.className = right ? "right" : "wrong";
        const also = document.createElement("span");
        also.className = "spoken";
        also.textContent = right ? ", right" : ", wrong";
        word.append(also);
      }
      said.append(word);
    }
    if (!words.length) said.textContent = "nothing";
    return [name, said];
  }

  let shown = "";
  function update(newest, setTriggerValue) {
    send = setTriggerValue;
    const now = JSON.stringify(newest);
    if (now === shown) return;
    const another = newest.number !== data.number || newest.recording !== data.recording;
    const first = data.number === null;
    [shown, data] = [now, newest];
    headline.textContent = data.headline;
    view.show(data.sound);
    const answered = data.rows.length > 0;
    typed.hidden = done.hidden = answered;
    typed.maxLength = data.longest;
    rows.hidden = !answered;
    rows.replaceChildren(...data.rows.flatMap(row));
    if (another) {
      player.pause();
      fetched = typed.value = "";
      if (!first) play.focus();
    }
    done.disabled = false;
    showPlay();
  }

  function destroy() {
    player.pause();
    cancelAnimationFrame(frame);
    URL.revokeObjectURL(source);
    listening.abort();
    view.destroy();
  }

  return { update, destroy };
});

/* A board of scores: it asks for itself, while anybody looks at the tab. Names are text, never markup. */

export default mounted(".board", (root) => {
  const MOST_BIG = 12; // names that fit on a screen for a whole room
  const find = (selector) => root.querySelector(selector);
  let wanted = null;
  let timer = 0;
  let drawn = "";
  let unreached = 0;
  let send = () => {};

  function cell(row, tag, words) {
    const element = row.appendChild(document.createElement(tag));
    element.textContent = words;
    return element;
  }

  function side(name, words, percent) {
    const row = document.createElement("div");
    row.className = `side ${name}`;
    cell(row, "span", words);
    const bar = cell(row, "span", "");
    bar.className = "bar";
    bar.ariaHidden = "true";
    cell(bar, "i", "").style.width = `${percent}%`;
    cell(row, "b", `${percent} %`);
    return row;
  }

  function demo({ title, rounds, yours, machine, unsure }) {
    const item = document.createElement("li");
    const heading = cell(item, "h3", title);
    const unknown = unsure ? `, ${unsure} × “I don’t know”` : "";
    cell(heading, "span", `${rounds} ${rounds === 1 ? "round" : "rounds"}${unknown}`).className = "quiet";
    item.append(side("yours", wanted.who, yours), side("its", "The machine", machine));
    return item;
  }

  function line({ name, rounds, points, machine }, place) {
    const row = document.createElement("tr");
    for (const words of [`${place + 1}.`, name, points, machine, rounds]) cell(row, "td", words);
    row.children[1].dir = "auto"; // a name that is read from right to left moves nothing beside it
    if (name === wanted.you) row.className = "you";
    return row;
  }

  function problem({ down, waiting, lost }) {
    const rounds = (count) => `${count} ${count === 1 ? "round" : "rounds"}`;
    const said = [];
    if (down) said.push("The board’s database is down. This is the board as it was.");
    if (down && waiting) said.push(`${rounds(waiting)} will be written when it is back.`);
    if (lost) said.push(`${rounds(lost)} found no room to wait and are lost.`);
    say(said.join(" "));
  }

  function say(words) {
    const place = find(".problem");
    place.hidden = !words;
    if (place.textContent !== words) place.textContent = words;
  }

  function draw(board) {
    problem(board);
    const now = JSON.stringify([board.demos, board.lines, wanted.you, wanted.big]);
    if (now === drawn) return;
    drawn = now;
    find(".demos").replaceChildren(...board.demos.map(demo));
    const lines = wanted.big ? board.lines.slice(0, MOST_BIG) : board.lines;
    find("tbody").replaceChildren(...lines.map(line));
    find("table").hidden = !lines.length;
    const [duel, best] = root.querySelectorAll(".none");
    duel.hidden = board.demos.length > 0;
    best.hidden = lines.length > 0;
  }

  async function look() {
    clearTimeout(timer);
    const asked = wanted;
    if (!document.hidden) {
      try {
        const answer = await fetch(asked.address, { cache: "no-store" });
        if (answer.status === 404) send("gone", asked.address); // until the page is connected again, and hears it
        if (!answer.ok) throw new Error(answer.status);
        const board = await answer.json();
        unreached = 0;
        if (asked === wanted) draw(board);
        if (!board.ready) return later(0.3);
      } catch {
        unreached += 1;
        if (unreached > 1) say("The gallery does not answer. This is the board as it was.");
      }
    }
    later(asked.seconds);
  }

  function later(seconds) {
    clearTimeout(timer);
    if (wanted) timer = setTimeout(look, seconds * 1000);
  }

  const back = () => document.hidden || !wanted || look();
  document.addEventListener("visibilitychange", back);

  function update(data, setTriggerValue) {
    send = setTriggerValue;
    const same = JSON.stringify(data) === JSON.stringify(wanted);
    wanted = data;
    if (same) return;
    root.classList.toggle("big", data.big);
    find("#duel").textContent = `${data.who} against the machine`;
    drawn = "";
    look();
  }

  function destroy() {
    wanted = null;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", back);
  }

  return { update, destroy };
});

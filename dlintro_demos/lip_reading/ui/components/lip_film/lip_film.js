/* A silent film, six words to choose, and what everybody read. */

const BEAT = 450; // ms between two words of the machine's
let answered = false; // the film may go while the next sentence is made: the new one knows that it is the next
const ICONS = { you: "person", machine: "memory", truth: "graphic_eq" };

export default mounted(".film", (root) => {
  const at = (selector) => root.querySelector(selector);
  const [headline, rows, asking, chips, keys] = [".headline", ".rows", ".asking", ".chips", ".keys"].map(at);
  const [done, hint, note, spoken, place] = [".done", ".hint", ".note", ".spoken", ".lanes"].map(at);
  const [who, buttons] = [".asked", ".buttons"].map(at);
  const under = lanes(place, (frame) => film.goTo(frame));
  const film = player(root, (frame) => under.moved(frame));
  let data = {};
  let send = () => {};
  let shown = ""; // rows that stand there
  let asked = ""; // what is being asked
  let chosen = [];
  let slot = 0;
  let touched = false; // somebody began to change what stands there
  let opened = false; // a word was pressed to be changed
  let reveal = 0; // number of the revealing in progress

  const listening = new AbortController();
  const on = (target, type, handler) => target.addEventListener(type, handler, { signal: listening.signal });

  function update(newest, setTriggerValue) {
    send = setTriggerValue;
    data = newest;
    headline.textContent = data.headline;
    note.textContent = data.note;
    note.hidden = !data.note;
    film.show(data.films);
    under.show(data.lanes, film.strip);
    root.classList.toggle("laned", Boolean(data.lanes));
    root.classList.toggle("alone", !(data.lanes || data.ask || data.rows.length));
    if (JSON.stringify(data.ask) !== asked) ask();
    if (JSON.stringify(data.rows) !== shown) showRows();
  }

  /** The words to choose from: those of one slot at a time. */
  function ask() {
    const next = asked === "null" || (!asked && answered); // whoever plays by keyboard goes on here
    asked = JSON.stringify(data.ask);
    asking.hidden = !data.ask;
    root.classList.toggle("folded", Boolean(data.ask?.who));
    if (!data.ask) return;
    chosen = [...data.ask.chosen];
    touched = opened = false;
    who.hidden = !data.ask.who;
    who.replaceChildren(symbol(ICONS.truth), element("span", "", data.ask.who));
    done.textContent = data.ask.label;
    hint.textContent = data.ask.hint;
    open(firstEmpty() ?? 0);
    if (!next) return;
    answered = false;
    headline.classList.remove("waiting"); // of a round that was left before all of it was revealed
    headline.focus({ preventScroll: true });
    root.scrollIntoView({ block: "nearest" });
  }

  const firstEmpty = () => {
    const found = data.words.findIndex((_, i) => chosen[i] === undefined || chosen[i] === null);
    return found < 0 ? null : found;
  };

  function open(number) {
    slot = number;
    const unfolded = touched || !data.ask.who;
    keys.hidden = buttons.hidden = !unfolded;
    chips.replaceChildren(
      ...data.words.map((words, i) => {
        const item = element("li", "");
        const chip = item.appendChild(element("button", "chip", words[chosen[i]] ?? "…"));
        chip.type = "button";
        chip.setAttribute("aria-label", `${data.slots[i]}: ${words[chosen[i]] ?? "not chosen"}`);
        if (i === slot && unfolded) chip.setAttribute("aria-current", "step");
        on(chip, "click", () => {
          touched = opened = true;
          open(i);
          keys.firstElementChild.focus({ preventScroll: true });
        });
        return item;
      }),
    );
    keys.setAttribute("aria-label", `Which ${data.slots[slot]}?`);
    keys.classList.toggle("many", data.words[slot].length > 10);
    keys.replaceChildren(
      ...data.words[slot].map((word, i) => {
        const key = element("button", "key", word);
        key.type = "button";
        key.setAttribute("aria-pressed", chosen[slot] === i);
        on(key, "click", () => choose(i));
        return key;
      }),
    );
    done.disabled = firstEmpty() !== null || data.ask.same === chosen.join();
  }

  function choose(word) {
    const focused = root.contains(root.getRootNode().activeElement);
    chosen[slot] = word;
    touched = true;
    opened = false;
    spoken.textContent = `${data.slots[slot]}: ${data.words[slot][word]}`;
    const next = firstEmpty();
    open(next ?? Math.min(slot + 1, data.words.length - 1));
    if (!focused) return;
    if (next === null && slot === data.words.length - 1 && !done.disabled) done.focus({ preventScroll: true });
    else keys.firstElementChild.focus({ preventScroll: true });
  }

  function tell() {
    if (!data.ask || done.disabled) return;
    done.disabled = answered = true;
    send("chosen", { number: data.ask.number, words: chosen });
  }

  /** Typed as the corpus names its clips: `bbaf2n`. */
  function type(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !data.ask) return;
    if (event.key === "Backspace") {
      event.preventDefault();
      const here = opened ? typeof chosen[slot] === "number" : firstEmpty() === null && slot === data.words.length - 1;
      const back = here ? slot : Math.max(0, slot - 1);
      chosen[back] = null;
      touched = true;
      opened = false;
      open(back);
      return keys.firstElementChild.focus({ preventScroll: true });
    }
    const typed = event.key.toLowerCase();
    const word = data.words[slot].findIndex((each, i) =>
      data.slots[slot] === "digit" ? typed === String(i) || (typed === "z" && i === 0) : each.startsWith(typed),
    );
    if (typed.length !== 1 || word < 0) return;
    event.preventDefault();
    choose(word);
  }

  async function showRows() {
    const mine = ++reveal;
    const before = shown;
    shown = JSON.stringify(data.rows);
    rows.hidden = !data.rows.length;
    rows.replaceChildren(...data.rows.map(makeRow));
    if (!data.rows.length) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const later = [...rows.querySelectorAll(".late .word")];
    const verdicts = [headline, ...rows.querySelectorAll(".late .aside")];
    const wait = (waiting) => verdicts.forEach((each) => each.classList.toggle("waiting", waiting));
    if (data.reveal && before && !calm) {
      wait(true);
      for (const word of later) word.classList.add("hidden");
      for (let i = 0; i < data.words.length; i++) {
        await new Promise((go) => setTimeout(go, BEAT));
        if (mine !== reveal) return;
        later.filter((_, j) => j % data.words.length === i).forEach((word) => word.classList.remove("hidden"));
      }
    }
    wait(false);
    root.dataset.revealed = data.ask?.number ?? data.number;
    spoken.textContent = [data.headline, ...data.rows.map(({ who, words }) => `${who}: ${words.map(([w]) => w).join(" ")}.`)].join(" ");
  }

  function makeRow({ who, kind, words, aside }) {
    const row = element("div", `row ${kind} ${kind === "you" ? "" : "late"}`);
    const name = row.appendChild(element("div", "who"));
    name.append(symbol(ICONS[kind]), element("span", "", who));
    if (aside) name.append(element("span", "aside", aside));
    const list = row.appendChild(element("ol", "words"));
    list.setAttribute("aria-label", who);
    for (const [word, right, more] of words) {
      const item = list.appendChild(element("li", `word ${right === null ? "" : right ? "right" : "wrong"}`, word));
      if (right !== null) item.append(element("span", "also", right ? ", right" : ", wrong"));
      if (more) item.append(element("span", "more", more));
    }
    return row;
  }

  on(done, "click", tell);
  on(root, "keydown", (event) => {
    if (event.key === " " && event.target.closest("button, input") === null) {
      event.preventDefault();
      film.toggle();
    } else if (event.target !== root.querySelector(".scrub")) type(event);
  });

  function destroy() {
    reveal++;
    film.destroy();
    under.destroy();
    listening.abort();
  }

  return { update, destroy };
});

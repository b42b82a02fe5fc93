/* The stages of a turn as cards. */

export default mounted(".stages", (root) => {
  const [title, list] = [root.querySelector("h3"), root.querySelector("ol")];

  function made(tag, className, text = "") {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
  }

  const perCent = (share) => (share > 0.99 ? "over 99 %" : share < 0.01 ? "under 1 %" : `${Math.round(100 * share)} %`);

  function words(pairs) {
    return pairs.map(([text, probability]) => {
      const word = made("span", `word ${probability < 0.5 ? "unsure" : probability < 0.8 ? "fair" : "sure"}`, text);
      word.append(" ", made("small", "", `${Math.round(100 * probability)}`));
      return word;
    });
  }

  function line({ label, text, words: pairs, code }) {
    const said = made("dd", "");
    if (pairs.length) said.append(...words(pairs));
    else said.append(code ? made("code", "", text) : text);
    return [made("dt", "", label), said];
  }

  function bar({ sure, needed }) {
    const place = made("div", needed !== null && sure < needed ? "bar low" : "bar");
    const filled = made("i", "");
    filled.style.width = `${100 * sure}%`;
    place.append(filled);
    if (needed !== null) {
      const mark = made("b", "");
      mark.style.left = `${100 * needed}%`;
      place.append(mark);
    }
    place.ariaHidden = "true";
    return place;
  }

  function doubt({ sure, needed }) {
    const needs = needed === null ? "" : `, it needs ${Math.round(100 * needed)} %`;
    return made("span", "doubt", `${perCent(sure)} sure${needs}`);
  }

  function card(each) {
    const item = made("li", each.milliseconds === null ? "idle" : "");
    const head = made("div", "head");
    const took = each.milliseconds ?? 0;
    const digits = took < 10 ? 1 : 0;
    const time = `${took.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })} ms`;
    head.append(made("strong", "", each.name), made("span", "by", each.by));
    if (each.sure !== null) head.append(doubt(each));
    if (each.milliseconds !== null) head.append(made("span", "ms", time));
    const lines = made("dl", "");
    lines.append(...each.lines.flatMap(line));
    item.append(head, lines);
    if (each.sure !== null) item.append(bar(each));
    return item;
  }

  let shown = "";
  function update(data) {
    const newest = JSON.stringify(data);
    if (newest === shown) return;
    shown = newest;
    title.textContent = data.title;
    list.replaceChildren(...data.cards.map(card));
  }

  return { update, destroy: () => {} };
});

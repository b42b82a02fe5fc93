/* A card for every demo: the whole card is one link. */

export default mounted(".wall", (root) => {
  let send = () => {};
  let shown = "";

  function add(parent, tag, words) {
    const element = parent.appendChild(document.createElement(tag));
    element.textContent = words;
    return element;
  }

  function card({ slug, href, title, tagline, where, picture }) {
    const card = document.createElement("li");
    card.className = "card";
    const image = card.appendChild(document.createElement("img"));
    Object.assign(image, { src: picture, alt: "", width: 640, height: 400 });
    const words = add(card, "div", "");
    words.className = "words";
    const way = add(add(words, "h2", ""), "a", title);
    way.href = href;
    way.dataset.slug = slug;
    add(words, "p", tagline);
    add(words, "p", where).className = "quiet";
    return card;
  }

  const click = (event) => stay(event, send);
  root.addEventListener("click", click);

  function update(data, setTriggerValue) {
    send = setTriggerValue;
    const cards = JSON.stringify(data.cards);
    if (cards !== shown) root.replaceChildren(...data.cards.map(card));
    shown = cards;
  }

  return { update, destroy: () => root.removeEventListener("click", click) };
});

/* The chapters of the course with a card for every demo: the whole card is one link. */

export default mounted(".wall", (root) => {
  let send = () => {};
  let shown = "";

  function add(parent, tag, words) {
    const element = parent.appendChild(document.createElement(tag));
    element.textContent = words;
    return element;
  }

  function chapter({ title, idea, cards }) {
    const chapter = document.createElement("section");
    chapter.className = "chapter";
    chapter.style.setProperty("--cards", cards.length);
    const heading = add(chapter, "header", "");
    add(heading, "h2", title);
    add(heading, "p", idea);
    const list = add(chapter, "ul", "");
    list.append(...cards.map(card));
    return chapter;
  }

  function card({ slug, href, title, tagline, time, picture }) {
    const card = document.createElement("li");
    card.className = "card";
    const image = card.appendChild(document.createElement("img"));
    Object.assign(image, { src: picture, alt: "", width: 640, height: 400 });
    const words = add(card, "div", "");
    words.className = "words";
    const way = add(add(words, "h3", ""), "a", title);
    way.href = href;
    way.dataset.slug = slug;
    add(words, "p", tagline);
    add(words, "p", time).className = "quiet";
    return card;
  }

  const click = (event) => stay(event, send);
  root.addEventListener("click", click);

  function update(data, setTriggerValue) {
    send = setTriggerValue;
    const chapters = JSON.stringify(data.chapters);
    if (chapters !== shown) root.replaceChildren(...data.chapters.map(chapter));
    shown = chapters;
  }

  return { update, destroy: () => root.removeEventListener("click", click) };
});

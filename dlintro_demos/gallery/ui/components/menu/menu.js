/* Links to every page; the demos of a chapter fold out below its name. */

export default mounted(".menu", (root) => {
  let send = () => {};
  let shown = "";
  let here = "";

  function link({ slug, title, icon, href }) {
    const way = document.createElement("a");
    way.href = href;
    way.dataset.slug = slug;
    way.append(symbol(icon), title);
    return way;
  }

  function chapter({ title, links }, number) {
    const name = document.createElement("button");
    name.type = "button";
    name.className = "chapter";
    name.append(title, symbol("expand_more"));
    const fold = document.createElement("div");
    fold.className = "fold";
    fold.id = `chapter-${number}`;
    fold.popover = "auto";
    fold.append(...links.map(link));
    name.popoverTargetElement = fold;
    fold.addEventListener("beforetoggle", () => {
      const box = name.getBoundingClientRect();
      fold.style.top = `${box.bottom + 4}px`;
      fold.style.left = `${Math.max(8, Math.min(box.left, innerWidth - 8 - 20 * 16))}px`;
    });
    return [name, fold];
  }

  function click(event) {
    event.target.closest(".fold")?.hidePopover();
    stay(event, send);
  }
  root.addEventListener("click", click);

  function update(data, setTriggerValue) {
    send = setTriggerValue;
    const chapters = JSON.stringify(data.chapters);
    if (chapters !== shown) {
      root.replaceChildren(
        ...data.chapters.flatMap((each, number) =>
          each.links.length === 1 ? link(each.links[0]) : chapter(each, number),
        ),
      );
      here = "";
    }
    shown = chapters;
    if (data.here === here) return;
    here = data.here;
    for (const way of root.querySelectorAll("a")) {
      if (way.dataset.slug === data.here) way.setAttribute("aria-current", "page");
      else way.removeAttribute("aria-current");
    }
    for (const fold of root.querySelectorAll(".fold")) {
      const name = fold.previousElementSibling;
      if (fold.querySelector("[aria-current]")) name.setAttribute("aria-current", "true");
      else name.removeAttribute("aria-current");
    }
    const marked = root.querySelector(":scope > [aria-current]");
    if (marked) root.scrollLeft = marked.offsetLeft - (root.clientWidth - marked.offsetWidth) / 2;
  }

  return { update, destroy: () => root.removeEventListener("click", click) };
});

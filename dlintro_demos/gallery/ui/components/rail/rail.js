/* A tour: the way out, where one is among its stops, the way back and the way on. */

export default mounted(".rail", (root) => {
  let send = () => {};
  let shown = "";

  function link(number, href, title) {
    const way = document.createElement("a");
    way.href = href;
    way.dataset.number = number;
    if (title) way.title = title;
    return way;
  }

  function way(number, href, icon, label) {
    const made = link(number, href);
    made.className = "way";
    const words = document.createElement("span");
    words.className = "label";
    words.textContent = label;
    made.append(symbol(icon), words);
    return made;
  }

  function place({ stops, at, part, time }) {
    const place = document.createElement("div");
    place.className = "place";
    const where = document.createElement("p");
    where.className = "where";
    if (at === stops.length) where.append(part);
    else {
      const about = document.createElement("span");
      about.className = "part";
      about.textContent = `${part} · `;
      where.append(`Stop ${at} of ${stops.length - 1} · `, about, time);
    }
    const list = document.createElement("ol");
    list.append(
      ...stops.map(({ href, title }, index) => {
        const item = document.createElement("li");
        const stop = link(index + 1, href, title);
        stop.ariaLabel = title;
        if (index + 1 < at) stop.className = "seen";
        if (index + 1 === at) stop.setAttribute("aria-current", "step");
        item.append(stop);
        return item;
      }),
    );
    place.append(where, list);
    return place;
  }

  function draw(data) {
    const { stops, at, name } = data;
    root.ariaLabel = name;
    const back = at > 1 ? way(at - 1, stops[at - 2].href, "arrow_back", "Back") : way(0, "/tour", "list", "All stops");
    const on = at < stops.length ? [way(at + 1, stops[at].href, "arrow_forward", "Next")] : [];
    const out = way(0, "/tour", "close", "Leave the tour");
    out.classList.add("out");
    root.replaceChildren(back, place(data), ...on, out);
    begin(stops[at - 1].href);
  }

  /** A stop begins at its top, however far down the page before it was read. */
  function begin(stop) {
    if (stop !== globalThis.tourStop) document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0, behavior: "instant" });
    globalThis.tourStop = stop;
  }

  function click(event) {
    const to = event.target.closest("a[data-number]");
    if (!to || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    send("went", Number(to.dataset.number));
  }
  root.addEventListener("click", click);

  function update(data, setTriggerValue) {
    send = setTriggerValue;
    const now = JSON.stringify(data);
    if (now !== shown) draw(data);
    shown = now;
  }

  function destroy() {
    root.removeEventListener("click", click);
    globalThis.tourStop = "";
  }

  return { update, destroy };
});

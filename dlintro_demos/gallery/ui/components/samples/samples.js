/* A strip of pictures: Tab comes to the chosen one, arrows walk along, a click or Enter chooses. */

export default mounted(".samples", (root) => {
  let send = () => {};
  let shown = "";
  let chosen = null;

  function draw(tiles) {
    root.replaceChildren(
      ...tiles.map(({ key, title, source }) => {
        const tile = document.createElement("button");
        tile.type = "button";
        tile.className = "tile";
        tile.dataset.key = key;
        const picture = tile.appendChild(document.createElement("img"));
        picture.src = source;
        picture.alt = "";
        picture.draggable = false;
        tile.appendChild(document.createElement("span")).textContent = title;
        return tile;
      }),
    );
  }

  function press(key) {
    chosen = key;
    for (const tile of root.children) tile.setAttribute("aria-pressed", tile.dataset.key === key);
    if (!root.contains(root.getRootNode().activeElement)) stopAt(pressed() ?? root.firstElementChild);
  }

  const pressed = () => root.querySelector('[aria-pressed="true"]');

  /** Of all tiles, Tab comes to this one. */
  function stopAt(stop) {
    for (const tile of root.children) tile.tabIndex = tile === stop ? 0 : -1;
  }

  function reveal(tile) {
    if (tile) root.scrollLeft = tile.offsetLeft - root.offsetLeft - (root.clientWidth - tile.offsetWidth) / 2;
  }

  function click(event) {
    const key = event.target.closest(".tile")?.dataset.key;
    if (key === undefined || key === chosen) return;
    press(key); // at once; the page follows
    send("picked", key);
  }

  function walk(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const tiles = [...root.children];
    const here = tiles.indexOf(event.target);
    const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: tiles.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    tiles[next]?.focus();
  }

  const stop = (event) => stopAt(event.target);
  const handlers = { click, keydown: walk, focusin: stop };
  for (const [type, handler] of Object.entries(handlers)) root.addEventListener(type, handler);

  function update(data, setTriggerValue) {
    send = setTriggerValue;
    root.setAttribute("aria-label", data.label);
    root.style.setProperty("--side", `${data.side / 16}rem`);
    root.classList.toggle("wrapped", data.wrap);
    const tiles = JSON.stringify(data.tiles);
    const elsewhere = tiles !== shown || data.chosen !== chosen; // not by a click here: it may be out of view
    if (tiles !== shown) draw(data.tiles);
    shown = tiles;
    press(data.chosen);
    if (elsewhere) reveal(pressed());
  }

  function destroy() {
    for (const [type, handler] of Object.entries(handlers)) root.removeEventListener(type, handler);
  }

  return { update, destroy };
});

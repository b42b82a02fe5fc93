/* A strip of pictures; arrows walk along it, a click or Enter chooses. */

export default mounted(".samples", (root) => {
  let send = () => {};
  let shown = "";

  const press = (key) => {
    for (const tile of root.children) {
      tile.setAttribute("aria-pressed", String(tile.dataset.key === key));
    }
  };

  const draw = (tiles) => {
    root.replaceChildren(
      ...tiles.map(({ key, title, source }) => {
        const tile = document.createElement("button");
        tile.type = "button";
        tile.className = "tile";
        tile.dataset.key = key;
        const picture = document.createElement("img");
        picture.src = source;
        picture.alt = "";
        picture.draggable = false;
        const name = document.createElement("span");
        name.textContent = title;
        tile.append(picture, name);
        return tile;
      }),
    );
  };

  const click = (event) => {
    const tile = event.target.closest(".tile");
    if (!tile || tile.getAttribute("aria-pressed") === "true") return;
    press(tile.dataset.key); // at once; the page follows
    send("picked", tile.dataset.key);
  };

  const walk = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const tiles = [...root.children];
    const next = tiles[tiles.indexOf(event.target) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };

  root.addEventListener("click", click);
  root.addEventListener("keydown", walk);

  return {
    update(data, setTriggerValue) {
      send = setTriggerValue;
      root.setAttribute("aria-label", data.label);
      root.style.setProperty("--side", `${data.side}px`);
      const wanted = JSON.stringify(data.tiles);
      const anew = wanted !== shown;
      if (anew) {
        draw(data.tiles);
        shown = wanted;
      }
      press(data.chosen);
      if (anew) {
        const chosen = root.querySelector('[aria-pressed="true"]');
        if (chosen) root.scrollLeft = chosen.offsetLeft - root.offsetLeft - (root.clientWidth - chosen.offsetWidth) / 2;
      }
    },
    destroy() {
      root.removeEventListener("click", click);
      root.removeEventListener("keydown", walk);
    },
  };
});

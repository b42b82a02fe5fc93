/* Stands before the script of every component (`component.py`). */

/**
 * What a component exports. Streamlit calls it on every change of data or theme; of the clean-ups returned,
 * only the last is sure to run, and one of a call that was overtaken while the module loaded runs late. So
 * `build(root)` is called once for each root, an element that `selector` finds, and gives `update` and `destroy`.
 */
function mounted(selector, build) {
  const mounts = new WeakMap();
  return ({ data, parentElement, setTriggerValue }) => {
    const root = parentElement.querySelector(selector);
    const mount = mounts.get(root) ?? { ...build(root), calls: 0 };
    mounts.set(root, mount);
    const call = ++mount.calls;
    mount.update(data, setTriggerValue);
    return () => {
      if (call === mount.calls) {
        mounts.delete(root);
        mount.destroy();
      }
    };
  };
}

/**
 * One step back for each click: Streamlit writes the address several times while it goes from page to page, and
 * what it writes without another click, key or step through the history stands in place of what it wrote before.
 */
if (!history.oneForEachClick) {
  history.oneForEachClick = true;
  const push = history.pushState.bind(history);
  let clicked = false;
  for (const kind of ["click", "keydown"]) addEventListener(kind, () => (clicked = true), true);
  addEventListener("popstate", () => (clicked = false), true);
  history.pushState = (...step) => {
    if (clicked) push(...step);
    else history.replaceState(...step);
    clicked = false;
  };
}

/** A plain click on a link of the gallery stays within the visit, which a page that loads anew would end. */
function stay(event, send) {
  const link = event.target.closest("a[data-slug]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  send("went", link.dataset.slug);
}

/** An icon of Google's Material Symbols, from the font that the page has. */
function symbol(name) {
  const icon = document.createElement("span");
  icon.className = "symbol";
  icon.textContent = name;
  icon.ariaHidden = "true";
  icon.translate = false;
  return icon;
}

/** Whether a key was meant for what has the focus, or for a widget of a shadow tree. */
function typing(event) {
  const target = event.composedPath()[0];
  return target instanceof Element && target.matches("input, textarea, select, [contenteditable=true], [role=slider]");
}

/* What a player's browser keeps, of this gallery alone. Storage may be forbidden: then a name is for one visit. */

export default mounted(".keepsake", (root) => {
  const NAME = "dlintro.player";

  const here = (window.dlintro ??= { visit: "", cut: false }); // another visit brings this script anew

  function tell(cut) {
    here.cut = cut;
    root.hidden = !cut;
    root.getRootNode().host?.classList.toggle("told", cut);
  }

  root.querySelector("button").onclick = () => tell(false);

  function kept(call) {
    try {
      return call(localStorage);
    } catch {
      return null;
    }
  }

  function update({ secret, left, visit }, setTriggerValue) {
    if (secret) kept((storage) => storage.setItem(NAME, secret));
    else if (left) kept((storage) => storage.removeItem(NAME));
    else if (here.visit !== visit) {
      const found = kept((storage) => storage.getItem(NAME));
      if (found) setTriggerValue("kept", found);
    }
    tell(here.cut || (here.visit !== "" && here.visit !== visit));
    here.visit = visit;
  }

  return { update, destroy: () => {} };
});

/* What a player's browser keeps, of this gallery alone. Storage may be forbidden: then a name is for one visit. */

export default mounted(".keepsake", () => {
  const NAME = "dlintro.player";
  let said = "";

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
    else if (said !== visit) {
      const found = kept((storage) => storage.getItem(NAME));
      if (found) setTriggerValue("kept", found);
    }
    said = visit;
  }

  return { update, destroy: () => {} };
});

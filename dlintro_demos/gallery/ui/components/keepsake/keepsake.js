/* What a player's browser keeps, of this gallery alone. Storage may be forbidden: then a name is for one visit. */

export default mounted(".keepsake", () => {
  const NAME = "dlintro.player";
  let said = false;

  function kept(call) {
    try {
      return call(localStorage);
    } catch {
      return null;
    }
  }

  function update({ secret, left }, setTriggerValue) {
    if (secret) kept((storage) => storage.setItem(NAME, secret));
    else if (left) kept((storage) => storage.removeItem(NAME));
    else if (!said) {
      const found = kept((storage) => storage.getItem(NAME));
      if (found) setTriggerValue("kept", found);
    }
    said = true;
  }

  return { update, destroy: () => {} };
});

export default mounted(".people-board", build);

function build(root) {
  const find = (selector) => root.querySelector(selector);
  const [hint, cards, fresh, spoken] = [".hint", ".cards", ".fresh", ".spoken"].map(find);
  const [mover, question, select, stay] = [".mover", ".question", "select", ".stay"].map(find);

  let groups = [];
  let unnamed = "new"; // the key that stands for a new person
  let tell = () => {};
  let open = null; // the chip whose form is shown
  let lifted = null; // the chip that is dragged
  let painted = "";

  const listening = new AbortController();
  const on = (target, type, handler) => target.addEventListener(type, handler, { signal: listening.signal });

  function update(data, setTriggerValue) {
    tell = setTriggerValue;
    groups = data.groups;
    unnamed = data.new;
    const finger = matchMedia("(pointer: coarse)").matches;
    hint.textContent = finger
      ? "Tap a face to move it."
      : "Drag a face to another card, or choose it to move it.";
    fresh.dataset.to = unnamed;
    const wanted = JSON.stringify(groups);
    if (wanted === painted) return; // the theme changed, or nothing: the form stays open
    painted = wanted;
    repaint();
  }

  /** New cards; the focus stays on the face that had it, wherever it is now. */
  function repaint() {
    const focused = root.getRootNode().activeElement;
    const key = (mover.contains(focused) ? open : focused?.closest?.(".chip"))?.dataset.face;
    closeMover();
    lifted = null;
    cards.replaceChildren(...groups.map(makeCard));
    if (key) chipOf(key)?.focus({ preventScroll: true });
  }

  function chipOf(key) {
    return [...cards.querySelectorAll(".chip")].find((chip) => chip.dataset.face === key);
  }

  function makeCard(group) {
    const card = document.createElement("section");
    card.className = "card";
    card.dataset.to = group.key;
    card.setAttribute("aria-label", group.title);
    const [title, note, faces] = ["h3", "p", "ul"].map((tag) => document.createElement(tag));
    card.append(title, note, faces);
    title.textContent = group.title;
    note.className = "note";
    note.textContent = group.note;
    faces.append(...group.faces.map(makeFace));
    return card;
  }

  function makeFace(face) {
    const item = document.createElement("li");
    const chip = item.appendChild(document.createElement("button"));
    chip.type = "button";
    chip.className = "chip";
    chip.draggable = true;
    chip.dataset.face = face.key;
    chip.setAttribute("aria-expanded", "false");
    const picture = chip.appendChild(document.createElement("img"));
    picture.src = face.source;
    picture.alt = `${face.alt}: move`;
    picture.draggable = false;
    return item;
  }

  function titleOf(key) {
    return groups.find((group) => group.key === key)?.title ?? "New person";
  }

  function openMover(chip) {
    closeMover();
    open = chip;
    chip.setAttribute("aria-expanded", "true");
    const card = chip.closest(".card");
    const others = groups.map((group) => group.key).filter((key) => key !== card.dataset.to);
    select.replaceChildren(...[...others, unnamed].map((key) => new Option(titleOf(key), key)));
    question.textContent = `Move ${altOf(chip)} to…`;
    card.append(mover);
    mover.hidden = false;
    select.focus();
  }

  function closeMover() {
    if (!open) return;
    const inside = mover.contains(root.getRootNode().activeElement);
    open.setAttribute("aria-expanded", "false");
    if (inside) open.focus({ preventScroll: true });
    open = null;
    mover.hidden = true;
    root.append(mover); // out of the cards, which come and go
  }

  function altOf(chip) {
    return groups.flatMap((group) => group.faces).find((face) => face.key === chip.dataset.face).alt;
  }

  function move(chip, to) {
    spoken.textContent = `${altOf(chip)} goes to ${titleOf(to)}.`;
    closeMover();
    tell("move", { face: chip.dataset.face, to });
  }

  function cardUnder(event) {
    const card = event.target.closest(".card");
    return lifted && card && card !== lifted.closest(".card") ? card : null;
  }

  function markCard(card) {
    for (const other of root.querySelectorAll(".over")) other.classList.remove("over");
    card?.classList.add("over");
  }

  function lift(event) {
    const chip = event.target.closest(".chip");
    if (!chip) return;
    lifted = chip;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", ""); // without data, Firefox does not drag
    chip.classList.add("lifted");
  }

  function hover(event) {
    const card = cardUnder(event);
    if (card) event.preventDefault(); // says that it may be dropped here
    markCard(card);
  }

  function drop(event) {
    const card = cardUnder(event);
    if (!card) return;
    event.preventDefault();
    move(lifted, card.dataset.to);
  }

  function putDown() {
    lifted?.classList.remove("lifted");
    lifted = null;
    markCard(null);
  }

  on(cards, "click", (event) => {
    const chip = event.target.closest(".chip");
    if (chip === open) closeMover();
    else if (chip) openMover(chip);
  });
  on(root, "dragstart", lift);
  on(root, "dragover", hover);
  on(root, "dragleave", (event) => !root.contains(event.relatedTarget) && markCard(null));
  on(root, "drop", drop);
  on(root, "dragend", putDown);
  on(stay, "click", closeMover);
  on(mover, "submit", (event) => {
    event.preventDefault();
    move(open, select.value);
  });
  on(mover, "keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    closeMover();
  });

  function destroy() {
    listening.abort();
  }

  return { update, destroy };
}

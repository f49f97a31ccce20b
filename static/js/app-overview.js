/** The overview: looks again when somebody comes back to it, and says what is new to those who listen. */

const live = () => document.getElementById("live");
const events = () => new Map([...document.querySelectorAll("#live .feed li")].map((row) => [row.id, row]));
let known = events();

/** Says the newest events after each drawing, without the time that stands below them. */
function tellNews() {
  const now = events();
  const added = [...now].filter(([id]) => !known.has(id)).map(([, row]) => row);
  known = now;
  if (!added.length) return;
  const words = added.map((row) => row.innerText.split("\n")[0].trim());
  document.getElementById("news").textContent = words.join(". ");
}

/** Uploads happen on another page: look again when the person comes back to this one. */
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) live().dispatchEvent(new CustomEvent("look-again"));
});

new MutationObserver(tellNews).observe(document.getElementById("main"), { childList: true, subtree: true });

/** The overview: says what is new to those who listen. */

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

new MutationObserver(tellNews).observe(document.getElementById("main"), { childList: true, subtree: true });

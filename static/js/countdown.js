// Counts the seconds of every [data-countdown] down, so that a page tells how long a key still lives.
const counters = [...document.querySelectorAll("[data-countdown]")].map((element) => ({
  element,
  ends: Date.now() + Number(element.dataset.countdown) * 1000,
}));

function words(seconds) {
  if (seconds <= 0) return "a moment: it has ended";
  const minutes = Math.floor(seconds / 60);
  return minutes ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

function tick() {
  for (const { element, ends } of counters) element.textContent = words(Math.round((ends - Date.now()) / 1000));
}

if (counters.length) {
  tick();
  setInterval(tick, 1000);
}

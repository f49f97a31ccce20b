/** The trail: marks the moment from which on nothing was heard, until an answer redraws it. */

let heardAt = new Date();

function markGap() {
  const trail = document.getElementById("trail");
  trail.querySelector("[data-gap-time]").textContent = heardAt.toISOString().slice(11, 19) + " UTC";
  trail.querySelector("[data-gap]").hidden = false;
}

document.addEventListener("htmx:after:swap", () => (heardAt = new Date()));
document.addEventListener("htmx:error", markGap);
document.addEventListener("htmx:sse:error", markGap);
document.addEventListener("htmx:response:error", markGap);

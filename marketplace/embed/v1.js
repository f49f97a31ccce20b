/** The upload box of an app, by one tag: its frame stands where the tag stands. */
(() => {
  const tag = document.currentScript;
  const frame = document.createElement("iframe");
  frame.src = new URL(`/go/${encodeURIComponent(tag.dataset.app)}/embed/`, tag.src).href;
  frame.title = tag.dataset.title || "Upload files";
  Object.assign(frame.style, { width: "100%", height: tag.dataset.height || "420px", border: "0" });
  tag.after(frame);
})();

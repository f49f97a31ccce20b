/** The element's look: the page's tokens where there are any, its own otherwise. */

import { said } from "./language.js";

const CSS = `
:host {
  --ink-: var(--ink, light-dark(#14212a, #e7eef1));
  --soft-: var(--ink-soft, light-dark(#4a5a63, #a7b8c0));
  --card-: var(--card, light-dark(#fff, #152127));
  --line-: var(--line, light-dark(#d3dce0, #293840));
  --edge-: var(--line-strong, light-dark(#72838c, #72858f));
  --brand-: var(--brand, light-dark(#0f566b, #7fcbe0));
  --brand-strong-: var(--brand-strong, light-dark(#0a3f50, #aee0ee));
  --brand-soft-: var(--brand-soft, light-dark(#dcecf1, #143642));
  --on-brand-: var(--on-brand, light-dark(#fff, #06232c));
  --good-: var(--good, light-dark(#17663a, #82d7a3));
  --bad-: var(--bad, light-dark(#a1251b, #ff9f94));
  --round-: var(--radius, 14px);
  --round-small-: var(--radius-small, 9px);
  display: block;
  color: var(--ink-);
  line-height: 1.5;
}
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
p { margin: 0; text-wrap: pretty; }
:focus-visible { outline: 3px solid var(--brand-); outline-offset: 3px; border-radius: 4px; }

.zone {
  display: grid;
  justify-items: center;
  gap: .9rem;
  padding: 2.4rem 1.25rem;
  border: 2px dashed var(--edge-);
  border-radius: var(--round-);
  background: var(--card-);
  text-align: center;
  transition: background .15s, border-color .15s;
}
.zone.over { border: 2px solid var(--brand-); background: var(--brand-soft-); }
.zone p { max-inline-size: 56ch; }
.zone svg { inline-size: 3.25rem; block-size: 3.75rem; color: var(--brand-); }
.limits { font-weight: 650; }
.soft { color: var(--soft-); font-size: .93rem; }
.row { display: flex; flex-wrap: wrap; justify-content: center; gap: .6rem; }
.camera { display: none; }
@media (pointer: coarse) { .photos .camera { display: inline-block; } }
input { display: none; }

button, .button {
  display: inline-block;
  min-block-size: 2.75rem;
  padding: .45rem 1.15rem;
  border: 1px solid var(--edge-);
  border-radius: var(--round-small-);
  background: var(--card-);
  color: inherit;
  font: inherit;
  font-weight: 650;
  text-decoration: none;
  cursor: pointer;
}
button:hover, .button:hover { border-color: var(--brand-); }
button.primary { border-color: var(--brand-); background: var(--brand-); color: var(--on-brand-); }
button.primary:hover { border-color: var(--brand-strong-); background: var(--brand-strong-); }
button:disabled { opacity: .65; cursor: progress; }

ul { display: grid; gap: .7rem; margin: 1rem 0 0; padding: 0; list-style: none; }
ul:empty { display: none; }
ul > li {
  padding: .85rem 1rem;
  border: 1px solid var(--line-);
  border-inline-start: 5px solid var(--edge-);
  border-radius: var(--round-small-);
  background: var(--card-);
}
li.busy { border-inline-start-color: var(--brand-); }
li.safe { border-inline-start-color: var(--good-); }
li.problem { border-inline-start-color: var(--bad-); }
.line { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .35rem 1rem; }
.name { flex: 1 1 12rem; min-inline-size: 0; font-weight: 650; overflow-wrap: anywhere; }
.name small { display: block; color: var(--soft-); font-weight: 400; font-size: .87rem; }
.state { font-size: .95rem; font-variant-numeric: tabular-nums; }
li.safe .state { color: var(--good-); font-weight: 650; }
li.safe .state::before { content: "✓ "; content: "✓ " / ""; }
li.problem .state { flex-basis: 100%; color: var(--bad-); }
progress { display: block; inline-size: 100%; block-size: .65rem; margin-block-start: .6rem; accent-color: var(--brand-); }

.said { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
`;

/** A constructed sheet, since a strict content policy refuses <style>. */
export function styleSheet() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  return sheet;
}

/** The box in the language that is spoken now. */
export const markup = () => `
<div class="zone" part="zone">
  <svg viewBox="0 0 26 30" aria-hidden="true" focusable="false"><path fill="currentColor" d="M2 30V13a11 11 0 0 1 22 0v17h-4V13a7 7 0 0 0-14 0v17z"/><path fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round" d="M13 27V15m-4 4 4-4 4 4"/></svg>
  <p class="limits" part="limits" id="limits">${said("Loading the limits …")}</p>
  <div class="row">
    <button type="button" class="primary choose" part="button" aria-describedby="limits" disabled>${said("Choose files")}</button>
    <button type="button" class="camera" part="camera-button">${said("Take a photo")}</button>
  </div>
  <p class="soft hint">${said("or drop them here, or paste")}</p>
  <p class="soft place"></p>
  <input type="file" class="files" multiple>
  <input type="file" class="photo" accept="image/*" capture="environment">
</div>
<ul aria-label="${said("Your files")}" part="list"></ul>
<div class="said" role="status"></div>
<dialog aria-labelledby="agree-title" part="dialog"></dialog>`;

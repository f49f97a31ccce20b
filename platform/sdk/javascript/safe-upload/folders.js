/** Where an app has folders to which people agree apart: the choice of what is handed in. */

import { said } from "./language.js";

const CSS = `
.where { display: grid; gap: .35rem; font-weight: 650; }
select {
  min-block-size: 2.75rem;
  max-inline-size: 100%;
  padding: .45rem .8rem;
  border: 1px solid var(--edge-);
  border-radius: var(--round-small-);
  background: var(--card-);
  color: inherit;
  font: inherit;
}
`;

/** Puts the choice above the box's limits; what is none of the folders goes to none. */
export function offer({ surfaces }, limits) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  const root = limits.getRootNode();
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  const select = document.createElement("select");
  select.setAttribute("part", "folder");
  select.append(new Option(said("Anything not listed below"), ""), ...surfaces.map(({ title, folder }) => new Option(title, folder)));
  const label = Object.assign(document.createElement("label"), { className: "where", textContent: said("What are you handing in?") });
  label.append(select);
  limits.before(label);
  return select;
}

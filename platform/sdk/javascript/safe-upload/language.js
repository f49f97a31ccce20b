/** The language of the page around the box: English stands in the code, another's dictionary is loaded. */

let language = "en";
let dictionary = {};

/** English where no dictionary can be had. */
export async function speakAsAround(element) {
  const german = /^de\b/i.test(element.closest("[lang]")?.lang || navigator.language);
  const found = german && (await import("./german.js").catch(() => null));
  [language, dictionary] = found ? ["de", found.WORDS] : ["en", {}];
}

/** `said("{count} files", { count: 3 })` */
export const said = (words, facts) => {
  const spoken = dictionary[words] ?? words;
  return facts ? spoken.replace(/\{(\w+)\}/g, (_, name) => facts[name]) : spoken;
};

export const figure = (value, options) => value.toLocaleString(language, options);

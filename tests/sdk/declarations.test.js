/** The types that are written by hand name all that the code exports, and nothing else. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

import * as sdk from "../../platform/sdk/javascript/gatehouse.js";

const declarations = await readFile(new URL("../../platform/sdk/javascript/gatehouse.d.ts", import.meta.url), "utf8");
const bodyOf = (name) => new RegExp(`export declare class ${name}\\b.*?\\{\\n(.*?)\\n\\}`, "s").exec(declarations)[1];
const declared = (name) =>
  new Set([...bodyOf(name).matchAll(/^ {2}(?:get |static )?(\w+)\(/gm)].map(([, member]) => member));

/** The methods of a class and of those that it extends. */
function methodsOf(kind) {
  const names = new Set();
  for (let at = kind.prototype; at && !["Object", "Error"].includes(at.constructor.name); at = Object.getPrototypeOf(at))
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  for (const name of Object.getOwnPropertyNames(kind)) if (typeof kind[name] === "function") names.add(name);
  return names;
}

test("every export has a declaration, and every declared value is exported", () => {
  const values = [...declarations.matchAll(/^export declare (?:class|function|const) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(values.sort(), Object.keys(sdk).sort());
});

for (const name of ["Gatehouse", "GatehouseProblem"])
  test(`${name} is declared with the methods that it has`, () => {
    assert.deepEqual([...declared(name)].sort(), [...methodsOf(sdk[name])].sort());
  });

test("a problem has the members that it is declared with", () => {
  const fields = [...bodyOf("GatehouseProblem").matchAll(/^ {2}(\w+):/gm)].map(([, field]) => field);
  const problem = new sdk.GatehouseProblem();
  for (const field of fields) assert.ok(field in problem, field);
});

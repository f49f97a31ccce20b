/** Forms that a proof of work guards: the browser works when the button is pressed, then the form goes. */

import { proof } from "../sdk/proof.js";

async function confirm(form) {
  const button = form.querySelector("[type=submit]");
  const status = form.querySelector("[role=status]");
  button.disabled = true;
  status.textContent = form.dataset.working;
  try {
    form.elements.altcha.value = await proof(form.dataset.proof);
    form.submit();
  } catch (problem) {
    status.textContent = problem.message;
    button.disabled = false;
  }
}

for (const form of document.querySelectorAll("form[data-proof]")) {
  form.querySelector("[type=submit]").disabled = false;
  form.addEventListener("submit", (event) => (event.preventDefault(), confirm(form)));
}

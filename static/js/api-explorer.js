// Swagger UI over our own document. Nothing is asked of anybody else: its validator is off, the token stays in memory.
const explorer = document.getElementById("explorer");

document.documentElement.classList.toggle("dark-mode", matchMedia("(prefers-color-scheme: dark)").matches);
SwaggerUIBundle({
  url: explorer.dataset.document,
  domNode: explorer,
  presets: [SwaggerUIBundle.presets.apis],
  validatorUrl: null,
  queryConfigEnabled: false,
  persistAuthorization: false,
  withCredentials: false,
});

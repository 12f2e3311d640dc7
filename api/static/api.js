/* The API page: Swagger UI in place of the plain list. */
const box = document.getElementById("api");
if (window.SwaggerUIBundle) {
  const url = box.dataset.document;
  box.replaceChildren();
  window.SwaggerUIBundle({
    url,
    domNode: box,
    deepLinking: true,
    docExpansion: "none",
    defaultModelsExpandDepth: -1,
    filter: true,
    validatorUrl: null,
  });
}

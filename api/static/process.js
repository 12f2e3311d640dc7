/* The form of an analysis: it says that it works, and can be stopped. */
const form = document.getElementById("inputs");
const button = form.querySelector("button");
const cancel = document.getElementById("cancel");
const verb = button.textContent;

function busy(on) {
  button.disabled = on;
  button.textContent = on ? form.dataset.busy : verb;
  cancel.hidden = !on;
  form.setAttribute("aria-busy", on);
}

form.addEventListener("submit", () => setTimeout(() => busy(true)));
cancel.addEventListener("click", (event) => {
  event.preventDefault();
  window.stop();
  busy(false);
});
/* A page that is come back to is not at work any more. */
window.addEventListener("pageshow", () => busy(false));
/* What is wrong may stand where it is not seen. */
form.addEventListener("invalid", (event) => event.target.closest("details")?.setAttribute("open", ""), true);

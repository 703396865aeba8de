// Sends the tick for blind comparisons when it is changed; without this module its form has a button.

const form = document.querySelector("form[data-compare-first]");

form?.addEventListener("change", () => {
  fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" }).catch(() => form.submit());
});

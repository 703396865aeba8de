// The admin's own conveniences: one key for each verdict of the review, and no form sent twice. Everything works without it.

function keyed(key) {
  return document.querySelector(`[data-keys] [data-key="${CSS.escape(key)}"]`);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
  const target = keyed(event.key.toLowerCase());
  if (!target) return;
  event.preventDefault();
  if (target instanceof HTMLDetailsElement) target.open = !target.open;
  else target.click();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});

// A page that comes back from the browser's memory may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

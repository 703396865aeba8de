// Keeps a waiting page asking when the site does not answer for a while.

const PAUSE = 2000; // milliseconds

for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, askAgain);

document.addEventListener("htmx:responseError", (event) => {
  // The upload is gone or no longer ours: the page's own address says so better than we can.
  if (event.detail.xhr.status < 500) location.reload();
  else askAgain();
});

function askAgain() {
  const progress = document.getElementById("progress");
  progress.querySelector("[data-sentence]").textContent = progress.dataset.lost;
  setTimeout(() => progress.dispatchEvent(new Event("again")), PAUSE);
}

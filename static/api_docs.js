// Tries the operations of the API: sends what a form describes, and shows what comes back.

const token = document.getElementById("api-token");

for (const part of document.querySelectorAll(".try .send")) part.hidden = false;
token.form.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("submit", async (event) => {
  if (!event.target.matches(".try")) return;
  event.preventDefault();
  const place = event.target.querySelector(".outcome");
  place.textContent = event.target.dataset.sending;
  try {
    const [address, options] = request(event.target);
    await show(place, await fetch(address, options));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // what fetch throws where no answer came
    place.textContent = event.target.dataset.failed;
  }
});

// A link to a schema opens it.
addEventListener("hashchange", open);
open();

function open() {
  const target = document.getElementById(location.hash.slice(1));
  if (target?.matches("details")) target.open = true;
}

function request(form) {
  const options = { method: form.dataset.method, headers: {}, credentials: "omit" };
  const address = new URL(form.dataset.path, location);
  if (token.value) options.headers.Authorization = `Bearer ${token.value.trim()}`;
  for (const input of form.querySelectorAll("[data-place]")) {
    const { place } = input.dataset;
    if (place === "path") address.pathname = address.pathname.replace(`%7B${input.name}%7D`, encodeURIComponent(input.value.trim()));
    if (place === "query" && input.value) address.searchParams.set(input.name, input.value);
    if (place === "photo") options.body = new FormData();
    if (place === "photo") options.body.append("photo", input.files[0]);
    if (place === "body") options.body = input.value;
    if (place === "body") options.headers["Content-Type"] = "application/json";
  }
  return [address, options];
}

async function show(place, answer) {
  const line = document.createElement("p");
  line.append(Object.assign(document.createElement("b"), { textContent: `${answer.status} ${answer.statusText}` }));
  place.replaceChildren(line);
  if (answer.headers.get("Content-Type")?.startsWith("image/")) {
    const picture = Object.assign(new Image(), { src: URL.createObjectURL(await answer.blob()), alt: "" });
    place.append(picture);
    return;
  }
  const text = await answer.text();
  if (!text) return;
  const body = Object.assign(document.createElement("pre"), { textContent: pretty(text), tabIndex: 0 });
  place.append(body);
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

// Sends one photo as the form does, and tells how much of it has gone.

const SILENCE = 30000; // milliseconds without progress after which the connection counts as lost

// Resolves to the status (0: no connection), the seconds to wait before the next try, if any, and what the site said.
export function send(form, file, tell) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.append("photo", file, file.name);
    let alarm;
    const heard = () => {
      clearTimeout(alarm);
      alarm = setTimeout(() => request.abort(), SILENCE);
    };
    request.upload.addEventListener("progress", (event) => {
      heard();
      tell(event.loaded / event.total);
    });
    request.addEventListener("loadend", () => {
      clearTimeout(alarm);
      const wait = request.status && Number(request.getResponseHeader("Retry-After"));
      resolve({ status: request.status, wait, said: request.response });
    });
    request.open("POST", form.action);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    heard();
    request.send(body);
  });
}

"""A visitor without a browser: keeps cookies and sends photos as the page's form does."""

import http.cookiejar
import urllib.request
import uuid


class Client:
    """One visitor's session with a running site."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.opener.open(address).close()

    def upload(self, content: bytes, name: str) -> str:
        """Send a photo and return the id of its upload, without waiting for the page that shows it."""
        boundary = uuid.uuid4().hex
        token = next(cookie.value or "" for cookie in self.cookies if cookie.name == "csrftoken")
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'.encode(),
            f'--{boundary}\r\nContent-Disposition: form-data; name="photo"; filename="{name}"\r\n'.encode(),
            b"Content-Type: image/jpeg\r\n\r\n" + content + f"\r\n--{boundary}--\r\n".encode(),
        ]
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        with self.opener.open(urllib.request.Request(self.address, b"".join(parts), headers)) as answer:
            return str(answer.geturl()).rstrip("/").rsplit("/", 1)[-1]

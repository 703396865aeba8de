"""Downloads the picture of a post, within limits. Whether it is a picture at all is found out by the import."""

import time
from pathlib import Path

import requests
from requests.exceptions import ChunkedEncodingError, RequestException

MOST_BYTES = 20 * 1024 * 1024
SECONDS = 60.0  # for a whole picture; less than a run's lease
PIECE = 16 * 1024


class PictureError(Exception):
    """A picture that did not come; says why. `is_outage` where its server was not reached at all."""

    def __init__(self, why: str, is_outage: bool = False) -> None:
        super().__init__(why)
        self.is_outage = is_outage


def download(session: requests.Session, url: str, place: Path) -> None:
    """Write the picture of an address into a file. Raises PictureError, and OSError where it cannot be written."""
    try:
        with session.get(url, stream=True, allow_redirects=False, timeout=(10, 20)) as response:
            if response.status_code != 200:
                raise PictureError(f"its server answered {response.status_code}", response.status_code >= 500)
            _write(response, place)
    except (requests.ConnectionError, requests.Timeout, ChunkedEncodingError) as error:
        raise PictureError(f"its server cannot be reached ({type(error).__name__})", is_outage=True) from error
    except (RequestException, ValueError) as error:
        raise PictureError(f"its address is of no use ({type(error).__name__})") from error


def _write(response: requests.Response, place: Path) -> None:
    until, size = time.monotonic() + SECONDS, 0
    with place.open("wb") as file:
        for piece in response.iter_content(PIECE):
            size += len(piece)
            if size > MOST_BYTES:
                raise PictureError("it is larger than 20 MB")
            if time.monotonic() > until:
                raise PictureError("it came too slowly", is_outage=True)
            file.write(piece)

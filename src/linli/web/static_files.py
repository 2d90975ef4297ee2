"""Static files under an asynchronous server, sent a piece at a time."""

from io import BytesIO
from typing import Any

from django.http import FileResponse, HttpRequest
from whitenoise.middleware import WhiteNoiseMiddleware

from linli.streams import pieces, sent


class StaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise hands Django a file; Django would read all of it first, and warn of that."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> FileResponse:
        """Answer with a static file."""
        response = WhiteNoiseMiddleware.serve(static_file, request)
        response.streaming_content = sent(request, pieces(response.file_to_stream or BytesIO()))
        return response

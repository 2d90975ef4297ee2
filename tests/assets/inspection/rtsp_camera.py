"""A camera that sends H.264 over RTSP by a real server, encoded as it goes."""

import threading
from fractions import Fraction

import av
import numpy as np
import rtsp

RATE = 10  # frames a second


class RtspCamera:
    """Serves the picture `shown` on and on, until it is switched off."""

    def __init__(self, port, shown):
        self.port, self.shown = port, shown
        self.address = f"rtsp://127.0.0.1:{port}/stream"
        self.switch_on()

    def switch_on(self):
        self._server = rtsp.Server(f"127.0.0.1:{self.port}")
        self._server.start()
        self._off = threading.Event()
        self._thread = threading.Thread(target=self._film, daemon=True)
        self._thread.start()

    def switch_off(self):
        self._off.set()
        self._thread.join(5)
        self._server.stop()

    def _film(self):
        first = self.shown
        encoder = av.CodecContext.create("libx264", "w")
        encoder.height, encoder.width = first.shape
        encoder.pix_fmt, encoder.time_base = "yuv420p", Fraction(1, RATE)
        encoder.options = {
            "preset": "ultrafast", "tune": "zerolatency", "g": "5", "crf": "12",
            "x264-params": "repeat-headers=1",
        }  # fmt: skip
        number = 0
        while not self._off.wait(1 / RATE):
            grey = self.shown
            frame = av.VideoFrame.from_ndarray(np.repeat(grey[..., None], 3, 2), format="bgr24")
            frame.pts, number = number, number + 1
            for packet in encoder.encode(frame):
                self._server.send_frame(bytes(packet), 90_000 // RATE)

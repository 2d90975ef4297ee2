"""A real Mosquitto for a test, with a line that publishes."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

PATIENCE_S = 15.0


def until(is_so, patience_s=PATIENCE_S):
    """Wait for something that happens by itself; fail when it does not."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        if found := is_so():
            return found
        time.sleep(0.01)
    raise AssertionError("it did not happen in time")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Mosquitto:
    """A broker that keeps sessions through a restart."""

    def __init__(self, folder: Path) -> None:
        self.program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        if not os.path.exists(self.program) and os.environ.get("LINLI_NO_SKIP") != "1":
            pytest.skip("mosquitto is not installed: `apt-get install mosquitto` for these tests")
        self.folder, self.port = folder, free_port()
        (folder / "mosquitto.conf").write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nuser root\n"
            f"persistence true\npersistence_location {folder}/\nmax_queued_messages 0\n"
            "max_inflight_messages 0\nlog_type error\n"
        )
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [self.program, "-c", str(self.folder / "mosquitto.conf")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

        def answers():
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.5).close()
            except OSError:
                return False
            return True

        until(answers)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)

    @property
    def address(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def publisher(self, name: str = "machine") -> mqtt.Client:
        client = mqtt.Client(CallbackAPIVersion.VERSION2, name)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        until(client.is_connected)
        return client

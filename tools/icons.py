"""Draw the app's icons from the seal: square PNGs on paper, into the package's static files.

    python tools/icons.py

Needs Debian's Chromium. The seal keeps its shape; a maskable icon leaves a fifth free all round,
which a phone may cut away.
"""

import base64
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

STATIC = Path(__file__).parents[1] / "src" / "linli" / "web" / "static" / "linli"
PAPER = "#f7f5ef"
# Name, side in pixels, share of the height that the seal takes.
ICONS = (("icon-180.png", 180, 0.78), ("icon-192.png", 192, 0.86), ("icon-512.png", 512, 0.86),
         ("icon-maskable-512.png", 512, 0.6))  # fmt: skip


def main() -> None:
    seal = base64.b64encode((STATIC / "seal.svg").read_bytes()).decode()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, side, share in ICONS:
            page = browser.new_page(viewport={"width": side, "height": side})
            page.set_content(
                f'<body style="margin:0;background:{PAPER};height:100vh;display:grid;'
                f'place-items:center"><img style="height:{share * 100}vh" '
                f'src="data:image/svg+xml;base64,{seal}">'
            )
            page.locator("img").evaluate("image => image.decode()")
            page.screenshot(path=STATIC / name)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()

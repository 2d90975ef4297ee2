"""The site as an app: its manifest, its worker in the browser, the page for when no line is up.

The worker keeps files of ours under their hashed names, the offline page and, of the cockpit,
an empty page (`web.cockpit.views.kept`). No page that names anybody is ever kept.
"""

import hashlib
import json

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

PAPER, LAKE = "#f7f5ef", "#2f6f7e"
ICONS = (("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any"),
         ("icon-maskable-512.png", "512x512", "maskable"))  # fmt: skip


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Say what the app is called and how it looks, in the reader's language."""
    told = {
        "id": "/",
        "name": _("Linli: neighbours, in good order"),
        "short_name": _("Linli"),
        "lang": get_language(),
        "start_url": reverse("home"),
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": LAKE,
        "icons": [
            {"src": static(f"linli/{name}"), "sizes": size, "type": "image/png", "purpose": use}
            for name, size, use in ICONS
        ],
        "shortcuts": [
            {"name": _("Report"), "url": reverse("report")},
            {"name": _("My work"), "url": reverse("home")},
        ],
    }
    return JsonResponse(told, content_type="application/manifest+json")


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Send the worker, from the root so that it may answer for the whole site."""
    path = finders.find("linli/worker.js")
    assert path is not None
    with open(path, encoding="utf-8") as file:
        source = file.read()
    setting = {
        "static": settings.STATIC_URL,
        "offline": reverse("offline"),
        "assets": [static(f"linli/{name}") for name in ("offline.css", "offline.js", "seal.svg")],
        "cockpit": reverse("cockpit"),
        "kept": reverse("cockpit-kept"),
        "shapes": reverse("map-shapes", args=["base"]).removesuffix("base.json"),
        "signOut": reverse("sign-out"),
    }
    told = json.dumps(setting, sort_keys=True)
    # A browser takes a worker for new when a byte of it differs; what it kept goes by this name.
    version = hashlib.sha256(f"{told}{source}".encode()).hexdigest()[:12]
    response = HttpResponse(
        f'"use strict";\nconst VERSION = "{version}";\nconst SITE = {told};\n{source}',
        content_type="text/javascript; charset=utf-8",
    )
    response["Cache-Control"] = "no-cache"
    response["Service-Worker-Allowed"] = "/"
    return response


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Show what to do without a line, in both languages: kept before anybody needs it."""
    codes = [code for code, _name in settings.LANGUAGES]
    return render(request, "web/offline.html", {"languages": codes})

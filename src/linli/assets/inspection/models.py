"""Stations, the parts they judged, the lots these belong to, and the models that judged them.

Scores are in standard deviations of good samples (surface) or a confidence (board), boxes in
pixels of the picture as it was judged, seconds in seconds of one core.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.assets.register.models import Asset
from linli.cases.models import Case
from linli.people.models import User
from linli.places.models import Named


class Verdict(models.TextChoices):
    """What the machine says of a picture."""

    GOOD = "good", _("Good")
    FLAWED = "flawed", _("Flawed")
    UNUSABLE = "unusable", _("Picture unusable")


class Reason(models.TextChoices):
    """Why a picture cannot be judged; the gate says it, never a flaw."""

    EMPTY = "empty", _("Nothing to see")
    DARK = "dark", _("Too dark")
    BRIGHT = "bright", _("Too bright")
    CLIPPED = "clipped", _("Over-exposed in places")
    BLURRED = "blurred", _("Blurred")
    MOVED = "moved", _("Camera moved")
    WRONG_PART = "wrong-part", _("Another part")
    BROKEN = "broken", _("File broken")
    SIZE = "size", _("Unexpected size")


class Product(Named):
    """A kind of part that is made. `hold_above`: its lot is held once more parts than this are
    flawed (0: at the first), never where it is empty."""

    code = models.SlugField(unique=True)
    asset = models.ForeignKey(Asset, models.PROTECT, null=True, blank=True, related_name="products")
    hold_above = models.PositiveIntegerField(null=True, blank=True, default=0)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]


class FlawKind(Named):
    """A kind of flaw. `number` is what labelled boxes call it; without a product, of any."""

    code = models.SlugField(unique=True)
    product = models.ForeignKey(
        Product, models.CASCADE, null=True, blank=True, related_name="flaw_kinds"
    )
    number = models.PositiveSmallIntegerField(null=True, blank=True)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["number", "code"]


class Station(Named):
    """Where parts are pictured and judged (检测工位).

    `address` is the folder, or the address of the camera. `pattern` finds lot and serial in a
    file's name by named groups; `lot_now` is the lot where nothing says another. `every_s` is the
    time between two pictures of a camera, `trigger` what makes it take one. `normal` is the share
    of flawed parts that is usual here, which a rising rate is measured against.
    """

    class Method(models.TextChoices):
        SURFACE = "surface", _("Surface, learnt from good parts")
        BOARD = "board", _("Against a golden template")

    class Feed(models.TextChoices):
        FOLDER = "folder", _("Folder")
        HTTP = "http", _("Sent over HTTP")
        CAMERA = "camera", _("Camera")

    class Trigger(models.TextChoices):
        INTERVAL = "interval", _("At an interval")
        STILL = "still", _("When a new part stands still")

    code = models.SlugField(unique=True)
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="stations")
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="stations"
    )
    method = models.CharField(max_length=10, choices=Method.choices)
    feed = models.CharField(max_length=10, choices=Feed.choices)
    address = models.CharField(max_length=400, blank=True)
    pattern = models.CharField(max_length=200, blank=True)
    lot_now = models.CharField(max_length=60, blank=True)
    every_s = models.FloatField(default=1.0)
    trigger = models.CharField(max_length=10, choices=Trigger.choices, default=Trigger.STILL)
    version = models.ForeignKey(
        "Version", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    normal = models.FloatField(null=True, blank=True)
    keep_flawed_days = models.PositiveIntegerField(default=180)
    keep_good_days = models.PositiveIntegerField(default=30)
    keep_good_every = models.PositiveIntegerField(default=20)
    on = models.BooleanField(default=True)
    seen_at = models.DateTimeField(null=True, editable=False)
    trouble = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        ordering = ["code"]


class Version(models.Model):
    """A model of a station as it was learnt once; its files lie in `folder` under LINLI_HOME.

    `before` and `after` are figures of the model in use then and of this one, on the same judged
    pictures that neither learnt from: `auroc`, `false_alarms`, `missed` (shares) for surfaces,
    `map` and `f` for boards, and `n` in both.
    """

    class State(models.TextChoices):
        FITTING = "fitting", _("Being learnt")
        READY = "ready", _("Ready")
        CURRENT = "current", _("In use")
        WORSE = "worse", _("Worse than the one in use")
        RETIRED = "retired", _("Was in use")
        FAILED = "failed", _("Failed")

    station = models.ForeignKey(Station, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices)
    asked_at = models.DateTimeField()
    fitted_at = models.DateTimeField(null=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    samples = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    threshold = models.FloatField(null=True)
    seconds = models.FloatField(null=True)
    folder = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["station", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["station", "number"], name="one_version_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.station.code} v{self.number}"


class Lot(models.Model):
    """Parts made together (批次). Counts are kept with each part; nothing counts inspections.

    `cleared` are the flawed parts known when it was last released: they hold it no more.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Not held")
        HELD = "held", _("Held")
        RELEASED = "released", _("Released")

    code = models.CharField(max_length=60)
    product = models.ForeignKey(Product, models.PROTECT, related_name="lots")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    parts = models.PositiveIntegerField(default=0)
    flawed = models.PositiveIntegerField(default=0)
    unusable = models.PositiveIntegerField(default=0)
    cleared = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["-last_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["product", "code"], name="one_lot_a_code")]
        indexes = [
            models.Index(fields=["state", "-last_at"], name="lots_by_state"),
            models.Index(fields=["code"], name="lots_by_code"),
        ]

    def __str__(self) -> str:
        return self.code


class LotStep(models.Model):
    """A line of a lot's log: held or released, by whom (nobody: a station), and why."""

    lot = models.ForeignKey(Lot, models.CASCADE, related_name="steps")
    state = models.CharField(max_length=10, choices=Lot.State.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ["-id"]


class Inspection(models.Model):
    """One picture of a part, and what was said of it.

    `key` makes a picture count once, however often it is handed in. `picture` and `heat` are
    names of files (`pictures.path`), empty once they were thinned out. `held_back` pictures judge
    models and never teach them. `likes` says which good patches a surface's worst places were
    compared with: [{box, score, sample, there, distance}].
    """

    class Judgement(models.TextChoices):
        NONE = "none", _("Not judged")
        CONFIRMED = "confirmed", _("Confirmed")
        OVERRULED = "overruled", _("Overruled")

    station = models.ForeignKey(Station, models.PROTECT, related_name="inspections")
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="inspections")
    serial = models.CharField(max_length=60, blank=True)
    key = models.CharField(max_length=64)
    at = models.DateTimeField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    score = models.FloatField(null=True)
    threshold = models.FloatField(null=True)
    version = models.ForeignKey(Version, models.PROTECT, null=True, related_name="inspections")
    picture = models.CharField(max_length=120, blank=True)
    heat = models.CharField(max_length=120, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    likes = models.JSONField(default=list)
    seconds = models.FloatField(default=0)
    judgement = models.CharField(max_length=10, choices=Judgement.choices, default=Judgement.NONE)
    judged_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)
    held_back = models.BooleanField(default=False)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["station", "key"], name="one_inspection_a_picture")
        ]
        indexes = [
            models.Index(fields=["station", "-at", "-id"], name="inspections_of"),
            models.Index(
                fields=["station", "verdict", "-at", "-id"], name="inspections_of_verdict"
            ),
            # What is truly flawed is told by it without reading the rows.
            models.Index(
                fields=["station", "verdict", "judgement", "id"], name="inspections_truly"
            ),
            models.Index(
                fields=["station", "judgement", "-at", "-id"], name="inspections_by_judgement"
            ),
            models.Index(
                fields=["station", "verdict", "-at", "-id"],
                condition=models.Q(judged_at__isnull=False),
                name="inspections_judged",
            ),
            # Holds all that is counted of judged parts, so that their rows are not read.
            models.Index(
                fields=["station", "verdict", "judgement", "held_back", "judged_at"],
                condition=models.Q(judged_at__isnull=False),
                name="inspections_taught",
            ),
            models.Index(fields=["lot", "-at"], name="inspections_of_lot"),
            models.Index(fields=["serial"], name="inspections_by_serial"),
        ]

    @property
    def truth(self) -> str:
        """What it is as far as is known: what people said, else what the machine says."""
        if self.judgement == self.Judgement.OVERRULED:
            return Verdict.GOOD if self.verdict == Verdict.FLAWED else Verdict.FLAWED
        return self.verdict


_OVERRULED = models.Q(judgement=Inspection.Judgement.OVERRULED)
FOUND = models.Q(verdict=Verdict.FLAWED) & ~_OVERRULED
MISSED = models.Q(verdict=Verdict.GOOD) & _OVERRULED
FLAWED = FOUND | MISSED  # `truth`, as a question to the database


class Flaw(models.Model):
    """A place on a part. `by` nobody: found by the machine; those of people replace none of them.

    `box` is [x1, y1, x2, y2]; people may name a kind without a place.
    """

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="flaws")
    kind = models.ForeignKey(FlawKind, models.PROTECT, null=True, related_name="+")
    box = models.JSONField(null=True)
    score = models.FloatField(null=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["inspection", "-score", "id"]

    @property
    def wide(self) -> float:
        """How wide its box is, pixels."""
        return float(self.box[2] - self.box[0]) if self.box else 0.0

    @property
    def high(self) -> float:
        """How high its box is, pixels."""
        return float(self.box[3] - self.box[1]) if self.box else 0.0


class Hour(models.Model):
    """What a station saw in an hour, kept with each part, so that pages count no inspections.

    `kinds` are parts with a flaw of a kind by its code ("" for no kind), `reasons` unusable
    pictures by reason. `flaws` are all places. `confirmed`, `false_alarms` and `missed` are what
    people said of these parts; the first three counts stay as the machine gave them.
    """

    station = models.ForeignKey(Station, models.CASCADE, related_name="hours")
    hour = models.DateTimeField()
    parts = models.PositiveIntegerField(default=0)
    flawed = models.PositiveIntegerField(default=0)
    unusable = models.PositiveIntegerField(default=0)
    flaws = models.PositiveIntegerField(default=0)
    confirmed = models.PositiveIntegerField(default=0)
    false_alarms = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    kinds = models.JSONField(default=dict)
    reasons = models.JSONField(default=dict)

    class Meta:
        ordering = ["station", "hour"]
        constraints = [models.UniqueConstraint(fields=["station", "hour"], name="one_row_an_hour")]


class Alarm(models.Model):
    """A case that was opened for a flaw of a lot, a rising rate or bad pictures.

    `what` names the occasion; `parts` followed it since. It is over at `ended_at`: what comes
    after is an occasion of its own.
    """

    station = models.ForeignKey(Station, models.CASCADE, related_name="alarms")
    category = models.SlugField()
    what = models.CharField(max_length=160)
    lot = models.ForeignKey(Lot, models.CASCADE, null=True, related_name="alarms")
    kind = models.ForeignKey(FlawKind, models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    last_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    parts = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["station", "what", "ended_at"], name="alarms_going_on")]


class Watch(models.Model):
    """What is followed part by part at a station (`engines.control.rising`), kept with the parts.

    `usual` is the share of flawed parts of the last weeks; `rising_at` and `unclear_at` say since
    when a case for a rising share, or for bad pictures, is due.
    """

    station = models.OneToOneField(Station, models.CASCADE, related_name="watch")
    parts = models.BigIntegerField(default=0)
    flawed_sum = models.FloatField(default=0)
    unusable_sum = models.FloatField(default=0)
    usual = models.FloatField(null=True)
    usual_at = models.DateTimeField(null=True)
    rising_at = models.DateTimeField(null=True)
    unclear_at = models.DateTimeField(null=True)

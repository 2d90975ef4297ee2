"""Units machines send and units tags are kept in: what can be converted, and how."""

# What is the same, written in another way.
SPELLINGS = {
    "℃": "°C", "degC": "°C", "C": "°C", "°c": "°C", "℉": "°F", "degF": "°F", "F": "°F",
    "kelvin": "K", "percent": "%", "pct": "%", "rpm": "r/min", "RPM": "r/min", "min-1": "r/min",
    "mm/sec": "mm/s", "m^3/h": "m³/h", "m3/h": "m³/h", "kilopascal": "kPa", "sec": "s",
    "hour": "h", "um": "µm", "μm": "µm",
}  # fmt: skip
# To the first unit of its kind: value × factor + offset.
KINDS: tuple[dict[str, tuple[float, float]], ...] = (
    {"°C": (1, 0), "°F": (5 / 9, -160 / 9), "K": (1, -273.15)},
    {"Pa": (1, 0), "kPa": (1e3, 0), "MPa": (1e6, 0), "bar": (1e5, 0), "mbar": (100, 0),
     "psi": (6894.757293168, 0)},
    {"W": (1, 0), "kW": (1e3, 0), "MW": (1e6, 0)},
    {"Wh": (1, 0), "kWh": (1e3, 0), "MWh": (1e6, 0)},
    {"A": (1, 0), "mA": (1e-3, 0)},
    {"V": (1, 0), "mV": (1e-3, 0), "kV": (1e3, 0)},
    {"N": (1, 0), "kN": (1e3, 0)},
    {"m": (1, 0), "mm": (1e-3, 0), "cm": (1e-2, 0), "µm": (1e-6, 0), "km": (1e3, 0)},
    {"mm/s": (1, 0), "m/s": (1e3, 0)},
    {"s": (1, 0), "ms": (1e-3, 0), "min": (60, 0), "h": (3600, 0)},
    {"kg": (1, 0), "g": (1e-3, 0), "t": (1e3, 0)},
    {"r/min": (1, 0), "Hz": (60, 0), "r/s": (60, 0)},
    {"m³/h": (1, 0), "L/min": (0.06, 0), "L/s": (3.6, 0)},
)  # fmt: skip


def conversion(sent: str, kept: str) -> tuple[float, float] | None:
    """Return factor and offset from one unit to another; None if they measure different things."""
    sent, kept = SPELLINGS.get(sent.strip(), sent.strip()), SPELLINGS.get(kept, kept)
    if sent == kept:
        return 1.0, 0.0
    for kind in KINDS:
        if sent in kind and kept in kind:
            (a, b), (c, d) = kind[sent], kind[kept]
            return a / c, (b - d) / c
    return None

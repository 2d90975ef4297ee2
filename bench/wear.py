"""Simulated engines for bench/life.py: bench/wear.py --out DIR [--regimes R] [--modes M].

Writes `train.txt`, `test.txt` and `rul.txt` in the layout of C-MAPSS. It is a stand-in for sets
with several regimes and failure modes, made with other formulas than the engine assumes: each
mode wears the efficiency and the flow of one component as exp(a·t^b) (Saxena et al. 2008), each
with its own a and b; an engine fails when its margin, a sum of all wear, is used up; sensors
follow wear with a curvature, and by how much depends on the regime, as does their noise; the
regime is another one each cycle. Test engines are cut at a random cycle.
"""

import argparse
from pathlib import Path

import numpy as np

SENSORS = 21
STILL = (0, 4, 9, 15, 17, 18)
"""Sensors that tell nothing: in one regime they stand still."""

FLIGHTS = np.array(
    [[0, 0, 100], [10, 0.25, 100], [20, 0.7, 100], [25, 0.62, 60], [35, 0.84, 100], [42, 0.84, 100]]
)


class Fleet:
    """How engines of one kind are built, worn and read."""

    def __init__(self, regimes: int, modes: int, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.regimes, self.modes = regimes, modes
        states = 2 * modes
        self.mean = 500 + 100 * self.rng.normal(size=(regimes, SENSORS))
        plain = self.rng.normal(size=(SENSORS, states)) * 9
        plain[list(STILL)] = 0
        self.loading = plain * self.rng.uniform(0.7, 1.3, size=(regimes, SENSORS, states))
        self.curve = 0.15 * plain * self.rng.normal(size=plain.shape)
        self.noise = self.rng.uniform(1.5, 3, SENSORS) * self.rng.uniform(
            0.8, 1.25, (regimes, SENSORS)
        )
        self.noise[:, list(STILL)] = 0

    def life(self) -> np.ndarray:
        """Return the rows of one engine until it fails: cycle, settings, sensors."""
        rng = self.rng
        mode = rng.integers(self.modes)
        t = np.arange(1, 800)
        wear = np.zeros((len(t), 2 * self.modes))
        wear += np.abs(rng.normal(0, 0.06, wear.shape[1]))
        for state in (2 * mode, 2 * mode + 1):
            a = np.exp(rng.normal(-6.4 - 0.3 * mode, 0.25))
            wear[:, state] += 0.08 * np.expm1(a * t ** rng.uniform(1.35, 1.5))
        margin = 1 - wear @ np.tile([0.6, 0.4], self.modes)
        end = int(np.argmax(margin <= 0)) or len(t)
        regime = rng.integers(self.regimes, size=end)
        flown = FLIGHTS[regime] + rng.normal(0, [0.002, 0.0003, 0], size=(end, 3))
        w = wear[:end]
        sensors = self.mean[regime] + np.einsum("tks,ts->tk", self.loading[regime], w)
        sensors += (w**2) @ self.curve.T + rng.normal(size=(end, SENSORS)) * self.noise[regime]
        return np.column_stack([t[:end], flown, sensors])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--regimes", type=int, default=1)
    parser.add_argument("--modes", type=int, default=2)
    parser.add_argument("--engines", type=int, default=100, help="to learn from")
    parser.add_argument("--tests", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    fleet = Fleet(options.regimes, options.modes, options.seed)
    train = [fleet.life() for _ in range(options.engines)]
    test = [fleet.life() for _ in range(options.tests)]
    cuts = [int(fleet.rng.integers(max(20, len(one) - 150), len(one))) for one in test]
    options.out.mkdir(parents=True, exist_ok=True)
    write(options.out / "train.txt", train)
    write(options.out / "test.txt", [one[:cut] for one, cut in zip(test, cuts, strict=True)])
    left = [len(one) - cut for one, cut in zip(test, cuts, strict=True)]
    np.savetxt(options.out / "rul.txt", left, fmt="%d")


def write(path: Path, lives: list[np.ndarray]) -> None:
    rows = [np.column_stack([np.full(len(one), unit), one]) for unit, one in enumerate(lives, 1)]
    np.savetxt(path, np.concatenate(rows), fmt=["%d", "%d", *["%.4f"] * 3, *["%.3f"] * SENSORS])


if __name__ == "__main__":
    main()

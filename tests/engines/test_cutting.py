"""Land cut along lines: parts that fit to the last digit, and what is wrong with pieces."""

import pytest
import shapely
from shapely import box
from shapely.geometry import LineString

from linli.engines.cutting import NotCut, cover_faults, cut, merged, moved, noded

# Side by side, a hundredth of a degree each way.
WEST, EAST = box(121.00, 30.00, 121.01, 30.01), box(121.01, 30.00, 121.02, 30.01)
BOTH = box(121.00, 30.00, 121.02, 30.01)


def areas(pieces):
    """Return areas in hundredths of a hundredth of a degree squared: a whole square is 100."""
    return [round(piece.area * 1e6, 3) for piece in pieces]


def test_a_line_cuts_what_it_crosses_and_leaves_the_rest():
    # At 30.004 over the west only: 40 of 100 below it, 60 above.
    west, east = cut([WEST, EAST], LineString([(120.999, 30.004), (121.0105, 30.004)]))
    assert areas(west) == [60, 40]
    assert areas(east) == [100]


def test_only_the_pieces_that_are_named_are_cut():
    line = LineString([(120.99, 30.005), (121.03, 30.005)])
    west, east = cut([WEST, EAST], line, only=[1])
    assert areas(west) == [100]
    assert areas(east) == [50, 50]


def test_a_line_that_stops_a_little_short_still_reaches_the_border():
    # 0.00002 degrees are about two metres; three are forgiven.
    near = LineString([(121.00002, 30.005), (121.00998, 30.005)])
    assert areas(cut([WEST], near)[0]) == [50, 50]
    with pytest.raises(NotCut, match="crosses-nothing"):
        cut([WEST], LineString([(121.002, 30.005), (121.008, 30.005)]))


def test_a_ring_cuts_a_piece_out_of_the_middle():
    ring = LineString([(121.002, 30.002), (121.008, 30.002), (121.008, 30.008), (121.002, 30.008),
                       (121.002, 30.002)])  # fmt: skip
    # 6 by 6 of 10 by 10: 36, and 64 with a hole.
    assert areas(cut([WEST], ring)[0]) == [64, 36]


def test_neighbours_share_their_corners_and_a_corner_moves_in_all_of_them():
    (west, east) = cut([WEST, EAST], LineString([(120.99, 30.005), (121.012, 30.005)]))
    pieces = [*west, *east]
    # The corner where the line meets the border stands in all three now.
    assert sum((121.01, 30.005) in piece.exterior.coords for piece in pieces) == 3
    after = moved(pieces, (121.01, 30.005), (121.012, 30.006))
    assert not cover_faults(after, BOTH, BOTH)
    assert sum(areas(after)) == pytest.approx(200)
    with pytest.raises(NotCut, match="no-corner"):
        moved(pieces, (121.0055, 30.0055), (121.006, 30.006))
    with pytest.raises(NotCut, match="broken"):
        moved([WEST], (121.0, 30.0), (121.02, 30.005))


def test_merging_takes_the_border_away_and_needs_one():
    assert areas([merged([WEST, EAST])]) == [200]
    with pytest.raises(NotCut, match="apart"):
        merged([WEST, box(121.02, 30.0, 121.03, 30.01)])
    with pytest.raises(NotCut, match="apart"):  # a corner is no edge
        merged([WEST, box(121.01, 30.01, 121.02, 30.02)])


def test_overlaps_gaps_and_what_leaves_the_ground_are_found_with_their_size():
    # 0.001 by 0.01 degrees at 30 degrees: 96.49 m by 1,108.6 m = 10.70 hectares.
    wide = box(121.00, 30.00, 121.011, 30.01)
    short = box(121.01, 30.00, 121.019, 30.01)
    faults = cover_faults([wide, short], BOTH, BOTH)
    assert [(round(p.hectares, 1), p.of) for p in faults.overlaps] == [(10.7, (0, 1))]
    assert [round(p.hectares, 1) for p in faults.gaps] == [10.7]
    assert not faults.outside
    beyond = cover_faults([WEST, box(121.01, 30.0, 121.021, 30.01)], BOTH, BOTH)
    assert [(round(p.hectares, 1), p.of) for p in beyond.outside] == [(10.7, (1,))]
    # What was covered by nothing before may stay so.
    assert not cover_faults([WEST], BOTH, WEST)


def test_a_sliver_of_a_centimetre_is_no_fault():
    assert not cover_faults([box(121.00, 30.00, 121.0100001, 30.01), EAST], BOTH, BOTH)


def test_what_was_drawn_apart_is_noded_together():
    # The east has a corner at half height on the border, the west has none before.
    east = shapely.Polygon([(121.01, 30.0), (121.02, 30.0), (121.02, 30.01), (121.01, 30.01),
                            (121.01, 30.005)])  # fmt: skip
    west, _east = noded([WEST, east])
    assert (121.01, 30.005) in west.exterior.coords
    assert west.area == pytest.approx(WEST.area)


def test_a_piece_in_two_parts_stays_one_where_the_line_does_not_go():
    both = shapely.MultiPolygon([WEST, box(121.03, 30.0, 121.04, 30.01)])
    (parts,) = cut([both], LineString([(120.99, 30.004), (121.02, 30.004)]))
    # 60 of the west and the 100 apart are one piece, the 40 below another.
    assert areas(parts) == [160, 40]

import pytest
import shapely

from linli.engines.geo import hectares, partition_faults

WHOLE = shapely.box(121.0, 30.6, 121.2, 30.8)
WEST, EAST = shapely.box(121.0, 30.6, 121.1, 30.8), shapely.box(121.1, 30.6, 121.2, 30.8)


def test_two_halves_divide_the_land_without_fault():
    assert not partition_faults({"west": WEST, "east": EAST}, WHOLE)


def test_an_overlap_names_both_areas_and_its_size():
    wide = shapely.box(121.0, 30.6, 121.101, 30.8)
    faults = partition_faults({"west": wide, "east": EAST}, WHOLE)
    (overlap,) = faults.overlaps
    assert (overlap.first, overlap.second) == ("east", "west")
    # A strip of 0.001° by 0.2° at latitude 30.7: 95.76 m by 22.17 km.
    assert overlap.hectares == pytest.approx(212.3, rel=0.002)
    assert not faults.gaps
    assert not faults.excesses


def test_a_gap_is_pointed_at_and_measured():
    narrow = shapely.box(121.0, 30.6, 121.099, 30.8)
    (gap,) = partition_faults({"west": narrow, "east": EAST}, WHOLE).gaps
    assert 121.099 < gap.lon < 121.1
    assert 30.6 < gap.lat < 30.8
    assert gap.hectares == pytest.approx(212.3, rel=0.002)


def test_land_claimed_beyond_the_whole_is_reported():
    far = shapely.box(121.1, 30.6, 121.201, 30.8)
    (excess,) = partition_faults({"west": WEST, "east": far}, WHOLE).excesses
    assert excess.code == "east"
    assert excess.hectares == pytest.approx(212.3, rel=0.002)


def test_faults_of_rounding_are_left_out_and_larger_ones_are_not():
    sliver = shapely.box(121.0, 30.6, 121.1 + 1e-6, 30.601)  # 0.1 m by 111 m
    rest = {"east": EAST, "north": shapely.box(121.0, 30.601, 121.1, 30.8)}
    assert not partition_faults({"sliver": sliver, **rest}, WHOLE, tolerance_m2=20)
    assert partition_faults({"sliver": sliver, **rest}, WHOLE, tolerance_m2=1).overlaps


def test_the_worst_fault_comes_first():
    faults = partition_faults({"middle": shapely.box(121.05, 30.6, 121.19, 30.8)}, WHOLE)
    assert [round(gap.hectares) for gap in faults.gaps] == sorted(
        (round(gap.hectares) for gap in faults.gaps), reverse=True
    )
    assert len(faults.gaps) == 2


def test_a_square_kilometre_is_a_hundred_hectares_wherever_it_lies():
    # Length of one degree on WGS-84 at 30° and 60° (NGA tables): metres of latitude, longitude.
    for lat, north_m, east_m in ((30.0, 110_852.4, 96_486.3), (60.0, 111_412.3, 55_800.0)):
        half_x, half_y = 500 / east_m, 500 / north_m
        patch = shapely.box(121 - half_x, lat - half_y, 121 + half_x, lat + half_y)
        assert hectares(patch) == pytest.approx(100, rel=1e-4)

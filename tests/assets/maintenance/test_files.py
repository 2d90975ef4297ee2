"""Histories from files, without a town."""

import gzip

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from linli.assets.maintenance import files, running

ROWS = [f"{unit} {cycle} 0 0 100 {cycle / 10} {unit}" for unit in (1, 2) for cycle in (1, 2, 3)]


def test_the_layout_of_c_mapss_is_read_packed_or_not(tmp_path):
    plain, packed = tmp_path / "train.txt", tmp_path / "train.txt.gz"
    plain.write_text("\n".join(ROWS))
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    for path in (plain, packed):
        held = files.read([path])
        assert [one.name for one in held.histories] == ["1", "2"]
        assert held.histories[1].cycles.tolist() == [1, 2, 3]
        assert held.settings == ("setting1", "setting2", "setting3")
        assert held.sensors == ("sensor1", "sensor2")


def test_csv_and_parquet_name_their_columns_and_machines(tmp_path):
    table = tmp_path / "pumps.csv"
    table.write_text("machine,hours,setting_load,flow\nPS1,1,80,3.5\nPS1,2,80,\nPS2,1,70,3.1\n")
    held = files.read([table])
    assert [one.name for one in held.histories] == ["PS1", "PS2"]
    assert held.settings == ("setting_load",) and held.sensors == ("flow",)
    assert np.isnan(held.histories[0].sensors[1, 0])
    columns = {"unit": [1, 1], "cycle": [1, 2], "flow": [3.5, None]}
    parquet.write_table(pa.table(columns), tmp_path / "pumps.parquet")
    assert len(files.read([tmp_path / "pumps.parquet"]).histories[0]) == 2


def test_a_file_that_holds_none_says_why_and_a_broken_machine_leaves_out_itself(tmp_path):
    broken = tmp_path / "broken.csv"
    for text, told in (
        ("", "empty"),
        ("unit,cycle,flow\n1,1\n", "row 2"),
        ("unit,cycle,flow\n1,1,much\n", "'much' is no number"),
        ("unit,flow\n1,1\n", "no column 'cycle'"),
    ):
        broken.write_text(text)
        with pytest.raises(files.Unusable, match=told):
            files.read([broken])
    broken.write_text("unit,cycle,flow\n1,2,3\n1,1,3\n2,1,3\n2,2,3\n")
    held = files.read([broken])
    assert [one.name for one in held.histories] == ["2"]
    assert "does not come after" in held.left_out[0]
    (tmp_path / "no.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(files.Unusable, match="no Parquet file"):
        files.read([tmp_path / "no.parquet"])


def test_a_model_learnt_from_files_tells_of_machines_in_others(tmp_path):
    rng = np.random.default_rng(3)
    lines = []
    for unit in range(1, 9):
        life = int(rng.integers(60, 90))
        for cycle in range(1, life + 1):
            wear = np.expm1(4 * cycle / life) / np.expm1(4)
            a, b = 10 + 5 * wear + rng.normal(0, 0.2), 3 - 2 * wear + rng.normal(0, 0.1)
            lines.append(f"{unit} {cycle} 0 0 100 {a:.3f} {b:.3f}")
    path = tmp_path / "train.txt"
    path.write_text("\n".join(lines))
    told = running.fit([path], tmp_path / "a.life", 60)
    assert told["lives"] == 8
    rows = running.run([path], tmp_path / "a.life", 20)
    assert rows[0]["machine"] == "1" and rows[0]["left"] < 15 and rows[0]["drift"]
    few = tmp_path / "few.txt"
    few.write_text("\n".join(ROWS))
    with pytest.raises(files.Unusable, match="too few"):
        running.fit([few], tmp_path / "b.life", 60)

"""Before make replays all chapters it looks whether there is any real data."""

import pytest

from common.errors import ReplayError
from common.running import begin
from common.running.begin import look_for_data


def test_a_folder_with_one_data_set_is_enough(tmp_path):
    (tmp_path / "mnist").mkdir()
    assert begin.main(["--data", str(tmp_path)]) == 0


def test_a_data_set_that_the_chapters_find_elsewhere_is_enough(tmp_path, monkeypatch):
    def locate(name, root, real):
        if name != "ptb" or not real:
            raise ReplayError("not there")
        return root, {}

    monkeypatch.setattr(begin, "locate", locate)
    look_for_data(str(tmp_path))


@pytest.mark.parametrize("name", [".", "absent", "a file"])
def test_a_folder_without_any_data_set_is_named(tmp_path, capsys, name):
    (tmp_path / "a file").touch()
    assert begin.main(["--data", str(tmp_path / name)]) == 1
    assert f"{tmp_path / name}: expected the folder with the real data, found none of mnist" in capsys.readouterr().err

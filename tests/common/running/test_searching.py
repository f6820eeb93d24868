"""The look through a folder is bounded, and ends."""

import pytest

from common.running import searching
from common.running.searching import Seen, left_by_systems


def names(seen):
    return [path.name for path, _ in seen.files]


def test_nearer_files_come_first_and_none_lies_deeper_than_four_folders(tmp_path):
    folder = tmp_path
    for depth in range(7):
        (folder / f"file{depth}").write_bytes(bytes(depth))
        folder = folder / "a"
        folder.mkdir()
    seen = Seen(tmp_path)
    assert [(path.name, size) for path, size in seen.files] == [(f"file{depth}", depth) for depth in range(5)]
    assert str(seen) == f"Looked in {tmp_path}, up to 4 folders deep: 5 folders, 5 files."


def test_a_link_that_leads_back_is_followed_once(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").touch()
    (tmp_path / "a" / "back").symlink_to(tmp_path)
    (tmp_path / "a" / "nowhere").symlink_to(tmp_path / "gone")
    assert names(Seen(tmp_path)) == ["file"]


def test_a_folder_that_is_not_there_has_nothing(tmp_path):
    seen = Seen(tmp_path / "gone")
    assert (seen.folders, seen.files, seen.all) == ([], [], True)


@pytest.mark.parametrize(("bound", "number"), [("FOLDERS", 3), ("FILES", 4)])
def test_the_look_ends_at_its_bounds_and_says_so(tmp_path, monkeypatch, bound, number):
    for name in "abcdefgh":
        (tmp_path / name).mkdir()
        for number_of_file in range(2):
            (tmp_path / name / f"{name}{number_of_file}").touch()
    monkeypatch.setattr(searching, bound, number)
    seen = Seen(tmp_path)
    assert len(seen.files) == 4 and not seen.all
    assert "The search ended there: name a folder nearer to the data." in str(seen)


@pytest.mark.parametrize("name", ["desktop.ini", "Thumbs.db", "__MACOSX", "._x", ".DS_Store", "Icon\r"])
def test_names_that_systems_leave(name):
    assert left_by_systems(name)
    assert not left_by_systems(f"a{name}")

"""The results of a profile are removed before they are made anew, but not when the data is missing."""

import pytest

from common.running import forget


@pytest.fixture
def result(tmp_path, monkeypatch):
    """The file of a result of profile printed; one of profile builtin lies beside it."""
    monkeypatch.setattr(forget, "BUILD", tmp_path / "made")
    for profile in ("printed", "builtin"):
        (tmp_path / "made" / profile / "ch01").mkdir(parents=True)
        (tmp_path / "made" / profile / "ch01" / "result.json").touch()
    return tmp_path / "made" / "printed" / "ch01" / "result.json"


def test_results_of_one_profile_are_removed(result, tmp_path):
    (tmp_path / "real" / "mnist").mkdir(parents=True)
    assert forget.main(["--profile", "printed", "--data", str(tmp_path / "real")]) == 0
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["builtin"]
    assert forget.main([]) == 0
    assert list((tmp_path / "made").iterdir()) == []
    assert forget.main([]) == 0  # there is nothing any more


def test_results_stay_when_the_data_is_not_there(result, tmp_path, capsys):
    assert forget.main(["--profile", "printed", "--data", str(tmp_path / "real")]) == 1
    assert result.exists()
    assert (
        f"{tmp_path / 'real'}: expected the folder with the real data, found none of mnist" in capsys.readouterr().err
    )

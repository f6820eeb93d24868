"""`make spread`: tables, figures and lines on the terminal, and the section of the report."""

import io

import pytest
from PIL import Image

from common.judging import chapter as chapter_module
from common.reporting import spread as command_module
from common.reporting import spread_figures
from common.reporting.spread_section import spread_of
from tests.support.sweeps import chapter_of, leave

SLOW, LONG = ("rate=0.1", {"rate": 0.1}), ("steps=9", {"steps": 9})


@pytest.fixture
def build(tmp_path, monkeypatch):
    """A build folder with three seeds of the profile and two of other settings."""
    chapter = chapter_of(tmp_path)
    monkeypatch.setattr(chapter_module, "all_chapters", lambda: [chapter])
    build = tmp_path / "build"
    for seed, score in enumerate((0.90, 0.91, 0.93), 1):
        leave(build, chapter, seed, metrics={"score": score}, curves={"train_score": [[0, 0.1], [10, score]]})
    for seed, score in enumerate((0.5, 0.6), 1):
        leave(build, chapter, seed, variant=SLOW, metrics={"score": score}, curves={"loss": [[0, 3], [10, 2.0]]})
    leave(build, chapter, 1, variant=LONG, metrics={"score": 0.99}, curves={"train_score": [[0, 0.2], [20, 0.99]]})
    return build


def test_the_terminal_has_a_row_for_each_choice_of_settings_and_the_lines_for_the_book(build, capsys):
    command_module.show("printed", build)
    out = capsys.readouterr().out
    for words in ("profile printed", "ch00, other settings", "as the profile", "rate=0.1", "steps=9"):
        assert words in out
    assert "(NIST/SEMATECH e-Handbook of Statistical Methods, 7.2.6.3" in out
    assert "chapters/ch00_test/book.toml should hold:\n\n[profiles.printed.thresholds.score]\nat_least = " in out
    assert "values = [0.9, 0.91, 0.93]\n" in out and "0.99]" not in out
    for name in ("spread.png", "variants.png"):
        path = build / "sweep" / "printed" / name
        assert out.count(str(path)) == 1
        with Image.open(path) as image:
            assert image.format == "PNG" and min(image.size) > 200


def test_what_is_left_out_is_said_on_standard_error(build, capsys):
    leave(build, chapter_module.all_chapters()[0], 4, seed=5)
    command_module.show("printed", build)
    assert capsys.readouterr().err == "left out: build/sweep/printed/ch00, seed 4: holds seed 5\n"


def test_nothing_there_is_one_sentence_with_the_command(build, capsys, monkeypatch):
    monkeypatch.setattr(command_module, "BUILD", build)
    monkeypatch.setattr(command_module, "show", lambda *words, show=command_module.show, **names: show("listed", build))
    assert command_module.main(["--profile", "listed"]) == 1
    out, err = capsys.readouterr()
    folder = build / "sweep" / "listed"
    command = "make sweep PROFILE=listed DATA=dir SEEDS=10"
    assert (out, err) == ("", f"{folder} holds no results of a sweep. To make them: {command}\n")


def test_chapters_are_chosen_by_name(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(command_module, "show", lambda profile, names: asked.append((profile, names)))
    assert command_module.main(["--chapters", "ch01  ch06", "--profile", "printed"]) == command_module.main([]) == 0
    assert asked == [("printed", ["ch01", "ch06"]), ("builtin", None)]
    with pytest.raises(SystemExit):
        command_module.main(["--chapters", "ch99"])
    assert "there is no chapter ch99: choose from theory ch01" in capsys.readouterr().err


def test_results_that_are_all_left_out_show_nothing_else(build):
    for path in build.rglob("result.json"):
        path.write_text("{")
    found = spread_of("printed", build)
    assert len(found["left_out"]) == 3 and not found["tables"] and not found["figures"] and not found["book"]
    assert spread_of("listed", build) is None


def drawn(monkeypatch, build):
    """Return the Figures that are drawn of what lies in `build`, by the name of their file."""
    figures = {}
    png = spread_figures.png

    def keep(draw, what):
        figures[draw.__name__] = draw(what)
        return png(draw, what)

    monkeypatch.setattr(spread_figures, "png", keep)
    for figure in spread_of("printed", build)["figures"]:
        figure["draw"]()
    return figures


def test_each_seed_is_a_dot_and_the_printed_number_a_line(build, monkeypatch):
    (axes,) = drawn(monkeypatch, build)["spread"].axes
    dots = [line.get_xdata().tolist() for line in axes.lines if line.get_marker() == "o"]
    assert dots == [[0.90, 0.91, 0.93], [0.5, 0.6], [0.99]]
    assert [text.get_text() for text in axes.get_yticklabels()] == [
        "as the profile\n3 seeds",
        "rate=0.1\n2 seeds",
        "steps=9\n1 seed",
    ]
    (printed,) = [line for line in axes.lines if line.get_label() == "printed 0.95"]
    assert set(printed.get_xdata()) == {0.95}
    assert axes.get_title() == "ch00, score"


def test_each_choice_of_settings_has_a_curve_of_its_own_colour(build, monkeypatch):
    (axes,) = drawn(monkeypatch, build)["variants"].axes
    labelled = {line.get_label(): line for line in axes.lines if not line.get_label().startswith("_")}
    # rate=0.1 has no curve of the score's name.
    assert list(labelled) == ["as the profile (3 seeds)", "steps=9 (1 seed)"]
    assert len({line.get_color() for line in labelled.values()}) == 2
    mean = labelled["as the profile (3 seeds)"]
    assert mean.get_xdata().tolist() == [0, 10] and mean.get_ydata()[1] == pytest.approx((0.90 + 0.91 + 0.93) / 3)
    assert axes.get_title() == "ch00, train score"


def test_a_sweep_without_other_settings_has_one_figure(build):
    for path in (build / "sweep" / "printed" / "variants").rglob("result.json"):
        path.unlink()
    found = spread_of("printed", build)
    assert [figure["name"] for figure in found["figures"]] == ["spread.png"] and len(found["tables"]) == 1
    with Image.open(io.BytesIO(found["figures"][0]["draw"]())) as image:
        image.load()

"""The reader's language: which one it is, what it changes, and what it never changes."""

import ast
import gettext
import json
import os
import subprocess
import sys

import pytest

from common import language
from common.errors import ReplayError, command, disk_errors, reason
from common.files import read_regular
from common.language import LANGUAGES, N_, VARIABLES, _, argument_parser, ngettext, pad, speaking, translation, width
from common.paths import ROOT


@pytest.fixture
def environment(monkeypatch):
    """Return a function that sets the variables of the language, and removes the others."""

    def set_to(**values):
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return set_to


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "en"),
        ({"LANGUAGE": "ko"}, "ko"),
        ({"LANGUAGE": "ko", "LANG": "C.UTF-8"}, "ko"),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko_KR.EUC-KR"}, "ko"),
        ({"LC_MESSAGES": "ko_KR", "LANG": "en_US.UTF-8"}, "ko"),
        ({"LC_ALL": "C", "LC_MESSAGES": "ko_KR", "LANG": "ko_KR"}, "en"),
        ({"LANGUAGE": "en", "LC_ALL": "ko_KR.UTF-8"}, "en"),
        ({"LANGUAGE": "", "LANG": "ko_KR"}, "ko"),
        ({"LANGUAGE": "fr:ko:en"}, "ko"),
        ({"LANGUAGE": "en_US:ko"}, "en"),
        ({"LANGUAGE": "C:ko"}, "en"),
        ({"LANGUAGE": "fr"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "korean"}, "en"),
        ({"LANG": "ko-KR"}, "ko"),
    ],
)
def test_the_language_is_that_of_the_first_variable_that_is_set(environment, variables, expected):
    environment(**variables)
    assert language.current() == expected


def test_a_message_is_translated_when_it_is_used(environment):
    message = N_("Interrupted.")
    assert (message, _(message)) == ("Interrupted.", "Interrupted.")
    environment(LANGUAGE="ko")
    assert (message, _(message)) == ("Interrupted.", "중단되었습니다.")
    assert _("no such message") == "no such message"
    assert ngettext("expected %s argument", "expected %s arguments", 1) == "값이 %s개 필요합니다"


def test_a_named_language_does_not_depend_on_that_of_the_messages(environment):
    for value in LANGUAGES:
        environment(LANGUAGE=value)
        assert translation("ko").gettext("a file") == "파일" and translation("en").gettext("a file") == "a file"


def test_a_block_may_speak_another_language(environment):
    environment(LANG="C")
    with speaking("ko"):
        assert _("a file") == "파일"
        with speaking("en"):
            assert _("a file") == "a file"
    assert _("a file") == "a file" and "LANGUAGE" not in os.environ
    with pytest.raises(ValueError), speaking("ko"):
        raise ValueError
    assert "LANGUAGE" not in os.environ


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], "en"),
        (["--lang", "ko"], "ko"),
        (["--lang=ko"], "ko"),
        (["--la", "ko"], "ko"),
        (["--lan=ko"], "ko"),
        (["--lang", "ko", "--lang", "en"], "en"),
        (["--lang", "fr"], "en"),
        (["--lang"], "en"),
        (["--", "--lang", "ko"], "en"),
        (["--language=ko"], "en"),
        (["a", "--seed", "3", "--lang", "ko", "b"], "ko"),
    ],
)
def test_the_command_line_names_a_language(environment, words, expected):
    environment()
    assert language.wished(words) == expected
    environment(LANGUAGE="ko")
    assert language.wished(words) == ("en" if words[-2:] == ["--lang", "en"] else "ko")


@command
def program(arguments=None):
    parser = argument_parser(prog="program")
    parser.add_argument("--seed", type=int)
    parser.add_argument("name", choices=["a", "b"])
    parser.add_argument("--pair", nargs=2)
    parser.parse_args(arguments)
    raise ReplayError(_("a file"))


def test_a_program_speaks_the_language_of_its_command_line(environment, capsys):
    environment(LANG="C.UTF-8")
    assert program(["a"]) == 1 and capsys.readouterr().err == "a file\n"
    assert program(["a", "--lang", "ko"]) == 1 and capsys.readouterr().err == "파일\n"
    assert program(["a"]) == 1 and capsys.readouterr().err == "a file\n"


def test_an_unknown_language_is_an_error_that_lists_the_known_ones(environment, capsys):
    environment()
    with pytest.raises(SystemExit) as end:
        program(["a", "--lang", "fr"])
    said = capsys.readouterr().err
    assert end.value.code == 2 and "--lang" in said and "'fr'" in said and "en" in said and "ko" in said


FAULTS = {
    "오류: 다음 인자가 필요합니다: name": [],
    "오류: 인자 --seed: 값이 하나 필요합니다": ["a", "--seed"],
    "오류: 인자 --seed: int 값이 잘못되었습니다: 'x'": ["a", "--seed", "x"],
    "오류: 인자 --pair: 값이 2개 필요합니다": ["a", "--pair", "1"],
    "오류: 알 수 없는 인자: c": ["a", "c"],
    "오류: 인자 name: 잘못된 값: 'c'": ["c"],
}


@pytest.mark.parametrize("words", FAULTS)
def test_what_argparse_says_itself_is_korean_too(environment, capsys, words):
    environment(LANGUAGE="ko")
    with pytest.raises(SystemExit):
        program(FAULTS[words])
    said = capsys.readouterr().err
    assert said.startswith("사용법: program") and words in said
    assert not any(word in said for word in ("usage", "error", "argument", "expected", "invalid", "choose"))


def test_the_help_is_korean(environment, capsys):
    environment(LANGUAGE="ko")
    with pytest.raises(SystemExit):
        program(["--help"])
    said = capsys.readouterr().out
    for words in ("사용법:", "위치 인자:", "옵션:", "이 도움말을 보여 주고 끝냅니다", "메시지의 언어"):
        assert words in said
    assert "usage" not in said and "show this" not in said


def test_english_words_of_argparse_stay_as_they_are(environment, capsys):
    environment(LANG="C.UTF-8")
    with pytest.raises(SystemExit):
        program([])
    said = capsys.readouterr().err
    assert said.startswith("usage: program") and "error: the following arguments are required: name" in said
    assert gettext.gettext("options") == "options"


def test_what_the_system_says_of_a_file_is_korean(environment, tmp_path):
    environment(LANGUAGE="ko")
    with pytest.raises(ReplayError, match="그런 파일이나 폴더가 없습니다"), disk_errors("there"):
        read_regular(tmp_path / "gone")
    with pytest.raises(OSError) as error:
        read_regular(tmp_path)
    assert reason(error.value) == "폴더입니다" and reason(OSError("odd")) == "odd"
    (tmp_path / "file").write_bytes(b"abc")
    with pytest.raises(OSError) as error:
        read_regular(tmp_path / "file", at_most=2)
    assert reason(error.value) == "많아야 2바이트여야 하는데 3바이트입니다"


@pytest.mark.parametrize(("text", "columns"), [("", 0), ("abc", 3), ("정확도", 6), ("a가 b", 5), ("한", 2), ("é", 1)])
def test_a_korean_letter_takes_two_columns(text, columns):
    assert width(text) == columns
    assert width(pad(text, 10)) == width(pad(text, 10, right=True)) == 10
    assert pad(text, 10).startswith(text) and pad(text, 10, right=True).endswith(text)
    assert pad(text, 0) == text


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("", 9, [""]),
        ("a b  c", 9, ["a b c"]),
        ("책의 그림", 9, ["책의 그림"]),
        ("책의 그림", 8, ["책의", "그림"]),
        ("그림책을 봅니다", 3, ["그림책을", "봅니다"]),
    ],
)
def test_lines_are_broken_at_the_terminal_s_columns(text, columns, lines):
    assert language.wrap(text, columns) == lines


@pytest.mark.parametrize("columns", [60, 80])
def test_a_korean_help_fits_the_terminal(environment, monkeypatch, capsys, columns):
    environment(LANGUAGE="ko", COLUMNS=str(columns))
    parser = argument_parser(prog="program", description="책에 인쇄된 값을 다시 얻습니다. " * 6)
    parser.add_argument("--seed", help="난수의 시작값입니다. " * 8)
    parser.print_help()
    lines = capsys.readouterr().out.splitlines()
    assert columns - 12 < max(map(width, lines)) <= columns


def started(code, **variables):
    """Run `code` in another Python with these variables, and return its bytes on both streams."""
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    line = [sys.executable, "-c", code]
    return subprocess.run(line, cwd=ROOT, env={**kept, **variables}, capture_output=True, check=True)


SAY = "import sys; from common.language import _, show_any_text; show_any_text(); print(_('a file'))"


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp949", "utf-8"])
def test_korean_crashes_on_no_terminal(encoding):
    done = started(SAY, LANGUAGE="ko", LANG="C.UTF-8", PYTHONIOENCODING=encoding)
    assert (done.stdout.decode("utf-8").strip(), done.stderr) == ("파일", b"")


def test_without_a_language_it_is_english():
    for variables in ({"LANG": "C.UTF-8"}, {"LANG": "C"}, {}, {"LC_ALL": "C.UTF-8", "LANG": "ko_KR.UTF-8"}):
        assert started(SAY, **variables).stdout.strip() == b"a file"


def test_a_python_without_the_packages_says_so_in_korean():
    done = subprocess.run(
        [sys.executable, "-S", "-c", "import common"],
        cwd=ROOT,
        env={"LANGUAGE": "ko", "PATH": os.environ["PATH"]},
        capture_output=True,
        check=False,
    )
    said = done.stderr.decode("utf-8")
    assert done.returncode == 1 and "다음 패키지가 없습니다" in said and "numpy" in said and "make setup" in said


def test_the_module_needs_the_standard_library_only_and_old_syntax():
    tree = ast.parse((ROOT / "common" / "language" / "__init__.py").read_text(encoding="utf-8"), feature_version=(3, 7))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert names <= sys.stdlib_module_names and not any(isinstance(node, ast.ImportFrom) for node in ast.walk(tree))
    assert not any(isinstance(node, ast.JoinedStr) for node in ast.walk(tree))


TIMES = ("started", "finished", "seconds")


def test_a_result_is_the_same_in_every_language(environment, chapter):
    results = {}
    for value in LANGUAGES:
        environment(LANGUAGE=value)
        done = chapter("--seed", "3", figures=["confusion"])
        assert done.status == 0, done.errors
        figures = [path.read_bytes() for path in sorted((chapter.out / "figures").iterdir())]
        result = {**done.result, "run": {**done.result["run"]}}
        for part in (result, result["run"]):
            for name in TIMES:
                part.pop(name, None)
        results[value] = (done.output, (chapter.out / "output.txt").read_bytes(), json.dumps(result), figures)
    assert results["en"] == results["ko"]

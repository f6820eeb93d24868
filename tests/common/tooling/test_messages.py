"""The translations: none is missing or stale, each keeps its values, and Korean reads well whatever these are."""

import io

import pytest
from babel.messages import pofile

from common.errors import ReplayError
from common.language import LANGUAGES, translation
from common.tooling import messages
from tests.support.messages import faults, placeholders, rendered


def forms(message):
    """Return the one or two forms of a message's id or translation as a list."""
    return [message] if isinstance(message, str) else list(message)


def translated():
    """Return the pairs of message and translation in the Korean file, each form of it."""
    catalog = messages.read("ko")
    return [(forms(message.id)[-1], text) for message in catalog if message.id for text in forms(message.string or "")]


@pytest.mark.parametrize("language", messages.TRANSLATED)
def test_each_message_has_a_translation(language):
    assert messages.untranslated(language) == []


@pytest.mark.parametrize("language", messages.TRANSLATED)
def test_the_files_are_up_to_date_with_the_code(language):
    po, mo = messages.updated(language)
    hint = "run `make messages`, and translate what it names"
    assert messages.path_of(language).read_bytes() == po, hint
    assert messages.path_of(language).with_suffix(".mo").read_bytes() == mo, hint


@pytest.mark.parametrize("language", messages.TRANSLATED)
def test_nothing_is_fuzzy_or_left_over(language):
    catalog = messages.read(language)
    assert [message.id for message in catalog if message.fuzzy] == [] and list(catalog.obsolete) == []


def test_each_translation_keeps_its_values_and_reads_well():
    found = {message: faults(message, text) for message, text in translated()}
    assert {message: complaints for message, complaints in found.items() if complaints} == {}


def test_each_message_renders_in_each_language():
    for message, text in translated():
        assert "{" not in rendered(message) + rendered(text), message
        assert (
            "값" in rendered(text)
            or any("!r" in name or ":" in name for name in placeholders(text))
            or (placeholders(text) == [])
        )


def test_what_is_compiled_is_what_a_person_reads():
    korean = translation("ko")
    plurals = {message.id[-1] for message in messages.read("ko") if not isinstance(message.id, str)}
    assert all(korean.gettext(message) == text for message, text in translated() if message not in plurals)
    assert korean.ngettext("expected %s argument", "expected %s arguments", 2) == "값이 %s개 필요합니다"


@pytest.mark.parametrize(
    ("message", "text", "words"),
    [
        ("{path}: gone.", "{path}: 없습니다.", None),
        ("{path}: gone.", "", "no translation"),
        ("{path}: gone.", "없습니다.", "placeholders"),
        ("{size:,} bytes.", "{size}바이트입니다.", "placeholders"),
        ("{name!r} is gone.", "{name}: 없습니다.", "placeholders"),
        ("{path} is gone.", "{path}가 없습니다.", "a particle"),
        ("{path} is gone.", "'{path}'은 없습니다.", "a particle"),
        ("{path} is gone.", "{path} 을 찾지 못했습니다.", "a particle"),
        ("{path} is gone.", "{path}을(를) 찾지 못했습니다.", "a particle"),
        ("To {path}.", "{path}으로 갑니다.", "a particle"),
        ("It is {what}.", "{what}이어야 합니다.", "a particle"),
        ("It is {what}.", "{what}입니다.", None),
        ("{count} files.", "파일 {count}개가 있습니다.", None),
        ("{count} or more.", "{count} 이상입니다.", None),
        ("required: %s", "%s이 필요합니다", "a particle"),
        ("argument %(name)s: none", "인자 %(name)s: 없음", None),
        ("argument %(name)s: none", "인자 %(nane)s: 없음", "placeholders"),
        (" or ", "또는", "spaces"),
        ("It is gone.", "없습니다", "a sentence"),
    ],
)
def test_a_bad_translation_is_found(message, text, words):
    found = faults(message, text)
    assert bool(found) == bool(words) and (words is None or any(words in fault for fault in found)), found


def test_messages_are_found_in_python_templates_and_toml(tmp_path):
    for name in ("chapters", "common", "data"):
        (tmp_path / name).mkdir()
    (tmp_path / "common" / "a.py").write_text(
        'HELLO = N_("one")\nprint(_("two {a}").format(a=1), ngettext("a dog", "dogs", 2), "none")\n'
    )
    (tmp_path / "common" / "page.html.jinja").write_text("<p>{{ _('three') }}{% trans %}four{% endtrans %}</p>five")
    (tmp_path / "data" / "sources.toml").write_text('[a]\ntitle = "six"\nname = "no"\n[[a.others]]\ntodo = "seven"\n')
    found = {forms(message.id)[0] for message in messages.template(tmp_path) if message.id}
    assert found == {"one", "two {a}", "a dog", "three", "four", "six", "seven"}


def test_a_translation_survives_an_update_and_one_without_its_message_goes(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "FOLDER", str(tmp_path))
    path = messages.path_of("ko")
    path.parent.mkdir(parents=True)
    path.write_text('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
                    'msgid "Permission denied"\nmsgstr "안 됩니다"\n\nmsgid "long gone"\nmsgstr "없어짐"\n',
                    encoding="utf-8")  # fmt: skip
    po, _mo = messages.updated("ko")
    catalog = pofile.read_po(io.BytesIO(po))
    assert catalog.get("Permission denied").string == "안 됩니다"
    assert "long gone" not in catalog and b"long gone" not in po


def test_make_messages_names_what_has_no_translation(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(messages, "FOLDER", str(tmp_path))
    assert messages.main([]) == 1
    assert f"{messages.path_of('ko')}: no translation of 'Interrupted.'" in capsys.readouterr().err
    assert messages.path_of("ko").with_suffix(".mo").is_file()


def test_a_damaged_file_of_translations_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(messages, "FOLDER", str(tmp_path))
    path = messages.path_of("ko")
    path.parent.mkdir(parents=True)
    path.write_text("<<<<<<< HEAD\n")
    with pytest.raises(ReplayError, match="not a file of translations"):
        messages.read("ko")
    assert messages.main([]) == 1 and str(path) in capsys.readouterr().err
    assert path.read_text() == "<<<<<<< HEAD\n"


def test_english_comes_first():
    assert LANGUAGES[0] == "en" and "ko" in messages.TRANSLATED and "en" not in messages.TRANSLATED

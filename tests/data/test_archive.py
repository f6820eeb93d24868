"""Test that hostile archives are refused with a sentence and write nothing."""

import gzip
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import ReplayError
from data.archive import place, regular_members, unpacked


def member(name, content=b"", **fields):
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, content


def tar_gz(*members, format=tarfile.PAX_FORMAT):
    """Return the bytes of a .tar.gz. Its headers say what a test wants, true or not."""
    tar = b"".join(info.tobuf(format) + content + bytes(-len(content) % tarfile.BLOCKSIZE) for info, content in members)
    return gzip.compress(tar + bytes(2 * tarfile.BLOCKSIZE), mtime=0)


HOSTILE = {
    "up": (member("../evil", b"x"), "'../evil' leads out of its folder"),
    "up in the middle": (member("a/../../evil", b"x"), "leads out of its folder"),
    "up at the end": (member("a/..", type=tarfile.DIRTYPE), "leads out of its folder"),
    "up with a backslash": (member("..\\evil", b"x"), "leads out of its folder"),
    "backslash": (member("a\\b", b"x"), "leads out of its folder"),
    "absolute": (member("/tmp/evil", b"x"), "an absolute path or a drive"),
    "absolute with a backslash": (member("\\evil", b"x"), "an absolute path or a drive"),
    "network": (member("//server/share", b"x"), "an absolute path or a drive"),
    "drive": (member("C:/evil", b"x"), "an absolute path or a drive"),
    "stream": (member("a:b", b"x"), "an absolute path or a drive"),
    "link outside": (member("a", type=tarfile.SYMTYPE, linkname="/etc/passwd"), "is a link to '/etc/passwd'"),
    "link inside": (member("a", type=tarfile.SYMTYPE, linkname="b"), "is a link to 'b'"),
    "hard link": (member("a", type=tarfile.LNKTYPE, linkname="../../b"), "is a link to '../../b'"),
    "character device": (
        member("a", type=tarfile.CHRTYPE, devmajor=1, devminor=3),
        "neither a plain file nor a folder",
    ),
    "block device": (member("a", type=tarfile.BLKTYPE), "neither a plain file nor a folder"),
    "pipe": (member("a", type=tarfile.FIFOTYPE), "neither a plain file nor a folder"),
    "holes": (member("a", type=tarfile.GNUTYPE_SPARSE), "neither a plain file nor a folder"),
    "no name": (member("", b"x"), "the member '' is a file without a name"),
    "a dot": (member(".", b"x"), "the member '.' is a file without a name"),
    "a dot and a slash": (member("./.", b"x"), "the member './.' is a file without a name"),
    "a dot below a folder": (member("a/.", b"x"), "the member 'a/.' is a file without a name"),
    "a long name": (member("n" * 256, b"x"), "has a name of more than 255 bytes or a path of more than 1000 letters"),
    "a long path": (member("d/" * 501 + "a", b"x"), "has a name of more than 255 bytes or a path of more than 1000"),
    "below a file": (member("good/b", b"x"), "the member 'good' is a file and a folder"),
    "far below a file": (member("./good//b/c", b"x"), "the member 'good' is a file and a folder"),
    "a folder named as a file": (member("good", type=tarfile.DIRTYPE), "the member 'good' is a file and a folder"),
    "ten gigabytes": (member("a", size=10_000_000_000), "found 10,000,001,028 bytes or more"),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("wanted", [None, "good".__eq__], ids=["all wanted", "others wanted"])
def test_a_hostile_member_is_refused_before_anything_is_written(tmp_path, name, wanted):
    evil, words = HOSTILE[name]
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "a.tgz").write_bytes(tar_gz(member("good", b"good"), evil, format=tarfile.GNU_FORMAT))
    with pytest.raises(ReplayError) as caught, unpacked(inner / "a.tgz", inner, 1_000_000, wanted):
        pass
    assert words in str(caught.value) and "Nothing was unpacked" in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == [inner, inner / "a.tgz"]


@pytest.mark.parametrize(
    "others",
    [
        [("a/b", "file"), ("a", "file")],
        [("a", "folder"), ("a", "file")],
        [("a/b", "folder"), ("a", "file")],
        [("a", "file"), ("a/b", "folder")],
    ],
)
def test_a_file_that_is_a_folder_too_is_refused_in_any_order(tmp_path, others):
    kinds = {"file": {}, "folder": {"type": tarfile.DIRTYPE}}
    (tmp_path / "a.tgz").write_bytes(tar_gz(*(member(name, **kinds[kind]) for name, kind in others)))
    with pytest.raises(ReplayError, match="the member 'a' is a file and a folder"):
        regular_members(tmp_path / "a.tgz", None)


def test_the_folder_of_the_archive_itself_and_a_file_twice_are_no_fault(tmp_path):
    """Check what `tar -C folder .` and `tar -r` write. The later of two files counts."""
    folders = [member(name, type=tarfile.DIRTYPE) for name in (".", "./", "./d", "d")]
    (tmp_path / "a.tgz").write_bytes(tar_gz(*folders, member("./d/a", b"old"), member("d/a", b"newer")))
    assert regular_members(tmp_path / "a.tgz", None) == {"d/a": 5}
    with unpacked(tmp_path / "a.tgz", tmp_path, None) as folder:
        assert (folder / "d" / "a").read_bytes() == b"newer"


def test_the_headers_of_empty_members_count_too(tmp_path):
    """Check that empty files are bounded. A million of them announce no bytes, but fill the memory."""
    (tmp_path / "a.tgz").write_bytes(tar_gz(*[member(f"{number}") for number in range(300)]))
    with pytest.raises(ReplayError, match="100,352 bytes or more"):
        regular_members(tmp_path / "a.tgz", 100_000)


def test_bytes_after_the_last_member_count_too(tmp_path):
    (tmp_path / "a.tgz").write_bytes(tar_gz(member("a", b"a")) + gzip.compress(bytes(5_000_000)))
    with pytest.raises(ReplayError, match=r"at most 1,000,000 bytes in the archive, found .* bytes or more"):
        regular_members(tmp_path / "a.tgz", 1_000_000)


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.XGLTYPE])
def test_a_header_that_would_fill_the_memory_is_refused(tmp_path, kind):
    (tmp_path / "a.tgz").write_bytes(tar_gz(member("a", type=kind, size=8_000_000_000), format=tarfile.GNU_FORMAT))
    with pytest.raises(ReplayError, match=r"a header of 8,000,000,000 bytes"):
        regular_members(tmp_path / "a.tgz", None)


def test_thousands_of_nested_headers_are_refused(tmp_path):
    headers = [member("a", b"11 path=aa\n", type=tarfile.XHDTYPE) for _ in range(5000)]
    (tmp_path / "a.tgz").write_bytes(tar_gz(*headers))
    with pytest.raises(ReplayError, match=r"expected a \.tar\.gz archive that can be read to its end"):
        regular_members(tmp_path / "a.tgz", None)


GOOD = tar_gz(member("./d/", type=tarfile.DIRTYPE), member("./d/a", b"a" * 700), member("b", b"b"))


def test_a_good_archive_is_unpacked_and_removed_at_the_end(tmp_path):
    (tmp_path / "a.tgz").write_bytes(GOOD)
    assert regular_members(tmp_path / "a.tgz", 10_000) == {"d/a": 700, "b": 1}
    with unpacked(tmp_path / "a.tgz", tmp_path, 10_000) as folder:
        assert (folder / "d" / "a").read_bytes() == b"a" * 700 and (folder / "b").read_bytes() == b"b"
    with unpacked(tmp_path / "a.tgz", tmp_path, 10_000, "d/a".__eq__) as folder:
        assert [path.name for path in sorted(folder.rglob("*"))] == ["d", "a"]
    assert [path.name for path in tmp_path.iterdir()] == ["a.tgz"]


def test_a_python_that_cannot_unpack_safely_is_refused(tmp_path, monkeypatch):
    (tmp_path / "a.tgz").write_bytes(GOOD)
    monkeypatch.delattr(tarfile, "data_filter")
    with (
        pytest.raises(ReplayError, match=r"a\.tgz: .*Python 3\.11\.4 or later"),
        unpacked(tmp_path / "a.tgz", tmp_path, None),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["a.tgz"]


def test_dangerous_modes_are_dropped(tmp_path):
    (tmp_path / "a.tgz").write_bytes(tar_gz(member("a", b"a", mode=0o6777, uid=12345)))
    with unpacked(tmp_path / "a.tgz", tmp_path, None) as folder:
        assert (folder / "a").stat().st_mode & 0o7022 == 0


@pytest.mark.parametrize("length", range(0, len(GOOD), 7))
def test_an_archive_cut_anywhere_is_refused(tmp_path, length):
    (tmp_path / "a.tgz").write_bytes(GOOD[:length])
    with pytest.raises(ReplayError, match=r"expected a \.tar\.gz archive that can be read to its end"):
        regular_members(tmp_path / "a.tgz", None)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_changed_byte_of_a_tar_writes_outside_its_folder(tmp_path_factory, data):
    """Change any bytes of the tar itself: it is unpacked inside its folder, or refused with a sentence."""
    tar = bytearray(gzip.decompress(GOOD))
    for _ in range(data.draw(st.integers(1, 4))):
        tar[data.draw(st.integers(0, 3 * 512 + 1024))] = data.draw(st.integers(0, 255))
    outer = tmp_path_factory.mktemp("mutated")
    (outer / "inner").mkdir()
    (outer / "inner" / "a.tgz").write_bytes(gzip.compress(bytes(tar)))
    try:
        with unpacked(outer / "inner" / "a.tgz", outer / "inner", 1_000_000):
            pass
    except (ReplayError, OSError):
        pass
    assert sorted(outer.rglob("*")) == [outer / "inner", outer / "inner" / "a.tgz"]


def test_placing_into_a_folder_keeps_its_other_files(tmp_path):
    (tmp_path / "new" / "d").mkdir(parents=True)
    (tmp_path / "new" / "d" / "a").write_bytes(b"new")
    (tmp_path / "old" / "d").mkdir(parents=True)
    (tmp_path / "old" / "d" / "a").write_bytes(b"old")
    (tmp_path / "old" / "mine").write_bytes(b"mine")
    place(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old" / "d" / "a").read_bytes() == b"new"
    assert (tmp_path / "old" / "mine").read_bytes() == b"mine"

import io
import stat
import zipfile

import pytest

from impactkit.errors import UnsafeBundleError
from impactkit.verification import safe_zip
from impactkit.verification.safe_zip import read_archive, write_archive


def archive(*members, compression=zipfile.ZIP_STORED):
    stream = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch, zipfile.ZipFile(stream, "w", compression) as made:
        patch.setattr("warnings.warn", lambda *_args, **_kwargs: None)
        for name, content in members:
            made.writestr(name, content)
    return stream.getvalue()


def test_what_is_written_is_read_back():
    members = {"b/å.csv": b"1", "a": b"2"}
    assert read_archive(write_archive(members)) == members


def test_deflated_members_are_read():
    assert read_archive(archive(("a", b"0" * 1000), compression=zipfile.ZIP_DEFLATED)) == {"a": b"0" * 1000}


def test_nothing_in_the_archive_tells_when_or_where_it_was_made():
    with zipfile.ZipFile(io.BytesIO(write_archive({"b": b"2", "a": b"1"}))) as made:
        infos = made.infolist()
    assert [info.filename for info in infos] == ["a", "b"]
    assert {(i.date_time, i.create_system, i.external_attr >> 16, i.compress_type) for i in infos} == {
        ((1980, 1, 1, 0, 0, 0), 3, stat.S_IFREG | 0o644, zipfile.ZIP_STORED)
    }


@pytest.mark.parametrize(
    "name",
    [
        "../a",
        "a/../b",
        "/a",
        "a\\b",
        "C:a",
        "a//b",
        "a/",
        "./a",
        "CON",
        "lpt1.csv",
        "a.",
        " a",
        "a\nb",
        "a?",
        "x" * 300,
    ],
)
def test_a_name_that_is_no_plain_name_is_refused(name):
    with pytest.raises(UnsafeBundleError, match="outside its folder"):
        read_archive(archive((name, b"")))


def test_a_name_cut_at_a_null_is_refused():
    with pytest.raises(UnsafeBundleError, match="outside its folder"):
        read_archive(archive(("aXb", b"")).replace(b"aXb", b"a\0b"))


@pytest.mark.parametrize("pair", [("a", "a"), ("a.csv", "A.csv"), ("å", "a\u030a"), ("straße", "STRASSE")])
def test_names_that_may_be_taken_for_each_other_are_refused(pair):
    with pytest.raises(UnsafeBundleError, match="Two files"):
        read_archive(archive(*[(name, b"") for name in pair]))


def test_a_link_is_refused():
    info = zipfile.ZipInfo("a")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(UnsafeBundleError, match="a link"):
        read_archive(archive((info, b"/etc/passwd")))


def test_an_encrypted_member_is_refused():
    content = bytearray(archive(("a", b"1")))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UnsafeBundleError, match="encrypted"):
        read_archive(bytes(content))


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(compression):
    with pytest.raises(UnsafeBundleError, match="compressed in a way"):
        read_archive(archive(("a", b"1"), compression=compression))


def test_a_member_that_grows_too_much_is_refused():
    with pytest.raises(UnsafeBundleError, match="grow more than 100"):
        read_archive(archive(("a", b"0" * 2**21), compression=zipfile.ZIP_DEFLATED))


def test_a_bomb_is_refused_by_what_it_declares():
    content = bytearray(archive(("a", b"1")))
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = (2**31).to_bytes(4, "little")
    with pytest.raises(UnsafeBundleError, match="unpack to 2147483648"):
        read_archive(bytes(content))


def test_a_member_larger_than_it_declares_is_refused():
    content = bytearray(archive(("a", b"0" * 1000), compression=zipfile.ZIP_DEFLATED))
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = (10).to_bytes(4, "little")
    with pytest.raises(UnsafeBundleError, match="no sound zip"):
        read_archive(bytes(content))


def test_too_many_members_are_refused(monkeypatch):
    monkeypatch.setattr(safe_zip, "MOST_MEMBERS", 2)
    with pytest.raises(UnsafeBundleError, match="at most 2"):
        read_archive(archive(*[(str(n), b"") for n in range(3)]))


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x05\x06"])
def test_what_is_no_archive_is_refused(content):
    with pytest.raises(UnsafeBundleError, match="no sound zip"):
        read_archive(content)


def test_a_damaged_member_is_refused():
    with pytest.raises(UnsafeBundleError, match="no sound zip"):
        read_archive(archive(("a", b"hello")).replace(b"hello", b"hallo"))

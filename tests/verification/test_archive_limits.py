"""The limits of an archive, at and beyond each; and what is said of one that is refused."""

import io
import stat
import sys
import zipfile
from types import SimpleNamespace

import pytest

from impactkit.errors import UnsafeBundleError
from impactkit.verification.safe_zip import check_members, check_sizes, read_archive, write_archive
from verification.test_safe_zip import archive

MEBIBYTE = 2**20


def info(name="a", *, size=0, packed=0, mode=stat.S_IFREG | 0o644, flags=0, method=zipfile.ZIP_STORED):
    """What a directory of an archive says of one file."""
    found = zipfile.ZipInfo(name)
    found.file_size, found.compress_size = size, packed
    found.external_attr, found.flag_bits, found.compress_type = mode << 16, flags, method
    return found


def checked(*infos):
    check_members(SimpleNamespace(infolist=lambda: list(infos)))


def refusal(call, *operands):
    """Return the first sentence and the way out that a refusal tells."""
    with pytest.raises(UnsafeBundleError) as raised:
        call(*operands)
    what, where, mend = str(raised.value).splitlines()
    assert where == "  Where: bundle.zip"
    assert mend == "  Mend:  Ask for the bundle again, as impactkit seal wrote it; never unpack this one."
    return what


class TestSizes:
    def test_ten_thousand_files_are_read_and_not_one_more(self) -> None:
        check_sizes([info()] * 10_000)
        assert refusal(check_sizes, [info()] * 10_001) == (
            "The archive holds 10001 files; at most 10000 are read."
        )

    def test_two_hundred_mebibytes_are_read_and_not_one_byte_more(self) -> None:
        half = info(size=100 * MEBIBYTE, packed=100 * MEBIBYTE)
        check_sizes([half, half])
        assert refusal(check_sizes, [half, half, info(size=1, packed=1)]) == (
            "The archive would unpack to 209715201 bytes; at most 209715200 are read."
        )

    @pytest.mark.parametrize(
        ("size", "packed"),
        [
            (100 * 20_000, 20_000),
            (MEBIBYTE, 1),
            (MEBIBYTE, 0),
            (MEBIBYTE + 1, MEBIBYTE),
        ],
    )
    def test_a_file_may_grow_a_hundred_times_and_a_small_one_without_end(
        self, size: int, packed: int
    ) -> None:
        check_sizes([info(size=size, packed=packed)])

    @pytest.mark.parametrize(
        ("size", "packed"), [(100 * 20_000 + 1, 20_000), (MEBIBYTE + 1, 1), (MEBIBYTE + 1, 0)]
    )
    def test_a_large_file_that_grows_more_is_refused(self, size: int, packed: int) -> None:
        told = refusal(check_sizes, [info(), info("b", size=size, packed=packed)])
        assert told == "b in the archive would grow more than 100 times when unpacked."


class TestNames:
    @pytest.mark.parametrize(
        "name",
        [
            "a",
            "a/b.csv",
            "å ä/ö.csv",
            ".a",
            "a..b",
            "com",
            "com10",
            "console.csv",
            "a.con",
            "x" * 255,
        ],
    )
    def test_a_name_on_every_computer_is_read(self, name: str) -> None:
        checked(info(name))

    @pytest.mark.parametrize(
        "name",
        [
            *("..", "a/..", ".", "a/.", "/", "a ", " a", "a/ b", "a.", "b./a", "x" * 256),
            *("con", "PRN.txt", "aux", "nul.", "COM0", "lpt9.a.b", "a/nul/b"),
            *("a\x1fb", "a\x7f", "a<", "a>", "a:b", 'a"', "a|", "a*", "a\\b"),
        ],
    )
    def test_any_other_name_is_refused(self, name: str) -> None:
        assert refusal(checked, info("fine"), info(name)) == (
            f"The name {name!r} in the archive may lead outside its folder, or is no name on every computer."
        )

    def test_two_names_that_may_be_taken_for_each_other_are_told(self) -> None:
        assert refusal(checked, info("B"), info("a"), info("b")) == (
            "Two files in the archive are called b, or names that a computer may take for it."
        )

    def test_letters_that_are_composed_after_folding_are_seen(self) -> None:
        r"""Capital J and a caron fold to j and a caron, which is one letter."""
        assert "Two files" in refusal(checked, info("\u01f0"), info("J\u030c"))

    @pytest.mark.parametrize("names", [("a", "a/b"), ("x/y/z", "X/Y"), ("x/y/z", "x")])
    def test_what_is_a_file_and_a_folder_is_refused(self, names: tuple[str, str]) -> None:
        folder = min((name.casefold() for name in names), key=len)
        told = refusal(checked, *(info(name) for name in names))
        assert told == f"{folder} in the archive is both a file and a folder."

    def test_files_beside_each_other_in_folders_are_read(self) -> None:
        checked(info("a/b"), info("a/c"), info("b"), info("ab"))


class TestForms:
    def test_a_locked_file_is_told(self) -> None:
        assert refusal(checked, info("b", flags=0x9)) == "b in the archive is encrypted."
        checked(info(flags=0x808))

    def test_a_link_is_told_and_a_file_is_none(self) -> None:
        told = "b in the archive is a link to another place."
        assert refusal(checked, info("b", mode=stat.S_IFLNK | 0o777)) == told
        for mode in (0, 0o644, stat.S_IFREG | 0o755, stat.S_IFDIR | 0o755, stat.S_IFSOCK, stat.S_IFCHR):
            checked(info(mode=mode))

    def test_only_what_everybody_can_unpack_is_read(self) -> None:
        checked(info("a"), info("b", method=zipfile.ZIP_DEFLATED))
        for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 1, 93):
            told = refusal(checked, info("b", method=method))
            assert told == "b in the archive is compressed in a way that is not read."


class TestReadingAndWriting:
    def test_what_is_no_archive_is_told_with_the_reason(self) -> None:
        assert refusal(read_archive, b"no zip at all") == (
            "The file is no sound zip archive: File is not a zip file."
        )

    def test_the_order_is_that_of_the_archive(self) -> None:
        assert list(read_archive(archive(("b", b"1"), ("a", b"2")))) == ["b", "a"]

    def test_what_is_written_is_sorted_by_bytes_and_as_large_as_it_is(self) -> None:
        members = {"\U0001f600": b"3", "\uff5a": b"2", "a": b"0" * 5000}
        written = write_archive(members)
        with zipfile.ZipFile(io.BytesIO(written)) as made:
            found = made.infolist()
        assert [one.filename for one in found] == ["a", "\uff5a", "\U0001f600"]
        assert [one.compress_size for one in found] == [5000, 1, 1]
        assert {(one.date_time, one.create_system, one.external_attr) for one in found} == {
            ((1980, 1, 1, 0, 0, 0), 3, (stat.S_IFREG | 0o644) << 16)
        }

    def test_it_is_the_same_whatever_it_is_written_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        written = write_archive({"a": b"1"})
        for platform in ("win32", "linux", "darwin"):
            monkeypatch.setattr(sys, "platform", platform)
            assert write_archive({"a": b"1"}) == written

    def test_what_takes_a_newer_form_of_archive_is_not_written(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)
        with pytest.raises(zipfile.LargeZipFile):
            write_archive({"a": b"", "b": b""})

"""A bundle's archive: read in memory, never unpacked; written so that one content gives one file."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping, Sequence

from impactkit.errors import UnsafeBundleError

MOST_MEMBERS = 10_000
MOST_BYTES = 200 * 2**20
MOST_RATIO = 100
# Below this a high ratio is ordinary: a table of zeros.
_RATIO_MATTERS_ABOVE = 2**20
_ENCRYPTED = 0x1
_SYMLINK = 0o120000
_DOS_EPOCH = (1980, 1, 1, 0, 0, 0)
_PORTABLE = re.compile(r'[^\x00-\x1f\x7f<>:"|?*\\/]+')
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
_AGAIN = "Ask for the bundle again, as impactkit seal wrote it; never unpack this one."


def read_archive(content: bytes) -> dict[str, bytes]:
    """Return an archive's members, after refusing anything that could harm or deceive.

    Parameters
    ----------
    content : bytes
        The archive.

    Returns
    -------
    dict of str to bytes
        Content by name, in the order of the archive.

    Raises
    ------
    UnsafeBundleError
        If it is no archive, is damaged or encrypted, holds too much, or holds names that leave its folder,
        stand twice, or differ only in case or in how letters are composed.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_members(archive)
            return {info.filename: archive.read(info) for info in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError) as error:
        raise _unsafe("The file is no sound zip archive: {reason}.", reason=str(error)) from None


def write_archive(members: Mapping[str, bytes]) -> bytes:
    """Return an archive: sorted names, one date, one mode, nothing compressed.

    Parameters
    ----------
    members : mapping of str to bytes
        Content by name.

    Returns
    -------
    bytes
        The same for the same members, on every machine.

    Examples
    --------
    >>> write_archive({"b": b"2", "a": b"1"}) == write_archive({"a": b"1", "b": b"2"})
    True
    """
    stream = io.BytesIO()
    # Stored, because what deflate writes differs between versions of zlib.
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED, allowZip64=False) as archive:
        for name in sorted(members, key=lambda member: member.encode("utf-8")):
            info = zipfile.ZipInfo(name, date_time=_DOS_EPOCH)
            info.create_system = 3
            info.external_attr = 0o100644 << 16
            archive.writestr(info, members[name])
    return stream.getvalue()


def check_members(archive: zipfile.ZipFile) -> None:
    """Refuse an archive by what its directory says, before anything in it is read.

    Parameters
    ----------
    archive : ZipFile
        The archive.

    Raises
    ------
    UnsafeBundleError
        See :func:`read_archive`.
    """
    infos = archive.infolist()
    check_sizes(infos)
    seen: set[str] = set()
    for info in infos:
        _check_name(info)
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", info.filename).casefold())
        if folded in seen:
            raise _unsafe(
                "Two files in the archive are called {name}, or names that a computer may take for it.",
                name=info.filename,
            )
        seen.add(folded)
        _check_form(info)
    folders = {name[:place] for name in seen for place, sign in enumerate(name) if sign == "/"}
    for name in sorted(seen & folders):
        raise _unsafe("{name} in the archive is both a file and a folder.", name=name)


def check_sizes(infos: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse an archive that holds too much, by what its directory says.

    Parameters
    ----------
    infos : sequence of ZipInfo
        Its directory.

    Raises
    ------
    UnsafeBundleError
        If there are too many files, too many bytes, or one that grows too much.
    """
    if len(infos) > MOST_MEMBERS:
        raise _unsafe(
            "The archive holds {count} files; at most {most} are read.", count=len(infos), most=MOST_MEMBERS
        )
    total = sum(info.file_size for info in infos)
    if total > MOST_BYTES:
        raise _unsafe(
            "The archive would unpack to {total} bytes; at most {most} are read.",
            total=total,
            most=MOST_BYTES,
        )
    for info in infos:
        if info.file_size > _RATIO_MATTERS_ABOVE and info.file_size > MOST_RATIO * info.compress_size:
            raise _unsafe(
                "{name} in the archive would grow more than {most} times when unpacked.",
                name=info.filename,
                most=MOST_RATIO,
            )


def _check_name(info: zipfile.ZipInfo) -> None:
    # orig_filename: zipfile cuts a name at a null character.
    name = info.orig_filename
    parts = name.split("/")
    sound = all(
        _PORTABLE.fullmatch(part)
        and part == part.strip()
        and not part.endswith(".")
        and not _DEVICE.fullmatch(part)
        for part in parts
    )
    if not sound or len(name) > 255:
        raise _unsafe(
            "The name {name} in the archive may lead outside its folder, or is no name on every computer.",
            name=repr(name),
        )


def _check_form(info: zipfile.ZipInfo) -> None:
    if info.flag_bits & _ENCRYPTED:
        raise _unsafe("{name} in the archive is encrypted.", name=info.filename)
    if (info.external_attr >> 16) & 0o170000 == _SYMLINK:
        raise _unsafe("{name} in the archive is a link to another place.", name=info.filename)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _unsafe("{name} in the archive is compressed in a way that is not read.", name=info.filename)


def _unsafe(what: str, **values: str | int) -> UnsafeBundleError:
    return UnsafeBundleError(what, where="bundle.zip", mend=_AGAIN, values=values)

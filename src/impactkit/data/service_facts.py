"""What a client of a service tells of itself."""

from __future__ import annotations

from os import PathLike

from impactkit.wording import Facts, Message


def service_facts(name: str, address: str, *, cache: str | PathLike[str] | None, offline: bool) -> Facts:
    """Return where a client asks and where it keeps the answers.

    Parameters
    ----------
    name : str
        The service.
    address : str
        Where it is.
    cache : str or path-like, optional
        Folder for evidence.
    offline : bool
        Whether it answers from the folder only.

    Returns
    -------
    Facts
        For a card or a terminal.

    Examples
    --------
    >>> facts = service_facts("Kolada", "https://api.kolada.se/v3/", cache=None, offline=False)
    >>> str(facts.rows[1][1])
    'nowhere'
    """
    kept = Message("shown.service.nowhere") if cache is None else str(cache)
    return Facts(
        title=Message("shown.service.title", {"name": name}),
        rows=[
            (Message("shown.service.address"), address),
            (Message("shown.service.cache"), kept),
            (
                Message("shown.service.network"),
                Message("shown.service.offline" if offline else "shown.service.online"),
            ),
        ],
    )

"""impactkit manifest: what is signed when a bundle is signed."""

from __future__ import annotations

import shlex
from argparse import ArgumentParser, Namespace
from pathlib import Path

from impactkit.cli.console import line, speak_as, visible
from impactkit.wording import Language, say


def arguments(parser: ArgumentParser, language: Language) -> None:
    """Add the verb's arguments.

    Parameters
    ----------
    parser : ArgumentParser
        Where to.
    language : {"sv", "en"}
        The language of their help.
    """
    parser.add_argument("bundle", nargs="?", default="bundle.zip", help=say("cli.verify.bundle", language))
    parser.add_argument("--output", metavar="MANIFEST.json", help=say("cli.manifest.output", language))


def run(asked: Namespace) -> int:
    """Write a bundle's manifest and tell how each role signs it.

    Parameters
    ----------
    asked : Namespace
        The command line.

    Returns
    -------
    int
        0.

    Raises
    ------
    ImpactkitError
        If there is no such bundle, or it is malformed.
    """
    from impactkit.provenance import write_whole
    from impactkit.verification import manifest as names
    from impactkit.verification.bundle import open_bundle
    from impactkit.verification.signature import ROLES, namespace_of

    language = speak_as(asked.bundle, asked.lang)
    bundle = Path(asked.bundle)
    content = open_bundle(bundle).members[names.MANIFEST]
    file = Path(asked.output) if asked.output else bundle.with_name(names.MANIFEST)
    write_whole(file, content)
    line("manifest.written", bundle=str(bundle), file=str(file))
    line("manifest.how")
    for role in ROLES:
        line("manifest.role", role=say(f"verify.role.{role}", language))
        signed = shlex.quote(f"{bundle}.{role}.sig")
        sign = f"ssh-keygen -Y sign -n {namespace_of(role)} -f ~/.ssh/id_ed25519"
        print(visible(f"  {sign} < {shlex.quote(str(file))} > {signed}"))
    line("manifest.beside")
    return 0

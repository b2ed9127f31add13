"""What is said: every sentence a user reads, in Swedish and English, and how numbers are written.

Code carries a :class:`Message` (a code and values); the sentence is looked up in
``<language>/<topic>.toml`` when somebody reads it. This package stands near the ground so that every noun
can show itself in either language.
"""

from impactkit.wording.card import card
from impactkit.wording.language import Language, current_language, use_language
from impactkit.wording.message import Message, MessageValue, how_to_mend, say, told, what_is_wrong
from impactkit.wording.numbers import format_number, format_p, format_percent, format_share
from impactkit.wording.shown import Facts, Shown, one_line

__all__ = [
    "Facts",
    "Language",
    "Message",
    "MessageValue",
    "Shown",
    "card",
    "current_language",
    "format_number",
    "format_p",
    "format_percent",
    "format_share",
    "how_to_mend",
    "one_line",
    "say",
    "told",
    "use_language",
    "what_is_wrong",
]

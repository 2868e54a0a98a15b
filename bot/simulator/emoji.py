"""Which names of emoji there are: https://docs.gitlab.com/user/emoji_reactions/.

GitLab takes those of Unicode and older short names; here they come from the libraries that we
have, and from the list of those that these lack. Custom emoji of groups are not modelled.
"""

import re
import unicodedata

from rich.emoji import Emoji, NoEmoji

_MORE_NAMES = """
airplane_small ballot_box calendar_spiral card_box compression couch crayon crossed_swords
desktop dividers face_palm facepalm file_cabinet first_place first_place_medal hammer_pick
hand_splayed handshake hugging hugging_face hugs island joystick keyboard label medal
middle_finger money_mouth motorway mouse_three_button nerd newspaper2 notepad_spiral
octagonal_sign paintbrush paperclips pause_button pen_ballpoint pen_fountain people_hugging
person_facepalming person_shrugging play_pause printer railway_track record_button
rolling_eyes satellite_orbital scales second_place second_place_medal shield shopping_cart
shrug slight_frown slight_smile spy stop_button stop_sign thermometer thinking third_place
third_place_medal timer tools track_next track_previous trackball unicorn upside_down
upside_down_face vulcan wastebasket zipper_mouth
"""
_MORE = frozenset(_MORE_NAMES.split())
_VARIANT = re.compile(r"_tone[1-5]$")
_FLAG = re.compile(r"(?:flag|regional_indicator)_[a-z]{1,2}")
_USUAL_NAMES = {"+1": "thumbsup", "-1": "thumbsdown"}


def named(name: str) -> str | None:
    """The usual name of an emoji, without colons; None where there is no such emoji."""
    plain = name.strip(":")
    known = _is_known(_VARIANT.sub("", plain))
    return _USUAL_NAMES.get(plain, plain) if known else None


def _is_known(name: str) -> bool:
    return name in _MORE or _FLAG.fullmatch(name) is not None or _in_rich(name) or _in_unicode(name)


def _in_rich(name: str) -> bool:
    try:
        Emoji(name)
    except NoEmoji:
        return False
    return name == name.lower()


def _in_unicode(name: str) -> bool:
    """Whether this is the name of a pictograph, in lower case with underscores."""
    try:
        sign = unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return False
    return name == name.lower() and unicodedata.category(sign) == "So"

"""The classical way, to compare with: an intent for each list of keywords, the first that fits.

Written with the training phrasings in sight, and as good as half an hour of work makes it.
"""

from __future__ import annotations

import re

from dlintro_demos.assistant.phrases import NONE

_DELETE = (
    r"\b(?:cancel|delete|remove|drop|erase|clear|call off|get rid of|scratch|take .* off|strike|cross)\b"
)
_ADD = r"\b(?:add|put|schedule|create|make|set up|plan|enter|note|book|arrange)\b"
_EVENT = r"\b(?:meetings?|appointments?|calendar|schedule|agenda|diary|events?|dentist|doctor|call with)\b"
_REMIND = r"\b(?:remind\w*|alarms?|timers?|wake)\b"
_SHOP = r"\b(?:shopping|list|grocer\w+|supermarket|buy)\b"
_FLY = r"\b(?:flights?|fly|plane|planes|airport|airlines?)\b"
_TRAIN = r"\b(?:trains?|commute|platform|connections?|get to|get me)\b"
_FOOD = r"\b(?:pizza\w*|pasta|salad|soup|burger|curry|lasagne|coffee|espresso\w*|food|dinner|order)\b"
# An intent and what all must be found.
_RULES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("undo", (r"\b(?:undo|revert|restore|reverse|take that back|put it back|bring it back)\b",)),
    ("repeat", (r"\b(?:repeat|again|pardon|once more|what did you say|come again)\b",)),
    ("cancel", (
        r"^(?:please )?(?:cancel|stop|abort|quit|never ?mind|forget (?:it|that))(?: (?:it|that|please))*$",
    )),
    ("follow_time", (r"^(?:and|what about|how about|then)\b",)),
    ("follow_cancel", (_DELETE, r"\b(?:one|both|number \w+|all of them|entry)\b")),
    ("follow_choice", (
        r"\b(?:(?:cheaper|cheapest|first|second|last|earlier|later|other) (?:one|option)|number \w+$)",
    )),
    ("follow_count", (r"^(?:make|change) (?:it|that)|\bof (?:them|us)\b|^(?:just|only|actually) \w+$",)),
    ("book_it", (r"\b(?:book|reserve|buy|order|take) (?:it|that|this)\b",)),
    ("reminder_cancel", (_REMIND, _DELETE + r"|\b(?:turn|switch) off\b|\bstop\b|\bdon't\b",)),
    ("reminder_show", (_REMIND, r"\b(?:what|which|show|list|do i have|when is|any|are there|read)\b")),
    ("reminder_add", (_REMIND + r"|\bdon't let me forget\b",)),
    ("shopping_remove", (_SHOP + r"|\bbought\b", _DELETE + r"|\b(?:already|don't need|empty|bought)\b")),
    ("shopping_show", (_SHOP, r"\b(?:what|show|read|which|do i have|how many|see)\b")),
    ("shopping_add", (_SHOP + r"|\b(?:we need|out of|ran out)\b",)),
    ("flight_status", (
        _FLY + r"|\bboarding\b",
        r"\b(?:on time|late|delay\w*|status|gate|terminal|cancelled|boarding)\b",
    )),
    ("flights_show", (_FLY + r"|\btrips?\b", r"\b(?:my|i booked|next flight|upcoming|booked|do i fly)\b")),
    ("flights_find", (_FLY,)),
    ("orders_cancel", (
        _DELETE, r"\b(?:orders?|ordered|reservations?|bookings?|tables?|flights?|tickets?|food)\b",
    )),
    ("orders_show", (
        r"\b(?:did (?:i|we)|have (?:i|we)|(?:my|our) (?:orders?|reservations?|bookings?|table))\b",
        r"\b(?:order\w*|reserv\w*|book\w*|table)\b",
    )),
    ("table_book", (
        r"\b(?:table|reservation|restaurant)\b",
        r"\b(?:book|reserve|need|make|get|table for|free|have)\b",
    )),
    ("menu_show", (r"\b(?:menu|dishes|vegetarian|vegan|dessert|eat|cost|how much)\b",)),
    ("trains_find", (_TRAIN,)),
    ("weather", (
        r"\b(?:weather|rain\w*|sunny|snow\w*|umbrella|forecast|cold|warm|hot|windy|coat)\b",
    )),
    ("calendar_free", (r"\b(?:free|available|busy|gap|have time|room for|open)\b",)),
    ("calendar_move", (
        _EVENT, r"\b(?:move|reschedule|postpone|shift|push|bring .*forward|change|put off|delay)\b",
    )),
    ("calendar_cancel", (_EVENT, _DELETE)),
    ("calendar_add", (_EVENT + r"|\blunch|dinner\b", _ADD)),
    ("calendar_show", (_EVENT + r"|\b(?:planned|my day|my week)\b",)),
    ("food_order", (_FOOD + r"|\bi'd like\b|\bi'll have\b",)),
    ("clock", (r"\b(?:time is it|date|what day|which day|the time|what year|how late)\b",)),
    ("help", (r"\b(?:help|what can you|who are you|what can i|how does this)\b",)),
    ("thanks", (r"\b(?:thanks?|thank you|cheers|appreciate\w*|good job|well done)\b",)),
    ("goodbye", (r"\b(?:bye|goodbye|see you|good night|farewell)\b",)),
    ("greeting", (r"\b(?:hello|hi|hey|good (?:morning|evening|afternoon)|greetings)\b",)),
    ("yes", (r"^(?:yes|yeah|sure|okay|ok|of course|correct|go ahead|confirm|absolutely|exactly)\b",)),
    ("no", (r"^(?:no|nope|not|rather not|don't|never)\b",)),
)  # fmt: skip
_COMPILED = tuple(
    (intent, tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)) for intent, patterns in _RULES
)


def by_keywords(sentence: str) -> str:
    """The intent whose keywords are all in the sentence, or "none"."""
    fits = (intent for intent, patterns in _COMPILED if all(each.search(sentence) for each in patterns))
    return next(fits, NONE)

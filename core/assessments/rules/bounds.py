"""How large the parts of an assessment may be; checked when typed and again when read back."""

from evidence.manifest import MAX_KEEP_DAYS, MAX_WHY

__all__ = ["MAX_KEEP_DAYS"]

MIN_MINUTES, MAX_MINUTES = 5, 480
MAX_TASKS = 5
MAX_LANGUAGES = 8
MIN_DIMENSIONS, MAX_DIMENSIONS = 1, 12
MAX_FOLLOW_UPS = 10
MIN_KEEP_DAYS = 1

TITLE = 120
ROLE_TITLE = 120
INTRO = 4_000
AI_TEXT = 2_000
DIMENSION_TITLE = 80
ANCHOR = 400
WHY = MAX_WHY
QUESTION = 600
NAME = 120
EMAIL = 254
KEY = 40

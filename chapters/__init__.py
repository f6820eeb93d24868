"""The book's programs, one package a chapter."""

import common  # from here on, an interrupt leaves no traceback
from common.language import N_

common.say_for_now(N_("TensorFlow is loading"))

"""This package brings the data: addresses, hashes, downloads and the built-in stand-ins."""

import common  # from here on, an interrupt leaves no traceback
from common.language import N_

common.say_for_now(N_("its libraries are loading"))

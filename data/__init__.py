"""This package brings the data: addresses, hashes, downloads and the built-in stand-ins."""

import common  # from here on, an interrupt leaves no traceback

common.say_for_now("its libraries are loading")

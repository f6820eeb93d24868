"""The book's programs, one package a chapter."""

import common  # from here on, an interrupt leaves no traceback

common.say_for_now("TensorFlow is loading")

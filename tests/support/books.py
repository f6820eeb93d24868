"""Small `book.toml` texts for tests, put together from parts."""

# The threshold that applies depends on the number of tracks, as that of ch03 does.
BOUNDS = """
[[profiles.printed.thresholds.score]]
given = { tracks = 40 }
at_least = 0.7
values = [0.9, 0.8]
[[profiles.printed.thresholds.score]]
given = { tracks = 400 }
at_least = 0.82
sample = 120
"""


def book(
    *claims, title="A test", pages="1-2", data=None, output="", settings="steps = 5", profiles="[profiles.builtin]"
):
    """Return the text of the `book.toml` of a chapter ch00.

    `claims` are the insides of TOML's inline tables, such as 'id = "X1", value = 3'. `settings` and `profiles` are
    lines of TOML; those of `profiles` begin with a table's name in brackets. `data` is the name of a data set, or None.
    """
    return "\n".join(
        [
            'chapter = "ch00"',
            f'title = "{title}"',
            f'pages = "{pages}"',
            f'data = "{data}"' if data else "",
            f"printed_output = '''\n{output}'''",
            "claims = [",
            *(f"    {{ {claim} }}," for claim in claims),
            "]",
            "[settings]",
            settings,
            profiles,
            "",
        ]
    )

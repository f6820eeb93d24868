"""Which printed line stands beside which replayed one, and what is marked in it."""

from common.reporting.beside import compare


def shown(printed, replayed):
    """Return the rows as (kind, printed, replayed or number of folded lines), with < > around what differs."""

    def text(pieces):
        return None if pieces is None else "".join(f"<{text}>" if differs else text for text, differs in pieces)

    rows = compare("\n".join(printed), "\n".join(replayed))
    return [(row.kind, text(row.printed), len(row.lines) if row.kind == "gap" else text(row.replayed)) for row in rows]


def test_numbers_that_differ_are_marked():
    assert shown(["step 0, accuracy 0.13", "0.9154"], ["step 0, accuracy 0.11", "0.9154"]) == [
        ("changed", "step 0, accuracy <0.13>", "step 0, accuracy <0.11>"),
        ("same", "0.9154", "0.9154"),
    ]


def test_spaces_and_blank_lines_do_not_count():
    assert shown(["[9 10]", "end"], ["", "[ 9  10]", "   ", "end"]) == [
        ("same", "[9 10]", "[ 9  10]"),
        ("same", "end", "end"),
    ]


def test_a_gap_takes_in_what_was_replayed_there():
    printed = ["step 0, cost 9", ".... (생략) ....", "step 90, cost 1", "test 0.5"]
    replayed = [*(f"step {i}, cost {9 - i / 12:g}" for i in range(0, 100, 10)), "test 0.4"]
    assert shown(printed, replayed) == [
        ("same", "step 0, cost 9", "step 0, cost 9"),
        ("gap", ".... (생략) ....", 8),
        ("changed", "step 90, cost <1>", "step 90, cost <1.5>"),
        ("changed", "test <0.5>", "test <0.4>"),
    ]


def test_a_gap_beside_nothing():
    assert shown(["a", ".... (생략) ....", "b"], ["a", "b"]) == [
        ("same", "a", "a"),
        ("gap", ".... (생략) ....", 0),
        ("same", "b", "b"),
    ]


def test_lines_of_other_steps_are_never_set_beside_each_other():
    assert shown(["[33000/33270] perplexity: 81.6"], ["[3300/33270] perplexity: 81.6"]) == [
        ("missing", "[33000/33270] perplexity: 81.6", None),
        ("extra", None, "[3300/33270] perplexity: 81.6"),
    ]
    assert [row[0] for row in shown(["step 1950, accuracy 1"], ["step 10, accuracy 1"])] == ["missing", "extra"]


def test_many_lines_that_the_book_does_not_print_are_folded():
    replayed = [*(f"step {i}" for i in range(100)), "test accuracy 0.9"]
    assert shown(["test accuracy 0.9"], replayed) == [
        ("gap", None, 100),
        ("same", "test accuracy 0.9", "test accuracy 0.9"),
    ]
    assert [row[0] for row in shown(["test accuracy 0.9"], replayed[-4:])] == ["extra"] * 3 + ["same"]


def test_the_last_of_equal_lines_stands_beside_the_last():
    rows = compare("start\n..... (생략) .....\nright", "start\nwrong\nright\nwrong\nright\nright")
    assert [row.kind for row in rows] == ["same", "gap", "same"]
    assert rows[1].lines == ("wrong", "right", "wrong", "right")


def test_the_same_parts_in_another_order():
    (row,) = compare("{'다': 4, '반': 0}", "{'반': 0, '다': 4}")
    assert row.kind == "changed"
    assert any(differs for _, differs in row.printed) and any(differs for _, differs in row.replayed)


def test_unlike_lines_stay_apart():
    assert shown(["Test perplexity: 119.6"], ["the and of"]) == [
        ("missing", "Test perplexity: 119.6", None),
        ("extra", None, "the and of"),
    ]


def test_nothing_is_lost():
    printed = ["a 1", "b 2", "(생략)", "c 3", "d"]
    replayed = ["x", "a 2", "b 2", *"uvwxyzuvwxyz", "c 4", "e 5"]
    rows = compare("\n".join(printed), "\n".join(replayed))
    join = "".join
    assert [join(text for text, _ in row.printed) for row in rows if row.printed] == printed
    seen = [
        line for row in rows for line in [*row.lines, *([join(t for t, _ in row.replayed)] if row.replayed else [])]
    ]
    assert seen == replayed

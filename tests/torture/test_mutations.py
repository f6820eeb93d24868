"""Test a hundred mutated files for each reader. `python -m tests.torture mutations` gives ten thousand."""

import pytest

from tests.torture.mutations import torture
from tests.torture.readers import READERS

COUNT = 100


@pytest.mark.parametrize("kind", READERS)
def test_a_mutated_file_is_read_right_or_refused_by_name(kind):
    outcomes, findings = torture(kind, seed=2, count=COUNT)
    assert not findings
    assert outcomes.total() == COUNT


@pytest.mark.parametrize("kind", READERS)
def test_an_original_is_read_right(kind, tmp_path):
    reader = READERS[kind]()
    for number, (name, content) in enumerate(reader.originals):
        (tmp_path / str(number)).mkdir()
        path = tmp_path / str(number) / name
        path.write_bytes(content)
        assert reader.same(name, reader.read(path), content)

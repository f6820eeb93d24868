"""Count what TensorFlow's random operations have drawn in a session, and make another session draw as much.

Each random operation has a Philox generator of its own. An execution moves it on by 64 blocks for each number, whatever
the distribution. So the count of numbers is its whole state, and it can be reached in steps of any size.
"""

import math

import numpy as np

from common.language import _
from common.tf1 import tf

# The first input of these is the shape of what they draw. Any other is run again as often as it was run.
SIZED = ("RandomUniform", "RandomUniformInt", "RandomStandardNormal", "TruncatedNormal")
CHUNK = 1 << 22  # numbers that are drawn at a time: 16 MiB of float32


class CountedSession(tf.Session):
    """A CountedSession is a session that knows what its random operations have drawn.

    `numbers` maps the name of an operation to how many numbers it has drawn. `calls` counts the runs of operations
    that draw within a loop, such as `tf.map_fn`. Its keys are tuples: the name, then (tensor, shape) of each feed.
    A loop is taken to draw by the shapes of what is fed, not by its values.
    """

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.numbers, self.calls = {}, {}
        self._plans = {}

    def run(self, fetches, feed_dict=None, options=None, run_metadata=None):
        """Run as `tf.Session.run` does, and count."""
        feeds = _flat_feeds(feed_dict)
        names = tuple(self.graph.as_graph_element(fetch).name for fetch in tf.nest.flatten(fetches))
        key = (names, tuple((_name(tensor), np.shape(value)) for tensor, value in feeds))
        plan = self._plans.get(key)
        if plan is None:
            plan, lasting = self._plan(names, {self._tensor(tensor): value for tensor, value in feeds})
            if lasting:
                self._plans[key] = plan
        result = super().run(fetches, feed_dict, options, run_metadata)
        numbers, calls = plan
        for name, count in numbers.items():
            self.numbers[name] = self.numbers.get(name, 0) + count
        for call in calls:
            self.calls[call] = self.calls.get(call, 0) + 1
        return result

    def draw_up_to(self, numbers, calls):
        """Draw until the counts are `numbers` and `calls`, those of another session of the same graph.

        It raises ValueError when more was drawn here, or an operation is not in the graph.
        """
        for name in numbers.keys() | self.numbers.keys():
            self._draw(self._operation(name), numbers.get(name, 0) - self.numbers.get(name, 0))
        for call in calls.keys() | self.calls.keys():
            self._repeat(call, calls.get(call, 0) - self.calls.get(call, 0))
        self.numbers, self.calls = dict(numbers), dict(calls)

    def _draw(self, operation, missing):
        if missing < 0:
            raise ValueError(_("{name} has drawn {count} numbers too many").format(name=operation.name, count=-missing))
        rank = operation.inputs[0].shape.num_elements() if missing else None
        while missing > 0:
            # An operation that draws a single number draws one at a time.
            count = 1 if rank == 0 else min(missing, CHUNK)
            shape = np.array([] if rank == 0 else [count] + [1] * ((rank or 1) - 1), np.int64)
            super().run(operation, {operation.inputs[0]: shape})
            missing -= count

    def _repeat(self, call, missing):
        name, *feeds = call
        operation = self._operation(name)
        if missing < 0:
            raise ValueError(_("{name} has run {count} times too many").format(name=name, count=-missing))
        tensors = [(self._tensor(tensor), shape) for tensor, shape in feeds]
        feed_dict = {tensor: np.zeros(shape, tensor.dtype.as_numpy_dtype) for tensor, shape in tensors}
        for _time in range(missing):
            super().run(operation, feed_dict)

    def _plan(self, fetches, feeds):
        """Return what one run draws, and whether every run of the same shapes draws as much.

        It is a dict of operation to numbers, and a list of keys of `calls`.
        """
        numbers, calls, zeros, lasting = {}, [], {}, True
        for operation in self._random_ancestors(fetches, feeds):
            if operation.type in SIZED:
                output = operation.outputs[0]
                known = output.shape.is_fully_defined()
                shape = output.shape.as_list() if known else self._shape(operation, feeds, zeros)
                lasting &= known or not self._depends_on_values(operation.inputs[0], feeds)
                numbers[operation.name] = math.prod(shape)
                zeros[output] = np.zeros(shape, output.dtype.as_numpy_dtype)
            else:
                given = {**feeds, **zeros}
                used = {tensor.name for each in self._ancestors([operation], given) for tensor in each.inputs}
                fed = [(tensor.name, np.shape(value)) for tensor, value in given.items() if tensor.name in used]
                calls.append((operation.name, *sorted(fed)))
        return (numbers, calls), lasting

    def _shape(self, operation, feeds, zeros):
        """Return the shape of what `operation` is to draw. Zeros stand for what others would draw before it."""
        return super().run(operation.inputs[0], {**feeds, **zeros}).tolist()

    def _depends_on_values(self, tensor, feeds):
        """Return whether `tensor`, a shape, is computed from the values of what is fed, or of variables."""
        fed = {fed.name for fed in feeds}
        waiting = [tensor]
        while waiting:
            tensor = waiting.pop()
            if tensor.name in fed or tensor.op.op_def.is_stateful:
                return True
            if tensor.op.type not in ("Shape", "ShapeN", "Size", "Rank"):
                waiting += tensor.op.inputs
        return False

    def _random_ancestors(self, fetches, feeds):
        """Return the random operations that a run of `fetches` (names) executes, in the order of their creation."""
        fed = {tensor.name for tensor in feeds}
        elements = [self.graph.as_graph_element(name) for name in fetches if name not in fed]
        found = self._ancestors([getattr(element, "op", element) for element in elements], feeds)
        random = {operation for operation in found if _is_random(operation)}
        return [operation for operation in self.graph.get_operations() if operation in random] if random else []

    def _ancestors(self, operations, feeds):
        """Return the set of `operations` and all that they wait for, as far as nothing is fed."""
        fed = {tensor.name for tensor in feeds}
        found, waiting = set(), list(operations)
        while waiting:
            operation = waiting.pop()
            if operation not in found:
                found.add(operation)
                waiting += operation.control_inputs
                waiting += [tensor.op for tensor in operation.inputs if tensor.name not in fed]
        return found

    def _tensor(self, tensor):
        return self.graph.as_graph_element(tensor, allow_operation=False)

    def _operation(self, name):
        try:
            return self.graph.get_operation_by_name(name)
        except KeyError as error:
            raise ValueError(_("the graph has no operation {name}").format(name=name)) from error


def _flat_feeds(feed_dict):
    """Return the pairs of tensor and value of `feed_dict`. Its keys may be nested, such as the state of an LSTM."""
    pairs, waiting = [], list((feed_dict or {}).items())
    while waiting:
        key, value = waiting.pop()
        if isinstance(key, tuple | list):
            waiting += zip(key, value, strict=True)
        else:
            pairs.append((key, value))
    return pairs


def _name(tensor):
    """Return the name of a tensor. A name stays as it is."""
    return tensor if isinstance(tensor, str) else tensor.name


def _is_random(operation):
    """Return whether `operation` draws from a generator of its own, or runs a function that does."""
    if any(attribute.name == "seed2" for attribute in operation.op_def.attr):
        return True
    if not any(attribute.type in ("func", "list(func)") for attribute in operation.op_def.attr):
        return False
    # A loop or a branch: its statements are functions of the graph.
    library = {function.signature.name: function for function in operation.graph.as_graph_def().library.function}
    return _draws(_functions(operation.node_def), library)


def _draws(names, library):
    """Return whether one of the functions `names` of `library` has a random operation, or calls one that has."""
    nodes = [node for name in names for node in library[name].node_def]
    return any("seed2" in node.attr or _draws(_functions(node), library) for node in nodes)


def _functions(node):
    """Return the names of the functions that `node` calls."""
    values = list(node.attr.values())
    return [value.func.name for value in values if value.HasField("func")] + [
        function.name for value in values for function in value.list.func
    ]

"""Stand in for `tf.nn.seq2seq` of r0.11, which the book's recurrent programs call and TensorFlow no longer has."""

from common.tf1 import tf


def rnn_decoder(decoder_inputs, initial_state, cell, loop_function=None, scope=None):
    """Unroll `cell` over a list of time steps, in the variable scope `scope` (used from page 79).

    `decoder_inputs` is a list of float [batch, inputs], and `initial_state` is a state of `cell`.
    With a `loop_function`, only the first of `decoder_inputs` is used. The input of step i > 0 is then
    `loop_function(output, i)` of the output before it. As in r0.11, it is called in the scope `loop_function`, and its
    variables are reused.
    This returns (outputs, state): a list of float [batch, cell.output_size] and the state after the last step.
    """
    with tf.variable_scope(scope or "rnn_decoder"):
        state = initial_state
        outputs = []
        for i, inp in enumerate(decoder_inputs):
            if i > 0:
                if loop_function is not None:
                    with tf.variable_scope("loop_function", reuse=True):
                        inp = loop_function(outputs[-1], i)
                tf.get_variable_scope().reuse_variables()
            output, state = cell(inp, state)
            outputs.append(output)
    return outputs, state


def sequence_loss_by_example(
    logits, targets, weights, average_across_timesteps=True, softmax_loss_function=None, name=None
):
    """Return the weighted cross-entropy of each sequence of a batch, float [batch] (pages 71-74, and from page 79).

    `logits`, `targets` and `weights` are lists with one entry a time step. The entries are float [batch, classes],
    int [batch] and float [batch]. `softmax_loss_function(logits, targets)` replaces the sparse softmax cross-entropy.
    As in r0.11, it gets the two by position, in this order. The result is the mean over the time steps by default, else
    the sum. For the mean, r0.11 divided by the sum of the weights plus 1e-12.

    It raises ValueError when the lists differ in length.
    """
    if not len(logits) == len(targets) == len(weights):
        raise ValueError(
            "one entry a time step is expected in each list; found "
            f"{len(logits)} logits, {len(targets)} targets, {len(weights)} weights"
        )
    with tf.name_scope(name, "sequence_loss_by_example"):
        losses = []
        for logit, target, weight in zip(logits, targets, weights, strict=True):
            if softmax_loss_function is None:
                target = tf.reshape(target, [-1])
                loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=target, logits=logit)
            else:
                loss = softmax_loss_function(logit, target)
            losses.append(loss * weight)
        total = tf.add_n(losses)
        if average_across_timesteps:
            total /= tf.add_n(weights) + 1e-12
        return total

"""What `tf.nn.seq2seq` of r0.11 did for the book's recurrent programs; TensorFlow no longer has it."""

from common.tf1 import tf


def rnn_decoder(decoder_inputs, initial_state, cell, loop_function=None, scope=None):
    """Unroll `cell` over a list of time steps in the variable scope `scope`, as the language model from page 79 does.

    `decoder_inputs` is a list of float [batch, inputs], `initial_state` a state of `cell`. With
    `loop_function(output, i)` the input of step i > 0 is what it makes of the output of the step before, and only the
    first of `decoder_inputs` is used; r0.11 called it in the scope `loop_function` with its variables reused. Returns
    (outputs, state): a list of float [batch, cell.output_size] and the state after the last step.
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
    """Weighted cross-entropy of each sequence of a batch, as pages 71-74 and the language model from page 79 use it.

    `logits`, `targets` and `weights` are lists with one entry a time step: float [batch, classes], int [batch] and
    float [batch]. `softmax_loss_function(logits, targets)` replaces the sparse softmax cross-entropy; r0.11 passed the
    two by position, in this order. Returns float [batch]: the sum over the time steps or, by default, the mean, for
    which r0.11 divided by the sum of the weights plus 1e-12.

    Raises ValueError when the lists differ in length.
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

"""ch06: a character RNN that completes '반갑습니다' (pages 71 to 74).

Printed: letters right 4, of 4. Replayed: 4 over 100 seeds (profile printed).
"""

from types import SimpleNamespace

from common import harness
from common.seq2seq import sequence_loss_by_example
from common.tf1 import tf


def load_data(run):
    """Return the word as a dictionary of its letters and a list of their ids (pages 71-74)."""
    # 글자마다 번호 하나
    char_rdic = ["반", "갑", "습", "니", "다"]
    char_dic = {w: i for i, w in enumerate(char_rdic)}

    print(char_dic)

    ground_truth = [char_dic[c] for c in "반갑습니다"]
    print(ground_truth)
    return SimpleNamespace(char_rdic=char_rdic, char_dic=char_dic, ground_truth=ground_truth)


def build_model(ground_truth=(0, 1, 2, 3, 4), num_chars=5, rnn_size=5, learning_rate=0.01):
    """Return the graph of pages 71 to 74 for one word: letter ids `ground_truth` out of `num_chars` letters.

    Its attributes have the listing's names. It prints what the listing prints on the way.
    """
    # 입력: 마지막 글자를 뺀 one-hot 벡터들
    x_data = tf.one_hot(ground_truth[:-1], num_chars, 1.0, 0.0, -1)
    print(x_data)

    # 은닉 상태, 배치, 출력의 크기
    batch_size = 1
    output_size = num_chars

    # RNN 셀을 글자 수만큼 펼치기
    rnn_cell = tf.nn.rnn_cell.BasicRNNCell(num_units=rnn_size)
    # The listing prints the cell itself. That line ends in an address, another one at every run.
    print(f"<{type(rnn_cell).__name__} object>")

    initial_state = rnn_cell.zero_state(batch_size, tf.float32)
    print(initial_state)

    x_split = tf.split(x_data, len(ground_truth) - 1, 0)
    print(x_split)

    outputs, state = tf.nn.static_rnn(cell=rnn_cell, inputs=x_split, initial_state=initial_state)

    # 출력 계층의 학습할 값과 손실
    W = tf.Variable(tf.zeros([rnn_size, output_size]))
    b = tf.Variable(tf.zeros([output_size]))

    output = tf.reshape(tf.concat(outputs, 1), [-1, rnn_size])
    logits = tf.nn.xw_plus_b(output, W, b)
    probs = tf.nn.softmax(logits)

    targets = tf.reshape(ground_truth[1:], [-1])
    weights = tf.ones([(len(ground_truth) - 1) * batch_size])

    loss = sequence_loss_by_example([logits], [targets], [weights])
    cost = tf.reduce_sum(loss) / batch_size
    train_op = tf.train.RMSPropOptimizer(learning_rate, 0.9).minimize(cost)
    return SimpleNamespace(**locals())


def train_model(run, data, model):
    """Run the loop of pages 71 to 74: a step, then a line with what the net would say.

    It raises ReplayError when the loss is not finite.
    """
    sess = run.session()
    sess.run(tf.initialize_all_variables())
    prediction = tf.argmax(model.probs, 1)
    # 한 번 학습하고 다음 글자 넷을 출력
    for i in run.steps(run.settings.steps):
        cost, _ = sess.run([model.cost, model.train_op])
        result = sess.run(prediction)
        print(result, [data.char_rdic[t] for t in result])
        run.record("cost", i, cost)
        run.record("letters_right", i, (result == data.ground_truth[1:]).sum())


def evaluate_model(run, data, model):
    """Return how many letters the last line had right, and from which step on every line was right."""
    letters = len(data.ground_truth) - 1
    counts = [count for _, count in run.curves["letters_right"]]
    metrics = {"letters_right": counts[-1]}
    if counts[-1] == letters:
        metrics["right_from_step"] = max((i + 1 for i, count in enumerate(counts) if count != letters), default=0)
    return metrics


def main(run):
    data = run.phase(load_data, run)
    s = run.settings
    model = run.phase(build_model, data.ground_truth, len(data.char_dic), s.rnn_size, s.learning_rate)
    run.phase(train_model, run, data, model)
    return run.phase(evaluate_model, run, data, model)


if __name__ == "__main__":
    harness.replay(__file__, main)

"""Generators of ops with a state: one call, from the state that a runtime begins with."""
from directed.builder import options

from .draw import np
from .generators import generator


def state(d, t, shape, scale, zero=0):
    """A variable."""
    index = d.b.tensor(t, shape, scale, zero)
    d.b.graph.tensors[index].isVariable = True
    return index


def some_weights(d, t, shape, scale):
    most = {"i8": 127, "i16": 32767}[t]
    return d.b.constant(t, d.data.integers(-most, most + 1, shape), scale)


@generator("SVDF", "i8")
def svdf(d, t):
    batch, depth, units, rank, memory = d.pick((1, 2, 3)), d.size(40), d.size(17), d.pick((1, 2, 3)), d.pick((1, 2, 5, 8))
    x = d.operand(t, (batch, depth), constant=0)
    feature_scale, time_scale = d.number(0.001, 0.1), d.number(2.0**-16, 2.0**-10)
    state_scale = float(np.float32(x.scale * feature_scale * d.number(0.2, 40)))
    filters = units * rank
    bias = -1 if d.chance(15) else d.b.constant("i32", d.data.integers(-9999, 10000, units), state_scale * time_scale)
    y = d.output(t, (batch, units), float(np.float32(state_scale * time_scale * d.number(20000, 4000000))), d.zero(t))
    d.b.op("SVDF", [x.index, some_weights(d, t, (filters, depth), feature_scale), some_weights(d, "i16", (filters, memory), time_scale), bias,
                    state(d, "i16", (batch, filters * memory), state_scale)], [y],
           options("SVDFOptions", rank=rank, fusedActivationFunction=0 if d.chance(5) else 1), version=d.pick((3, 1, 2, 4)))


@generator("UNIDIRECTIONAL_SEQUENCE_LSTM", "i8")
def lstm(d, t):
    batch, time, depth, cells = d.pick((1, 2)), d.pick((1, 2, 3, 5)), d.size(17), d.size(17)
    coupled, peephole, projects, time_major = d.chance(20), d.chance(25), d.chance(30), d.chance(30)
    outputs = d.size(17) if projects else cells
    x = d.operand(t, (time, batch, depth) if time_major else (batch, time, depth), d.scale(0.004, 0.1), constant=0)
    h_scale, h_zero, cell_scale = d.scale(0.004, 0.02), d.zero(t), 2.0 ** -d.pick((11, 12, 10, 13, 15, 9))
    gates = [g for g in range(4) if g or not coupled]  # input, forget, cell, output
    inputs = [x.index] + [-1] * 23
    for g in gates:
        w_scale, r_scale = d.number(0.002, 0.02), d.number(0.002, 0.02)
        inputs[1 + g] = some_weights(d, "i8", (cells, depth), w_scale)
        inputs[5 + g] = some_weights(d, "i8", (cells, outputs), r_scale)
        inputs[12 + g] = d.b.constant("i32", d.data.integers(-2000, 2001, cells), x.scale * w_scale)
        if peephole and g != 2:
            inputs[{0: 9, 1: 10, 3: 11}[g]] = some_weights(d, "i16", (cells,), d.number(2.0**-17, 2.0**-13))
    hidden_scale = d.scale(0.004, 0.02) if projects else h_scale
    hidden_zero = d.zero(t) if projects else h_zero
    if projects:
        p_scale = d.number(0.002, 0.02)
        inputs[16] = some_weights(d, "i8", (outputs, cells), p_scale)
        if d.chance(60):
            inputs[17] = d.b.constant("i32", d.data.integers(-2000, 2001, outputs), p_scale * hidden_scale)
    inputs[18] = state(d, "i8", (batch, outputs), h_scale, h_zero)
    inputs[19] = state(d, "i16", (batch, cells), cell_scale)
    y = d.output(t, (time, batch, outputs) if time_major else (batch, time, outputs), h_scale, h_zero)
    d.b.op("UNIDIRECTIONAL_SEQUENCE_LSTM", inputs, [y], options(
        "UnidirectionalSequenceLSTMOptions", fusedActivationFunction=4, cellClip=d.pick((0.0, 1.0, 10.0)), projClip=d.pick((0.0, 0.5)),
        timeMajor=time_major), version=d.pick((2, 1, 3, 4)))
    d.b.graph.operators[-1].intermediates = [d.b.tensor("i16", (0,), 2.0**-12) for _ in range(4)] + [d.b.tensor("i8", (0,), hidden_scale, hidden_zero)]

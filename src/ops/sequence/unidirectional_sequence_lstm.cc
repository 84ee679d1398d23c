// UNIDIRECTIONAL_SEQUENCE_LSTM, int8 with an int16 cell state ("8x8_16"); peephole, projection and coupled input and
// forget gates (CIFG) as the inputs say. For each step, with h the output state and c the cell state, SAT16 and SAT8
// clipping:
//
//   gate = SAT16(MBQM(b + W x, s_w*s_x*2^12) + ...), the same again for R h, and for the peephole p*c
//   i, f, o = logistic(gate), g = tanh(gate)                            gemmlowp's functions in Q3.12, results in Q0.15
//   c = SAT16(RDByPOT(f*c, 15) + RDByPOT(i*g, 30 + log2 s_c)), clipped; CIFG: i = 1 - f
//   m = SAT8(MBQM(o * tanh(c), 2^-30/s_hidden) + zp_hidden)
//   h = m (TFLite before 2.11: - zp_hidden), or with a projection SAT8(MBQM(b + P (m - zp), s_p*s_hidden/s_h) + zp_h),
//   clipped
//
// by tables (TFLM): logistic and tanh as the ops of that name of int16 codes, products as MUL's: MBQM(f*c, 2^-15) and
// MBQM(i*g, 2^-30/s_c).
//
// With fewer outputs than cells, only as many cells have peepholes (a fault of TFLite's). Ratios are formed in
// binary32; zero points of x and h are folded into the biases. Vector code rounds the projection's second step half
// up in blocks of 16. Source: TFLite unidirectional_sequence_lstm.cc, lstm_eval.cc, portable_tensor_utils.cc. Not
// supported: layer normalization, the int8 cell state ("8x8_8"), binary32 and hybrid forms.

#include <algorithm>
#include <cmath>

#include "fixed/interpolated_table.h"
#include "fixed/traced_fixed_point.h"
#include "kernels/explain.h"
#include "ops/checks.h"
#include "ops/sequence/inner_steps.h"
#include "ops/sequence/lstm_parameters.h"
#include "ops/sequence/lstm_vectors.h"

namespace nputwin::ops::unidirectional_sequence_lstm {
namespace {

class Lstm final : public ComparableKernel<Lstm> {
 public:
  Lstm(Parameters parameters, const Isa& isa) : p_(std::move(parameters)), vectors_(p_, isa) {}

  [[nodiscard]] KernelForm form() const override { return vectors_.form; }
  [[nodiscard]] std::size_t scratch_bytes() const override { return Scratch(p_, nullptr).bytes; }

  void run(const RunContext& context) const override {
    const auto out = context.outputs[0].as<std::int8_t>();
    for_each_step(context, [&](const Step& s) {
      step(s, Scratch(p_, context.scratch.data()));
      std::copy_n(s.h, p_.outputs, out.data() + s.at * p_.outputs);
      return true;
    });
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    const std::size_t at = static_cast<std::size_t>(element) / p_.outputs,
                      row = static_cast<std::size_t>(element) % p_.outputs;
    for_each_step(context, [&](const Step& s) {
      if (s.at != at) {
        step(s, Scratch(p_, context.scratch.data()));
        return true;
      }
      for (std::size_t i = 0; i < p_.inputs; ++i)
        trace.add_input({kX, static_cast<std::int64_t>(at * p_.inputs + i), static_cast<double>(s.x[i])});
      if (p_.projects) {
        step(s, Scratch(p_, context.scratch.data()));
        explained_projection(row, Scratch(p_, context.scratch.data()).hidden, trace);
      } else {
        explained_cell(row, s, trace);
      }
      return false;
    });
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(p_); }

  [[nodiscard]] std::vector<InnerStep> steps(const RunContext& /*context*/) const override {
    std::vector<InnerStep> steps;
    for (const Gate which : {kInput, kForget, kCell, kOutput}) {
      if (which != kInput || !p_.coupled) add_steps(which, steps);
    }
    constexpr CodeRange kInt16{INT16_MIN, INT16_MAX};
    constexpr std::int64_t kProduct = std::int64_t{1} << 30;  // of two numbers of 16 bits
    // 16-bit numbers are added to these and the sum saturates.
    steps.push_back({"what is kept of the cell's state", -kProduct, kProduct, true, 0x1p-15,
                     [this](std::int64_t product) { return kept(static_cast<std::int32_t>(product)); }});
    const double slope = std::ldexp(1.0, -30 - p_.cell_exponent);
    steps.push_back({"what the cell gate adds", -kProduct, kProduct, true, slope,
                     [this](std::int64_t product) { return added(static_cast<std::int32_t>(product)); }});
    steps.push_back(table_step("tanh of the cell's state", kInt16, [this](std::int64_t c) {
      return std::int64_t{cell_tanh(static_cast<std::int16_t>(c))};
    }));
    steps.push_back(scaling_step("the hidden state", {-kProduct, kProduct}, p_.hidden, [this](std::int64_t product) {
      return std::int64_t{hidden_code(static_cast<std::int32_t>(product))};
    }));
    if (!p_.projects) return steps;
    for (const std::size_t row : {std::size_t{0}, p_.outputs - 1}) {  // of the whole blocks, and of the last elements
      steps.push_back(scaling_step(
          fmt::format("the projection of output {}", row), sums_of(p_.projection), p_.projection.scale,
          [this, row](std::int64_t sum) { return std::int64_t{projected(row, static_cast<std::int32_t>(sum))}; }));
    }
    return steps;
  }

 private:
  [[nodiscard]] static SumRange sums_of(const Matrix& m) {
    SumRange sums;
    const std::span<const std::int8_t> weights = m.weights;
    for (std::size_t r = 0; r < m.bias.size(); ++r)
      sums.include(weights.subspan(r * m.columns, m.columns), m.bias[r], {INT8_MIN, INT8_MAX});
    return sums;
  }

  void add_steps(Gate which, std::vector<InnerStep>& steps) const {
    static constexpr const char* kNames[] = {"the input gate", "the forget gate", "the cell gate", "the output gate"};
    const GateWeights& g = p_.gates[which];
    const std::string gate = kNames[which];
    // Beyond this a sum with a 16-bit number is saturated.
    const auto scaled = [this](QuantizedMultiplier scale) {
      return [this, scale](std::int64_t sum) {
        return std::int64_t{std::clamp(p_.multiply(static_cast<std::int32_t>(sum), scale), -65536, 65536)};
      };
    };
    steps.push_back(scaling_step(gate + "'s sum of inputs", sums_of(g.input), g.input.scale, scaled(g.input.scale)));
    steps.push_back(
        scaling_step(gate + "'s sum of states", sums_of(g.recurrent), g.recurrent.scale, scaled(g.recurrent.scale)));
    if (!g.peephole.empty()) {
      SumRange products;
      for (const std::int16_t w : g.peephole) products.include(std::span(&w, 1), 0, {INT16_MIN, INT16_MAX});
      steps.push_back(scaling_step(gate + "'s peephole", products, g.peephole_scale, scaled(g.peephole_scale)));
    }
    steps.push_back(table_step(gate + "'s function", {INT16_MIN, INT16_MAX}, [this, which](std::int64_t y) {
      return std::int64_t{gate_function(which, static_cast<std::int16_t>(y))};
    }));
  }

  /// One time of one batch element.
  struct Step {
    std::size_t at;  // in x and the output
    const std::int8_t* x;
    std::int8_t* h;
    std::int16_t* c;
    std::size_t first, end;  // the number of the first cell among those of a call, and of the first without peephole
  };

  /// Calls body(step) in order until it gives false.
  template <typename F>
  void for_each_step(const RunContext& context, F&& body) const {
    const auto x = context.inputs[kX].as<std::int8_t>();
    const auto state = context.state[0].as<std::int8_t>();
    const auto cell = context.state[1].as<std::int16_t>();
    const Shape& shape = context.inputs[kX].spec->shape;
    const auto batch = static_cast<std::size_t>(shape[p_.time_major ? 1 : 0]),
               time = static_cast<std::size_t>(shape[p_.time_major ? 0 : 1]);
    for (std::size_t b = 0; b < batch; ++b) {
      for (std::size_t t = 0; t < time; ++t) {
        const std::size_t at = p_.time_major ? t * batch + b : b * time + t;
        const std::size_t first = p_.time_major ? b * p_.cells : 0, end = (p_.time_major ? batch : 1) * p_.outputs;
        if (!body(Step{at, x.data() + at * p_.inputs, state.data() + b * p_.outputs, cell.data() + b * p_.cells, first,
                       end}))
          return;
      }
    }
  }

  /// The peephole's weight; 0 where there is none. TFLite walks the cells of a call as rows of as many as there are
  /// outputs.
  [[nodiscard]] std::int32_t peephole_weight(Gate which, std::size_t r, const Step& s) const {
    const auto& weights = p_.gates[which].peephole;
    const std::size_t k = s.first + r;
    return weights.empty() || k >= s.end ? 0 : weights[k % p_.outputs];
  }

  // The definition, for plain and traced numbers.

  /// A gate from its two sums, in 32 bits; `peephole`: its weight times the cell's state.
  template <typename N>
  [[nodiscard]] Like<std::int16_t, N> gate_value(Gate which, const N& of_x, const N& of_h, const N& peephole) const {
    const GateWeights& g = p_.gates[which];
    const auto x = p_.multiply(of_x, g.input.scale), h = p_.multiply(of_h, g.recurrent.scale);
    return gate_function(which, noted("sum in Q3.12", gate_sum(which, x, h, peephole)));
  }
  template <typename N>
  [[nodiscard]] Like<std::int16_t, N> gate_sum(Gate which, const N& x, const N& h, const N& peephole) const {
    const GateWeights& g = p_.gates[which];
    auto y = saturate_cast<std::int16_t>(to<std::int64_t>(x));
    y = saturate_cast<std::int16_t>(to<std::int64_t>(h) + to<std::int64_t>(y));
    if (!g.peephole.empty())
      y = saturate_cast<std::int16_t>(to<std::int64_t>(p_.multiply(peephole, g.peephole_scale)) + to<std::int64_t>(y));
    return y;
  }
  template <typename N>
  [[nodiscard]] N gate_function(Gate which, const N& y) const {
    if (p_.by_tables) {
      const auto scaled = to<std::int32_t>(y) * 3;  // from 2^-12 to 1/12288
      return which == kCell ? table_.tanh(scaled) : table_.logistic(scaled);
    }
    return which == kCell ? fixed_tanh(y, 3) : fixed_logistic(y, 3);
  }

  /// The cell's new state.
  template <typename N>
  [[nodiscard]] N new_cell(const N& f, const N& i, const N& g, const N& c) const {
    const auto product = [](const N& x, const N& y) { return to<std::int32_t>(x) * to<std::int32_t>(y); };
    const auto forgotten = product(f, c), input = product(i, g);
    return clipped(saturate_cast<std::int16_t>(to<std::int64_t>(kept(forgotten)) + to<std::int64_t>(added(input))));
  }
  template <typename N>
  [[nodiscard]] N clipped(const N& cell) const {
    if (p_.cell_clip <= 0) return cell;
    return clamped<std::int16_t>(cell, static_cast<std::int16_t>(-p_.cell_clip), p_.cell_clip);
  }

  /// Of 32-bit products of two 16-bit numbers.
  template <typename N>
  [[nodiscard]] Like<std::int16_t, N> kept(const N& product) const {
    return saturate_cast<std::int16_t>(
        to<std::int64_t>(p_.by_tables ? p_.multiply(product, p_.kept) : rounding_divide_by_pot(product, 15)));
  }
  template <typename N>
  [[nodiscard]] Like<std::int16_t, N> added(const N& product) const {
    return saturate_cast<std::int16_t>(to<std::int64_t>(
        p_.by_tables ? p_.multiply(product, p_.added) : rounding_divide_by_pot(product, 30 + p_.cell_exponent)));
  }

  template <typename N>
  [[nodiscard]] N cell_tanh(const N& c) const {
    if (!p_.by_tables) return fixed_tanh(c, 15 + p_.cell_exponent);
    const int left = 12 + p_.cell_exponent;
    const auto wide = to<std::int32_t>(c);
    if (left >= 0) return table_.tanh(wide * (3 << left));
    return table_.tanh((wide * 3 + (1 << (-left - 1))) >> -left);
  }

  template <typename N>
  [[nodiscard]] Like<std::int8_t, N> hidden_value(const N& o, const N& c) const {
    return hidden_code(to<std::int32_t>(o) * to<std::int32_t>(cell_tanh(c)));
  }
  template <typename N>
  [[nodiscard]] Like<std::int8_t, N> hidden_code(const N& product) const {
    return hidden_of(p_.multiply(product, p_.hidden));
  }
  template <typename N>
  [[nodiscard]] Like<std::int8_t, N> hidden_of(const N& scaled) const {
    const std::int32_t zero = p_.subtracts_zero ? -p_.hidden_zero : p_.hidden_zero;
    return saturate_cast<std::int8_t>(to<std::int64_t>(scaled) + zero);
  }

  template <typename N>
  [[nodiscard]] Like<std::int8_t, N> projected(std::size_t r, const N& sum) const {
    const std::size_t whole = p_.vectorized ? p_.outputs - p_.outputs % 16 : 0;
    const Rounding second = r < whole ? Rounding::kHalfUp : Rounding::kHalfAwayFromZero;
    auto h =
        saturate_cast<std::int8_t>(to<std::int64_t>(p_.multiply(sum, p_.projection.scale, second)) + p_.state_zero);
    if (p_.projection_clip <= 0) return h;
    return clamped<std::int8_t>(h, static_cast<std::int8_t>(-p_.projection_clip), p_.projection_clip);
  }

  [[nodiscard]] std::int64_t cells() const { return static_cast<std::int64_t>(p_.cells); }

  void gate(Gate which, const Step& s, const Scratch& m) const {
    const GateWeights& g = p_.gates[which];
    std::int16_t* out = m.gates[which];
    g.input.sums(vectors_.dots, m.x, m.of_x);
    g.recurrent.sums(vectors_.dots, m.h, m.of_h);
    vectors_.of_x[which](m.of_x, cells());
    vectors_.of_h[which](m.of_h, cells());
    for (std::size_t r = 0; r < p_.cells; ++r)
      out[r] = gate_sum(which, m.of_x[r], m.of_h[r], peephole_weight(which, r, s) * s.c[r]);
    if (const auto function = which == kCell ? vectors_.functions.tanh : vectors_.functions.logistic) {
      function(out, cells(), 3);
    } else {
      for (std::size_t r = 0; r < p_.cells; ++r) out[r] = gate_function(which, out[r]);
    }
  }

  void new_cells(const std::int16_t* f, const std::int16_t* i, const std::int16_t* g, std::int16_t* c,
                 const Scratch& m) const {
    const auto input = [&](std::size_t r) { return p_.coupled ? static_cast<std::int16_t>(INT16_MAX - f[r]) : i[r]; };
    if (vectors_.divide == nullptr) {
      for (std::size_t r = 0; r < p_.cells; ++r) c[r] = new_cell(f[r], input(r), g[r], c[r]);
      return;
    }
    std::int32_t *kept = m.of_x, *added = m.of_h;
    for (std::size_t r = 0; r < p_.cells; ++r) {
      kept[r] = std::int32_t{f[r]} * c[r];
      added[r] = std::int32_t{input(r)} * g[r];
    }
    vectors_.divide(kept, cells(), 15);
    vectors_.divide(added, cells(), 30 + p_.cell_exponent);  // 15 to 21
    for (std::size_t r = 0; r < p_.cells; ++r) {
      c[r] = clipped(saturate_cast<std::int16_t>(std::int64_t{saturate_cast<std::int16_t>(std::int64_t{kept[r]})} +
                                                 saturate_cast<std::int16_t>(std::int64_t{added[r]})));
    }
  }

  void step(const Step& s, const Scratch& m) const {
    const std::int16_t *i = m.gates[kInput], *f = m.gates[kForget], *g = m.gates[kCell], *o = m.gates[kOutput];
    widen(s.x, p_.inputs, m.x);
    widen(s.h, p_.outputs, m.h);
    if (!p_.coupled) gate(kInput, s, m);
    gate(kForget, s, m);
    gate(kCell, s, m);
    new_cells(f, i, g, s.c, m);
    gate(kOutput, s, m);
    std::int8_t* hidden = p_.projects ? m.hidden : s.h;
    if (vectors_.functions.tanh != nullptr) {
      std::int16_t* states = m.gates[kCell];
      std::copy_n(s.c, p_.cells, states);
      vectors_.functions.tanh(states, cells(), 15 + p_.cell_exponent);
      for (std::size_t r = 0; r < p_.cells; ++r) m.of_x[r] = std::int32_t{o[r]} * states[r];
      vectors_.hidden(m.of_x, cells());
      for (std::size_t r = 0; r < p_.cells; ++r) hidden[r] = hidden_of(m.of_x[r]);
    } else {
      for (std::size_t r = 0; r < p_.cells; ++r) hidden[r] = hidden_value(o[r], s.c[r]);
    }
    if (!p_.projects) return;
    widen(hidden, p_.cells, m.hidden16);
    p_.projection.sums(vectors_.dots, m.hidden16, m.of_x);
    for (std::size_t r = 0; r < p_.outputs; ++r) s.h[r] = projected(r, m.of_x[r]);
  }

  // And what is told of one element.

  static Traced<std::int32_t> explained_row(const Matrix& m, std::size_t r, const std::int8_t* x, const char* name,
                                            const char* what, Trace& trace) {
    const auto first = m.weights.begin() + static_cast<std::ptrdiff_t>(r * m.columns);
    explained_list("w", std::vector<std::int8_t>(first, first + static_cast<std::ptrdiff_t>(m.columns)), trace,
                   "weights");
    std::int64_t sum = m.bias[r];
    for (std::size_t k = 0; k < m.columns; ++k) sum += std::int32_t{m.weights[r * m.columns + k]} * x[k];
    return wrap_int32(noted(what, explained_dot(sum, name, "w", m.bias[r], trace)));
  }

  [[nodiscard]] Traced<std::int16_t> explained_gate(Gate which, std::size_t r, const Step& s,
                                                    const Traced<std::int16_t>& cell, Trace& trace) const {
    static constexpr const char* kNames[] = {"input gate", "forget gate", "cell gate", "output gate"};
    const GateWeights& g = p_.gates[which];
    const std::string gate = kNames[which];
    const auto of_x = explained_row(g.input, r, s.x, "x", (gate + ": sum of inputs").c_str(), trace);
    const auto of_h = explained_row(g.recurrent, r, s.h, "h", (gate + ": sum of states").c_str(), trace);
    const Traced<std::int32_t> peephole =
        g.peephole.empty() ? Traced<std::int32_t>(0) : to<std::int32_t>(cell) * peephole_weight(which, r, s);
    return noted(gate + ", in Q0.15", gate_value(which, of_x, of_h, peephole));
  }

  /// A cell's way without a projection.
  void explained_cell(std::size_t r, const Step& s, Trace& trace) const {
    explained_list("x", std::vector<std::int8_t>(s.x, s.x + p_.inputs), trace, "the input's quantized values");
    explained_list("h", std::vector<std::int8_t>(s.h, s.h + p_.outputs), trace, "the output's state before");
    trace.line("c = " + std::to_string(s.c[r]), "the cell's state before");
    const Traced<std::int16_t> before(&trace, s.c[r], "c");
    const auto f = explained_gate(kForget, r, s, before, trace);
    const auto i = p_.coupled ? to<std::int16_t>(std::int32_t{INT16_MAX} - to<std::int32_t>(f))
                              : explained_gate(kInput, r, s, before, trace);
    const auto g = explained_gate(kCell, r, s, before, trace);
    const auto c = noted("the cell's new state", new_cell(f, i, g, noted("the cell's state before", before)));
    const auto o = explained_gate(kOutput, r, s, c, trace);
    explained_code(to<std::int64_t>(hidden_value(o, c)), code_range(DType::kInt8), trace);
  }

  void explained_projection(std::size_t r, const std::int8_t* hidden, Trace& trace) const {
    explained_list("m", std::vector<std::int8_t>(hidden, hidden + p_.cells), trace, "what the cells give");
    const auto sum = explained_row(p_.projection, r, hidden, "m", "projection: sum of the cells", trace);
    explained_code(to<std::int64_t>(projected(r, sum)), code_range(DType::kInt8), trace);
  }

  Parameters p_;
  SigmoidTable table_;
  Vectors vectors_;
};

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 1, 24));
  for (const std::size_t i : {kInputWeights + kOutput, kRecurrentWeights + kOutput, kOutputState, kCellState}) {
    if (!node.has_input(i)) return error("input {} is left out, but this op needs it", i);
  }
  NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(kX), 3, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(kRecurrentWeights + kOutput), 2, "recurrent weights"));
  Shape out = node.input(kX).shape;
  out[2] = node.input(kRecurrentWeights + kOutput).shape[1];
  return Shapes{out};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_ASSIGN_OR_RETURN(Parameters parameters, read_parameters(context));
  return std::make_unique<Lstm>(std::move(parameters), context.isa);
}

}  // namespace

const OpDefinition& unidirectional_sequence_lstm_op() {
  static constexpr OpDefinition kOp{"UNIDIRECTIONAL_SEQUENCE_LSTM", infer_shapes, prepare, Family::kLstm};
  return kOp;
}

}  // namespace nputwin::ops::unidirectional_sequence_lstm

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
// Ratios are formed in binary32; zero points of x and h are folded into the biases. Vector code rounds the projection's
// second step half up in blocks of 16. Source: TFLite unidirectional_sequence_lstm.cc, lstm_eval.cc,
// portable_tensor_utils.cc. Not supported: layer normalization, the int8 cell state ("8x8_8"), binary32 and hybrid
// forms.

#include <algorithm>
#include <array>
#include <cmath>

#include "fixed/fixed_point.h"
#include "fixed/interpolated_table.h"
#include "ops/checks.h"
#include "profile/profile.h"

namespace nputwin::ops::unidirectional_sequence_lstm {
namespace {

// Places of the inputs; of each group of four: input, forget, cell, output gate.
constexpr std::size_t kX = 0, kInputWeights = 1, kRecurrentWeights = 5, kPeephole = 9, kBias = 12, kProjection = 16,
                      kProjectionBias = 17, kOutputState = 18, kCellState = 19, kLayerNorm = 20;
enum Gate : std::size_t { kInput, kForget, kCell, kOutput };

/// W x + b as integers, then scaled; zero points are in the bias.
struct Matrix {
  std::vector<std::int8_t> weights;
  std::vector<std::int32_t> bias;
  QuantizedMultiplier scale;
  std::size_t columns = 0;

  [[nodiscard]] std::int32_t row(std::size_t r, const std::int8_t* x) const {
    std::int32_t sum = 0;
    const std::int8_t* w = weights.data() + r * columns;
    for (std::size_t k = 0; k < columns; ++k) sum += std::int32_t{w[k]} * x[k];
    return wrap_int32(std::int64_t{sum} + bias[r]);
  }
};

struct GateWeights {
  Matrix input, recurrent;
  std::vector<std::int16_t> peephole;  // empty: none
  QuantizedMultiplier peephole_scale;
};

struct Parameters {
  std::array<GateWeights, 4> gates;
  bool coupled = false;  // CIFG
  std::size_t cells = 0, outputs = 0, inputs = 0;
  int cell_exponent = 0;  // log2 of the cell state's scale
  std::int16_t cell_clip = 0;
  QuantizedMultiplier hidden;
  std::int32_t hidden_zero = 0;
  bool by_tables = false;
  FixedPointMultiply multiply;
  QuantizedMultiplier kept, added;  // of f*c and i*g, by tables
  bool projects = false, vectorized = false, subtracts_zero = false;
  Matrix projection;
  std::int8_t projection_clip = 0;
  std::int32_t state_zero = 0;
  bool time_major = false;
};

class Lstm final : public Kernel {
 public:
  explicit Lstm(Parameters parameters) : p_(std::move(parameters)) {}

  [[nodiscard]] std::size_t scratch_bytes() const override {
    return 4 * p_.cells * sizeof(std::int16_t) + p_.cells + p_.outputs;
  }

  void run(const RunContext& context) const override {
    const auto x = context.inputs[kX].as<std::int8_t>();
    const auto out = context.outputs[0].as<std::int8_t>();
    const auto state = context.state[0].as<std::int8_t>();
    const auto cell = context.state[1].as<std::int16_t>();
    const Shape& shape = context.inputs[kX].spec->shape;
    const auto batch = static_cast<std::size_t>(shape[p_.time_major ? 1 : 0]),
               time = static_cast<std::size_t>(shape[p_.time_major ? 0 : 1]);
    for (std::size_t b = 0; b < batch; ++b) {
      for (std::size_t t = 0; t < time; ++t) {
        const std::size_t at = p_.time_major ? t * batch + b : b * time + t;
        std::int8_t* h = state.data() + b * p_.outputs;
        step(x.data() + at * p_.inputs, h, cell.data() + b * p_.cells, context.scratch.data());
        std::copy_n(h, p_.outputs, out.data() + at * p_.outputs);
      }
    }
  }

 private:
  void gate(Gate which, const std::int8_t* x, const std::int8_t* h, const std::int16_t* c, std::int16_t* out) const {
    const GateWeights& g = p_.gates[which];
    for (std::size_t r = 0; r < p_.cells; ++r) {
      std::int16_t y = saturate_cast<std::int16_t>(p_.multiply(g.input.row(r, x), g.input.scale));
      y = saturate_cast<std::int16_t>(std::int64_t{p_.multiply(g.recurrent.row(r, h), g.recurrent.scale)} + y);
      if (!g.peephole.empty())
        y = saturate_cast<std::int16_t>(std::int64_t{p_.multiply(g.peephole[r] * c[r], g.peephole_scale)} + y);
      if (p_.by_tables) {
        out[r] = which == kCell ? table_.tanh(3 * y) : table_.logistic(3 * y);  // 3: from 2^-12 to 1/12288
      } else {
        out[r] = which == kCell ? fixed_tanh(y, 3) : fixed_logistic(y, 3);
      }
    }
  }

  [[nodiscard]] std::int16_t new_cell(std::int32_t forgotten, std::int32_t input) const {
    const std::int32_t kept = p_.by_tables ? p_.multiply(forgotten, p_.kept) : rounding_divide_by_pot(forgotten, 15);
    const std::int32_t added =
        p_.by_tables ? p_.multiply(input, p_.added) : rounding_divide_by_pot(input, 30 + p_.cell_exponent);
    return saturate_cast<std::int16_t>(std::int64_t{saturate_cast<std::int16_t>(kept)} +
                                       saturate_cast<std::int16_t>(added));
  }

  [[nodiscard]] std::int16_t cell_tanh(std::int16_t c) const {
    if (!p_.by_tables) return fixed_tanh(c, 15 + p_.cell_exponent);
    const int left = 12 + p_.cell_exponent;
    return table_.tanh(left >= 0 ? c * (3 << left) : (c * 3 + (1 << (-left - 1))) >> -left);
  }

  void step(const std::int8_t* x, std::int8_t* h, std::int16_t* c, std::byte* scratch) const {
    auto* gates = reinterpret_cast<std::int16_t*>(scratch);
    std::int16_t *i = gates, *f = gates + p_.cells, *g = f + p_.cells, *o = g + p_.cells;
    if (!p_.coupled) gate(kInput, x, h, c, i);
    gate(kForget, x, h, c, f);
    gate(kCell, x, h, c, g);
    for (std::size_t r = 0; r < p_.cells; ++r) {
      const std::int32_t input = p_.coupled ? INT16_MAX - f[r] : i[r];
      c[r] = new_cell(f[r] * c[r], input * g[r]);
      if (p_.cell_clip > 0) c[r] = std::clamp(c[r], static_cast<std::int16_t>(-p_.cell_clip), p_.cell_clip);
    }
    gate(kOutput, x, h, c, o);
    auto* hidden = reinterpret_cast<std::int8_t*>(o + p_.cells);
    std::int8_t* m = p_.projects ? hidden : h;
    const std::int32_t zero = p_.projects || p_.subtracts_zero ? -p_.hidden_zero : p_.hidden_zero;
    for (std::size_t r = 0; r < p_.cells; ++r) {
      const std::int32_t product = o[r] * cell_tanh(c[r]);
      m[r] = saturate_cast<std::int8_t>(std::int64_t{p_.multiply(product, p_.hidden)} + zero);
    }
    if (p_.projects) project(hidden, h);
  }

  void project(const std::int8_t* hidden, std::int8_t* h) const {
    const std::size_t whole = p_.vectorized ? p_.outputs - p_.outputs % 16 : 0;
    for (std::size_t r = 0; r < p_.outputs; ++r) {
      const Rounding second = r < whole ? Rounding::kHalfUp : Rounding::kHalfAwayFromZero;
      const std::int32_t y = p_.multiply(p_.projection.row(r, hidden), p_.projection.scale, second);
      h[r] = saturate_cast<std::int8_t>(std::int64_t{y} + p_.state_zero);
      if (p_.projection_clip > 0)
        h[r] = std::clamp(h[r], static_cast<std::int8_t>(-p_.projection_clip), p_.projection_clip);
    }
  }

  Parameters p_;
  SigmoidTable table_;
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

/// Reads the LSTM's constants.
class ParameterReader {
 public:
  explicit ParameterReader(const PrepareContext& context) : context_(context) {}

  Result<Parameters> read() {
    NPUTWIN_RETURN_IF_ERROR(check_variant());
    const TensorSpec &x = context_.input(kX), &state = context_.input(kOutputState), &cell = context_.input(kCellState);
    const Attributes& a = *context_.attributes;
    p_.cells = size_of_dimension(kInputWeights + kOutput, 0), p_.inputs = static_cast<std::size_t>(x.shape[2]);
    p_.outputs = size_of_dimension(kRecurrentWeights + kOutput, 1);
    p_.coupled = !context_.has_input(kInputWeights + kInput);
    p_.time_major = a.integer("time_major") != 0;
    p_.projects = context_.has_input(kProjection);
    p_.vectorized = context_.profile->lstm_projection_vectorized;
    p_.subtracts_zero = context_.profile->lstm_subtracts_hidden_zero;
    p_.state_zero = state.zero_point();
    const std::int64_t batch = x.shape[p_.time_major ? 1 : 0];
    if (state.elements() != batch * static_cast<std::int64_t>(p_.outputs) ||
        cell.elements() != batch * static_cast<std::int64_t>(p_.cells))
      return error("states {} and {} do not fit {} outputs and {} cells", to_string(state.shape), to_string(cell.shape),
                   p_.outputs, p_.cells);
    if (!p_.projects && p_.outputs != p_.cells)
      return error("{} outputs of {} cells need a projection", p_.outputs, p_.cells);

    int exponent = 0;
    if (std::frexp(cell.scale(), &exponent) != 0.5F || exponent - 1 < -15 || exponent - 1 > -9)
      return error("cell state '{}' has scale {}, expected a power of two from 2^-15 to 2^-9", cell.name, cell.scale());
    p_.cell_exponent = exponent - 1;
    p_.by_tables = context_.profile->lstm_by_tables;
    p_.multiply = context_.multiply();
    p_.kept = quantize_multiplier(0x1p-15);
    p_.added = quantize_multiplier(std::ldexp(1.0, -30 - p_.cell_exponent));
    const auto clip = [&](const char* name, float scale, float most) {
      const auto limit = static_cast<float>(a.real(name));
      return limit > 0 ? std::clamp(limit / scale, -most - 1, most) : 0.0F;
    };
    p_.cell_clip = static_cast<std::int16_t>(clip("cell_clip", cell.scale(), 32767.0F));
    p_.projection_clip = static_cast<std::int8_t>(clip("proj_clip", context_.output().scale(), 127.0F));

    for (const Gate gate : {kInput, kForget, kCell, kOutput}) {
      if (gate != kInput || !p_.coupled) NPUTWIN_RETURN_IF_ERROR(read_gate(gate));
    }
    const TensorSpec& hidden = *context_.intermediates[4];
    p_.hidden_zero = hidden.zero_point();
    p_.hidden = quantize_multiplier(
        static_cast<double>(static_cast<float>(0x1p-15 / static_cast<double>(hidden.scale()) * 0x1p-15)));
    if (p_.projects) {
      const float ratio = context_.input(kProjection).scale() * hidden.scale() / state.scale();
      NPUTWIN_RETURN_IF_ERROR(
          read_matrix(kProjection, kProjectionBias, p_.outputs, p_.cells, p_.hidden_zero, ratio, p_.projection));
    }
    return std::move(p_);
  }

 private:
  [[nodiscard]] std::size_t size_of_dimension(std::size_t input, std::size_t d) const {
    const Shape& shape = context_.input(input).shape;
    return d < shape.size() ? static_cast<std::size_t>(shape[d]) : 0;
  }

  Status check_variant() {
    for (std::size_t i = kLayerNorm; i < kLayerNorm + 4; ++i) {
      if (context_.has_input(i)) return error("layer normalization is not supported");
    }
    NPUTWIN_RETURN_IF_ERROR(check_type(context_.input(kX), {DType::kInt8}, "input"));
    NPUTWIN_RETURN_IF_ERROR(check_type(context_.input(kOutputState), {DType::kInt8}, "output state"));
    NPUTWIN_RETURN_IF_ERROR(check_type(context_.input(kCellState), {DType::kInt16}, "cell state"));
    NPUTWIN_RETURN_IF_ERROR(check_type(context_.output(), {DType::kInt8}, "output"));
    for (const std::size_t i : {kX, kOutputState, kCellState})
      NPUTWIN_RETURN_IF_ERROR(check_per_tensor(context_.input(i), "input"));
    NPUTWIN_RETURN_IF_ERROR(check_per_tensor(context_.output(), "output"));
    for (const std::size_t i : {kOutputState, kCellState}) {
      if (!context_.inputs[i].variable) return error("state '{}' is not a variable", context_.input(i).name);
    }
    if (context_.intermediates.size() != 5 || !context_.intermediates[4]->quantization.per_tensor())
      return error("{} intermediates are given, expected 5 with the hidden state's quantization",
                   context_.intermediates.size());
    return {};
  }

  Result<TensorView> constant(std::size_t input, DType type, std::int64_t elements, std::string_view role) {
    NPUTWIN_RETURN_IF_ERROR(check_type(context_.input(input), {type}, role));
    const InputSpec& in = context_.inputs[input];
    if (!in.constant)
      return error("{} '{}' are computed while the model runs; only constants are supported", role, in.spec->name);
    if (in.spec->elements() != elements)
      return error("{} '{}' have {} values, expected {}", role, in.spec->name, in.spec->elements(), elements);
    return TensorView{in.spec, *in.constant};
  }

  Status read_matrix(std::size_t weights, std::size_t bias, std::size_t rows, std::size_t columns, std::int32_t zero,
                     float ratio, Matrix& m) {
    if (!context_.has_input(weights)) return error("input {} is left out, but this op needs it", weights);
    const auto count = static_cast<std::int64_t>(rows * columns);
    NPUTWIN_ASSIGN_OR_RETURN(const TensorView w, constant(weights, DType::kInt8, count, "weights"));
    NPUTWIN_RETURN_IF_ERROR(check_per_tensor(*w.spec, "weights"));
    constexpr std::size_t kMostColumns = 1 << 16;  // sums of products stay inside 32 bits
    if (columns > kMostColumns) return error("{} columns are too many", columns);
    const auto codes = w.as<std::int8_t>();
    m.weights.assign(codes.begin(), codes.end());
    m.columns = columns;
    m.scale = quantize_multiplier(static_cast<double>(ratio));
    m.bias.assign(rows, 0);
    if (context_.has_input(bias)) {
      NPUTWIN_ASSIGN_OR_RETURN(const TensorView b,
                               constant(bias, DType::kInt32, static_cast<std::int64_t>(rows), "bias"));
      std::ranges::copy(b.as<std::int32_t>(), m.bias.begin());
    }
    for (std::size_t r = 0; r < rows; ++r) {
      std::int64_t sum = 0;
      for (std::size_t k = 0; k < columns; ++k) sum += m.weights[r * columns + k];
      m.bias[r] = wrap_int32(m.bias[r] + sum * zero);
    }
    return {};
  }

  Status read_gate(Gate gate) {
    constexpr float kUnit = 0x1p-12F;  // Q3.12
    constexpr std::size_t kNone = 1000;
    GateWeights& g = p_.gates[gate];
    for (const std::size_t i : {kInputWeights + gate, kRecurrentWeights + gate}) {
      if (!context_.has_input(i)) return error("input {} is left out, but this op needs it", i);
      NPUTWIN_RETURN_IF_ERROR(check_per_tensor(context_.input(i), "weights"));
    }
    const auto ratio = [&](std::size_t weights, std::size_t values) {
      return context_.input(weights).scale() * context_.input(values).scale() / kUnit;
    };
    NPUTWIN_RETURN_IF_ERROR(read_matrix(kInputWeights + gate, kBias + gate, p_.cells, p_.inputs,
                                        -context_.input(kX).zero_point(), ratio(kInputWeights + gate, kX), g.input));
    NPUTWIN_RETURN_IF_ERROR(read_matrix(kRecurrentWeights + gate, kNone, p_.cells, p_.outputs, -p_.state_zero,
                                        ratio(kRecurrentWeights + gate, kOutputState), g.recurrent));
    const std::size_t peephole = kPeephole + (gate == kOutput ? std::size_t{2} : std::size_t{gate});
    if (gate == kCell || !context_.has_input(peephole)) return {};
    NPUTWIN_ASSIGN_OR_RETURN(
        const TensorView w, constant(peephole, DType::kInt16, static_cast<std::int64_t>(p_.cells), "peephole weights"));
    NPUTWIN_RETURN_IF_ERROR(check_per_tensor(*w.spec, "peephole weights"));
    std::ranges::copy(w.as<std::int16_t>(), std::back_inserter(g.peephole));
    g.peephole_scale = quantize_multiplier(static_cast<double>(static_cast<float>(
        std::ldexp(static_cast<double>(w.spec->scale()), p_.cell_exponent) / static_cast<double>(kUnit))));
    return {};
  }

  const PrepareContext& context_;
  Parameters p_;
};

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_ASSIGN_OR_RETURN(Parameters parameters, ParameterReader(context).read());
  return std::make_unique<Lstm>(std::move(parameters));
}

}  // namespace

const OpDefinition& unidirectional_sequence_lstm_op() {
  static constexpr OpDefinition kOp{"UNIDIRECTIONAL_SEQUENCE_LSTM", infer_shapes, prepare, Family::kLstm};
  return kOp;
}

}  // namespace nputwin::ops::unidirectional_sequence_lstm

#include "ops/sequence/lstm_parameters.h"

#include <algorithm>
#include <cmath>

#include "ops/checks.h"
#include "profile/profile.h"

namespace nputwin::ops::unidirectional_sequence_lstm {
namespace {

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
    p_.vectorized = p_.projects && context_.profile->lstm_projection_vectorized;
    p_.subtracts_zero = p_.projects || context_.profile->lstm_subtracts_hidden_zero;
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
    m.weights.resize(m.weights.size() + kDotPadding);
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
    if (p_.outputs > p_.cells)
      return error("peepholes of {} cells with {} outputs: the runtime reads beyond them", p_.cells, p_.outputs);
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

}  // namespace

Result<Parameters> read_parameters(const PrepareContext& context) { return ParameterReader(context).read(); }

}  // namespace nputwin::ops::unidirectional_sequence_lstm

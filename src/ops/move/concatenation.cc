// CONCATENATION along one axis. Inputs quantized as the output are copied. Inputs of another scale or zero point, which
// TFLite allows only in uint8, become
//
//   binary32, half away   half_away(q * (s_in * (1/s_out)) - z_in * (s_in * (1/s_out))) + z_out    TFLite
//                         concatenation.h
//   real                  half_even((q - z_in) * ratio + z_out), the ratio in binary32

#include <algorithm>
#include <optional>

#include "ops/checks.h"
#include "ops/elementwise/code_table.h"
#include "ops/move/copy_kernel.h"
#include "profile/profile.h"

namespace nputwin::ops::concatenation {
namespace {

Result<int> axis_of(const NodeView& node) {
  return normalized_axis(node.attributes->integer("axis"), node.input(0).shape.size());
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, node.inputs.empty() ? 1 : node.inputs.size(), SIZE_MAX));
  NPUTWIN_ASSIGN_OR_RETURN(const int axis, axis_of(node));
  Shape out = node.input(0).shape;
  const auto at = static_cast<std::size_t>(axis);
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    Shape next = node.input(i).shape;
    if (next.size() != out.size()) return error("shapes {} and {} do not concatenate", to_string(out), to_string(next));
    const auto sum = checked_add(out[at], next[at]);
    if (!sum) return error("concatenated dimension {} is too large", axis);
    next[at] = out[at];
    if (next != out) return error("shapes {} and {} differ outside axis {}", to_string(out), to_string(next), axis);
    out[at] = *sum;
  }
  return Shapes{out};
}

CodeFunction rescale(const PrepareContext& context, const TensorSpec& in) {
  const ConcatenationMethod method = context.profile->concatenation;
  const TensorSpec& out = context.output();
  const float ratio =
      method == ConcatenationMethod::kReal ? in.scale() / out.scale() : in.scale() * (1.0F / out.scale());
  const float bias = static_cast<float>(-in.zero_point()) * ratio;
  return [=, real = context.real(), reassociates = context.profile->reassociates,
          fused = context.profile->fused_multiply_add, z_in = in.zero_point(),
          z_out = out.zero_point()](const auto& q) -> Wide<std::decay_t<decltype(q)>> {
    if (method == ConcatenationMethod::kCopies) return to<std::int64_t>(q);
    if (method == ConcatenationMethod::kReal) {
      const auto scaled = times("ratio of the scales", q - z_in, static_cast<double>(ratio));
      return real.code(noted("(quantized value - zero point) * ratio", scaled), z_out);
    }
    const auto code = before_factor("ratio of the scales", to<float>(q), ratio);
    const auto scaled =
        reassociates ? (code - static_cast<float>(z_in)) * ratio : multiply_add(code, ratio, bias, fused);
    return to<std::int64_t>(round_real(to<double>(noted("rescaled, binary32", scaled)), Rounding::kHalfAwayFromZero)) +
           z_out;
  };
}

class Concatenation final : public Kernel {
 public:
  struct Part {
    NdCopy copy;
    CodeFunction rescale;
    std::optional<CodeTableKernel::Table> table;  ///< of `rescale`; nothing: copied as they are
    std::int64_t first, inner;  ///< where the part starts in each block of the output, and how long it is
  };
  /// `block`: elements of the output from one index of the outer dimensions to the next.
  Concatenation(std::vector<Part> parts, std::size_t largest, std::int64_t block)
      : parts_(std::move(parts)), largest_(largest), block_(block) {}

  [[nodiscard]] std::size_t scratch_bytes() const override { return largest_; }

  void run(const RunContext& context) const override {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const auto in = context.inputs[i].bytes;
      const std::byte* from = in.data();
      if (parts_[i].table) {
        for (std::size_t k = 0; k < in.size(); ++k)
          context.scratch[k] = std::byte{(*parts_[i].table)[static_cast<std::uint8_t>(in[k])]};
        from = context.scratch.data();
      }
      parts_[i].copy.run(from, context.outputs[0].bytes.data());
    }
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    const TensorSpec& out = *context.outputs[0].spec;
    if (!is_8bit(out.type) && out.type != DType::kInt16) return false;
    const Definition::Place from = source(element);
    explain_code(parts_[from.input].rescale, context, from.input, from.element, code_range(out.type), trace);
    return true;
  }

  [[nodiscard]] std::unique_ptr<Definition> definition(const RunContext& context) const override;
  /// Of parts that are rescaled the definition says it.
  [[nodiscard]] bool same_as(const Kernel& other) const override {
    const auto* same_class = dynamic_cast<const Concatenation*>(&other);
    return same_class != nullptr && std::ranges::equal(parts_, same_class->parts_, [](const Part& a, const Part& b) {
             return !a.table && !b.table && a.copy == b.copy;
           });
  }

  /// Which element an element of the output is made of.
  [[nodiscard]] Definition::Place source(std::int64_t element) const {
    const std::int64_t at = element % block_;
    std::size_t i = 0;
    while (i + 1 < parts_.size() && at >= parts_[i + 1].first) ++i;
    return {i, element / block_ * parts_[i].inner + at - parts_[i].first};
  }
  [[nodiscard]] const Part& part(std::size_t i) const { return parts_[i]; }

 private:
  std::vector<Part> parts_;
  std::size_t largest_;
  std::int64_t block_;
};

/// By part.
class ConcatenationDefinition final : public Definition {
 public:
  ConcatenationDefinition(const Concatenation& kernel, CodeRange range) : kernel_(kernel), range_(range) {}

  [[nodiscard]] Of of() const override { return Of::kCode; }
  [[nodiscard]] std::int64_t function_number(std::int64_t element) const override {
    return static_cast<std::int64_t>(kernel_.source(element).input);
  }
  [[nodiscard]] Function function(std::int64_t element) const override {
    return [this, &part = kernel_.part(kernel_.source(element).input)](std::int64_t code, std::int64_t) {
      const std::int64_t rescaled = part.table ? part.rescale(static_cast<std::int32_t>(code)) : code;
      return static_cast<double>(std::clamp<std::int64_t>(rescaled, range_.lo, range_.hi));
    };
  }
  [[nodiscard]] std::vector<Place> places(std::int64_t element) const override { return {kernel_.source(element)}; }

 private:
  const Concatenation& kernel_;
  CodeRange range_;
};

std::unique_ptr<Definition> Concatenation::definition(const RunContext& context) const {
  const DType type = context.outputs[0].spec->type;
  if (!is_8bit(type) && type != DType::kInt16) return nullptr;
  return std::make_unique<ConcatenationDefinition>(*this, code_range(type));
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_ASSIGN_OR_RETURN(const int axis, axis_of(context));
  const TensorSpec& out = context.output();
  if (context.attributes->integer("fused_activation_function") != 0)
    return error("a fused activation is not supported");
  const auto strides = dense_strides(out.shape);
  std::vector<Concatenation::Part> parts;
  std::int64_t offset = 0;
  std::size_t largest = 0;
  for (std::size_t i = 0; i < context.inputs.size(); ++i) {
    const TensorSpec& in = context.input(i);
    Concatenation::Part part{{}, [](const auto& q) { return to<std::int64_t>(q); }, {}, offset, 0};
    if (in.type == DType::kUInt8 && out.type == DType::kUInt8 && in.quantization != out.quantization) {
      NPUTWIN_RETURN_IF_ERROR(check_per_tensor(in, "input"));
      NPUTWIN_RETURN_IF_ERROR(check_per_tensor(out, "output"));
      part.rescale = rescale(context, in);
      part.table = code_table(in.type, out.type, part.rescale);
      largest = std::max(largest, in.bytes());
    } else {
      NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context, i));
    }
    part.copy = NdCopy(in.shape, dense_strides(in.shape), strides, 0, offset, size_of(in.type));
    part.inner = in.shape[static_cast<std::size_t>(axis)] * strides[static_cast<std::size_t>(axis)];
    offset += part.inner;
    parts.push_back(std::move(part));
  }
  return std::make_unique<Concatenation>(std::move(parts), largest, offset);
}

}  // namespace

const OpDefinition& concatenation_op() {
  static constexpr OpDefinition kOp{"CONCATENATION", infer_shapes, prepare, Family::kConcatenation};
  return kOp;
}

}  // namespace nputwin::ops::concatenation

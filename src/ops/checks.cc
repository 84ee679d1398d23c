#include "ops/checks.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "profile/profile.h"

namespace nputwin {

Status check_arity(const NodeView& node, std::size_t at_least, std::size_t at_most, std::size_t outputs) {
  if (node.inputs.size() < at_least || node.inputs.size() > at_most) {
    return error("expected {}{} inputs, got {}", at_least,
                 at_most == at_least ? std::string() : fmt::format(" to {}", at_most), node.inputs.size());
  }
  for (std::size_t i = 0; i < at_least; ++i) {
    if (!node.inputs[i].present()) return error("input {} is missing, but this op needs it", i);
  }
  if (node.outputs.size() != outputs) return error("expected {} outputs, got {}", outputs, node.outputs.size());
  return {};
}

Status check_type(const TensorSpec& spec, std::initializer_list<DType> types, std::string_view role) {
  if (std::find(types.begin(), types.end(), spec.type) != types.end()) return {};
  std::vector<std::string_view> names;
  for (const auto t : types) names.push_back(name(t));
  return error("{} '{}' is {}, supported: {}", role, spec.name, name(spec.type), fmt::join(names, ", "));
}

Status check_per_tensor(const TensorSpec& spec, std::string_view role) {
  if (!spec.quantization.per_tensor()) {
    if (spec.quantization.empty())
      return error("{} '{}' has scale 0 or none, expected one above 0 (per-tensor quantization)", role, spec.name);
    return error("{} '{}' has {} scales, expected one (per-tensor quantization)", role, spec.name,
                 spec.quantization.scale.size());
  }
  const CodeRange range = code_range(spec.type);
  if (spec.zero_point() < range.lo || spec.zero_point() > range.hi) {
    return error("{} '{}' has zero point {}, outside {}'s {}..{}", role, spec.name, spec.zero_point(), name(spec.type),
                 range.lo, range.hi);
  }
  return {};
}

Status check_rank(const TensorSpec& spec, std::size_t rank, std::string_view role) {
  if (spec.shape.size() == rank) return {};
  return error("{} '{}' has shape {}, expected rank {}", role, spec.name, to_string(spec.shape), rank);
}

Status check_codes(const NodeView& node, std::size_t inputs, CodeWidths widths) {
  if (widths == CodeWidths::k8) {
    NPUTWIN_RETURN_IF_ERROR(check_type(node.input(0), {DType::kInt8, DType::kUInt8}, "input"));
  } else {
    NPUTWIN_RETURN_IF_ERROR(check_type(node.input(0), {DType::kInt8, DType::kUInt8, DType::kInt16}, "input"));
  }
  const auto check = [&](const TensorSpec& spec, std::string_view role) -> Status {
    NPUTWIN_RETURN_IF_ERROR(check_type(spec, {node.input(0).type}, role));
    NPUTWIN_RETURN_IF_ERROR(check_per_tensor(spec, role));
    if (spec.type == DType::kInt16 && spec.zero_point() != 0)
      return error("{} '{}' is int16 with zero point {}, expected 0", role, spec.name, spec.zero_point());
    return {};
  };
  for (std::size_t i = 0; i < inputs; ++i) NPUTWIN_RETURN_IF_ERROR(check(node.input(i), "input"));
  return check(node.output(), "output");
}

bool all_of_type(const NodeView& node, std::size_t inputs, DType type) {
  for (std::size_t i = 0; i < inputs; ++i) {
    if (node.input(i).type != type) return false;
  }
  return node.output().type == type;
}

Status check_probabilities(const TensorSpec& output) {
  const std::int32_t lowest = code_range(output.type).lo;
  if (output.scale() == 1.0F / 256 && output.zero_point() == lowest) return {};
  return error("output '{}' has scale {} and zero point {}, expected 1/256 and {}", output.name, output.scale(),
               output.zero_point(), lowest);
}

Result<Shapes> unary_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 1, 1));
  return Shapes{node.input(0).shape};
}

Status check_moves_codes(const NodeView& node, std::size_t input, std::size_t output) {
  const TensorSpec& in = node.input(input);
  const TensorSpec& out = node.output(output);
  if (in.type != out.type) {
    return error("'{}' is {} and output '{}' is {}, expected one type", in.name, name(in.type), out.name,
                 name(out.type));
  }
  if (in.quantization.per_tensor() && out.quantization.per_tensor() && in.type != DType::kInt32 &&
      (in.scale() != out.scale() || in.zero_point() != out.zero_point())) {
    return error(
        "'{}' (scale {}, zero point {}) and output '{}' (scale {}, zero point {}) must share their "
        "quantization",
        in.name, in.scale(), in.zero_point(), out.name, out.scale(), out.zero_point());
  }
  return {};
}

Status check_moves_any_codes(const PrepareContext& context) {
  const Status status = check_moves_codes(context);
  const bool moves = in_tflite_kernels(context) || context.profile->registry == OpRegistry::kTflm;
  if (status || (moves && context.input(0).type == context.output().type)) return {};
  if (context.delegated()) return error("{}: XNNPACK fails to prepare it", status.error().message);
  return error("{}: whether {} moves the codes or rescales them is not known", status.error().message,
               context.profile->name);
}

bool in_tflite(const PrepareContext& context) {
  const OpRegistry registry = context.profile->registry;
  return registry != OpRegistry::kNone && registry != OpRegistry::kTflm;
}

bool in_tflite_kernels(const PrepareContext& context) { return !context.delegated() && in_tflite(context); }

Result<std::vector<std::int32_t>> constant_integers(const NodeView& node, std::size_t input, std::string_view role) {
  const InputSpec& in = node.inputs[input];
  if (!in.constant) {
    if (node.lacks_values != nullptr) *node.lacks_values = true;
    return error("{} '{}' is computed while the model runs; only constants are supported", role, in.spec->name);
  }
  NPUTWIN_RETURN_IF_ERROR(check_type(*in.spec, {DType::kInt32, DType::kInt64}, role));
  const TensorView view{in.spec, *in.constant};
  std::vector<std::int32_t> values;
  if (in.spec->type == DType::kInt32) {
    const auto span = view.as<std::int32_t>();
    values.assign(span.begin(), span.end());
  } else {
    for (const auto v : view.as<std::int64_t>()) {
      if (v < INT32_MIN || v > INT32_MAX)
        return error("{} '{}' holds {}, which is beyond 32 bits", role, in.spec->name, v);
      values.push_back(static_cast<std::int32_t>(v));
    }
  }
  return values;
}

Result<int> normalized_axis(std::int64_t axis, std::size_t rank) {
  const auto n = static_cast<std::int64_t>(rank);
  if (axis < -n || axis >= n) return error("axis {} is outside a tensor of rank {}", axis, rank);
  return static_cast<int>(axis < 0 ? axis + n : axis);
}

}  // namespace nputwin

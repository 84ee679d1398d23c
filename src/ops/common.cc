#include "ops/common.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace nputwin {

Status check_arity(const NodeView& node, std::size_t at_least, std::size_t at_most, std::size_t outputs) {
  if (node.inputs.size() < at_least || node.inputs.size() > at_most) {
    return error("expected {}{} inputs, got {}", at_least,
                 at_most == at_least ? std::string() : fmt::format(" to {}", at_most), node.inputs.size());
  }
  for (std::size_t i = 0; i < at_least; ++i) {
    if (!node.inputs[i].present()) return error("input {} is left out, but this op needs it", i);
  }
  if (node.outputs.size() != outputs)
    return error("expected {} outputs, got {}", outputs, node.outputs.size());
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
    return error("{} '{}' has {} scales, expected one (per-tensor quantization)", role, spec.name,
                 spec.quantization.scale.size());
  }
  const CodeRange range = code_range(spec.type);
  if (spec.zero_point() < range.lo || spec.zero_point() > range.hi) {
    return error("{} '{}' has zero point {}, outside {}'s {}..{}", role, spec.name, spec.zero_point(),
                 name(spec.type), range.lo, range.hi);
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
  return error("output '{}' has scale {} and zero point {}, expected 1/256 and {}", output.name,
               output.scale(), output.zero_point(), lowest);
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

Result<std::vector<std::int32_t>> constant_integers(const NodeView& node, std::size_t input,
                                                    std::string_view role) {
  const InputSpec& in = node.inputs[input];
  if (!in.constant)
    return error("{} '{}' is computed while the model runs; only constants are supported", role,
                 in.spec->name);
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

Result<CodeRange> activation_range(const TensorSpec& output, Activation activation) {
  CodeRange range = code_range(output.type);
  const auto code = [&](float bound) {
    return saturate_cast<std::int32_t>(
        output.zero_point() +
        std::int64_t{round_real(std::round(bound / output.scale()), Rounding::kHalfAwayFromZero)});
  };
  const auto limit = [&](float lo, float hi) {
    range = {std::max(range.lo, code(lo)), std::min(range.hi, code(hi))};
  };
  switch (activation) {
    case Activation::kNone:
      break;
    case Activation::kRelu:
      range.lo = std::max(range.lo, output.zero_point());
      break;
    case Activation::kRelu6:
      limit(0, 6);
      break;
    case Activation::kReluN1To1:
      limit(-1, 1);
      break;
    case Activation::kRelu0To1:
      limit(0, 1);
      break;
    default:
      return error("fused activation {} is not supported", static_cast<int>(activation));
  }
  return range;
}

Result<CodeRange> activation_range(const TensorSpec& output, const Attributes& attributes) {
  return activation_range(output, static_cast<Activation>(attributes.integer("fused_activation_function")));
}

Result<WindowAxis> window_axis(std::int64_t in, std::int64_t size, std::int64_t stride, std::int64_t dilation,
                               std::int64_t padding) {
  constexpr std::int64_t kLimit = 1 << 20;
  if (stride < 1 || dilation < 1 || size < 1 || stride > kLimit || dilation > kLimit || size > kLimit ||
      in > kLimit * 16) {
    return error("window of size {}, stride {}, dilation {} over {} elements is out of range", size, stride,
                 dilation, in);
  }
  if (padding != 0 && padding != 1) return error("padding {} is neither SAME (0) nor VALID (1)", padding);
  const std::int64_t extent = (size - 1) * dilation + 1;
  const std::int64_t out = padding == 0 ? (in + stride - 1) / stride : (in - extent + stride) / stride;
  if (in < 1 || out < 1) return error("a window of {} elements does not fit an input of {}", extent, in);
  const std::int64_t total = std::max<std::int64_t>(0, (out - 1) * stride + extent - in);
  return WindowAxis{static_cast<int>(in),     static_cast<int>(out),      static_cast<int>(size),
                    static_cast<int>(stride), static_cast<int>(dilation), static_cast<int>(total / 2)};
}

Result<Window> window_2d(const Shape& input, std::int64_t height, std::int64_t width, const Attributes& a) {
  const std::int64_t padding = a.integer("padding");
  NPUTWIN_ASSIGN_OR_RETURN(const WindowAxis y, window_axis(input[1], height, a.integer("stride_h"),
                                                           a.integer("dilation_h_factor", 1), padding));
  NPUTWIN_ASSIGN_OR_RETURN(const WindowAxis x, window_axis(input[2], width, a.integer("stride_w"),
                                                           a.integer("dilation_w_factor", 1), padding));
  return Window{y, x};
}

}  // namespace nputwin

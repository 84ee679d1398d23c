#pragma once

#include <initializer_list>
#include <string_view>

#include "ops/op.h"
#include "profile/op_versions.h"

namespace nputwin {

// Checks that several ops share. Messages say what was expected and what came.

/// At least `at_least` and at most `at_most` inputs, of which the first `at_least` are present; `outputs`
/// outputs.
[[nodiscard]] Status check_arity(const NodeView& node, std::size_t at_least, std::size_t at_most,
                                 std::size_t outputs = 1);

/// spec.type is one of `types`. `role`: "input", "weights".
[[nodiscard]] Status check_type(const TensorSpec& spec, std::initializer_list<DType> types, std::string_view role);

/// One scale and zero point, the zero point within the type's range.
[[nodiscard]] Status check_per_tensor(const TensorSpec& spec, std::string_view role);

[[nodiscard]] Status check_rank(const TensorSpec& spec, std::size_t rank, std::string_view role);

/// The first `inputs` inputs and the output are of one 8-bit type (or, where allowed, int16 with zero points of 0),
/// each quantized per tensor.
enum class CodeWidths : std::uint8_t { k8, k8And16 };
[[nodiscard]] Status check_codes(const NodeView& node, std::size_t inputs, CodeWidths widths = CodeWidths::k8);

/// The first `inputs` inputs and the output hold numbers, not codes: all of `type`.
[[nodiscard]] bool all_of_type(const NodeView& node, std::size_t inputs, DType type);

/// The output of a function with values from 0 to 1: scale 1/256, the smallest code as zero point.
[[nodiscard]] Status check_probabilities(const TensorSpec& output);

/// One input, one output of its shape.
[[nodiscard]] Result<Shapes> unary_shapes(const NodeView& node);

/// The input and the output have one type and one quantization: the op moves codes.
[[nodiscard]] Status check_moves_codes(const NodeView& node, std::size_t input = 0, std::size_t output = 0);

/// The same for an op of which TFLite's own kernels do not compare the quantizations: they move the codes, whatever
/// these stand for (measured). XNNPACK ends there; of other sides it is not known, so equal quantizations are demanded.
[[nodiscard]] Status check_moves_any_codes(const PrepareContext& context);

/// The profile is one of TFLite's runtimes, with or without a delegate; not TensorFlow Lite Micro.
[[nodiscard]] bool in_tflite(const PrepareContext& context);

/// TFLite's own kernels compute the node: in_tflite, without a delegate.
[[nodiscard]] bool in_tflite_kernels(const PrepareContext& context);

/// The values of an int32 or int64 input that the kernel is made by (a shape, axes, paddings). Where they are not known
/// yet, the kernel is made while the model runs.
[[nodiscard]] Result<std::vector<std::int32_t>> constant_integers(const NodeView& node, std::size_t input,
                                                                  std::string_view role);

/// `axis` counted from the end where negative, checked against `rank`.
[[nodiscard]] Result<int> normalized_axis(std::int64_t axis, std::size_t rank);

}  // namespace nputwin

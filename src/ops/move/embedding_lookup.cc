// EMBEDDING_LOOKUP: the rows of input 1 that the indices of input 0 name. Where the rows are 8-bit codes and the output
// float32, each code times the scale in binary32, its zero point left out. Scales along dimension 0 are those of the
// rows; before TensorFlow 2.19 and LiteRT several scales count as 0, and TensorFlow Lite Micro takes the first for all.
// Source: TFLite embedding_lookup.cc.

#include <cstring>

#include "ops/checks.h"
#include "profile/profile.h"

namespace nputwin::ops::embedding_lookup {
namespace {

class Lookup final : public ComparableKernel<Lookup> {
 public:
  /// `scales`: of the numbers that codes become; none where the rows stay as they are.
  Lookup(const TensorSpec& rows, std::vector<float> scales) : count_(rows.shape[0]), scales_(std::move(scales)) {
    for (std::size_t d = 1; d < rows.shape.size(); ++d) size_ *= static_cast<std::size_t>(rows.shape[d]);
    row_bytes_ = size_ * size_of(rows.type);
  }

  void run(const RunContext& context) const override {
    const auto indices = context.inputs[0].as<std::int32_t>();
    for (std::size_t i = 0; i < indices.size(); ++i) {
      if (indices[i] < 0 || indices[i] >= count_)
        return context.fail(fmt::format("index {} is outside the {} rows", indices[i], count_));
      const auto row = static_cast<std::size_t>(indices[i]);
      const std::byte* from = context.inputs[1].bytes.data() + row * row_bytes_;
      if (scales_.empty()) {
        std::memcpy(context.outputs[0].bytes.data() + i * row_bytes_, from, row_bytes_);
      } else {
        const float scale = scales_[scales_.size() > 1 ? row : 0];
        const auto out = context.outputs[0].as<float>().subspan(i * size_, size_);
        for (std::size_t c = 0; c < size_; ++c) out[c] = scale * static_cast<float>(static_cast<std::int8_t>(from[c]));
      }
    }
  }
  [[nodiscard]] auto parameters() const { return std::tie(count_, size_, row_bytes_, scales_); }

 private:
  std::int32_t count_;
  std::size_t size_ = 1, row_bytes_;
  std::vector<float> scales_;
};

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2));
  NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(0), 1, "indices"));
  Shape out = node.input(1).shape;
  if (out.size() < 2) return error("'{}' {} holds no rows", node.input(1).name, to_string(out));
  out[0] = node.input(0).shape[0];
  return Shapes{out};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec& rows = context.input(1);
  NPUTWIN_RETURN_IF_ERROR(check_type(context.input(0), {DType::kInt32}, "indices"));
  const bool to_numbers = is_8bit(rows.type) && context.output().type == DType::kFloat32;
  if (!to_numbers) {
    NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context, 1));
    return std::make_unique<Lookup>(rows, std::vector<float>{});
  }
  const std::size_t scales = rows.quantization.scale.size();
  if (scales != 1 && (scales != static_cast<std::size_t>(rows.shape[0]) || rows.quantization.axis != 0))
    return error("'{}' has {} scales, expected one, or one for each of its {} rows", rows.name, scales, rows.shape[0]);
  const bool micro = context.profile->registry == OpRegistry::kTflm;
  const bool before_scales = in_tflite_kernels(context) && context.profile->registry < OpRegistry::kTensorflow219;
  if ((micro || (in_tflite_kernels(context) && !before_scales)) && rows.zero_point() != 0)
    return error("rows '{}' have zero point {}, the runtime takes 0 alone", rows.name, rows.zero_point());
  if (before_scales && scales > 1) return std::make_unique<Lookup>(rows, std::vector{0.0F});
  if (micro) return std::make_unique<Lookup>(rows, std::vector{rows.quantization.scale[0]});
  return std::make_unique<Lookup>(rows, rows.quantization.scale);
}

}  // namespace

const OpDefinition& embedding_lookup_op() {
  static constexpr OpDefinition kOp{
      "EMBEDDING_LOOKUP",     infer_shapes, prepare, Family::kMovement, Family::kMovement, /*needs_no_values=*/false,
      /*reads_profile=*/true,
  };
  return kOp;
}

}  // namespace nputwin::ops::embedding_lookup

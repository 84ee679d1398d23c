// REVERSE_SEQUENCE: along `seq_dim` the first n elements in the opposite order, n for each index of `batch_dim` from
// input 1; the others stay. Source: TFLite reverse_sequence.cc.

#include <cstring>

#include "kernels/copy/nd_copy.h"
#include "ops/checks.h"

namespace nputwin::ops::reverse_sequence {
namespace {

class ReverseSequence final : public ComparableKernel<ReverseSequence> {
 public:
  ReverseSequence(const Shape& shape, std::size_t sequence, std::size_t batch, std::vector<std::int32_t> lengths,
                  std::size_t element_bytes)
      : shape_(shape), sequence_(sequence), batch_(batch), lengths_(std::move(lengths)), bytes_(element_bytes) {
    const std::size_t last = std::max(sequence, batch);
    for (std::size_t d = 0; d <= last; ++d) outer_ *= shape[d];
    for (std::size_t d = last + 1; d < shape.size(); ++d) bytes_ *= static_cast<std::size_t>(shape[d]);
    strides_ = dense_strides(Shape(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(last) + 1));
  }

  void run(const RunContext& context) const override {
    const auto* in = context.inputs[0].bytes.data();
    auto* out = context.outputs[0].bytes.data();
    for (std::int64_t at = 0; at < outer_; ++at) {
      const std::int64_t s = at / strides_[sequence_] % shape_[sequence_], b = at / strides_[batch_] % shape_[batch_];
      const std::int64_t n = lengths_[static_cast<std::size_t>(b)];
      const std::int64_t from = s < n ? at + (n - 1 - 2 * s) * strides_[sequence_] : at;
      std::memcpy(out + at * static_cast<std::int64_t>(bytes_), in + from * static_cast<std::int64_t>(bytes_), bytes_);
    }
  }
  [[nodiscard]] bool only_moves() const override { return true; }
  [[nodiscard]] auto parameters() const { return std::tie(shape_, sequence_, batch_, lengths_, bytes_); }

 private:
  Shape shape_;
  std::size_t sequence_, batch_;
  std::vector<std::int32_t> lengths_;
  std::size_t bytes_;  // of what lies behind both dimensions
  std::int64_t outer_ = 1;
  std::vector<std::int64_t> strides_;
};

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2));
  return Shapes{node.input(0).shape};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec& in = context.input(0);
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  NPUTWIN_RETURN_IF_ERROR(
      check_type(in, {DType::kFloat32, DType::kUInt8, DType::kInt16, DType::kInt32, DType::kInt64}, "input"));
  const std::int64_t sequence = context.attributes->integer("seq_dim"),
                     batch = context.attributes->integer("batch_dim");
  const auto rank = static_cast<std::int64_t>(in.shape.size());
  if (sequence < 0 || batch < 0 || sequence >= rank || batch >= rank || sequence == batch)
    return error("seq_dim {} and batch_dim {} are not two dimensions of {}", sequence, batch, to_string(in.shape));
  NPUTWIN_ASSIGN_OR_RETURN(auto lengths, constant_integers(context, 1, "lengths"));
  const auto s = static_cast<std::size_t>(sequence), b = static_cast<std::size_t>(batch);
  if (static_cast<std::int64_t>(lengths.size()) != in.shape[b])
    return error("{} lengths for dimension {} of {}", lengths.size(), batch, to_string(in.shape));
  for (const auto n : lengths) {
    if (n < 0 || n > in.shape[s]) return error("length {} for dimension {} of {}", n, sequence, to_string(in.shape));
  }
  return std::make_unique<ReverseSequence>(in.shape, s, b, std::move(lengths), size_of(in.type));
}

}  // namespace

const OpDefinition& reverse_sequence_op() {
  static constexpr OpDefinition kOp{"REVERSE_SEQUENCE", infer_shapes, prepare, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::reverse_sequence

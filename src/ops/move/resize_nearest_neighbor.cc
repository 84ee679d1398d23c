// RESIZE_NEAREST_NEIGHBOR: out[y,x] = in[f(y), f(x)], f(i) = floor((i + offset) * scale), or half-away rounding where
// corners are aligned; offset 1/2 for half-pixel centers; in binary32. TFLite reference/resize_nearest_neighbor.h.
// Moves codes: exact on every device that places the samples so.

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/copy/copy_run.h"
#include "ops/checks.h"
#include "ops/move/resize.h"

namespace nputwin::ops::resize_nearest_neighbor {
namespace {

std::vector<int> sources(int in, int out, const ResizeSpec& spec) {
  const float scale = spec.align_corners && out > 1 ? static_cast<float>(in - 1) / static_cast<float>(out - 1)
                                                    : static_cast<float>(in) / static_cast<float>(out);
  std::vector<int> result;
  for (int i = 0; i < out; ++i) {
    const float at = (static_cast<float>(i) + (spec.half_pixel_centers ? 0.5F : 0.0F)) * scale;
    const int source = static_cast<int>(spec.align_corners ? std::round(at) : std::floor(at));
    result.push_back(std::clamp(source, 0, in - 1));
  }
  return result;
}

class ResizeNearest final : public ComparableKernel<ResizeNearest> {
 public:
  ResizeNearest(const Shape& in, const ResizeSpec& spec)
      : rows_(sources(in[1], spec.height, spec)), columns_(sources(in[2], spec.width, spec)) {}

  void run(const RunContext& context) const override {
    const Shape& shape = context.inputs[0].spec->shape;
    const std::size_t pixel = static_cast<std::size_t>(shape[3]) * size_of(context.inputs[0].spec->type);
    const std::byte* in = context.inputs[0].bytes.data();
    std::byte* out = context.outputs[0].bytes.data();
    for (std::int64_t n = 0; n < shape[0]; ++n) {
      for (std::size_t row = 0; row < rows_.size(); ++row) {
        const int y = rows_[row];
        if (row > 0 && y == rows_[row - 1]) {
          std::memcpy(out, out - columns_.size() * pixel, columns_.size() * pixel);
          out += columns_.size() * pixel;
          continue;
        }
        const std::byte* line = in + static_cast<std::size_t>((n * shape[1] + y) * shape[2]) * pixel;
        for (const int x : columns_) {
          copy_run(out, line + static_cast<std::size_t>(x) * pixel, pixel);
          out += pixel;
        }
      }
    }
  }
  [[nodiscard]] bool only_moves() const override { return true; }
  [[nodiscard]] auto parameters() const { return std::tie(rows_, columns_); }

 private:
  std::vector<int> rows_, columns_;
};

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  NPUTWIN_ASSIGN_OR_RETURN(const ResizeSpec spec, resize_spec(context));
  return std::make_unique<ResizeNearest>(context.input(0).shape, spec);
}

}  // namespace

const OpDefinition& resize_nearest_neighbor_op() {
  static constexpr OpDefinition kOp{"RESIZE_NEAREST_NEIGHBOR", resize_shapes, prepare, Family::kResizeNearest};
  return kOp;
}

}  // namespace nputwin::ops::resize_nearest_neighbor

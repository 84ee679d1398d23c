#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "model/model.h"

namespace nputwin::bench {

/// A multiply-accumulate layer of a public model, by its shape.
struct LayerShape {
  enum class Kind { kConv, kDepthwise, kTransposed, kRow };
  Kind kind;
  int size = 1;  ///< height and width of the filter
  int stride = 1;
  int height = 1, width = 1;  ///< of the input; of a transposed layer's, too
  int channels_in = 1, channels_out = 1;
  DType type = DType::kInt8;

  /// "3x3 32->32 s2, 540x960"
  [[nodiscard]] std::string name() const;
  /// One whose products weigh most: at least 20 million of them, of a depth of 64 and more into 16 channels and more.
  [[nodiscard]] bool is_big(std::int64_t products) const;
};

/// First layers, 1x1, 3x3, depthwise, one row, transposed.
[[nodiscard]] std::span<const LayerShape> layer_shapes();

/// A model of that layer alone, padded to keep its size, with random weights whose codes fill their range.
[[nodiscard]] std::shared_ptr<const Model> layer_model(const LayerShape& shape);

}  // namespace nputwin::bench

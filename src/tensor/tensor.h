#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tensor/dtype.h"
#include "tensor/shape.h"

namespace nputwin {

/// real = scale * (code - zero_point). Empty scale: not quantized. One scale: per tensor. Several: one for
/// each index of dimension `axis`. zero_point has as many entries as scale. Scales are binary32, as stored.
struct Quantization {
  std::vector<float> scale;
  std::vector<std::int32_t> zero_point;
  int axis = 0;

  [[nodiscard]] bool empty() const { return scale.empty(); }
  [[nodiscard]] bool per_tensor() const { return scale.size() == 1; }
  bool operator==(const Quantization&) const = default;
};

/// What is known of a tensor before it has values.
struct TensorSpec {
  std::string name;
  DType type = DType::kFloat32;
  Shape shape;
  Quantization quantization;

  [[nodiscard]] std::int64_t elements() const { return element_count(shape).value_or(0); }
  [[nodiscard]] std::size_t bytes() const { return static_cast<std::size_t>(elements()) * size_of(type); }
  /// Scale and zero point of a per-tensor quantized tensor.
  [[nodiscard]] float scale() const { return quantization.scale.at(0); }
  [[nodiscard]] std::int32_t zero_point() const { return quantization.zero_point.at(0); }
};

/// A tensor's values, owned elsewhere. `spec` outlives the view.
template <typename Byte>
struct BasicTensorView {
  const TensorSpec* spec = nullptr;
  std::span<Byte> bytes;

  [[nodiscard]] bool present() const { return spec != nullptr; }

  /// The values as T, which is the element type of the tensor.
  template <typename T>
  [[nodiscard]] auto as() const {
    assert(spec != nullptr && kDTypeOf<T> == spec->type);
    using Element = std::conditional_t<std::is_const_v<Byte>, const T, T>;
    return std::span<Element>(reinterpret_cast<Element*>(bytes.data()), bytes.size() / sizeof(T));
  }
};

using TensorView = BasicTensorView<const std::byte>;
using MutableTensorView = BasicTensorView<std::byte>;

[[nodiscard]] inline TensorView read_only(const MutableTensorView& view) { return {view.spec, view.bytes}; }

/// A tensor that owns its values.
struct Tensor {
  TensorSpec spec;
  std::vector<std::byte> data;

  [[nodiscard]] TensorView view() const { return {&spec, data}; }
};

}  // namespace nputwin

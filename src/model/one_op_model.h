#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/model.h"

namespace nputwin {

/// Writes a model of one op in memory. Inputs and constants become the op's inputs in the order in which they come.
class OneOpModel {
 public:
  explicit OneOpModel(std::string_view op);

  void input(const TensorSpec& spec);
  /// `values`: as many bytes as the spec says.
  void constant(const TensorSpec& spec, Bytes values);
  template <typename T>
  void constant(const Shape& shape, const std::vector<T>& values, const Quantization& q = {}) {
    constant({"", *kDTypeOf<T>, shape, q}, std::as_bytes(std::span(values)));
  }
  /// An optional input that is left out.
  void absent() { node().inputs.push_back(-1); }
  void attribute(std::string name, AttributeValue value) { node().attributes.set(std::move(name), std::move(value)); }

  /// The op's only output, whose shape follows from the inputs; then the model is whole.
  [[nodiscard]] std::shared_ptr<const Model> output(DType type, const Quantization& q);

  [[nodiscard]] Node& node() { return model_.graphs[0].nodes[0]; }
  [[nodiscard]] const TensorSpec& input_spec(std::size_t k);

 private:
  Graph& graph() { return model_.graphs[0]; }
  int tensor(const TensorSpec& spec);

  Model model_;
};

}  // namespace nputwin

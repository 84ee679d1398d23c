#pragma once

#include <map>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "model/model.h"
#include "tflite_abi.h"

namespace nputwin::delegate {

/// A runtime's graph as a model, with the runtime's indices of tensors and nodes. Nodes that are not in the runtime's
/// plan are left out.
class RuntimeGraph {
 public:
  /// Constants stay where the runtime has them.
  [[nodiscard]] static Result<std::shared_ptr<RuntimeGraph>> read(abi::TfLiteContext& context);

  [[nodiscard]] const Graph& graph() const { return model_.main(); }
  [[nodiscard]] const Model& model() const { return model_; }
  /// Of all tensors.
  [[nodiscard]] const std::vector<TensorSpec>& specs() const { return specs_; }

  /// A model of some of the nodes, whose others are left out: it reads whatever none of them makes, and gives
  /// `outputs`. It has copies of the constants, which all parts share.
  [[nodiscard]] Result<std::shared_ptr<const Model>> part(std::span<const std::size_t> nodes, std::vector<int> outputs);

 private:
  RuntimeGraph() = default;
  [[nodiscard]] Status read_node(abi::TfLiteContext& context, int index);

  Model model_;
  std::vector<TensorSpec> specs_;
  std::map<int, std::shared_ptr<const Blob>> copies_;  // of constants, by tensor
};

/// The shape that a tensor of the runtime has.
[[nodiscard]] Shape shape_of(const abi::TfLiteTensor& tensor);

}  // namespace nputwin::delegate

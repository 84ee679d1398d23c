#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "graph.h"
#include "session/session.h"
#include "shared.h"
#include "tflite_abi.h"

namespace nputwin::delegate {

/// Nodes that the runtime runs as one: a session over them.
class Partition {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Partition>> make(const abi::TfLiteContext& context, RuntimeGraph& graph,
                                                               const abi::TfLiteDelegateParams& params,
                                                               std::shared_ptr<Shared> shared);

  /// Gives the outputs the shapes that follow from the inputs'. What has been prepared for the same shapes stays.
  [[nodiscard]] Status prepare(abi::TfLiteContext& context);
  /// Runs on the runtime's tensors.
  [[nodiscard]] Status invoke(abi::TfLiteContext& context);

 private:
  Partition() = default;

  [[nodiscard]] bool fits(const abi::TfLiteContext& context) const;
  [[nodiscard]] Status prepare_session(const abi::TfLiteContext& context);
  [[nodiscard]] Status resize_outputs(abi::TfLiteContext& context) const;
  [[nodiscard]] Status copy_inputs(const abi::TfLiteContext& context);
  [[nodiscard]] Status copy_outputs(abi::TfLiteContext& context) const;
  void copy_state(const abi::TfLiteContext& context, bool to_session) const;
  [[nodiscard]] Status run(const abi::TfLiteContext& context);
  [[nodiscard]] Status compare(const abi::TfLiteContext& context) const;
  /// The runtime's values of input k, in the session's shape.
  [[nodiscard]] TensorView input(const abi::TfLiteContext& context, std::size_t k) const;
  void expect_in_trace() const;

  std::shared_ptr<Shared> shared_;
  SessionOptions options_;
  std::shared_ptr<const Model> model_;
  int number_ = 0;                 // of the first node: there is one partition with it
  std::vector<std::string> keys_;  // of tensors in a trace
  std::optional<Session> session_;
  std::map<int, MutableTensorView> state_;  // of the session, by the runtime's tensor
};

}  // namespace nputwin::delegate

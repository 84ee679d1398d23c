#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/model.h"
#include "session/session.h"
#include "tflite_abi.h"

namespace nputwin::test {

/// Plays a TensorFlow Lite runtime, as far as a delegate sees it: a model in TfLiteContext, partitions, preparation and
/// runs. What is not delegated is computed as by TFLite 2.14's reference kernels. Constants have no byte behind them.
class MockRuntime {
 public:
  explicit MockRuntime(std::shared_ptr<const Model> model);
  ~MockRuntime();
  MockRuntime(const MockRuntime&) = delete;
  MockRuntime& operator=(const MockRuntime&) = delete;

  abi::TfLiteContext& context() { return context_; }
  [[nodiscard]] const Graph& graph() const { return model_->main(); }

  abi::TfLiteStatus apply(abi::TfLiteDelegate* delegate);
  void resize_input(std::size_t k, const Shape& shape);
  /// Shapes of all tensors, then memory, then the delegate's kernels.
  abi::TfLiteStatus allocate();
  abi::TfLiteStatus invoke();
  /// Variables get their first values.
  void reset_variables();

  void set_input(std::size_t k, const std::vector<std::byte>& values);
  [[nodiscard]] std::vector<std::byte> output(std::size_t k) const;
  [[nodiscard]] Shape output_shape(std::size_t k) const;
  /// The nodes of each partition that has been delegated.
  [[nodiscard]] const std::vector<std::vector<std::size_t>>& partitions() const { return partitions_; }
  /// What has been reported.
  [[nodiscard]] const std::string& errors() const { return errors_; }

 private:
  struct Tensor {
    std::vector<int> dims;
    std::vector<int> scales, zero_points;  // as the runtime's arrays: the number first
    abi::TfLiteAffineQuantization quantization{};
    std::unique_ptr<std::byte[]> memory;
  };
  struct Node {
    std::vector<int> inputs, outputs, intermediates;
    std::vector<std::byte> options;
    abi::TfLiteNode node{};
    abi::TfLiteRegistration registration{};
  };
  /// A step of the plan: a node of the model or a delegate's kernel.
  struct Step {
    std::size_t node = 0;
    bool delegated = false;
  };

  void add_tensor(const ModelTensor& from);
  void add_node(const nputwin::Node& from);
  void set_dims(std::size_t t, const Shape& shape);
  void make_memory(std::size_t t);
  void add_kernel(const abi::TfLiteRegistration& registration, const std::vector<std::size_t>& nodes,
                  abi::TfLiteDelegate* delegate);
  abi::TfLiteStatus run_node(std::size_t node);

  static MockRuntime& self(abi::TfLiteContext* context) { return *static_cast<MockRuntime*>(context->impl_); }
  static abi::TfLiteStatus get_plan(abi::TfLiteContext* context, abi::TfLiteIntArray** plan);
  static abi::TfLiteStatus get_node(abi::TfLiteContext* context, int index, abi::TfLiteNode** node,
                                    abi::TfLiteRegistration** registration);
  static abi::TfLiteStatus resize_tensor(abi::TfLiteContext* context, abi::TfLiteTensor* tensor,
                                         abi::TfLiteIntArray* size);
  static abi::TfLiteStatus replace(abi::TfLiteContext* context, abi::TfLiteRegistration registration,
                                   const abi::TfLiteIntArray* nodes, abi::TfLiteDelegate* delegate);
  static void report(abi::TfLiteContext* context, const char* message, ...);

  std::shared_ptr<const Model> model_;
  abi::TfLiteContext context_{};
  std::vector<abi::TfLiteTensor> shown_;
  std::vector<Tensor> tensors_;
  std::deque<Node> nodes_;  // the model's, then the kernels'
  std::vector<int> plan_;
  std::vector<Step> steps_;
  std::vector<std::vector<std::size_t>> partitions_;
  std::map<std::string, Shape> input_shapes_;
  std::optional<Session> cpu_;
  std::string errors_;
};

}  // namespace nputwin::test

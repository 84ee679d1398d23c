#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "session/session.h"

namespace nputwin {

/// By tensor.
using Numbers = std::map<int, std::vector<float>>;

/// A quantized model in numbers: weights, biases and constants are what their codes stand for, and no op rounds to
/// codes. Sums are made in binary64, other ops as a CPU runtime has them in binary32. It is what a quantized run is
/// measured against, and no runtime's arithmetic.
class FloatNetwork {
 public:
  /// `quantized`: a session of the model, which outlives this. Fails, naming the op, where an op cannot be run so, and
  /// where a run would take more than `most_products`.
  [[nodiscard]] static Result<std::unique_ptr<FloatNetwork>> of(const Session& quantized, const SessionOptions& options,
                                                                std::int64_t most_products = std::int64_t{4} << 30);

  /// `inputs`: of the quantized model.
  [[nodiscard]] Status run(std::span<const Tensor> inputs);

  /// After run(): of each tensor that has some, constants too.
  [[nodiscard]] const Numbers& numbers() const { return numbers_; }

 private:
  explicit FloatNetwork(const Session& quantized) : quantized_(quantized) {}

  enum class By : std::uint8_t { kSession, kLayer, kCopy };
  [[nodiscard]] Status prepare(const SessionOptions& options, std::int64_t most_products);
  [[nodiscard]] Status take(int tensor, std::vector<float> numbers);
  [[nodiscard]] std::vector<float> layer_outputs(std::size_t node) const;

  const Session& quantized_;
  std::unique_ptr<Session> others_;      // all but layers; what layers make are its inputs
  std::vector<By> by_;                   // of each node
  std::map<int, std::size_t> input_of_;  // by tensor: the input of `others_`
  Numbers constants_;                    // of codes
  Numbers numbers_;
  std::unique_ptr<ThreadPool> pool_;
};

/// Keeps what the ops of a main graph make, as numbers.
class NumberKeeper final : public Observer {
 public:
  explicit NumberKeeper(const Graph& graph) : graph_(graph) {}
  void on_node(NodeId node, std::span<const TensorView> outputs) override;

  Numbers numbers;

 private:
  const Graph& graph_;
};

/// What a tensor's values stand for; they are codes or numbers.
[[nodiscard]] std::vector<float> real_values(const TensorView& values);

}  // namespace nputwin

#pragma once

#include <memory>
#include <string>

#include "analysis/agree/on_cpu.h"
#include "analysis/compare/condition.h"

namespace nputwin::api {

/// What the outputs must keep: a Condition on one or all of the model's outputs, without a scope on all.
class OutputLimit {
 public:
  /// An error where the condition is of layers or of rows of classes, where equal outputs do not meet it, and where it
  /// is of a figure that an output's type does not have.
  [[nodiscard]] static Result<OutputLimit> parse(const std::string& text, const Graph& graph);
  [[nodiscard]] bool is_met(std::span<const DifferenceStats> outputs) const;

 private:
  explicit OutputLimit(Condition condition) : condition_(std::move(condition)) {}

  Condition condition_;
  std::optional<std::size_t> output_;  // the one that it is of
};

/// The fewest ops of `chip`, beside the CPU build `cpu`, whose move to the CPU meets the limit, as
/// nputwin::search_on_cpu finds them; run once more as the placement that --on-cpu makes.
[[nodiscard]] Result<OnCpu> search_on_cpu(const std::shared_ptr<const Model>& model, const std::string& chip,
                                          const std::string& cpu, const OutputLimit& limit, const InputSet& inputs,
                                          const SessionOptions& options, const Callbacks& callbacks);

/// What names ops for --on-cpu: a type, where they are all of that type, else the op's number.
[[nodiscard]] std::vector<std::string> on_cpu_patterns(const Graph& graph, const std::vector<std::size_t>& nodes);

/// "vx(CHIP)+CPU".
[[nodiscard]] std::string placement_of(const std::string& chip, const std::string& cpu);

}  // namespace nputwin::api

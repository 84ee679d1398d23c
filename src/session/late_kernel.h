#pragma once

#include <memory>
#include <vector>

#include "ops/op.h"

namespace nputwin {

/// A node whose op needs values that an earlier node computes: where to slice, how often to tile, in which order to
/// transpose. What other nodes do once, it does in every run, with the values of that run: shapes, checks, the op's own
/// kernel. Its output has the planned shape, or the run fails.
class LateKernel final : public Kernel {
 public:
  /// `context`: as the op's prepare gets it, with the planned shapes of the outputs. What it points to outlives this.
  LateKernel(const OpDefinition& op, const PrepareContext& context, std::size_t memory_limit);

  void run(const RunContext& context) const override;
  /// Known of ops that only move codes, whatever the profile says.
  [[nodiscard]] bool same_as(const Kernel& other) const override;

 private:
  [[nodiscard]] Status run_late(const RunContext& context) const;
  /// What the op's prepare gets, with the inputs as they were before anything ran.
  [[nodiscard]] PrepareContext prepare_context() const;

  const OpDefinition* op_;
  PrepareContext prepare_;
  std::vector<InputSpec> inputs_;
  std::vector<TensorSpec> outputs_;
  std::vector<const TensorSpec*> intermediates_;
  std::size_t memory_limit_;
};

}  // namespace nputwin

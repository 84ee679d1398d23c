#pragma once

#include <functional>
#include <string>
#include <vector>

#include "analysis/compare/difference_stats.h"
#include "analysis/explain/cause_finder.h"
#include "session/isolated_step.h"

namespace nputwin {

/// One output of one op.
struct LayerDiff {
  std::size_t node = 0;
  std::string op;
  std::size_t output = 0;  ///< which of the op's
  int tensor = 0;
  std::string name;
  DType type = DType::kInt8;
  Shape shape;
  DifferenceStats isolated;     ///< B's op on A's inputs: what this layer does alone
  DifferenceStats accumulated;  ///< both sides end to end: what has come together up to here
  CauseCounts causes;           ///< of the isolated mismatches
  std::optional<double>
      expected;  ///< isolated mismatches that the arithmetic lets expect (Characteriser); where asked for

  /// The sample and the element in it of a flat index over all samples.
  struct Place {
    std::size_t sample;
    std::int64_t element;
  };
  [[nodiscard]] Place place_of(std::int64_t index) const;
  /// Two captures tell nothing of layers alone.
  [[nodiscard]] bool known_alone() const { return isolated.elements() > 0; }
  /// The layer is equal alone, and that proves nothing: A's output is constant or at the ends of its range.
  [[nodiscard]] bool proves_nothing() const {
    return known_alone() && isolated.mismatches() == 0 && isolated.trust() == 0;
  }
};

struct DiffResult {
  std::string model, a, b;
  bool a_is_capture = false, b_is_capture = false;  ///< values that others computed, not a profile
  std::string likeness;  ///< the profile whose steps are the causes, where a side is a runtime that has one
  std::size_t samples = 0;
  std::vector<LayerDiff> layers;
  /// Names of outputs that one side seems to have under each other's names; looked for where a side is a capture.
  std::vector<std::pair<std::string, std::string>> swapped;

  [[nodiscard]] bool differs() const;
  /// The first layer whose end-to-end outputs differ, and the one with the highest mismatch rate; null where
  /// none does.
  [[nodiscard]] const LayerDiff* first() const;
  /// The first layer that differs alone, which is where an explanation begins; null where none does.
  [[nodiscard]] const LayerDiff* first_alone() const;
  [[nodiscard]] const LayerDiff* worst() const;
  /// Of all layers.
  [[nodiscard]] CauseCounts causes() const;
};

/// Runs two sessions of one model in lock step, sample by sample, and each of B's ops on A's inputs besides.
/// Holds the statistics and one op's outputs, however many samples come.
class Diff {
 public:
  /// Both sessions outlive the result.
  [[nodiscard]] static Result<Diff> between(Session& a, Session& b);

  /// One sample, from the variables' first values. `progress` is called with the number of ops done.
  [[nodiscard]] Status add(std::span<const Tensor> inputs, const std::function<void(std::size_t)>& progress = {});

  [[nodiscard]] const DiffResult& result() const { return result_; }

  /// Is shown each op as it has been compared alone: A's inputs, and what A and B made of them.
  using Watch = std::function<void(std::size_t node, std::span<const TensorView> inputs, std::span<const TensorView> a,
                                   std::span<const MutableTensorView> b)>;
  void watch(Watch watch) { watch_ = std::move(watch); }

 private:
  Diff(Session& a, Session& b) : a_(&a), b_(&b), isolated_step_(a, b), causes_(a, b) {}
  /// A's inputs of a node that is about to run, with copies of the variables that it will change.
  [[nodiscard]] std::vector<TensorView> inputs_before(std::size_t node);

  Session* a_;
  Session* b_;
  IsolatedStep isolated_step_;
  std::unique_ptr<Blob> isolated_;  // room for the outputs of any one op
  std::vector<Blob> variables_;     // what inputs_before copied
  CauseFinder causes_;
  Watch watch_;
  DiffResult result_;
};

}  // namespace nputwin

#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/compare/difference_stats.h"
#include "analysis/compare/layer_bound.h"
#include "analysis/compare/movement.h"
#include "analysis/compare/output_diff.h"
#include "analysis/compare/swapped_outputs.h"
#include "analysis/explain/cause.h"
#include "base/result.h"
#include "model/not_run.h"
#include "profile/evidence.h"

namespace nputwin {

/// One output of one op.
struct LayerDiff {
  NodeId node;
  std::string op;
  std::size_t output = 0;  ///< which of the op's
  int tensor = 0;
  std::string name;
  DType type = DType::kInt8;
  Shape shape;
  double scale = 0;             ///< the real value of a step; 0 where there is no one scale
  DifferenceStats isolated;     ///< one side's op on the other's inputs: what this layer does by itself
  DifferenceStats accumulated;  ///< each side on its own inputs: what has come together up to here
  CauseCounts causes;           ///< of the isolated mismatches
  /// Isolated mismatches that the arithmetic lets expect (Characteriser), where asked for.
  std::optional<double> expected;
  std::optional<LayerBound> bound;  ///< where asked for
  Movement movement;                ///< of A's values
  /// How each side's rule of this op is known; nothing of a recording.
  std::optional<Confidence> known_a, known_b;

  /// The sample and the element in it of a flat index over all samples.
  struct Place {
    std::size_t sample;
    std::int64_t element;
  };
  [[nodiscard]] Place place_of(std::int64_t index) const;
  /// Two captures tell nothing of layers in isolation, and one nothing of a layer whose inputs it lacks.
  [[nodiscard]] bool has_isolated() const { return isolated.elements() > 0; }
  void drop_isolated() { isolated = {}, causes = {}; }
  /// The layer is equal, and that proves nothing: A's output is one value, at the ends of its range, or the same
  /// whatever goes in.
  [[nodiscard]] bool proves_nothing() const {
    const DifferenceStats& stats = has_isolated() ? isolated : accumulated;
    return stats.mismatches() == 0 && (stats.trust() == 0 || movement.is_constant());
  }
};

/// What to do about a difference.
struct Advice {
  std::string sentence, command;
};

/// What a comparison of two sides found.
struct DiffResult {
  std::string model, a, b;
  bool a_is_capture = false, b_is_capture = false;  ///< a recording, not a profile
  /// The profile whose steps are the causes, where a side is a runtime that has one.
  std::string reference_profile;
  std::size_t samples = 0;
  std::vector<LayerDiff> layers;
  std::vector<OutputDiff> outputs;  ///< the model's, in its order; none of those that no op makes
  NotRun not_run;                   ///< of the model
  std::vector<std::string> notes;   ///< what a reader of the results must know of a side's layers: sentences
  std::vector<double> seconds;      ///< that each op took by the wall, both sides and their comparison; no result
  std::vector<Advice> advice;       ///< of no part of the samples: merging leaves it out
  std::vector<OutputPair> pairs;    ///< outputs that could be mistaken for each other, where a side is a capture

  /// Adds what was found in other samples of the same two sides. Results merge in any order and to the last bit. What
  /// was expected is left out: it does not add up exactly, and Characteriser makes it of merged counts. The error says
  /// in what the two comparisons differ; this result is as it was then.
  [[nodiscard]] Status merge(const DiffResult& other);

  [[nodiscard]] bool differs() const;
  /// The first layer whose accumulated outputs differ, and the one with the highest mismatch rate; null where none
  /// does. A layer of less than 16 elements is the worst only where no larger one differs.
  [[nodiscard]] const LayerDiff* first() const;
  /// The first layer that differs in isolation, which is where an explanation begins; null where none does.
  [[nodiscard]] const LayerDiff* first_isolated() const;
  [[nodiscard]] const LayerDiff* worst() const;
  /// The worst in isolation.
  [[nodiscard]] const LayerDiff* worst_isolated() const;
  /// Of all layers.
  [[nodiscard]] CauseCounts causes() const;
  /// What a reader must know of a capture, as sentences without their point: which layers have no isolated figures
  /// since their inputs were not captured, and whether the sides seem to have run on different inputs.
  [[nodiscard]] std::vector<std::string> capture_notes() const;
  /// Names of outputs that one side seems to have under each other's names.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> swapped() const;
};

}  // namespace nputwin

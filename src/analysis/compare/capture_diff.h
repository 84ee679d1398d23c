#pragma once

#include <map>
#include <memory>
#include <optional>

#include "analysis/compare/diff.h"
#include "analysis/compare/swapped_outputs.h"
#include "sides/capture.h"

namespace nputwin {

/// Compares what another implementation computed with the twin, or two such with each other, op by op, sample by
/// sample. The first sample decides which tensors are compared.
class CaptureDiff {
 public:
  /// A capture against a session. End to end, the session runs on its own inputs; alone, its op runs on the captured
  /// inputs, or on its own where those were not captured. The session outlives this.
  enum class CaptureSide : std::uint8_t { kA, kB };
  CaptureDiff(Session& twin, CaptureSide side);

  /// Two captures of one model, which outlives this. Nothing is known of layers alone.
  explicit CaptureDiff(const Model& model) : CaptureDiff(model.main()) { result_.model = model.path; }

  /// Whose arithmetic the capturing implementation is said to have. Where this session computes the captured code from
  /// the captured inputs, the steps between it and the twin are the causes; elsewhere they stay unknown. It outlives
  /// this.
  void set_likeness(Session& likeness);

  /// One sample against the twin; `inputs` are what the capture was made from. An output that the capture lacks without
  /// being partial, or has in another shape or type than the twin, is an error.
  [[nodiscard]] Status add(const Capture& capture, std::span<const Tensor> inputs);
  /// One sample of two captures.
  [[nodiscard]] Status add(const Capture& a, const Capture& b);

  [[nodiscard]] DiffResult result() const;

 private:
  explicit CaptureDiff(const Graph& graph) : graph_(&graph), swapped_(graph) {}
  /// The captured output k of a node; null where it is left out of the comparison.
  [[nodiscard]] Result<const Tensor*> captured(const Capture& capture, std::size_t node, std::size_t k) const;
  /// Where the statistics of an output go; null where the first sample had none.
  [[nodiscard]] LayerDiff* layer(std::size_t node, std::size_t k, const TensorSpec& spec);
  /// Of the elements of output k that differ, which are `mismatches`.
  void find_causes(std::int64_t mismatches, std::size_t node, std::span<const TensorView> inputs, std::size_t k,
                   const TensorView& a, const TensorView& b, CauseCounts& causes);

  const Graph* graph_;
  Session* twin_ = nullptr;
  CaptureSide side_ = CaptureSide::kA;
  struct Likeness {
    Session* session;
    CauseFinder causes;
  };
  std::optional<Likeness> likeness_;
  SwappedOutputs swapped_;
  std::map<int, std::size_t> layer_of_;  // by tensor
  DiffResult result_;
};

}  // namespace nputwin

#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/compare/difference_stats.h"
#include "session/session.h"

namespace nputwin {

/// How far one side is from the one that it is measured against.
struct SideDistance {
  std::vector<DifferenceStats> outputs;  ///< of the model, end to end; A is this side, where nothing else is said
  std::vector<std::int64_t> isolated;    ///< of each node: mismatches on the other side's inputs
  std::int64_t isolated_elements = 0;    ///< of all nodes
  std::string failed;                    ///< why it could not run a sample; its figures then count for nothing

  [[nodiscard]] std::int64_t isolated_mismatches() const;
  /// Of all outputs.
  [[nodiscard]] std::int64_t output_mismatches() const;
  [[nodiscard]] std::int64_t output_elements() const;
  /// Of the output that is furthest from the other side's, in dB; nothing where none differs.
  [[nodiscard]] std::optional<double> least_sqnr_db() const;
};

/// Whose kernel runs each node of a model.
using NodeSessions = std::vector<Session*>;

/// Runs many sides on the same samples against one. Sides whose codes have been equal so far are one run; where they
/// sum up the same products, these are summed once for all. So the work is that of the outcomes that differ.
class DistanceSearch {
 public:
  /// The sessions run one model and outlive this. `to`: the side that the others are measured against.
  DistanceSearch(Session& to, std::span<Session* const> sides);
  /// A side's nodes may be of several sessions. `to_is_a`: in the outputs' figures A is `to`.
  DistanceSearch(Session& to, std::vector<NodeSessions> sides, bool to_is_a = false);

  [[nodiscard]] Status add(std::span<const Tensor> inputs, std::size_t sample);

  /// One a side, in their order.
  [[nodiscard]] const std::vector<SideDistance>& result() const { return result_; }
  /// Whether two sides, by their place in the result, gave equal codes everywhere on every sample.
  [[nodiscard]] bool equal(std::size_t x, std::size_t y) const { return equal_[x * result_.size() + y]; }

 private:
  using Values = std::map<int, std::shared_ptr<Blob>>;
  /// Sides that have had equal codes so far. Side 0 is `to`.
  struct Run {
    std::vector<std::size_t> sides;
    Values values;  // of tensors that are still read
  };
  /// What one kernel makes of a node.
  struct Made {
    std::size_t side;  // one that has this kernel
    std::vector<std::shared_ptr<Blob>> outputs;
    std::string failed;
  };

  void step(NodeId node);
  std::vector<Run> step(NodeId node, Run run, bool count_isolated);
  std::vector<TensorView> inputs_of(NodeId node, const Run& run) const;
  void make(NodeId node, std::span<const TensorView> inputs, std::vector<Made>& made) const;
  void count_isolated(NodeId node, const std::map<std::size_t, const Made*>& by_kernel);
  void count_outputs(std::size_t sample);
  void note_equal();

  [[nodiscard]] Session& session(std::size_t side, NodeId node) const { return *sides_[side][node.index]; }
  [[nodiscard]] const Graph& graph() const { return to_->graph(); }

  Session* to_;
  bool to_is_a_;
  std::vector<NodeSessions> sides_;                       // `to` first
  using Numbers = std::vector<std::vector<std::size_t>>;  // by node and side
  Numbers kernels_;                                       // sides of equal numbers have the same kernel
  Numbers layers_;  // sides of equal numbers sum up the same products, or have the same kernel of another kind
  std::vector<std::size_t> last_use_;  // of a tensor: the last node that reads it
  std::vector<Run> runs_;
  std::vector<SideDistance> result_;
  std::vector<bool> equal_;  // of each two
};

}  // namespace nputwin

#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "analysis/compare/diff_result.h"
#include "analysis/compare/output_comparison.h"
#include "analysis/explain/cause_finder.h"
#include "base/callbacks.h"
#include "session/isolated_step.h"
#include "sides/side.h"

namespace nputwin {

/// Room for the outputs of any one op of a session.
class NodeOutputs {
 public:
  explicit NodeOutputs(const Session& session);
  /// Room for the outputs of one node, until it is asked for another's. `session` is the one of the constructor or
  /// another of the same model.
  std::span<const MutableTensorView> make_room(const Session& session, NodeId node);
  /// What has been written there.
  [[nodiscard]] std::span<const TensorView> outputs() const { return outputs_; }
  /// Runs the session's node on `inputs` into the room.
  [[nodiscard]] Result<std::span<const TensorView>> run(Session& session, NodeId node,
                                                        std::span<const TensorView> inputs);

 private:
  Blob memory_;
  std::vector<MutableTensorView> room_;
  std::vector<TensorView> outputs_;
};

/// Compares two sides op by op, sample by sample. Holds the statistics and one op's outputs, however many samples come.
///
/// Accumulated, each side goes its own way. Isolated, one side's op runs on the other's inputs: B's on A's, or A's on
/// B's where only A is a profile. Two recordings have no isolated figures, nor has a layer whose inputs were not
/// recorded in every sample. The first sample decides which tensors are compared: those that both sides have.
class Diff {
 public:
  /// The sides outlive this.
  explicit Diff(const Sides& sides);
  /// For other samples of `other`'s two profiles, by siblings of its sides, at the same time: judges the same outputs,
  /// and shares what the causes are found by. Nothing is watched. Results of all parts merge to that of the whole.
  Diff(const Sides& sides, const Diff& other);

  /// One sample, from the variables' first values; `inputs` are what recordings were made from. `progress` is called
  /// with the number of ops done. An output that a side must have and lacks, or that the sides have in other shapes or
  /// types, is an error.
  [[nodiscard]] Status add(std::size_t sample, std::span<const Tensor> inputs,
                           const std::function<void(std::size_t)>& progress = {});

  [[nodiscard]] DiffResult result() const;
  /// The first sample that was added.
  [[nodiscard]] std::size_t first_sample() const { return first_sample_; }

  /// Is shown each op of two profiles as it has been compared in isolation: the sample, A's inputs, and what A and B
  /// made of them.
  using Watch = std::function<void(std::size_t sample, NodeId node, std::span<const TensorView> inputs,
                                   std::span<const TensorView> a, std::span<const TensorView> b)>;
  void watch(Watch watch) { watch_ = std::move(watch); }

  /// Is shown each output of each op as the two sides have it on their own ways.
  using WatchValues = std::function<void(int tensor, const TensorView& a, const TensorView& b)>;
  void watch_values(WatchValues watch) { watch_values_ = std::move(watch); }

  /// Has the result say what the two sides agree on in the model's outputs (known_outputs). Before the first sample.
  void judge(std::vector<KnownOutput> outputs);

 private:
  /// Which side's op runs on the other's inputs.
  struct Isolated {
    Side* runs;
    Side* gives;
    NodeOutputs room;
  };
  [[nodiscard]] const Graph& graph() const { return sides_->model->main(); }
  /// Names the sides and finds out whose steps the causes are, once a sample has begun.
  void begin_sample();
  using Given = std::optional<std::vector<TensorView>>;
  /// Whether a node's input is known as the giving side had it. What nobody records is known where it is the same for
  /// every side: constants, what is computed of them, the run's inputs. A variable counts as such: each sample begins
  /// with its first value.
  [[nodiscard]] bool is_given(int tensor) const;
  /// The giving side's inputs of a node that is about to run; nothing where one is not known. Recorded tensors and
  /// variables, which the node will change, are copied.
  [[nodiscard]] Given isolated_inputs(NodeId node);
  /// Runs a node on both sides; what the running side makes of the giving side's inputs is returned.
  [[nodiscard]] Result<std::span<const TensorView>> run_node(NodeId node, const Given& inputs);
  [[nodiscard]] Status add_node(NodeId node, std::size_t sample);
  [[nodiscard]] Status add_output(NodeId node, std::size_t k, std::size_t sample, const Given& inputs,
                                  std::span<const TensorView> isolated);
  /// Where the statistics of an output go; null where the first sample had none.
  [[nodiscard]] LayerDiff* layer(NodeId node, std::size_t k, const TensorSpec& spec);
  /// Of the elements of output k that differ, which are `mismatches`.
  void find_causes(std::int64_t mismatches, NodeId node, std::span<const TensorView> inputs, std::size_t k,
                   const TensorView& a, const TensorView& b, CauseCounts& causes);

  const Sides* sides_;
  std::optional<Isolated> isolated_;
  std::optional<IsolatedStep> isolated_step_;  // of two profiles, which may share their sums
  bool same_ways_ = false;                     // at the node at hand: isolated and accumulated are the same
  Isa isa_ = available_isas().front();
  std::optional<CauseFinder> causes_;
  Session* reference_ = nullptr;               // of a giving side that is a recording
  std::optional<NodeOutputs> reference_room_;  // for it
  std::vector<Blob> copies_;                   // what isolated_inputs copied
  std::optional<SwappedOutputs> swapped_;      // looked for where a side is a recording
  std::map<int, std::size_t> layer_of_;        // by tensor
  Watch watch_;
  WatchValues watch_values_;
  std::vector<KnownOutput> known_;
  std::optional<OutputComparison> outputs_;
  std::size_t first_sample_ = 0;
  DiffResult result_;
};

/// Runs a profile's session on inputs of noise, at most two, which differ from each other and from `sample`, one of
/// those compared. Tells of each layer whether A's values stay what they were: where `session` is not A's, of layers
/// that are equal. Ops that refuse noise tell nothing.
void probe_movement(Session& session, bool is_a, std::span<const Tensor> sample, const Callbacks& callbacks,
                    DiffResult& result);

/// Samples `first` to `last`, the latter left out.
struct SampleRange {
  std::size_t first = 0, last = 0;
  [[nodiscard]] std::size_t size() const { return last - first; }
};

/// Adds samples, each by one of the workers, the first of which is of `sides`, until all are done or the callbacks say
/// stop; says once what recordings, which have one worker, have to note. The progress is in ops.
[[nodiscard]] Status add_samples(std::span<Diff* const> workers, const Sides& sides, const SideInputs& inputs,
                                 SampleRange samples, const Callbacks& callbacks);
/// Adds samples one by one, until all are done or the callbacks say stop; says once what recordings have to note. The
/// progress is in ops.
[[nodiscard]] Status add_samples(Diff& diff, const Sides& sides, const SideInputs& inputs, SampleRange samples,
                                 const Callbacks& callbacks);

/// One sample that is recorded already, as A, against a profile. Causes are not looked for.
[[nodiscard]] Result<DiffResult> diff_recorded(const std::shared_ptr<const Model>& model, const Capture& recorded,
                                               std::span<const Tensor> inputs, const std::string& profile,
                                               const SessionOptions& options);

}  // namespace nputwin

#include "api/diff.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "analysis/agree/characterise.h"
#include "api/bounds.h"
#include "api/nearest_advice.h"
#include "api/part.h"
#include "base/callers_thread.h"
#include "io/tflite/reader.h"
#include "sides/sample_loop.h"

namespace nputwin::api {
namespace {

Result<SampleRange> checked(const std::optional<SampleRange>& asked, std::size_t all) {
  if (!asked) return SampleRange{0, all};
  if (asked->first >= asked->last || asked->last > all)
    return error("samples {}:{}: expected FIRST < LAST <= {}, the number of samples that the inputs hold", asked->first,
                 asked->last, all);
  return *asked;
}

/// Counts what a layer's expected mismatches rest on while `diff` runs; nothing where a side is a recording.
Result<std::optional<Characteriser>> make_characteriser(const Sides& sides, std::size_t samples) {
  Session *a = sides.a->session(), *b = sides.b->session();
  if (a == nullptr || b == nullptr) return std::nullopt;
  NPUTWIN_ASSIGN_OR_RETURN(Characteriser made, Characteriser::of(*a, *b, Characteriser::Effort::kAlongside, samples));
  return std::optional<Characteriser>(std::move(made));
}

/// Counts for a Characteriser what several samples at once show: it takes what they count in their order.
class InOrder {
 public:
  InOrder(Characteriser& characteriser, SampleRange samples)
      : characteriser_(characteriser), first_(samples.first), next_(samples.first) {}

  void watch(Diff& diff, std::size_t nodes) {
    diff.watch([this, nodes, found = std::vector<Characteriser::LayerSample>()](
                   std::size_t sample, NodeId node, std::span<const TensorView> given, std::span<const TensorView> a,
                   std::span<const TensorView> b) mutable {
      if (node.index == 0) found.clear();
      if (a.size() == 1) {
        if (auto counted = characteriser_.counted(node, sample - first_, given, a[0], b[0]))
          found.push_back(std::move(*counted));
      }
      if (node.index + 1 == nodes) take(sample, std::exchange(found, {}));
    });
  }

 private:
  void take(std::size_t sample, std::vector<Characteriser::LayerSample> found) {
    const std::lock_guard one_at_a_time(mutex_);
    waiting_[sample] = std::move(found);
    for (auto at = waiting_.find(next_); at != waiting_.end(); at = waiting_.find(++next_)) {
      for (const Characteriser::LayerSample& layer : at->second) characteriser_.add(layer);
      waiting_.erase(at);
    }
  }

  Characteriser& characteriser_;
  std::size_t first_;
  std::mutex mutex_;
  std::size_t next_;
  std::map<std::size_t, std::vector<Characteriser::LayerSample>> waiting_;
};

/// A Diff on siblings of two profiles' sides.
struct DiffWorker {
  DiffWorker(Sides of_sides, const Diff& first) : sides(std::move(of_sides)), diff(sides, first) {}

  Sides sides;
  Diff diff;
};

/// For `first`, which has `sides`, further workers, so that all threads have samples to compare. `sides` then share
/// their loops among the threads that each worker has for itself.
Result<std::vector<std::unique_ptr<DiffWorker>>> further_workers(const Sides& sides, const Diff& first,
                                                                 std::size_t samples, int threads) {
  std::vector<std::unique_ptr<DiffWorker>> workers;
  const int all = sides.are_profiles() ? workers_for(samples, threads) : 1;
  if (all > 1) sides.use_threads(threads / all);
  while (static_cast<int>(workers.size()) + 1 < all) {
    NPUTWIN_ASSIGN_OR_RETURN(Sides own, sides.sibling(threads / all));
    workers.push_back(std::make_unique<DiffWorker>(std::move(own), first));
  }
  return workers;
}

/// Of all workers, as if one had compared all samples.
Result<DiffResult> merged(std::span<Diff* const> workers) {
  std::vector<const Diff*> in_order(workers.begin(), workers.end());
  std::ranges::stable_sort(in_order, {}, &Diff::first_sample);  // the first sample's values are what others move from
  DiffResult result = workers[0]->result();
  if (workers.size() == 1) return result;
  result = {};
  std::vector<double> seconds;
  for (const Diff* diff : in_order) {
    const DiffResult part = diff->result();
    NPUTWIN_RETURN_IF_ERROR(result.merge(part));
    seconds.resize(std::max(seconds.size(), part.seconds.size()));
    for (std::size_t i = 0; i < part.seconds.size(); ++i) seconds[i] += part.seconds[i];
  }
  if (result.samples == 0) return workers[0]->result();
  result.seconds = std::move(seconds);
  return result;
}

/// Runs noise where the samples leave open whether an output depends on what goes in.
void see_whether_outputs_move(const Sides& sides, std::span<const Tensor> sample, const Callbacks& callbacks,
                              DiffResult& result) {
  const bool all_moved = std::ranges::all_of(
      result.outputs, [&](const OutputDiff& output) { return result.layers[output.layer].movement.moved; });
  Session* session = sides.a->session() != nullptr ? sides.a->session() : sides.b->session();
  if (!all_moved && session != nullptr)
    probe_movement(*session, session == sides.a->session(), sample, callbacks, result);
}

void add_expectations(const Characteriser& characteriser, DiffResult& result) {
  const auto characters = characteriser.result();
  for (LayerDiff& layer : result.layers) {
    const LayerCharacter& character = characters[layer.node.index];
    if (!character.unknown.empty() || character.elements == 0) continue;
    const auto all = static_cast<double>(layer.isolated.elements());
    layer.expected = character.expected_total() * all / static_cast<double>(character.elements);
  }
}

}  // namespace

Result<Diffed> diff(const DiffOptions& options, const Callbacks& given) {
  const CallersThread caller(given);
  const Callbacks& callbacks = caller.callbacks();
  Diffed diffed;
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, read_tflite(options.model));
  NPUTWIN_ASSIGN_OR_RETURN(const Sides sides,
                           open_part(model, options.a, options.b, options.sides, options.until, callbacks));
  diffed.model = sides.model;
  std::optional<Bounds> bounds;
  if (options.bound) {
    NPUTWIN_ASSIGN_OR_RETURN(bounds, Bounds::of(sides));
  }
  NPUTWIN_ASSIGN_OR_RETURN(const SideInputs inputs,
                           SideInputs::open(sides, options.inputs, options.sides.session, callbacks));
  diffed.all = inputs.size();
  NPUTWIN_ASSIGN_OR_RETURN(diffed.samples, checked(options.samples, diffed.all));
  Diff diff(sides);
  NPUTWIN_ASSIGN_OR_RETURN(auto outputs, known_outputs(*sides.model, tensor_specs(*sides.model, options.sides.session),
                                                       options.output_kinds));
  diff.judge(std::move(outputs));
  std::optional<Characteriser> characteriser;
  if (options.expectations) {
    NPUTWIN_ASSIGN_OR_RETURN(characteriser, make_characteriser(sides, diffed.samples.size()));
  }
  const int threads = options.sides.session.threads;
  NPUTWIN_ASSIGN_OR_RETURN(const auto further, further_workers(sides, diff, diffed.samples.size(), threads));
  std::vector<Diff*> workers{&diff};
  for (const auto& worker : further) workers.push_back(&worker->diff);
  std::optional<InOrder> in_order;
  if (characteriser) in_order.emplace(*characteriser, diffed.samples);
  for (Diff* worker : workers) {
    if (bounds) bounds->watch(*worker);
    if (in_order) in_order->watch(*worker, sides.model->main().nodes.size());
  }
  NPUTWIN_RETURN_IF_ERROR(add_samples(workers, sides, inputs, diffed.samples, callbacks));
  if (workers.size() > 1) sides.use_threads(threads);
  NPUTWIN_ASSIGN_OR_RETURN(diffed.result, merged(workers));
  for (const std::string& note : diffed.result.capture_notes()) callbacks.say(note);
  diffed.stopped = diffed.result.samples < diffed.samples.size();
  diffed.samples.last = diffed.samples.first + diffed.result.samples;
  if (characteriser) add_expectations(*characteriser, diffed.result);
  if (diffed.stopped || diffed.samples.size() == 0) return diffed;
  if (bounds) NPUTWIN_RETURN_IF_ERROR(bounds->add_to(diffed.result, callbacks));
  NPUTWIN_ASSIGN_OR_RETURN(const Sample first, inputs.sample(diffed.samples.first));
  see_whether_outputs_move(sides, first, callbacks, diffed.result);
  if (const auto nearest = options.expectations ? nearest_cpu(options, diffed, first, callbacks) : std::nullopt)
    diffed.result.advice.push_back(*nearest);
  return diffed;
}

}  // namespace nputwin::api

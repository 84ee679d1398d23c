#include "api/run.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>

#include "api/part.h"
#include "base/callers_thread.h"
#include "base/checked.h"
#include "base/file.h"
#include "base/hash.h"
#include "io/npy.h"
#include "io/npz.h"
#include "io/tflite/reader.h"
#include "sides/sample_loop.h"
#include "sides/side.h"

namespace nputwin::api {
namespace {

/// What is kept of a run may take this much memory.
constexpr std::size_t kMostBytes = std::size_t{4} << 30;

/// Keeps what was asked for of all samples, each in its own place.
class Collector {
 public:
  Collector(const Session& session, const RunOptions& options, std::size_t samples)
      : graph_(session.graph()), options_(options), samples_(samples) {
    result_.samples = samples;
    if (options.hashes) result_.hashes.resize(samples);
    for (std::size_t node = 0; options.all_tensors && node < graph_.nodes.size(); ++node) {
      const auto outputs = session.node_outputs(node);
      for (std::size_t k = 0; k < outputs.size(); ++k) keep(*outputs[k].spec, graph_.nodes[node].outputs[k]);
    }
    for (std::size_t k = 0; k < graph_.outputs.size(); ++k) {
      const TensorSpec& spec = *session.output(k).spec;
      result_.output_specs.push_back(spec);
      result_.outputs.push_back(stacked(spec));
      keep(spec, graph_.outputs[k]);
    }
    for (const auto& [index, name] : names_) kept_[index] = &result_.tensors[name];
  }

  /// What an op has made in sample `n`. Several threads may add samples of their own.
  void add(std::size_t n, NodeId node, std::span<const TensorView> outputs) {
    const auto& indices = graph_.nodes[node.index].outputs;
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      if (options_.hashes) result_.hashes[n].emplace_back(indices[k], tensor_hash(outputs[k].bytes));
      if (options_.all_tensors) put(*kept_.at(indices[k]), n, outputs[k]);
    }
  }
  /// After the last op of sample `n`.
  void end(std::size_t n, const Session& session) {
    for (std::size_t k = 0; k < graph_.outputs.size(); ++k) {
      put(result_.outputs[k], n, session.output(k));
      put(*kept_.at(graph_.outputs[k]), n, session.output(k));
    }
  }

  [[nodiscard]] RunResult take() { return std::move(result_); }

 private:
  /// A tensor with the shape of all samples.
  [[nodiscard]] Tensor stacked(TensorSpec spec) const {
    Tensor tensor;
    tensor.data.resize(spec.bytes() * samples_);
    if (samples_ > 1 && spec.shape.empty()) spec.shape = {1};
    if (samples_ > 1) spec.shape[0] *= static_cast<std::int32_t>(samples_);
    tensor.spec = std::move(spec);
    return tensor;
  }

  static void put(Tensor& tensor, std::size_t n, const TensorView& view) {
    std::ranges::copy(view.bytes, tensor.data.begin() + static_cast<std::ptrdiff_t>(n * view.bytes.size()));
  }

  /// A tensor that is kept twice stays once.
  void keep(const TensorSpec& spec, int index) {
    const auto [named, is_new] = names_.try_emplace(index);
    if (!is_new) return;
    std::string name = spec.name.empty() ? fmt::format("tensor_{}", index) : spec.name;
    if (result_.tensors.find(name) != result_.tensors.end()) name += fmt::format("#{}", index);
    result_.tensors[name] = stacked(spec);
    named->second = std::move(name);
  }

  const Graph& graph_;
  const RunOptions& options_;
  std::size_t samples_;
  RunResult result_;
  std::map<int, std::string> names_;
  std::map<int, Tensor*> kept_;  // by tensor, in result_
};

/// Runs one sample after the other on a session of its own.
class Runner final : public Observer {
 public:
  Runner(Session& session, Collector& collector) : session_(session), collector_(collector) {}

  [[nodiscard]] Status run(std::size_t n, const Sample& sample, const SampleLoop::Progress& progress) {
    NPUTWIN_RETURN_IF_ERROR(session_.set_inputs(sample));
    session_.reset_state();
    sample_ = n;
    progress_ = &progress;
    NPUTWIN_RETURN_IF_ERROR(session_.run(this));
    collector_.end(n, session_);
    return {};
  }

  void on_node(NodeId node, std::span<const TensorView> outputs) override {
    collector_.add(sample_, node, outputs);
    (*progress_)(node.index + 1);
  }

 private:
  Session& session_;
  Collector& collector_;
  std::size_t sample_ = 0;
  const SampleLoop::Progress* progress_ = nullptr;
};

/// Runs all samples, several at once where there are threads.
Status run_all(Session& session, const InputSet& inputs, int threads, Collector& collector,
               const Callbacks& callbacks) {
  SampleLoop loop;
  loop.last = inputs.size();
  loop.workers = workers_for(inputs.size(), threads);
  loop.steps = session.graph().nodes.size();
  if (loop.workers > 1) session.use_threads(threads / loop.workers);
  std::vector<std::unique_ptr<Session>> siblings;
  std::vector<std::unique_ptr<Runner>> runners;
  runners.push_back(std::make_unique<Runner>(session, collector));
  while (static_cast<int>(runners.size()) < loop.workers) {
    NPUTWIN_ASSIGN_OR_RETURN(Session sibling, session.sibling(threads / loop.workers));
    siblings.push_back(std::make_unique<Session>(std::move(sibling)));
    runners.push_back(std::make_unique<Runner>(*siblings.back(), collector));
  }
  std::atomic<std::size_t> done = 0;
  loop.sample = [&](std::size_t n) { return inputs.sample(n); };
  loop.work = [&](int worker, std::size_t n, const Sample& sample, const SampleLoop::Progress& progress) -> Status {
    NPUTWIN_RETURN_IF_ERROR(runners[static_cast<std::size_t>(worker)]->run(n, sample, progress));
    ++done;
    return {};
  };
  NPUTWIN_RETURN_IF_ERROR(run_samples(loop, callbacks));
  if (done < inputs.size()) return error("interrupted: nothing is written");
  return {};
}

/// An error where the outputs of so many samples are too many for one array or for the memory.
Status check_size(const Session& session, const RunOptions& options, std::size_t samples) {
  std::size_t bytes = 0;
  const auto add = [&](const TensorView& view) -> Status {
    if (!view.present()) return {};
    bytes += view.spec->bytes();
    const std::int64_t first = view.spec->shape.empty() ? 1 : view.spec->shape[0];
    const auto all = checked_mul<std::int64_t>(first, static_cast<std::int64_t>(samples));
    if (all && *all <= INT32_MAX) return {};
    return error("{} samples of output '{}' are more than one array can hold; run fewer at a time", samples,
                 view.spec->name);
  };
  for (std::size_t k = 0; k < session.graph().outputs.size(); ++k) NPUTWIN_RETURN_IF_ERROR(add(session.output(k)));
  for (std::size_t i = 0; options.all_tensors && i < session.graph().nodes.size(); ++i) {
    for (const TensorView& view : session.node_outputs(NodeId{0, i})) NPUTWIN_RETURN_IF_ERROR(add(view));
  }
  if (bytes == 0 || samples <= kMostBytes / bytes) return {};
  return error("the outputs of {} samples are {} times {} bytes, expected at most {} in all; run fewer at a time",
               samples, samples, bytes, kMostBytes);
}

/// Times the layers on the sample that has just run: kernels and caches are warm. How often, RunOptions says.
Status time_layers(LayerClock& clock, Session& session, const RunOptions& options, std::size_t samples,
                   const Callbacks& callbacks) {
  constexpr std::size_t kLeastRuns = 5;
  constexpr std::chrono::nanoseconds kInAll = std::chrono::seconds(1);
  const auto until = clock.spent() + kInAll / samples;
  const auto wanted = static_cast<std::size_t>(options.timed_runs);
  for (std::size_t run = 0; wanted > 0 ? run < wanted : run < kLeastRuns || clock.spent() < until; ++run) {
    if (callbacks.stopped()) return error("interrupted: nothing is written");
    NPUTWIN_RETURN_IF_ERROR(clock.run(session));
  }
  return {};
}

/// The same of each sample, one after the other, on all threads.
Result<LayerTimes> time_all(Session& session, const InputSet& inputs, const RunOptions& options,
                            const Callbacks& callbacks) {
  session.use_threads(options.session.threads);
  LayerClock clock(session);
  for (std::size_t n = 0; n < inputs.size(); ++n) {
    NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, inputs.sample(n));
    NPUTWIN_RETURN_IF_ERROR(session.set_inputs(sample));
    session.reset_state();
    NPUTWIN_RETURN_IF_ERROR(session.run());
    NPUTWIN_RETURN_IF_ERROR(time_layers(clock, session, options, inputs.size(), callbacks));
  }
  return clock.result(session, options.session);
}

bool is_npy_path(const std::string& path) { return path.ends_with(".npy"); }

/// An .npy file holds one tensor.
Status check_output(const Session& session, const RunOptions& options) {
  if (!is_npy_path(options.output)) return {};
  if (options.all_tensors) return error("{}: an .npy file holds one tensor; --all needs an .npz", options.output);
  const std::size_t outputs = session.graph().outputs.size();
  if (outputs == 1) return {};
  return error("{}: an .npy file holds one tensor, and the model has {} outputs; name an .npz", options.output,
               outputs);
}

Status write(const RunResult& result, const std::string& path) {
  if (path.empty()) return {};
  if (is_npy_path(path)) return write_file_whole(path, npy_bytes(result.outputs[0].view()));
  return write_npz(path, result.tensors);
}

}  // namespace

std::vector<TensorView> RunResult::outputs_of(std::size_t n) const {
  std::vector<TensorView> views;
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    const std::size_t bytes = output_specs[k].bytes();
    views.push_back({&output_specs[k], std::span(outputs[k].data).subspan(n * bytes, bytes)});
  }
  return views;
}

Result<RunResult> run(const RunOptions& options, const Callbacks& given) {
  const CallersThread caller(given);
  const Callbacks& callbacks = caller.callbacks();
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, read_tflite(options.model));
  NPUTWIN_ASSIGN_OR_RETURN(Session session,
                           prepare_part(model, options.profile, options.session, options.until, callbacks));
  NPUTWIN_RETURN_IF_ERROR(check_output(session, options));
  NPUTWIN_ASSIGN_OR_RETURN(const InputSet inputs, session_inputs(session, options.inputs, callbacks));
  NPUTWIN_RETURN_IF_ERROR(check_size(session, options, inputs.size()));
  Collector collector(session, options, inputs.size());
  NPUTWIN_RETURN_IF_ERROR(run_all(session, inputs, options.session.threads, collector, callbacks));
  RunResult result = collector.take();
  if (options.layer_times) {
    NPUTWIN_ASSIGN_OR_RETURN(result.layer_times, time_all(session, inputs, options, callbacks));
  }
  result.profile = session.profile().name;
  result.not_run = session.graph().not_run;
  NPUTWIN_RETURN_IF_ERROR(write(result, options.output));
  return result;
}

}  // namespace nputwin::api

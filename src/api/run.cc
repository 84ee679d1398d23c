#include "api/run.h"

#include <map>

#include "api/part.h"
#include "base/checked.h"
#include "base/file.h"
#include "base/hash.h"
#include "io/npy.h"
#include "io/npz.h"
#include "io/tflite/reader.h"
#include "sides/side.h"

namespace nputwin::api {
namespace {

/// What is kept of a run may take this much memory.
constexpr std::size_t kMostBytes = std::size_t{4} << 30;

/// Keeps what was asked for as ops finish, sample behind sample.
class Collector final : public Observer {
 public:
  Collector(const Session& session, const RunOptions& options, std::size_t samples, const Callbacks& callbacks)
      : graph_(session.graph()), options_(options), samples_(samples), callbacks_(callbacks) {
    for (std::size_t k = 0; k < graph_.outputs.size(); ++k) {
      result_.output_specs.push_back(*session.output(k).spec);
      result_.outputs.push_back(stacked(*session.output(k).spec));
    }
  }

  void begin() {
    if (options_.hashes) result_.hashes.emplace_back();
  }

  void on_node(NodeId node, std::span<const TensorView> outputs) override {
    const auto& indices = graph_.nodes[node.index].outputs;
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      if (options_.hashes) result_.hashes.back().emplace_back(indices[k], tensor_hash(outputs[k].bytes));
      if (options_.all_tensors) keep(outputs[k], indices[k]);
    }
    callbacks_.at(result_.samples * graph_.nodes.size() + node.index + 1, samples_ * graph_.nodes.size());
  }

  /// After the last op of a sample.
  void end(const Session& session) {
    for (std::size_t k = 0; k < graph_.outputs.size(); ++k) {
      put(result_.outputs[k], session.output(k));
      keep(session.output(k), graph_.outputs[k]);
    }
    ++result_.samples;
  }

  [[nodiscard]] RunResult take() { return std::move(result_); }

 private:
  /// An empty tensor with the shape and the room of all samples.
  [[nodiscard]] Tensor stacked(TensorSpec spec) const {
    Tensor tensor;
    tensor.data.reserve(spec.bytes() * samples_);
    if (samples_ > 1 && spec.shape.empty()) spec.shape = {1};
    if (samples_ > 1) spec.shape[0] *= static_cast<std::int32_t>(samples_);
    tensor.spec = std::move(spec);
    return tensor;
  }

  /// Behind the samples before this one; a tensor that is kept twice stays once.
  void put(Tensor& tensor, const TensorView& view) const {
    tensor.data.resize(result_.samples * view.bytes.size());
    tensor.data.insert(tensor.data.end(), view.bytes.begin(), view.bytes.end());
  }

  void keep(const TensorView& view, int index) {
    const auto [named, is_new] = names_.try_emplace(index);
    if (is_new) {
      std::string name = view.spec->name.empty() ? fmt::format("tensor_{}", index) : view.spec->name;
      if (result_.tensors.find(name) != result_.tensors.end()) name += fmt::format("#{}", index);
      result_.tensors[name] = stacked(*view.spec);
      named->second = std::move(name);
    }
    put(result_.tensors[named->second], view);
  }

  const Graph& graph_;
  const RunOptions& options_;
  std::size_t samples_;
  const Callbacks& callbacks_;
  std::map<int, std::string> names_;  // of the tensors that are kept
  RunResult result_;
};

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

Result<RunResult> run(const RunOptions& options, const Callbacks& callbacks) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, read_tflite(options.model));
  NPUTWIN_ASSIGN_OR_RETURN(Session session,
                           prepare_part(model, options.profile, options.session, options.until, callbacks));
  NPUTWIN_RETURN_IF_ERROR(check_output(session, options));
  NPUTWIN_ASSIGN_OR_RETURN(const InputSet inputs, session_inputs(session, options.inputs, callbacks));
  NPUTWIN_RETURN_IF_ERROR(check_size(session, options, inputs.size()));
  Collector collector(session, options, inputs.size(), callbacks);
  LayerClock clock(session);
  for (std::size_t n = 0; n < inputs.size(); ++n) {
    if (callbacks.stopped()) return error("interrupted: nothing is written");
    NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, inputs.sample(n));
    NPUTWIN_RETURN_IF_ERROR(session.set_inputs(sample));
    session.reset_state();
    collector.begin();
    NPUTWIN_RETURN_IF_ERROR(session.run(&collector));
    collector.end(session);
    if (options.layer_times) NPUTWIN_RETURN_IF_ERROR(time_layers(clock, session, options, inputs.size(), callbacks));
  }
  RunResult result = collector.take();
  if (options.layer_times) result.layer_times = clock.result(session, options.session);
  result.profile = session.profile().name;
  result.not_run = session.graph().not_run;
  NPUTWIN_RETURN_IF_ERROR(write(result, options.output));
  return result;
}

}  // namespace nputwin::api

#include "sides/runtime_capture.h"

#include <algorithm>
#include <charconv>

#include "base/program.h"
#include "base/temporary_folder.h"
#include "io/json.h"
#include "io/npz.h"
#include "io/tflite/edit.h"
#include "sides/runtime_names.h"

// The text of capture_runtime.py, which CMakeLists.txt embeds.
extern "C" const char nputwin_python_capture[];

namespace nputwin {
namespace {

constexpr std::size_t kMostLines = 20;  // of a runtime's reason

/// The outputs of all nodes that a runtime can hand out, the model's own first.
std::vector<std::int32_t> outputs_of_all_nodes(const Graph& graph) {
  std::vector<std::int32_t> outputs(graph.outputs.begin(), graph.outputs.end());
  for (const Node& node : graph.nodes) {
    for (const int t : node.outputs) {
      if (t < 0) continue;
      const ModelTensor& tensor = graph.tensor(t);
      if (tensor.unsupported.empty() && !tensor.variable &&
          std::find(outputs.begin(), outputs.end(), t) == outputs.end())
        outputs.push_back(t);
    }
  }
  return outputs;
}

Result<RuntimeCapture> read_results(const TemporaryFolder& folder) {
  RuntimeCapture capture;
  NPUTWIN_ASSIGN_OR_RETURN(const Json json, read_json(folder / "runtime.json"));
  if (!json.is_object()) return error("the runtime's answer is no JSON object");
  capture.package = json.value("package", "");
  capture.version = json.value("version", "");
  capture.machine = json.value("machine", "");
  capture.source = fmt::format("{} {} {}", capture.package, capture.version, capture.machine);
  NPUTWIN_ASSIGN_OR_RETURN(TensorSet tensors, read_npz(folder / "tensors.npz"));
  for (auto& [name, tensor] : tensors) {
    int index = 0;
    if (std::from_chars(name.data() + 1, name.data() + name.size(), index).ec == std::errc{})
      capture.tensors[index] = std::move(tensor);
  }
  return capture;
}

/// Why a run failed: all that the runtime says, else what is known of its process.
std::string reason_of(const TemporaryFolder& folder, const Error& process) {
  const std::string reason = last_lines(folder / "reason.txt", kMostLines);
  return reason.empty() ? process.message : "failed: " + reason;
}

}  // namespace

Result<RuntimeCapture> capture_runtime(const std::string& python, const Model& model, std::span<const Tensor> inputs,
                                       RuntimeMode mode) {
  NPUTWIN_ASSIGN_OR_RETURN(const TemporaryFolder folder, TemporaryFolder::make());
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, read_file(model.path));
  NPUTWIN_ASSIGN_OR_RETURN(const auto exposed, expose_outputs(file->bytes(), outputs_of_all_nodes(model.main())));
  NPUTWIN_RETURN_IF_ERROR(write_file_whole(folder / "model.tflite", exposed));
  TensorSet arrays;
  for (std::size_t k = 0; k < inputs.size(); ++k) arrays[fmt::format("in{}", k)] = inputs[k];
  NPUTWIN_RETURN_IF_ERROR(write_npz(folder / "inputs.npz", arrays));
  const Status ran = run_program({python, "-c", nputwin_python_capture, folder / "model.tflite", folder / "inputs.npz",
                                  std::string(name(mode)), folder.path()},
                                 folder / "log");
  if (!ran) return error("the runtime {}", reason_of(folder, ran.error()));
  NPUTWIN_ASSIGN_OR_RETURN(RuntimeCapture capture, read_results(folder));
  const RuntimeProfile profile = profile_of_runtime(capture.package, capture.version, capture.machine, mode);
  capture.profile = profile.name;
  capture.measured = profile.exact;
  return capture;
}

}  // namespace nputwin

#include "io/capture.h"

#include "io/npz.h"

namespace nputwin {

Result<Capture> read_capture(const std::string& npz, const Model& model) {
  NPUTWIN_ASSIGN_OR_RETURN(const TensorSet set, read_npz(npz));
  Capture capture{npz, true, {}};
  const Graph& graph = model.main();
  for (const Node& node : graph.nodes) {
    for (const int t : node.outputs) {
      const auto found = set.find(graph.tensors[static_cast<std::size_t>(t)].spec.name);
      if (found != set.end()) capture.tensors.emplace(t, found->second);
    }
  }
  if (capture.tensors.empty())
    return error(
        "{}: none of its {} arrays has the name of an op's output in {}; `nputwin inspect` lists the names",
        npz, set.size(), model.path);
  return capture;
}

}  // namespace nputwin

#include "model/part.h"

#include <algorithm>
#include <set>

namespace nputwin {
namespace {

bool contains(const std::vector<int>& list, int t) { return std::find(list.begin(), list.end(), t) != list.end(); }

/// Takes nodes out of a graph, in order.
class Part {
 public:
  explicit Part(Graph& graph) : graph_(graph) {}

  void leave_out(std::size_t i, std::string why, bool asked) {
    Node& node = graph_.nodes[i];
    for (const int t : node.inputs) {
      if (t < 0) continue;
      // Who reads a variable later would find what it was before this node.
      if (graph_.tensor(t).variable) missing_.insert(t);
      if (made_.contains(t) && !missing_.contains(t) && !contains(ends_, t)) ends_.push_back(t);
    }
    missing_.insert(node.outputs.begin(), node.outputs.end());
    graph_.not_run.ops.push_back({i, node.op, std::move(why), asked});
    node.left_out = true;
    for (auto* list : {&node.inputs, &node.outputs, &node.intermediates}) list->clear();
  }

  void keep(std::size_t i) {
    const std::vector<int>& outputs = graph_.nodes[i].outputs;
    made_.insert(outputs.begin(), outputs.end());
  }

  [[nodiscard]] bool reads_missing(const Node& node) const {
    return std::any_of(node.inputs.begin(), node.inputs.end(), [&](int t) { return missing_.contains(t); });
  }

  /// The graph's new outputs, once all nodes have been seen.
  void end() {
    std::vector<int> outputs;
    for (const int t : graph_.outputs) {
      if (missing_.contains(t)) {
        graph_.not_run.lost.push_back(graph_.spec(t).name);
      } else {
        outputs.push_back(t);
      }
    }
    for (const int t : ends_) {
      if (contains(outputs, t)) continue;
      outputs.push_back(t);
      graph_.not_run.instead.push_back(graph_.spec(t).name);
    }
    graph_.outputs = std::move(outputs);
  }

 private:
  Graph& graph_;
  std::set<int> missing_, made_;
  std::vector<int> ends_;  // tensors that a node reads which is left out
};

}  // namespace

std::shared_ptr<const Model> part_that_runs(const Model& model, std::optional<std::size_t> last,
                                            const std::map<std::size_t, std::string>& cannot) {
  auto copy = std::make_shared<Model>(model);
  Graph& graph = copy->graphs.front();
  Part part(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto why = cannot.find(i);
    if (last && i > *last) {
      part.leave_out(i, "", true);
    } else if (why != cannot.end()) {
      part.leave_out(i, why->second, false);
    } else if (part.reads_missing(graph.nodes[i])) {
      part.leave_out(i, "", false);
    } else {
      part.keep(i);
    }
  }
  part.end();
  return copy;
}

}  // namespace nputwin

#include "session/shapes.h"

#include <algorithm>
#include <set>

#include "profile/profile.h"
#include "session/tensor_table.h"

namespace nputwin {
namespace {

/// The node reads and makes integers that are no codes: values that every profile computes alike.
bool is_integer_arithmetic(const Node& node, const TensorTable& tensors) {
  const auto is_integer = [&](int t) {
    if (t < 0) return true;
    const TensorSpec& spec = tensors.spec(t);
    const bool integer = spec.type == DType::kInt32 || spec.type == DType::kInt64 || spec.type == DType::kBool;
    return integer && spec.quantization.empty();
  };
  return std::ranges::all_of(node.outputs, is_integer) &&
         (needs_no_values(node) || std::ranges::all_of(node.inputs, is_integer));
}

class ShapeWalk {
 public:
  ShapeWalk(const Graph& graph, const SessionOptions& options) : tensors_(graph), options_(options) {}

  Status run() {
    NPUTWIN_RETURN_IF_ERROR(tensors_.set_input_shapes(options_.input_shapes, options_.memory_limit));
    const std::vector<Node>& nodes = tensors_.graph().nodes;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (auto status = add(nodes[i]); !status) return in_context(node_name(i, nodes[i]), status.error());
    }
    return {};
  }

  [[nodiscard]] const std::vector<TensorSpec>& specs() const { return tensors_.specs(); }

 private:
  Status add(const Node& node) {
    if (node.left_out) return {};
    const OpDefinition* op = find_op(node.op);
    if (op == nullptr) return error("{} is not supported", node.custom ? "this custom op" : "this op");
    NPUTWIN_RETURN_IF_ERROR(tensors_.check_supported(node));
    NodeTensors tensors(node, tensors_);
    const auto shapes = tensors.infer_shapes(*op, options_.memory_limit);
    if (!shapes) return error("{}{}", shapes.error().message, blame(node));
    if (const std::string why = blame(node); tensors.lacks_values() && !why.empty())
      return error("its output's shape is computed while the model runs{}", why);
    tensors_.set_output_shapes(node, *shapes);
    return fold(*op, node, tensors.view());
  }

  /// Computes the values of a node's outputs where they rest on no input and on no profile.
  Status fold(const OpDefinition& op, const Node& node, const NodeView& view) {
    const auto is_decided = [&](int t) { return decided_.contains(t); };
    const auto is_known = [&](int t) { return t < 0 || tensors_.constant(t) || is_decided(t); };
    if (!needs_no_values(node) && !std::ranges::all_of(node.inputs, is_known)) return {};
    if (!tensors_.can_fold(node) || !is_integer_arithmetic(node, tensors_)) {
      decided_.insert(node.outputs.begin(), node.outputs.end());
      return {};
    }
    static const Profile kAny;
    const PrepareContext context{view, &kAny, nullptr, op.family, options_.isa, 1};
    NPUTWIN_ASSIGN_OR_RETURN(const auto kernel, make_kernel(op, context, options_.memory_limit));
    return tensors_.fold(node, *kernel, pool_);
  }

  /// What to say after an op's refusal of a node that reads what a profile decides.
  [[nodiscard]] std::string blame(const Node& node) const {
    for (const int t : node.inputs) {
      if (!decided_.contains(t)) continue;
      return fmt::format("; the values of '{}' depend on the profile, and no profile is named here",
                         tensors_.spec(t).name);
    }
    return "";
  }

  TensorTable tensors_;
  const SessionOptions& options_;
  ThreadPool pool_{1};
  std::set<int> decided_;  // tensors that a session computes before anything runs, by its profile's rules
};

}  // namespace

Result<std::vector<TensorSpec>> shapes_of(const Model& model, const SessionOptions& options) {
  ShapeWalk walk(model.main(), options);
  if (auto status = walk.run(); !status) return in_context(model.path, status.error());
  return walk.specs();
}

std::vector<TensorSpec> inputs_of(const Graph& graph, std::span<const TensorSpec> specs) {
  std::vector<TensorSpec> inputs;
  inputs.reserve(graph.inputs.size());
  for (const int t : graph.inputs) inputs.push_back(specs[static_cast<std::size_t>(t)]);
  return inputs;
}

}  // namespace nputwin

#include "analysis/explain/explain.h"

#include <algorithm>
#include <cstdlib>

#include "analysis/element.h"
#include "analysis/explain/moved_from.h"
#include "fixed/traced.h"
#include "profile/profile.h"

namespace nputwin {
namespace {

double real_of(const TensorSpec& spec, double code) {
  const auto& q = spec.quantization;
  return q.per_tensor() ? static_cast<double>(q.scale[0]) * (code - static_cast<double>(q.zero_point[0])) : code;
}

void explain_sum(const MacLayer& layer, const RunContext& context, std::int64_t element, Explanation& explanation) {
  const TensorView &input = context.inputs[layer.activations_input], &weights = context.inputs[layer.weights_input];
  explanation.input_name = input.spec->name;
  explanation.weight_name = weights.spec->name;
  explanation.bias = layer.bias(element);
  for (const TapRun& run : layer.runs(element)) {
    for (std::int64_t i = 0; i < run.count; ++i) {
      const std::int64_t x = run.input + i * run.input_step, w = run.weight + i * run.weight_step;
      explanation.products.push_back(
          {unflatten(input.spec->shape, x), unflatten(weights.spec->shape, w),
           static_cast<std::int32_t>(element_of(input, static_cast<std::size_t>(x))) - input.spec->zero_point(),
           layer.factor(context, w)});
    }
  }
  std::stable_sort(explanation.products.begin(), explanation.products.end(),
                   [](const auto& p, const auto& q) { return std::abs(p.value()) > std::abs(q.value()); });
}

void add_operand(const TensorView& input, std::int64_t element, Explanation& explanation) {
  const double code = element_of(input, static_cast<std::size_t>(element));
  explanation.operands.push_back(
      {input.spec->name, unflatten(input.spec->shape, element), code, real_of(*input.spec, code)});
}

void explain_operands(std::span<const TensorView> inputs, const Shape& shape, std::int64_t element,
                      Explanation& explanation) {
  for (const TensorView& input : inputs) {
    if (input.spec == nullptr) continue;
    const bool one = input.spec->elements() == 1;
    if (!one && input.spec->shape != shape) continue;
    add_operand(input, one ? 0 : element, explanation);
  }
}

Result<Explanation::Side> explain_side(Session& session, std::span<const TensorView> inputs, NodeId node, std::size_t k,
                                       std::int64_t element, Explanation& explanation) {
  const Placement::Rules& rules = session.preparation().rules(node);
  const Node& n = session.model().node(node);
  const OpDefinition& op = *find_op(n.op);
  Explanation::Side side;
  side.profile = session.profile().name;
  side.rules = rules.profile->name;
  side.rule = rules.profile->evidence_of(session.preparation().node_family(op, n)).rule;
  // The scalar definition: it can tell of its sums, and every faster form equals it.
  NPUTWIN_ASSIGN_OR_RETURN(NodeRunner runner,
                           NodeRunner::make(session, node, *rules.profile, rules.fallback, scalar_isa()));
  NPUTWIN_ASSIGN_OR_RETURN(const auto outputs, runner.run(inputs));
  side.code = element_of(outputs[k], static_cast<std::size_t>(element));
  side.real = real_of(explanation.output, side.code);
  side.trace = trace_element(runner, n, inputs, k, element);
  const RunContext context = runner.context(inputs);
  if (const MacKernel* mac = mac_kernel_of(runner.kernel())) {
    if (explanation.products.empty()) explain_sum(mac->layer(), context, element, explanation);
    side.step = mac->epilogue().element(element);
    side.sum = mac->layer().sum(context, element);
    side.in_register = accumulator_register(side.step->rule, side.sum);
    for (std::int64_t c = 0; c < explanation.output.shape.back(); ++c)
      side.multipliers.push_back(mac->epilogue().element(c).scale);
  }
  return side;
}

/// A node's inputs as they are before it runs.
struct InputCopies {
  std::vector<TensorView> views;
  std::vector<Blob> bytes;

  InputCopies(const Session& session, NodeId node)
      : views(session.node_inputs(node).begin(), session.node_inputs(node).end()) {
    bytes.reserve(views.size());
    for (TensorView& view : views) {
      if (view.spec != nullptr) view.bytes = bytes.emplace_back(view.bytes).bytes();
    }
  }
};

/// The elements of an input that the explanation names; all where it names none of any.
std::vector<std::int64_t> elements_that_count(const Explanation& e, const TensorSpec& input) {
  std::vector<std::int64_t> elements;
  const auto add = [&](const std::vector<std::int64_t>& index) {
    if (const auto element = flatten(input.shape, index)) elements.push_back(*element);
  };
  for (const Explanation::Product& p : e.products)
    if (e.input_name == input.name || e.weight_name == input.name) add(e.input_name == input.name ? p.input : p.weight);
  for (const Explanation::Operand& o : e.operands)
    if (o.name == input.name) add(o.index);
  if (!e.products.empty() || !e.operands.empty()) return elements;
  for (std::int64_t i = 0; i < input.elements(); ++i) elements.push_back(i);
  return elements;
}

std::optional<std::size_t> maker_of(const Graph& graph, int tensor) {
  const auto makes = [&](const Node& node) { return std::ranges::find(node.outputs, tensor) != node.outputs.end(); };
  const auto found = std::ranges::find_if(graph.nodes, makes);
  if (found == graph.nodes.end()) return std::nullopt;
  return static_cast<std::size_t>(found - graph.nodes.begin());
}

/// In what B's own inputs of the node differ from A's, of what counts for the element.
std::vector<Explanation::Above> differences_above(const Graph& graph, const Node& node, const Explanation& e,
                                                  const std::vector<TensorView>& a, const std::vector<TensorView>& b) {
  std::vector<Explanation::Above> above;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].spec == nullptr) continue;
    Explanation::Above of_input{a[i].spec->name, maker_of(graph, node.inputs[i]), "", 0, 0};
    if (of_input.maker) of_input.maker_op = graph.nodes[*of_input.maker].op;
    for (const std::int64_t element : elements_that_count(e, *a[i].spec)) {
      const auto at = static_cast<std::size_t>(element);
      ++of_input.all;
      if (differ(element_of(a[i], at), element_of(b[i], at))) ++of_input.differing;
    }
    if (of_input.differing > 0) above.push_back(std::move(of_input));
  }
  return above;
}

}  // namespace

bool Explanation::differs() const {
  return cause.has_value() || (sides.size() > 1 && differ(sides[0].end_to_end, sides[1].end_to_end));
}

Trace trace_element(NodeRunner& runner, const Node& node, std::span<const TensorView> inputs, std::size_t k,
                    std::int64_t element) {
  Trace trace;
  if (runner.kernel().explain(runner.context(inputs), k, element, trace)) return trace;
  const Family family = find_op(node.op)->family;
  if (family != Family::kMovement && family != Family::kResizeNearest) return trace;
  const auto from = moved_from(runner, inputs, k, element);
  const auto outputs = runner.run(inputs);
  if (!outputs) return trace;
  const double value = element_of((*outputs)[k], static_cast<std::size_t>(element));
  if (from) trace.add_input({from->input, from->element, value});
  trace.add_real(from ? "moved, as it is" : "the op's own value, of no element of an input", value);
  trace.set_result(python_constant(value));
  return trace;
}

std::vector<std::int64_t> unflatten(const Shape& shape, std::int64_t flat) {
  std::vector<std::int64_t> index(shape.size());
  for (std::size_t d = shape.size(); d-- > 0;) index[d] = flat % shape[d], flat /= shape[d];
  return index;
}

Result<std::int64_t> flatten(const Shape& shape, std::span<const std::int64_t> index) {
  if (index.size() != shape.size())
    return error("the index has {} numbers, expected one for each dimension of the output's shape {}", index.size(),
                 to_string(shape));
  std::int64_t flat = 0;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (index[d] < 0 || index[d] >= shape[d])
      return error("index {} of dimension {} is outside the output's shape {}", index[d], d, to_string(shape));
    flat = flat * shape[d] + index[d];
  }
  return flat;
}

Result<Explanation> explain(Session& a, Session* b, std::span<const Tensor> inputs, NodeId node, std::size_t k,
                            std::int64_t element) {
  Explanation explanation;
  explanation.node = node;
  explanation.op = a.model().node(node).op;
  for (Session* side : {&a, b}) {
    if (side == nullptr) continue;
    NPUTWIN_RETURN_IF_ERROR(side->set_inputs(inputs));
    side->reset_state();
    for (std::size_t i = 0; i < node.index; ++i) NPUTWIN_RETURN_IF_ERROR(side->step(i));
  }
  // A's step changes the variables that both sides are to read as they were.
  const InputCopies copies(a, node), own_of_b(b == nullptr ? a : *b, node);
  const std::vector<TensorView>& given = copies.views;
  const TensorView output = a.node_outputs(node)[k];
  explanation.output = *output.spec;
  explanation.index = unflatten(output.spec->shape, element);
  for (Session* side : {&a, b}) {
    if (side == nullptr) continue;
    NPUTWIN_ASSIGN_OR_RETURN(Explanation::Side explained, explain_side(*side, given, node, k, element, explanation));
    NPUTWIN_RETURN_IF_ERROR(side->step(node));
    explained.end_to_end = element_of(side->node_outputs(node)[k], static_cast<std::size_t>(element));
    explanation.sides.push_back(std::move(explained));
  }
  if (explanation.products.empty()) {
    for (const Trace::Input& input : explanation.sides[0].trace.inputs())
      add_operand(given[input.input], input.element, explanation);
    if (explanation.operands.empty()) explain_operands(given, output.spec->shape, element, explanation);
  }
  if (b != nullptr)
    explanation.above = differences_above(a.graph(), a.model().node(node), explanation, given, own_of_b.views);
  if (b != nullptr && differ(explanation.sides[0].code, explanation.sides[1].code)) {
    CauseFinder finder(a, *b);
    const auto at = static_cast<std::size_t>(element);
    const double from = explanation.sides[0].code;
    explanation.path = finder.steps_of(node, given, k, at, from, explanation.sides[1].code);
    explanation.cause = CauseFinder::first_cause(explanation.path, from);
  }
  return explanation;
}

}  // namespace nputwin

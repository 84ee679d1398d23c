#include "profile/micro_operands.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "profile/operand_types.h"

namespace nputwin {
namespace {

using namespace operands;  // the tables' words

struct TypeRule {
  std::string_view op;
  Types first;  ///< of the codes that come in (input 0), for the rule to hold
  Operand operand;
  Types types;
};
struct ConstantRule {
  std::string_view op;
  Operand operand;
};

constexpr TypeRule kTypeRules[] = {
#define NPUTWIN_MICRO_TYPES(op, first, operand, types) {#op, first, operand, types},
#include "profile/micro_operands.inc"
};
constexpr ConstantRule kConstantRules[] = {
#define NPUTWIN_MICRO_CONSTANT(op, operand) {#op, operand},
#include "profile/micro_operands.inc"
};

/// The tensor in that place, or null: the node leaves it out.
const ModelTensor* tensor_of(const Graph& graph, const Node& node, Operand operand) {
  const auto& list = operand.output ? node.outputs : node.inputs;
  return operand.place < list.size() && list[operand.place] >= 0 ? &graph.tensor(list[operand.place]) : nullptr;
}

std::string place_of(Operand operand) {
  return fmt::format("{} {}", operand.output ? "output" : "input", operand.place);
}

}  // namespace

Status check_micro_operands(const Graph& graph, const Node& node) {
  // TRANSPOSE_CONV has the output's shape first.
  const ModelTensor* const first = tensor_of(graph, node, in(node.op == "TRANSPOSE_CONV" ? 2 : 0));
  for (const TypeRule& rule : kTypeRules) {
    if (rule.op != node.op ||
        (rule.first != kAny && (first == nullptr || (bit_of(first->spec.type) & rule.first) == 0)))
      continue;
    const ModelTensor* const tensor = tensor_of(graph, node, rule.operand);
    if (tensor != nullptr && tensor->unsupported.empty() && (bit_of(tensor->spec.type) & rule.types) == 0) {
      return error("tflm takes {} as {}; '{}' is {}", place_of(rule.operand), words(rule.types), tensor->spec.name,
                   name(tensor->spec.type));
    }
  }
  for (const ConstantRule& rule : kConstantRules) {
    const ModelTensor* const tensor = rule.op == node.op ? tensor_of(graph, node, rule.operand) : nullptr;
    if (tensor != nullptr && !tensor->constant)
      return error("tflm takes {} only as a constant, and '{}' is none", place_of(rule.operand), tensor->spec.name);
  }
  for (const int t : node.outputs) {
    // An output of shape [0] is a number to TensorFlow Lite Micro, as old files have it.
    const Shape* const shape = t < 0 ? nullptr : &graph.spec(t).shape;
    if (shape != nullptr && shape->size() > 1 && std::ranges::any_of(*shape, [](std::int32_t n) { return n <= 0; }))
      return error("tflm takes no outputs without elements, and '{}' has none", graph.spec(t).name);
  }
  constexpr std::size_t kMostDimensions = 5;
  if (node.op == "TRANSPOSE" && first != nullptr && first->spec.shape.size() > kMostDimensions)
    return error("tflm transposes up to {} dimensions, and '{}' has {}", kMostDimensions, first->spec.name,
                 first->spec.shape.size());
  if (node.op == "UNIDIRECTIONAL_SEQUENCE_LSTM") {
    for (const std::size_t place : {1U, 5U, 12U}) {
      if (tensor_of(graph, node, in(place)) == nullptr)
        return error("tflm takes no coupled gates: {} is left out", place_of(in(place)));
    }
    for (const std::size_t place : {9U, 10U, 11U, 16U, 17U}) {
      if (tensor_of(graph, node, in(place)) != nullptr)
        return error("tflm takes neither peepholes nor a projection: {} is given", place_of(in(place)));
    }
  }
  constexpr std::size_t kWithBias = 3;
  if (node.op == "DEPTHWISE_CONV_2D" && node.inputs.size() == kWithBias && node.inputs.back() < 0)
    return error("tflm's process ends at a bias that is left out as input -1; it takes two inputs for no bias");
  return {};
}

}  // namespace nputwin

#include "ops/tflite_operands.h"

#include "ops/broadcast_runs.h"
#include "ops/checks.h"
#include "profile/operand_types.h"
#include "profile/profile.h"

namespace nputwin {
namespace {

using namespace operands;  // the table's words

struct TypeRule {
  std::string_view op;
  Types first;
  Operand operand;
  Types types;
  OpRegistry since;
};
struct RankRule {
  std::string_view op;
  std::size_t most;
  OpRegistry since;
};
struct BroadcastRule {
  std::string_view op;
  Types types, in_runs;
  OpRegistry since;
};

constexpr TypeRule kTypeRules[] = {
#define NPUTWIN_TAKEN_SINCE(op, first, operand, types, release) {#op, first, operand, types, OpRegistry::release},
#include "ops/tflite_operands.inc"
};
constexpr RankRule kRankRules[] = {
#define NPUTWIN_RANK_SINCE(op, most, release) {#op, most, OpRegistry::release},
#include "ops/tflite_operands.inc"
};
constexpr BroadcastRule kBroadcastRules[] = {
#define NPUTWIN_BROADCAST_SINCE(op, types, in_runs, release) {#op, types, in_runs, OpRegistry::release},
#include "ops/tflite_operands.inc"
};

constexpr std::size_t kLoops = 4;  // of the plain kernels, one a dimension

bool has(Types types, const TensorSpec& spec) { return (types & bit_of(spec.type)) != 0; }

/// TFLite reads no model in which a tensor with scales has fewer dimensions than its quantized_dimension says; of
/// scalars, only one below 0 counts.
Status check_quantized_dimension(const TensorSpec& spec, OpRegistry release) {
  const int axis = spec.quantization.axis, rank = static_cast<int>(spec.shape.size());
  if (spec.quantization.empty() || (axis >= 0 && (rank == 0 || axis < rank))) return {};
  return error("'{}' {} has quantized_dimension {}: {} does not read the model; write 0", spec.name,
               to_string(spec.shape), axis, name(release));
}

Status check_types(const TypeRule& rule, const PrepareContext& context) {
  if (rule.first != kAny && !(context.has_input(0) && has(rule.first, context.input(0)))) return {};
  const auto [is_output, place] = rule.operand;
  const TensorSpec* spec = nullptr;
  if (is_output && place < context.outputs.size()) spec = &context.output(place);
  if (!is_output && context.has_input(place)) spec = &context.input(place);
  if (spec == nullptr || !has(rule.types, *spec)) return {};
  return error("'{}' is {}, which the kernel of {} does not support", spec->name, name(spec->type),
               name(context.profile->registry));
}

Status check_broadcast(const BroadcastRule& rule, const PrepareContext& context) {
  if (context.inputs.size() < 2) return {};
  bool differ = false, many = false;
  for (const InputSpec& input : context.inputs) {
    if (!input.present()) return {};
    differ = differ || input.spec->shape != context.inputs[0].spec->shape;
    many = many || input.spec->shape.size() > kLoops;
  }
  if (!differ || !many || !has(rule.types, *context.inputs.back().spec)) return {};
  const Shape &a = context.input(0).shape, &b = context.input(1).shape;
  if (has(rule.in_runs, context.input(0)) && optimised_kernels(context.profile->registry) && broadcasts_in_runs(a, b))
    return {};
  return error("{} and {} broadcast over more than {} dimensions: {} ends", to_string(a), to_string(b), kLoops,
               name(context.profile->registry));
}

}  // namespace

Status check_tflite_operands(std::string_view op, const PrepareContext& context) {
  if (!in_tflite(context)) return {};
  const OpRegistry release = context.profile->registry;
  for (const InputSpec& input : context.inputs) {
    if (input.present()) NPUTWIN_RETURN_IF_ERROR(check_quantized_dimension(*input.spec, release));
  }
  for (const TensorSpec& output : context.outputs) NPUTWIN_RETURN_IF_ERROR(check_quantized_dimension(output, release));
  if (context.delegated()) return {};
  const auto holds = [&](const auto& rule) {
    return rule.op == op && (rule.since == OpRegistry::kNone || release < rule.since);
  };
  for (const TypeRule& rule : kTypeRules) {
    if (holds(rule)) NPUTWIN_RETURN_IF_ERROR(check_types(rule, context));
  }
  for (const RankRule& rule : kRankRules) {
    if (holds(rule) && context.has_input(0) && context.input(0).shape.size() > rule.most)
      return error("'{}' has {} dimensions, the kernel of {} takes up to {}", context.input(0).name,
                   context.input(0).shape.size(), name(release), rule.most);
  }
  for (const BroadcastRule& rule : kBroadcastRules) {
    if (holds(rule)) NPUTWIN_RETURN_IF_ERROR(check_broadcast(rule, context));
  }
  return {};
}

}  // namespace nputwin

// ADD_N: the sum of all inputs, which have one shape, in their order; binary32, or int32 that wraps. Source: TFLite
// add_n.cc.

#include "kernels/explain.h"
#include "ops/checks.h"

namespace nputwin::ops::add_n {
namespace {

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, node.inputs.size()));
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    if (!node.has_input(i) || node.input(i).shape != node.input(0).shape)
      return error("input {} does not have the shape of input 0, {}", i, to_string(node.input(0).shape));
  }
  return Shapes{node.input(0).shape};
}

template <typename T>
class AddN final : public ComparableKernel<AddN<T>> {
 public:
  void run(const RunContext& context) const override {
    const auto out = context.outputs[0].as<T>();
    for (std::size_t e = 0; e < out.size(); ++e) {
      T sum = context.inputs[0].as<T>()[e];
      for (std::size_t i = 1; i < context.inputs.size(); ++i) sum = added(sum, context.inputs[i].as<T>()[e]);
      out[e] = sum;
    }
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    Traced<T> sum = explained_input<T>(context, 0, element, "x0", trace);
    for (std::size_t i = 1; i < context.inputs.size(); ++i)
      sum = noted("sum so far",
                  added(sum, explained_input<T>(context, i, element, ("x" + std::to_string(i)).c_str(), trace)));
    explained_number(sum, trace);
    return true;
  }
  [[nodiscard]] static std::tuple<> parameters() { return {}; }

 private:
  template <typename N>
  static N added(const N& a, const N& b) {
    if constexpr (std::is_integral_v<T>) {
      return wrapping_add(a, b);
    } else {
      return a + b;
    }
  }
};

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  if (all_of_type(context, context.inputs.size(), DType::kFloat32)) return std::make_unique<AddN<float>>();
  if (all_of_type(context, context.inputs.size(), DType::kInt32)) return std::make_unique<AddN<std::int32_t>>();
  return error("input '{}' is {}, expected all float32 or all int32", context.input(0).name,
               name(context.input(0).type));
}

}  // namespace

const OpDefinition& add_n_op() {
  static constexpr OpDefinition kOp{"ADD_N", infer_shapes, prepare, Family::kNumbers};
  return kOp;
}

}  // namespace nputwin::ops::add_n

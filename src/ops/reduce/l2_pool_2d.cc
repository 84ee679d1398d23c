// L2_POOL_2D of float32: the root of the mean of squares under the window, padding not counted.
//
//   quotient     sqrt(sum / n). TFLite reference/pooling.h
//   reciprocal   sqrt(sum * (1 / n)). TFLite optimized_ops.h
//   estimate     the same, the root by the processor's estimate and a Newton step, as TensorFlow's wheels have Eigen's:
//                not known

#include "ops/checks.h"
#include "ops/reduce/number_pool.h"
#include "ops/reduce/pool.h"
#include "profile/profile.h"

namespace nputwin::ops::l2_pool_2d {
namespace {

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_type(context.input(0), {DType::kFloat32}, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_type(context.output(), {DType::kFloat32}, "output"));
  if (context.profile->l2_pool == L2PoolMethod::kEstimate)
    return error("{} takes the root by the processor's estimate, which is not known", context.profile->name);
  const bool reciprocal = context.profile->l2_pool == L2PoolMethod::kReciprocal;
  return number_pool_kernel(context, reciprocal ? NumberPool::kRootReciprocal : NumberPool::kRoot);
}

}  // namespace

const OpDefinition& l2_pool_2d_op() {
  static constexpr OpDefinition kOp{"L2_POOL_2D", pool_shapes, prepare, Family::kNumbers};
  return kOp;
}

}  // namespace nputwin::ops::l2_pool_2d

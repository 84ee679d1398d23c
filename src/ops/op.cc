#include "ops/op.h"

#include "profile/profile.h"

namespace nputwin {

// Each op's file has a namespace of its own, so that many files can be compiled as one.
#define NPUTWIN_OP(file, op)     \
  namespace ops::file {          \
  const OpDefinition& op##_op(); \
  }
#include "ops/ops.inc"
#undef NPUTWIN_OP

const RealRule& PrepareContext::real() const { return profile->real_rule(op_family); }

FixedPointMultiply PrepareContext::multiply() const { return {profile->fixed_point_roundings}; }

std::span<const OpDefinition* const> all_ops() {
  static const OpDefinition* const kOps[] = {
#define NPUTWIN_OP(file, op) &ops::file::op##_op(),
#include "ops/ops.inc"
#undef NPUTWIN_OP
  };
  return kOps;
}

const OpDefinition* find_op(std::string_view name) {
  for (const auto* op : all_ops()) {
    if (op->name == name) return op;
  }
  return nullptr;
}

}  // namespace nputwin

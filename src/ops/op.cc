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

double PrepareContext::ratio(float a, float b, float out) const {
  if (profile->binary64_ratios) return static_cast<double>(a) * static_cast<double>(b) / static_cast<double>(out);
  return static_cast<double>(a * b / out);
}

RequantizeRule PrepareContext::with_ratio(RequantizeRule rule) const {
  rule.scale = profile->binary64_ratios ? RequantizeRule::Scale::kBinary64 : RequantizeRule::Scale::kBinary32;
  return rule;
}

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

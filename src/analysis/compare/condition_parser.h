#pragma once

#include <string>
#include <string_view>

#include "analysis/compare/condition.h"

namespace nputwin {

/// What a condition's text says, before anybody asks whether that makes sense.
struct ParsedCondition {
  Condition::Scope scope;
  Metric metric = Metric::kMismatch;
  bool greater = true, or_equal = false, percent = false;
  double number = 0;
  std::string bound;  ///< relation and number as written: ">=0.5"
};
[[nodiscard]] Result<ParsedCondition> parse_condition(std::string_view text);

}  // namespace nputwin

#pragma once

#include <string>
#include <vector>

namespace nputwin::bench {

/// A loop of nothing but multiply-adds on registers: what no kernel of that instruction can pass.
struct Peak {
  std::string instruction;  ///< "vpmaddwd + vpaddd, ymm"
  /// Those of Isa::name whose kernels can use it.
  std::vector<std::string> isas;
  int products = 0;  ///< of one call of `loop` with count 1
  void (*loop)(long count) = nullptr;
};

/// Those that this processor has; none on processors for which nobody has written any.
[[nodiscard]] std::vector<Peak> peaks();

}  // namespace nputwin::bench

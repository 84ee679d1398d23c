#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace nputwin {

/// An instruction set that kernels can be asked to use. Every one gives the same bytes; "scalar" is the
/// definition.
struct Isa {
  std::string name;
  std::int64_t target = 0;  ///< Highway's target bit; 0 for "scalar"

  [[nodiscard]] bool scalar() const { return target == 0; }
  bool operator==(const Isa&) const = default;
};

/// What this processor has, fastest first; "scalar" is last and always there.
[[nodiscard]] const std::vector<Isa>& available_isas();

/// "scalar": the definition.
[[nodiscard]] const Isa& scalar_isa();

/// The instruction set of that name ("auto": the fastest). One that the processor lacks is an error.
[[nodiscard]] Result<Isa> find_isa(std::string_view name);

/// Of the library that compiles the kernels for each instruction set.
[[nodiscard]] std::string vector_library_version();

}  // namespace nputwin

#pragma once

#include <optional>
#include <string>

#include "io/json.h"
#include "kernels/kernel_form.h"

namespace nputwin::report {

/// Which form of an op's kernel runs, and why better ones refused: indented lines. Nothing: no kernel runs.
[[nodiscard]] std::string kernel_text(const std::optional<KernelForm>& kernel);

/// The same as {"form", "isa", "refused": [{"form", "reason"}], "epilogues": [the same, of a multiply-accumulate
/// layer]}; where no kernel runs, {"form": "constant"}.
[[nodiscard]] Json kernel_json(const std::optional<KernelForm>& kernel);

}  // namespace nputwin::report

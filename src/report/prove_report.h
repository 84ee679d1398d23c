#pragma once

#include <span>
#include <string>

#include "analysis/prove/prove.h"
#include "io/json.h"

namespace nputwin::report {

/// What a proof of two sides says of each op and of the model, in lines of at most `columns` where that is 80 or more.
[[nodiscard]] std::string prove_text(const Proof& proof, const std::string& a, const std::string& b,
                                     std::size_t columns);

/// What stays of a proof where an open parameter of a profile has another value, a line for each.
[[nodiscard]] std::string open_text(const Proof& proof, std::span<const OpenProof> open, std::size_t columns);

[[nodiscard]] Json open_json(std::span<const OpenProof> open);
[[nodiscard]] Json prove_json(const Proof& proof, const std::string& a, const std::string& b);

}  // namespace nputwin::report

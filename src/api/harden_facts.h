#pragma once

#include <memory>
#include <string>
#include <vector>

#include "analysis/harden/hardened.h"

namespace nputwin::api {

/// The first profile that is a chip's, and the last of a runtime; of profiles that are all of a kind, any two.
[[nodiscard]] std::string chip_of(const std::vector<std::string>& profiles);
[[nodiscard]] std::string cpu_of(const std::vector<std::string>& profiles, const std::string& chip);

[[nodiscard]] Result<Proof> prove_pair(const std::shared_ptr<const Model>& model, const std::string& a,
                                       const std::string& b, const SessionOptions& options);

/// Proves the first profile beside each other one, on the file and on the hardened one.
[[nodiscard]] Status prove_before_and_after(HardenedModel& model, const SessionOptions& options);

/// Adds what is known once that is proven: the ops that are left, what the delegate claims, sizes.
[[nodiscard]] Status add_facts(HardenedModel& model, std::size_t bytes_before, std::size_t bytes_after,
                               const SessionOptions& options);

}  // namespace nputwin::api

#pragma once

#include <functional>
#include <set>

#include "sides/captures/format.h"

namespace nputwin::captures {

/// Which tensors keys are meant to name.
struct NearNames {
  std::map<std::string, int> tensors;  ///< by key
  std::vector<std::string> notes;      ///< a sentence for each: what was taken for what, and why
};

/// For keys that are no tensor's name, the outputs of ops that they may be meant for, in this order:
///
///   a name in the model's signatures     output_0, or serving_default_output_0
///   a name but for ":0" at its end       StatefulPartitionedCall for StatefulPartitionedCall:0
///   the place among the model's outputs  out0, out_0, output0, output_0, arr_0; only if all such keys have an output
///
/// `taken` tensors have been named already. `spell` writes a name as keys have it.
[[nodiscard]] NearNames near_names(const std::vector<std::string>& keys, std::set<int> taken, const Target& target,
                                   const std::function<std::string(std::string)>& spell);

/// "'conf1' (did you mean 'conv1'?), 'x' and 3 more": keys that name nothing.
[[nodiscard]] std::string unknown_names(const std::vector<std::string>& keys, const Target& target);

}  // namespace nputwin::captures

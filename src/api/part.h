#pragma once

#include <memory>
#include <string>

#include "base/callbacks.h"
#include "model/file_kind.h"
#include "sides/side.h"

namespace nputwin::api {

/// As open_sides. Where a profile cannot run an op, or `until` names the last op that is wanted (as find_layer takes
/// it), the sides have the part of the model that both can run, and the callbacks are told what is missing. An error
/// where no layer is left of it, and where the file has none that any profile runs: then it says which kind of file it
/// is.
[[nodiscard]] Result<Sides> open_part(const std::shared_ptr<const Model>& model, const std::string& a,
                                      const std::string& b, const SideOptions& options, const std::string& until,
                                      const Callbacks& callbacks);

/// The same of one profile.
[[nodiscard]] Result<Session> prepare_part(const std::shared_ptr<const Model>& model, const std::string& profile,
                                           const SessionOptions& options, const std::string& until,
                                           const Callbacks& callbacks);

}  // namespace nputwin::api

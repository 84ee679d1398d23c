#include "api/inspect.h"

#include <algorithm>

#include "io/tflite/reader.h"
#include "profile/variant.h"

namespace nputwin::api {

bool Inspected::runs() const {
  return std::ranges::all_of(coverage, [](const NodeCoverage& c) { return c.unsupported.empty() && !c.unreached; });
}

Result<Inspected> inspect(const InspectOptions& options) {
  Inspected inspected;
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile, resolve_profile(options.profile));
  NPUTWIN_ASSIGN_OR_RETURN(inspected.model, read_tflite(options.model));
  NPUTWIN_ASSIGN_OR_RETURN(inspected.coverage, Session::coverage(*inspected.model, profile, options.session));
  inspected.profile = profile.name;
  return inspected;
}

}  // namespace nputwin::api

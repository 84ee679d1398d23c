#pragma once

#include <nlohmann/json.hpp>

namespace nputwin::report {

/// JSON whose keys keep the order in which they were written, as people read them.
using Json = nlohmann::ordered_json;

}  // namespace nputwin::report

# Headers of others that most sources include: parsed once for a target, not once for a unit. A source includes what it uses all
# the same: the linter and builds with ccache, which keeps no object that came with such a header, do without.
set(NPUTWIN_PRECOMPILED_HEADERS
  <algorithm> <charconv> <cmath> <cstdint> <filesystem> <functional> <map> <memory> <optional> <set> <span> <string> <vector>
  <fmt/format.h> <fmt/ranges.h> <nlohmann/json.hpp>)

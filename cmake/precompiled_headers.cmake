# Headers of others that most sources include: parsed once for a target, not once for a source.
# A source includes what it uses all the same: clang-tidy and builds with ccache parse it without these.
set(NPUTWIN_PRECOMPILED_HEADERS
  <algorithm> <charconv> <cmath> <cstdint> <filesystem> <functional> <map> <memory> <optional> <span> <string> <vector>
  <fmt/format.h> <fmt/ranges.h> <nlohmann/json.hpp> <tl/expected.hpp>)

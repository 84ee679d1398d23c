#include "api/prove.h"

#include <algorithm>

#include "api/part.h"
#include "io/tflite/reader.h"
#include "profile/profile.h"

namespace nputwin::api {

bool Proved::equal() const {
  return std::ranges::all_of(pairs, [](const Pair& p) { return p.proof.equal() && p.not_run.ops.empty(); });
}

Result<Proved> prove(const ProveOptions& options, const Callbacks& callbacks) {
  if (options.profiles.size() < 2) return error("expected two or more profiles, got {}", options.profiles.size());
  for (const std::string& profile : options.profiles) {
    if (is_recording(profile))
      return error("{}: a recording proves nothing about other inputs; name a profile", profile);
  }
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, read_tflite(options.model));
  Proved proved;
  const std::size_t others = options.profiles.size() - 1;
  for (std::size_t i = 0; i < others; ++i) {
    NPUTWIN_ASSIGN_OR_RETURN(const Sides sides, open_part(model, options.profiles[0], options.profiles[i + 1],
                                                          {options.session, {}}, options.until, callbacks));
    Session &a = *sides.a->session(), &b = *sides.b->session();
    Callbacks of_pair = callbacks;
    of_pair.progress = [&](std::size_t done, std::size_t all) { callbacks.at(i * all + done, others * all); };
    NPUTWIN_ASSIGN_OR_RETURN(Proof proof, nputwin::prove(a, b, of_pair));
    proved.pairs.push_back({a.profile().name, b.profile().name, std::move(proof), sides.model->main().not_run});
    if (proved.pairs.back().proof.stopped) break;
  }
  return proved;
}

}  // namespace nputwin::api

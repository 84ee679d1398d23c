#include "api/prove.h"

#include <algorithm>

#include "api/part.h"
#include "io/tflite/reader.h"
#include "profile/profile.h"

namespace nputwin::api {
namespace {

/// Two sides of which one has another value of an open parameter.
struct OpenPair {
  const OpenParameter* parameter;
  std::string a, b;
};
std::vector<OpenPair> pairs_of_open(const std::string& a, const std::string& b) {
  std::vector<OpenPair> pairs;
  for (const OpenVariant& v : open_variants(a)) pairs.push_back({v.parameter, v.text, b});
  for (const OpenVariant& v : open_variants(b)) pairs.push_back({v.parameter, a, v.text});
  return pairs;
}

}  // namespace

bool Proved::equal() const {
  return std::ranges::all_of(pairs, [](const Pair& p) { return p.proof.equal() && !p.not_run.falls_short(); });
}

Result<Proved> prove(const ProveOptions& options, const Callbacks& callbacks) {
  if (options.profiles.size() < 2) return error("expected two or more profiles, got {}", options.profiles.size());
  for (const std::string& profile : options.profiles) {
    if (is_recording(profile))
      return error("{}: a recording proves nothing about other inputs; name a profile", profile);
  }
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, read_tflite(options.model));
  std::size_t done = 0, all = 0;  // proofs
  for (std::size_t i = 1; i < options.profiles.size(); ++i)
    all += 1 + (options.open ? pairs_of_open(options.profiles[0], options.profiles[i]).size() : 0);
  const auto run = [&](const std::string& a, const std::string& b, bool speaks) -> Result<Proved::Pair> {
    Callbacks own = callbacks;
    own.progress = [&](std::size_t op, std::size_t ops) { callbacks.at(done * ops + op, all * ops); };
    if (!speaks) own.note = {};
    NPUTWIN_ASSIGN_OR_RETURN(const Sides sides, open_part(model, a, b, {options.session, {}}, options.until, own));
    Session &of_a = *sides.a->session(), &of_b = *sides.b->session();
    NPUTWIN_ASSIGN_OR_RETURN(Proof proof, nputwin::prove(of_a, of_b, own));
    ++done;
    return Proved::Pair{of_a.profile().name, of_b.profile().name, std::move(proof), sides.model->main().not_run, {}};
  };
  Proved proved;
  for (std::size_t i = 1; i < options.profiles.size() && !callbacks.stopped(); ++i) {
    NPUTWIN_ASSIGN_OR_RETURN(Proved::Pair pair, run(options.profiles[0], options.profiles[i], true));
    if (options.open) {
      for (const auto& [parameter, a, b] : pairs_of_open(options.profiles[0], options.profiles[i])) {
        if (callbacks.stopped()) break;
        auto other = run(a, b, false);
        pair.open.push_back({parameter, other ? "" : other.error().message, other ? std::move(other->proof) : Proof()});
      }
    }
    proved.pairs.push_back(std::move(pair));
  }
  return proved;
}

}  // namespace nputwin::api

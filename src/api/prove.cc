#include "api/prove.h"

#include <algorithm>
#include <filesystem>

#include "api/part.h"
#include "base/file.h"
#include "io/tflite/reader.h"
#include "profile/profile.h"
#include "report/certificate.h"

namespace nputwin::api {
namespace {

Status check_certificate(const ProveOptions& options) {
  if (options.certificate.empty()) return {};
  if (options.profiles.size() != 2)
    return error("--certificate: expected two profiles, got {}; a certificate is of two", options.profiles.size());
  if (!options.until.empty() || !options.session.input_shapes.empty())
    return error("--certificate: a certificate is of the file as it is: leave out --until and --shape");
  return {};
}

Status write_certificate(const ProveOptions& options, const Proof& proof, const Sides& sides) {
  if (!proof.whole || !sides.model->main().not_run.ops.empty())
    return error("--certificate: a certificate is of the whole model, and a profile cannot run all of it");
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, options.model.read());
  NPUTWIN_ASSIGN_OR_RETURN(const std::string text,
                           report::certificate({proof, *sides.a->session(), *sides.b->session(),
                                                std::filesystem::path(options.model.path).filename().string(),
                                                file->bytes(), options.version}));
  return write_file_whole(options.certificate, text);
}

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
  NPUTWIN_RETURN_IF_ERROR(check_certificate(options));
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
    if (speaks && !options.certificate.empty()) NPUTWIN_RETURN_IF_ERROR(write_certificate(options, proof, sides));
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

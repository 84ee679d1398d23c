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
  if (!sides.model->main().not_run.ops.empty())
    return error("--certificate: a certificate is of the whole model, and a profile cannot run all of it");
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, read_file(options.model));
  NPUTWIN_ASSIGN_OR_RETURN(
      const std::string text,
      report::certificate({proof, *sides.a->session(), *sides.b->session(),
                           std::filesystem::path(options.model).filename().string(), file->bytes(), options.version}));
  return write_file_whole(options.certificate, text);
}

}  // namespace

bool Proved::equal() const {
  return std::ranges::all_of(pairs, [](const Pair& p) { return p.proof.equal() && p.not_run.ops.empty(); });
}

Result<Proved> prove(const ProveOptions& options, const Callbacks& callbacks) {
  if (options.profiles.size() < 2) return error("expected two or more profiles, got {}", options.profiles.size());
  NPUTWIN_RETURN_IF_ERROR(check_certificate(options));
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
    if (!options.certificate.empty()) NPUTWIN_RETURN_IF_ERROR(write_certificate(options, proof, sides));
    proved.pairs.push_back({a.profile().name, b.profile().name, std::move(proof), sides.model->main().not_run});
    if (proved.pairs.back().proof.stopped) break;
  }
  return proved;
}

}  // namespace nputwin::api

#include "api/characterise.h"

#include "api/part.h"
#include "io/tflite/reader.h"
#include "profile/profile.h"
#include "sides/side.h"

namespace nputwin::api {
namespace {

Status add_samples(Characteriser& characteriser, const InputSet& inputs, Characterised& characterised,
                   const Callbacks& callbacks) {
  for (std::size_t& n = characterised.samples; n < inputs.size() && !callbacks.stopped(); ++n) {
    NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, inputs.sample(n));
    NPUTWIN_RETURN_IF_ERROR(characteriser.add(sample));
    callbacks.at(n + 1, inputs.size());
  }
  characterised.stopped = characterised.samples < inputs.size();
  return {};
}

}  // namespace

Result<Characterised> characterise(const CharacteriseOptions& options, const Callbacks& callbacks) {
  for (const std::string& side : {options.a, options.b}) {
    if (is_recording(side)) return error("{}: a recording shows no arithmetic to characterise; name a profile", side);
  }
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, read_tflite(options.model));
  NPUTWIN_ASSIGN_OR_RETURN(const Sides sides,
                           open_part(model, options.a, options.b, {options.session, {}}, options.until, callbacks));
  Session &a = *sides.a->session(), &b = *sides.b->session();
  NPUTWIN_ASSIGN_OR_RETURN(Characteriser characteriser, Characteriser::of(a, b));
  Characterised characterised{a.profile().name, b.profile().name, {}, 0, false, sides.model->main().not_run};
  if (!options.inputs.empty()) {
    NPUTWIN_ASSIGN_OR_RETURN(const InputSet inputs, session_inputs(a, options.inputs, callbacks));
    NPUTWIN_RETURN_IF_ERROR(add_samples(characteriser, inputs, characterised, callbacks));
  }
  characterised.layers = characteriser.result();
  return characterised;
}

}  // namespace nputwin::api

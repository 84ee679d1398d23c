#include "api/characterise.h"

#include <atomic>
#include <memory>
#include <vector>

#include "api/part.h"
#include "base/callers_thread.h"
#include "io/tflite/reader.h"
#include "profile/profile.h"
#include "sides/sample_loop.h"
#include "sides/side.h"

namespace nputwin::api {
namespace {

/// Sessions of both sides beside the first ones, and what they count.
struct CharacteriseWorker {
  CharacteriseWorker(Sides of_sides, const Characteriser& first)
      : sides(std::move(of_sides)), characteriser(first.sibling(*sides.a->session(), *sides.b->session())) {}

  Sides sides;
  Characteriser characteriser;
};

Status add_samples(Characteriser& characteriser, const Sides& sides, const InputSet& inputs, int threads,
                   Characterised& characterised, const Callbacks& callbacks) {
  const int workers = workers_for(inputs.size(), threads);
  std::vector<std::unique_ptr<CharacteriseWorker>> further;
  if (workers > 1) sides.use_threads(threads / workers);
  while (static_cast<int>(further.size()) + 1 < workers) {
    NPUTWIN_ASSIGN_OR_RETURN(Sides own, sides.sibling(threads / workers));
    further.push_back(std::make_unique<CharacteriseWorker>(std::move(own), characteriser));
  }
  std::atomic<std::size_t> done = 0;
  SampleLoop loop;
  loop.last = inputs.size();
  loop.workers = workers;
  loop.sample = [&](std::size_t n) { return inputs.sample(n); };
  loop.work = [&](int worker, std::size_t, const Sample& sample, const SampleLoop::Progress& progress) -> Status {
    Characteriser& own = worker == 0 ? characteriser : further[static_cast<std::size_t>(worker - 1)]->characteriser;
    NPUTWIN_RETURN_IF_ERROR(own.add(sample));
    ++done;
    progress(1);
    return {};
  };
  NPUTWIN_RETURN_IF_ERROR(run_samples(loop, callbacks));
  for (const auto& worker : further) characteriser.merge(worker->characteriser.counts());
  characterised.samples = done;
  characterised.stopped = characterised.samples < inputs.size();
  return {};
}

}  // namespace

Result<Characterised> characterise(const CharacteriseOptions& options, const Callbacks& given) {
  const CallersThread caller(given);
  const Callbacks& callbacks = caller.callbacks();
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
    NPUTWIN_RETURN_IF_ERROR(
        add_samples(characteriser, sides, inputs, options.session.threads, characterised, callbacks));
  }
  characterised.layers = characteriser.result();
  return characterised;
}

}  // namespace nputwin::api

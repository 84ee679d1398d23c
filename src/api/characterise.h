#pragma once

#include <string>
#include <vector>

#include "analysis/agree/characterise.h"
#include "base/callbacks.h"
#include "io/tflite/reader.h"
#include "sides/input_source.h"

namespace nputwin::api {

struct CharacteriseOptions {
  ModelFile model;
  std::string a, b;                   ///< profiles
  std::vector<InputArgument> inputs;  ///< sources, as make_inputs takes them; none: what is possible
  SessionOptions session;
  std::string until;  ///< the last op, as find_layer takes it; empty: all
};

struct Characterised {
  std::string a, b;  ///< the profiles' names
  std::vector<LayerCharacter> layers;
  std::size_t samples = 0;
  bool stopped = false;  ///< before all samples were counted
  NotRun not_run;        ///< of the model
};

/// Says of every layer which sums differ under two profiles, and how often to expect them.
[[nodiscard]] Result<Characterised> characterise(const CharacteriseOptions& options, const Callbacks& callbacks = {});

}  // namespace nputwin::api

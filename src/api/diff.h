#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/compare/diff.h"
#include "io/tflite/reader.h"
#include "sides/input_source.h"

namespace nputwin::api {

/// Two sides of one model and what they are compared on.
struct DiffOptions {
  ModelFile model;
  std::string a, b;                   ///< sides, as open_side takes them
  std::vector<InputArgument> inputs;  ///< sources, as make_inputs takes them; two captures of files need none
  SideOptions sides;
  std::optional<SampleRange> samples;  ///< a part of the samples; all by default
  bool expectations = false;           ///< say how many mismatches were to be expected, and which CPU build is nearer
  std::string until;                   ///< the last op to compare, as find_layer takes it; empty: all
  std::vector<std::string> output_kinds{};  ///< what the model's outputs are, as known_outputs takes it
  std::string program = "nputwin";          ///< how commands that the results suggest begin, as a shell reads it
  bool bound = false;                       ///< say what the differences cannot exceed (Bounds)
};

struct Diffed {
  std::shared_ptr<const Model> model;  ///< or the part of it that was compared
  DiffResult result;
  SampleRange samples;  ///< that were compared; fewer than asked for where the work was stopped
  std::size_t all = 0;  ///< samples that the inputs hold
  bool stopped = false;
};

/// Compares the two sides sample by sample, as much of the model as both can run (open_part), until all samples are
/// done or the callbacks say stop.
[[nodiscard]] Result<Diffed> diff(const DiffOptions& options, const Callbacks& callbacks = {});

}  // namespace nputwin::api

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "analysis/lint/lint.h"
#include "io/tflite/reader.h"
#include "sides/input_source.h"

namespace nputwin::api {

struct LintOptions {
  ModelFile model;
  std::vector<std::string> profiles;  ///< that are to run it, as resolve_profile takes them; none: whoever does
  std::vector<InputArgument> inputs;  ///< sources, as make_inputs takes them; none: nothing is run
  std::vector<std::string> rules;     ///< only these; none: all
  std::vector<std::string> skipped;
  SessionOptions session;
  std::string program = "nputwin";  ///< how commands that the results suggest begin, as a shell reads it
};

struct Linted {
  std::shared_ptr<const Model> model;
  std::vector<std::string> profiles;  ///< their names
  std::vector<Finding> findings;      ///< the worst first
  std::string next;                   ///< the command that looks further
};

/// Reads a model and says what in it will bite. The model need not be able to run.
[[nodiscard]] Result<Linted> lint(const LintOptions& options, const Callbacks& callbacks = {});

}  // namespace nputwin::api

#pragma once

#include <string>
#include <vector>

#include "analysis/prove/prove.h"
#include "base/callbacks.h"
#include "io/tflite/reader.h"

namespace nputwin::api {

struct ProveOptions {
  ModelFile model;
  std::vector<std::string> profiles;  ///< two or more
  SessionOptions session;
  std::string until;        ///< the last op, as find_layer takes it; empty: all
  bool open = false;        ///< repeat the proof for every value of the profiles' open parameters
  std::string certificate;  ///< a file to write, of two profiles; "-": stdout; empty: none
  std::string version;      ///< of the program that asks, for the certificate
};

struct Proved {
  /// The first profile with one of the others.
  struct Pair {
    std::string a, b;  ///< the profiles' names
    Proof proof;
    NotRun not_run;  ///< of the model
    std::vector<OpenProof> open;
  };
  std::vector<Pair> pairs;

  /// All profiles are equal, for all inputs, on all of the model that was asked for.
  [[nodiscard]] bool equal() const;
};

/// Proves of every op whether the profiles compute it alike for all inputs.
[[nodiscard]] Result<Proved> prove(const ProveOptions& options, const Callbacks& callbacks = {});

}  // namespace nputwin::api

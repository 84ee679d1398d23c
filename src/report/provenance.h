#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "io/json.h"
#include "tensor/tensor.h"

namespace nputwin::report {

/// What a model ran on, as the user named it.
struct InputSource {
  std::string source;    ///< [NAME=]PATH[,OPTIONS], or what generates values
  std::string sha256;    ///< of the file; of a folder's names and contents; empty where values are generated
  std::string settings;  ///< the source without the path

  /// Whether both give the same values, wherever their files lie.
  [[nodiscard]] bool same_as(const InputSource& other) const {
    return sha256 == other.sha256 && (sha256.empty() ? source == other.source : settings == other.settings);
  }
  bool operator==(const InputSource&) const = default;
};

/// What a comparison is of, beside its model's and sides' names.
struct Provenance {
  std::string version;               ///< of this program
  std::string command;               ///< repeats the comparison; empty where it was put together of parts
  std::string model_sha256;          ///< of the file
  std::string profile_a, profile_b;  ///< sha256 of the profiles' documents; empty for recordings
  std::vector<InputSource> inputs;
  std::map<std::string, Shape> shapes;  ///< of inputs that were given another one
  std::vector<std::string> on_cpu;
  std::string mode, until;
  std::vector<std::pair<std::size_t, std::size_t>> samples;  ///< ranges that were compared, the last one left out
};

[[nodiscard]] Json inputs_json(const std::vector<InputSource>& inputs);
/// Throws as the accessors of the JSON library do.
[[nodiscard]] std::vector<InputSource> inputs_of_json(const Json& json);

/// What of the command line the result depends on, beside model, sides and inputs.
[[nodiscard]] Json options_json(const Provenance& provenance);

/// Of the document that docs/diff.schema.json describes. A document of another version is another's.
inline constexpr int kSchemaVersion = 1;
/// The head of that document: everything but what was found.
[[nodiscard]] Json provenance_json(const Provenance& provenance);

}  // namespace nputwin::report

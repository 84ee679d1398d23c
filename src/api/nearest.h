#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "analysis/agree/nearest.h"
#include "base/callbacks.h"
#include "io/tflite/reader.h"
#include "profile/profile.h"
#include "sides/input_source.h"

namespace nputwin::api {

/// Whether a profile is a CPU runtime's: RUNTIME-VERSION-ARCHITECTURE[-MODE], as such profiles are called.
[[nodiscard]] bool is_runtime(const Profile& profile);

/// One side and those that are measured against it, ready to run.
class NearestSides {
 public:
  /// Sides that cannot run the model are kept apart, with the reason. An error where `to` cannot.
  [[nodiscard]] static Result<NearestSides> open(const std::shared_ptr<const Model>& model, const std::string& to,
                                                 const std::vector<std::string>& sides, const SessionOptions& options);

  [[nodiscard]] Session& to() { return *sessions_.front(); }
  [[nodiscard]] DistanceSearch& search() { return *search_; }
  /// Of the sides that are measured, in the order of the search's result.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& refused() const { return refused_; }

 private:
  std::vector<std::unique_ptr<Session>> sessions_;  // `to` first
  std::vector<std::string> names_;
  std::vector<std::pair<std::string, std::string>> refused_;
  std::unique_ptr<DistanceSearch> search_;
};

struct NearestOptions {
  ModelFile model;
  std::string to;                     ///< the profile of the chip
  std::vector<InputArgument> inputs;  ///< sources, as make_inputs takes them
  std::vector<std::string> among;     ///< profiles; none: all built-in ones of CPU runtimes
  SessionOptions session;
  std::string on_cpu_until;         ///< what the outputs must keep, as OutputLimit takes it; empty: no such search
  std::string program = "nputwin";  ///< how commands that the results suggest begin, as a shell reads it
};

/// Ranks CPU builds by how near their outputs come to those of a chip, on all samples. With `on_cpu_until` it searches
/// the fewest ops that the nearest of them must take over from the chip.
[[nodiscard]] Result<Nearest> nearest(const NearestOptions& options, const Callbacks& callbacks = {});

}  // namespace nputwin::api

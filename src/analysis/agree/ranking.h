#pragma once

#include <string>
#include <vector>

#include "sides/side.h"

namespace nputwin {

/// How near one built-in profile is to a recording, over all outputs of ops.
struct ProfileAgreement {
  std::string profile;
  std::int64_t elements = 0;    ///< accumulated
  std::int64_t mismatches = 0;  ///< isolated and accumulated ones
  bool operator==(const ProfileAgreement&) const = default;
};

/// The agreement of every built-in profile that can run the model. Rankings of other samples merge to that of all.
struct Ranking {
  std::vector<ProfileAgreement> profiles;

  /// Both are rankings of one model.
  void merge(const Ranking& other);
  /// Those that equal the recording on everything.
  [[nodiscard]] std::vector<std::string> equal() const;
  bool operator==(const Ranking&) const = default;
};

/// Compares one recorded sample, which was made of `inputs`, with every built-in profile.
[[nodiscard]] Ranking rank_profiles(const std::shared_ptr<const Model>& model, const Capture& recorded,
                                    std::span<const Tensor> inputs, const SessionOptions& options);

}  // namespace nputwin

#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "profile/profile.h"

namespace nputwin::delegate {

/// A key and its value as the application gives them; no value where it gives a null pointer.
using OptionText = std::pair<std::string, std::optional<std::string>>;

/// What an application asks for.
struct Options {
  Profile profile;                   ///< computes the ops that are claimed; no placement
  std::string profile_text;          ///< as resolve_profile takes it
  Delegate release = Delegate::kVx;  ///< whose op map says what is claimed
  std::vector<std::string> on_cpu;   ///< as of Placement::of
  std::optional<int> threads;        ///< nothing: as many as the runtime has been given
  std::string trace;                 ///< an .npz; empty: none
  std::string compare, report;       ///< another profile, and the file that says how it differs; empty: none
  std::vector<std::string> notes;    ///< what the application should know: sentences
};

/// Options of this delegate, and of libvx_delegate by its rules. The error names the option.
[[nodiscard]] Result<Options> read_options(std::span<const OptionText> texts);

}  // namespace nputwin::delegate

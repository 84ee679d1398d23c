#pragma once

#include <string>
#include <vector>

#include "command/arguments.h"

namespace nputwin::command {

/// `diff --embeddings`: two files of embeddings in place of a model and its sides.
struct EmbeddingsArguments {
  std::vector<std::string> files;
  std::string labels, threshold, zero_point;

  void add(Command command);
  [[nodiscard]] bool given() const { return !files.empty(); }
  /// Whether what says more of them was given.
  [[nodiscard]] bool is_detailed() const { return !labels.empty() || !threshold.empty() || !zero_point.empty(); }
  /// Compares and prints.
  [[nodiscard]] Result<Exit> run(const FormatArgument& format, const Program& program) const;
};

}  // namespace nputwin::command

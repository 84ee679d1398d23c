#pragma once

#include "analysis/compare/diff.h"
#include "cli.h"

namespace nputwin::cli {

/// Two sides of one model and what they are compared on: what diff, report and others share.
struct ComparisonArguments {
  ModelArgument model;
  InputArgument input;
  MachineArguments machine;
  RuntimeModeArgument mode;
  ProfileArgument a, b;

  void add(Command command);
};

/// How a side that is no profile is named, for --help.
[[nodiscard]] std::string captured_side_help();

/// A side that is no profile: runtime:PYTHON, or tensors that were saved.
[[nodiscard]] bool is_captured(const ProfileArgument& side);

/// Compares sample by sample, until all are done or Ctrl-C is pressed; then says so on stderr. With `expectations`, two
/// profiles' layers also say how many mismatches were to be expected.
[[nodiscard]] Result<DiffResult> compare(const ComparisonArguments& arguments,
                                         const std::shared_ptr<const Model>& model, bool expectations = false);

/// The command that explains the first element that differs alone; empty where none does. A runtime's profile stands
/// for it; of other captures the command shows what the other side computes.
[[nodiscard]] std::string explain_command(const ComparisonArguments& arguments, const DiffResult& result);

}  // namespace nputwin::cli

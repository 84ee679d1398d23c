#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace nputwin::command {

// What the program's verbs and options are. --help, the man pages and the shells' completions are made from this.

/// One option or positional argument.
struct OptionDefinition {
  std::vector<std::string> names;  ///< "--output", "-o"; of a positional argument its word
  bool positional = false;
  std::string help;
  std::string value;  ///< what its value is called; empty for a flag
  std::string group;
  std::string by_default;            ///< empty: not said
  std::string environment;           ///< the variable that stands for it
  std::vector<std::string> choices;  ///< all its values, where they are few
  std::string range;                 ///< of a number
  bool required = false;
  bool repeatable = false;
  bool hidden = false;
};

/// The program, a verb of it, or a verb of a verb.
struct VerbDefinition {
  std::string name;  ///< with what it is a verb of: "nputwin profiles show"
  std::string about;
  std::string footer;
  std::vector<std::unique_ptr<OptionDefinition>> options;
  std::vector<std::unique_ptr<VerbDefinition>> verbs;
  bool acts = false;    ///< does something without a further verb
  bool hidden = false;  ///< for the build, not for people

  /// The last word of its name.
  [[nodiscard]] std::string word() const { return name.substr(name.rfind(' ') + 1); }
};

/// "--output,-o FILE", as far as there is such.
[[nodiscard]] std::string option_title(const OptionDefinition& option);

/// The help with what the rest of the definition says: "How to print the result (text or json; default text)".
[[nodiscard]] std::string option_help(const OptionDefinition& option);

/// "nputwin explain MODEL --a PROFILE [OPTIONS]"
[[nodiscard]] std::string usage(const VerbDefinition& verb);

// The headings that options have, in their order. Each option has one of these.
inline constexpr const char* kArgumentsGroup = "Arguments";
inline constexpr const char* kOptionsGroup = "Options";  ///< what one verb alone has
inline constexpr const char* kSidesGroup = "Sides";
inline constexpr const char* kInputGroup = "Input";
inline constexpr const char* kOutputGroup = "Output";
inline constexpr const char* kEmbeddingsGroup = "Without a model";
inline constexpr const char* kMachineGroup = "Machine";
inline constexpr const char* kGeneralGroup = "General";  ///< what every verb has
inline constexpr std::array kGroups = {kArgumentsGroup, kOptionsGroup,    kSidesGroup,   kInputGroup,
                                       kOutputGroup,    kEmbeddingsGroup, kMachineGroup, kGeneralGroup};

/// Those of kGroups that the verb's options have.
[[nodiscard]] std::vector<std::string> option_groups(const VerbDefinition& verb);

}  // namespace nputwin::command

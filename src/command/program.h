#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/callbacks.h"

namespace nputwin::command {

/// Who calls a verb: the tool at its terminal, or a caller of the library.
class Host {
 public:
  virtual ~Host() = default;
  /// The result, or a piece of it.
  virtual void print(std::string_view text) = 0;
  /// What is said beside the result; lines with their ends.
  virtual void tell(std::string_view text) = 0;
  /// What a user should know beside the result, a line without its end.
  virtual void note(std::string_view text) = 0;
  /// Verbs print JSON where they can, unless they are asked for another format.
  [[nodiscard]] virtual bool prefers_json() const = 0;
  /// How many columns the result's lines may have; `unknown` where nobody says.
  [[nodiscard]] virtual std::size_t columns(std::size_t unknown) const = 0;
  /// How a verb's work reports how far it is, in `units`, and where it `can_end` early, how it is ended. Without notes.
  [[nodiscard]] virtual Callbacks work(const std::string& verb, const std::string& units, bool can_end) = 0;
};

/// How the program was called, beside what the verb's own options say.
struct Program {
  Host* host = nullptr;
  std::string command;  ///< as a shell finds it: "nputwin", "build/release/nputwin"
  std::string verb;     ///< "diff", "profiles show"
  bool quiet = false;   ///< no notes and no progress
  bool verbose = false;

  void print(std::string_view text) const { host->print(text); }
  void tell(std::string_view text) const { host->tell(text); }
  /// What a user should know beside the result, unless the program is to be quiet.
  void note(const std::string& text) const;
  [[nodiscard]] std::size_t columns() const { return host->columns(kColumns); }

  /// A text with its commands as this program is called: "`nputwin ops`" as "`build/release/nputwin ops`".
  [[nodiscard]] std::string as_called(std::string text) const;
  /// Likewise a message, in which what stands in quotes is shortened where it has the length that converters give
  /// names.
  [[nodiscard]] std::string as_told(const std::string& text) const;

  /// Notes and progress, unless the program is to be quiet. `units`: what is counted.
  [[nodiscard]] Callbacks progress(const std::string& units) const { return callbacks(units, false); }
  /// The same for work that can be ended early, so that it can say how far it came.
  [[nodiscard]] Callbacks interaction(const std::string& units) const { return callbacks(units, true); }

 private:
  static constexpr std::size_t kColumns = 120;  ///< of what no terminal shows
  [[nodiscard]] Callbacks callbacks(const std::string& units, bool can_end) const;
};

}  // namespace nputwin::command

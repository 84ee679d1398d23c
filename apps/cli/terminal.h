#pragma once

#include "command/program.h"

namespace nputwin::cli {

/// The tool's caller: results go to stdout, messages to stderr.
class Terminal : public command::Host {
 public:
  void print(std::string_view text) override;
  void tell(std::string_view text) override;
  void note(std::string_view text) override;
  [[nodiscard]] bool prefers_json() const override { return false; }
  /// 40 to 200: the variable COLUMNS, else the terminal's width, else `unknown`.
  [[nodiscard]] std::size_t columns(std::size_t unknown) const override;
  /// Shows how far work is and how long it will take, on a terminal alone and once a second has passed. Work that can
  /// end is ended by Ctrl-C and SIGTERM, after the step at hand; a second one stops the program at once.
  [[nodiscard]] Callbacks work(const std::string& verb, const std::string& units, bool can_end) override;
};

}  // namespace nputwin::cli

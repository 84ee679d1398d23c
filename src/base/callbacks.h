#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace nputwin {

/// How long work reports how far it is, and how it is ended early. Each may be empty.
struct Callbacks {
  std::function<void(std::size_t done, std::size_t all)> progress;  ///< after each step of `all`
  std::function<bool()> stop;                                       ///< asked before each step; true ends the work
  std::function<void(const std::string& note)> note;                ///< what a user should know beside the result

  void at(std::size_t done, std::size_t all) const {
    if (progress) progress(done, all);
  }
  [[nodiscard]] bool stopped() const { return stop && stop(); }
  void say(const std::string& text) const {
    if (note) note(text);
  }
};

}  // namespace nputwin

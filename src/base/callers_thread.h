#pragma once

#include <memory>

#include "base/callbacks.h"

namespace nputwin {

/// Callbacks for work on several threads: only the thread that makes this calls them. What another has to note waits
/// until that one comes by, in order.
class CallersThread {
 public:
  /// What is called outlives this.
  explicit CallersThread(const Callbacks& callbacks);
  CallersThread(const CallersThread&) = delete;
  CallersThread& operator=(const CallersThread&) = delete;
  /// Says what still waits.
  ~CallersThread();

  /// `note` may be called by any thread, the others by the caller's alone.
  [[nodiscard]] const Callbacks& callbacks() const { return own_; }

 private:
  class Queue;
  std::shared_ptr<Queue> queue_;
  Callbacks own_;
};

}  // namespace nputwin

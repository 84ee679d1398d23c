#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <type_traits>

#include "base/result.h"

namespace nputwin {

/// A fixed number of threads to share a loop among; they start with the first loop. Results never depend on the number.
class ThreadPool {
 public:
  static constexpr int kMost = 1024;  ///< threads
  explicit ThreadPool(int threads);   ///< more than kMost are as many as that
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  [[nodiscard]] int threads() const { return threads_; }

  /// Calls body(task, slot) once for each task in [0, count). Calls with the same slot never overlap, and
  /// 0 <= slot < threads(), so that a slot can own scratch memory. A body starts no loop of the same pool.
  template <typename Body>
  void parallel(std::int64_t count, Body&& body) const {
    if (threads_ <= 1 || count <= 1) {
      for (std::int64_t i = 0; i < count; ++i) body(i, 0);
      return;
    }
    // By address, not as std::function: that would allocate for each loop.
    share({count, &body, [](void* context, std::int64_t task, int slot) {
             (*static_cast<std::remove_reference_t<Body>*>(context))(task, slot);
           }});
  }

 private:
  struct Loop {
    std::int64_t count;
    void* context;
    void (*call)(void* context, std::int64_t task, int slot);
  };
  class Workers;
  void share(const Loop& loop) const;

  int threads_;
  mutable std::once_flag started_;
  mutable std::unique_ptr<Workers> workers_;  // beside the thread that calls
};

/// The processors that this process may use: those of its affinity, or fewer where its control group has less time.
[[nodiscard]] int available_cores();

/// How many threads somebody asks for.
[[nodiscard]] Result<int> read_threads(const std::string& text);

}  // namespace nputwin

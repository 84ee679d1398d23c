#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace nputwin {

/// A fixed number of threads to share a loop among. Results never depend on the number.
class ThreadPool {
 public:
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  [[nodiscard]] int threads() const { return threads_; }

  /// Calls body(task, slot) once for each task in [0, count). Calls with the same slot never overlap, and
  /// 0 <= slot < threads(), so that a slot can own scratch memory.
  void parallel(std::int64_t count, const std::function<void(std::int64_t task, int slot)>& body) const;

 private:
  struct Arena;
  int threads_;
  std::unique_ptr<Arena> arena_;
};

}  // namespace nputwin

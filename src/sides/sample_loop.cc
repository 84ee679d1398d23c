#include "sides/sample_loop.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include "base/thread_pool.h"

namespace nputwin {
namespace {

class RunningLoop {
 public:
  RunningLoop(const SampleLoop& loop, const Callbacks& callbacks)
      : loop_(loop),
        callbacks_(callbacks),
        next_(loop.first),
        all_((loop.last - loop.first) * loop.steps),
        stopped_(callbacks.stopped()) {}  // else another worker may take a sample before the caller's asks

  void work(int worker) {
    while (auto taken = take(worker)) {
      auto& [n, sample] = *taken;
      Status done = sample ? Status() : Status(sample.error());
      if (done) {
        std::size_t told = 0;
        done = loop_.work(worker, n, *sample, [&](std::size_t steps) {
          const std::size_t sum = steps_ += steps - std::exchange(told, steps);
          if (worker == 0) callbacks_.at(sum, all_);
        });
      }
      if (!done) fail(n, done.error());
    }
  }

  [[nodiscard]] Status finish() {
    if (failed_) return failure_->error;
    if (loop_.workers > 1 && steps_ > 0) callbacks_.at(steps_, all_);
    return {};
  }

 private:
  struct Taken {
    std::size_t n;
    Result<Sample> sample;
  };
  struct Failure {
    std::size_t n;
    Error error;
  };

  std::optional<Taken> take(int worker) {
    if (worker == 0 && !std::exchange(asked_, false) && callbacks_.stopped()) stopped_ = true;
    const std::lock_guard one_at_a_time(mutex_);
    if (stopped_ || failed_ || next_ >= loop_.last) return std::nullopt;
    const std::size_t n = next_++;
    return Taken{n, loop_.sample(n)};
  }

  /// Earlier samples have all been taken, and may yet fail too.
  void fail(std::size_t n, const Error& error) {
    const std::lock_guard one_at_a_time(mutex_);
    failed_ = true;
    if (!failure_ || n < failure_->n) failure_ = {n, error};
  }

  const SampleLoop& loop_;
  const Callbacks& callbacks_;
  std::mutex mutex_;
  std::size_t next_;
  const std::size_t all_;  // steps
  std::atomic<std::size_t> steps_ = 0;
  std::atomic<bool> stopped_, failed_ = false;
  bool asked_ = true;  // whether to stop, since the caller's thread last took a sample
  std::optional<Failure> failure_;
};

}  // namespace

Status run_samples(const SampleLoop& loop, const Callbacks& callbacks) {
  RunningLoop running(loop, callbacks);
  // Whoever comes to a second task finds no sample left.
  ThreadPool(loop.workers).parallel(loop.workers, [&](std::int64_t, int worker) { running.work(worker); });
  return running.finish();
}

int workers_for(std::size_t samples, int threads) {
  return static_cast<int>(std::clamp<std::size_t>(samples, 1, static_cast<std::size_t>(std::max(threads, 1))));
}

}  // namespace nputwin

#include "base/thread_pool.h"

#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#endif

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cmath>
#include <exception>
#include <fstream>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

namespace nputwin {

/// Threads that wait for loops, and end with the pool: the library may then be unloaded, as a delegate is. (Of oneTBB,
/// which the distribution has as a shared library alone, workers outlive what they worked for.)
///
/// A loop is open while it has tasks left. Workers join it while it is open; the caller takes tasks as they do, closes
/// it when none is left, and waits for those that have joined. Whoever has slept through it is not waited for.
class ThreadPool::Workers {
 public:
  /// As many of `count` as the system starts: no result depends on the number.
  explicit Workers(int count) {
    threads_->reserve(static_cast<std::size_t>(count));
    try {
      for (int slot = 1; slot <= count; ++slot) threads_->emplace_back([this, slot] { work(slot); });
    } catch (const std::system_error&) {  // NOLINT(bugprone-empty-catch): no more threads for this process
    }
  }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers() {
    if (::getpid() != process_) {  // a fork has the thread that forked alone: there is none to join, nor one to free
      (void)threads_.release();
      return;
    }
    state_.fetch_or(kEnd);
    state_.notify_all();
    for (std::thread& thread : *threads_) thread.join();
  }

  void share(const Loop& loop) {
    const std::lock_guard one_loop_at_a_time(mutex_);
    loop_ = loop;
    next_ = 0;
    failure_ = nullptr;
    // Nobody is inside: the state is that of a closed loop. A loop of its own number is another than the last one seen.
    state_.store((state_.load() + kNumber) | kOpen);
    state_.notify_all();
    take_tasks(0);
    std::uint64_t state = state_.fetch_and(~kOpen) & ~kOpen;
    for (; (state & kInside) != 0; state = state_.load()) state_.wait(state);
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  // The state's bits: how many workers are inside, whether the loop is open, whether the pool ends, the loop's number.
  static constexpr std::uint64_t kInside = 0xffff;
  static constexpr std::uint64_t kOpen = 1U << 16;
  static constexpr std::uint64_t kEnd = 1U << 17;
  static constexpr std::uint64_t kNumber = 1U << 18;

  void work(int slot) {
    std::uint64_t done = 0;  // the number of the last loop
    for (std::uint64_t state = state_.load(); (state & kEnd) == 0;) {
      if ((state & kOpen) == 0 || state / kNumber == done) {
        state_.wait(state);
        state = state_.load();
      } else if (state_.compare_exchange_weak(state, state + 1)) {
        done = state / kNumber;
        take_tasks(slot);
        state_.fetch_sub(1);
        state_.notify_all();
        state = state_.load();
      }
    }
  }

  /// A body that throws (memory is short) ends the loop; share() throws it on.
  void take_tasks(int slot) {
    try {
      for (std::int64_t task = next_++; task < loop_.count; task = next_++) loop_.call(loop_.context, task, slot);
    } catch (...) {
      const std::lock_guard one_failure_at_a_time(failure_mutex_);
      failure_ = std::current_exception();
      next_ = loop_.count;
    }
  }

  const ::pid_t process_ = ::getpid();
  std::mutex mutex_, failure_mutex_;
  std::exception_ptr failure_;
  Loop loop_{};
  std::atomic<std::int64_t> next_ = 0;
  std::atomic<std::uint64_t> state_ = 0;
  std::unique_ptr<std::vector<std::thread>> threads_ = std::make_unique<std::vector<std::thread>>();
};

ThreadPool::ThreadPool(int threads) : threads_(std::clamp(threads, 1, kMost)) {}

ThreadPool::~ThreadPool() = default;

void ThreadPool::share(const Loop& loop) const {
  std::call_once(started_, [&] { workers_ = std::make_unique<Workers>(threads_ - 1); });
  workers_->share(loop);
}

namespace {

/// How many processors' time the control group gives; nothing where it sets no limit. Source: Linux,
/// Documentation/admin-guide/cgroup-v2.rst (cpu.max: "$MAX $PERIOD") and scheduler/sched-bwc.rst (version 1).
std::optional<double> cores_of_group() {
  const auto numbers = [](const char* path) {
    std::ifstream file(path);
    std::vector<double> found;
    for (double number = 0; file >> number;) found.push_back(number);
    return found;
  };
  const auto share = [](double most, double period) -> std::optional<double> {
    if (most <= 0 || period <= 0) return std::nullopt;
    return most / period;
  };
  if (const auto both = numbers("/sys/fs/cgroup/cpu.max"); both.size() == 2) return share(both[0], both[1]);
  const auto most = numbers("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  const auto period = numbers("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  return most.size() == 1 && period.size() == 1 ? share(most[0], period[0]) : std::nullopt;
}

}  // namespace

int available_cores() {
  int cores = 0;
#ifdef __linux__
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) cores = CPU_COUNT(&set);
#endif
  if (cores < 1) cores = static_cast<int>(std::thread::hardware_concurrency());
  if (const auto share = cores_of_group()) cores = std::min(cores, static_cast<int>(std::ceil(*share)));
  return std::clamp(cores, 1, ThreadPool::kMost);
}

Result<int> read_threads(const std::string& text) {
  int threads = 0;
  const char* end = text.data() + text.size();
  const auto [read, failed] = std::from_chars(text.data(), end, threads);
  if (failed != std::errc() || read != end || threads < 1 || threads > ThreadPool::kMost)
    return error("'{}': expected a number from 1 to {}", text, ThreadPool::kMost);
  return threads;
}

}  // namespace nputwin

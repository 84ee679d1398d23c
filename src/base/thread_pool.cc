#include "base/thread_pool.h"

#include <algorithm>

// ThreadSanitizer cannot see how the packaged oneTBB synchronises, so that build starts threads of its own:
// what it is to find are races between the bodies.
#ifdef __SANITIZE_THREAD__
#include <atomic>
#include <thread>
#include <vector>
#else
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#endif

namespace nputwin {

#ifdef __SANITIZE_THREAD__

struct ThreadPool::Arena {
  explicit Arena(int count) : threads(count) {}
  void share(std::int64_t count, void* context, void (*call)(void*, std::int64_t, int)) const {
    std::atomic<std::int64_t> next{0};
    std::vector<std::thread> running;
    for (int slot = 0; slot < threads; ++slot) {
      running.emplace_back([&, slot] {
        for (std::int64_t i = next++; i < count; i = next++) call(context, i, slot);
      });
    }
    for (std::thread& thread : running) thread.join();
  }
  int threads;
};

#else

struct ThreadPool::Arena {
  explicit Arena(int threads) : arena(threads) {}
  void share(std::int64_t count, void* context, void (*call)(void*, std::int64_t, int)) {
    arena.execute([&] {
      tbb::parallel_for(std::int64_t{0}, count,
                        [&](std::int64_t i) { call(context, i, tbb::this_task_arena::current_thread_index()); });
    });
  }
  tbb::task_arena arena;
};

#endif

ThreadPool::ThreadPool(int threads) : threads_(std::max(1, threads)) {
  if (threads_ > 1) arena_ = std::make_unique<Arena>(threads_);
}

ThreadPool::~ThreadPool() = default;

void ThreadPool::share(std::int64_t count, void* context, void (*call)(void*, std::int64_t, int)) const {
  arena_->share(count, context, call);
}

}  // namespace nputwin

#include "sides/sample_loop.h"

#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <thread>

#include "base/callers_thread.h"

namespace nputwin::sample_loop_test {
namespace {

SampleLoop loop_of(int workers, std::size_t samples) {
  SampleLoop loop;
  loop.workers = workers;
  loop.last = samples;
  loop.sample = [](std::size_t) { return Sample(); };
  return loop;
}

TEST(SampleLoop, EachSampleOnceAndTakenInOrder) {
  for (const int workers : {1, 2, 7}) {
    SampleLoop loop = loop_of(workers, 40);
    std::size_t next = 0;
    loop.sample = [&](std::size_t n) {
      EXPECT_EQ(n, next++);
      return Sample();
    };
    std::mutex mutex;
    std::multiset<std::size_t> done;
    loop.work = [&](int worker, std::size_t n, const Sample&, const SampleLoop::Progress&) -> Status {
      EXPECT_LT(worker, workers);
      const std::lock_guard lock(mutex);
      done.insert(n);
      return {};
    };
    ASSERT_TRUE(run_samples(loop, {}));
    EXPECT_EQ(done.size(), 40U);
    EXPECT_EQ(std::set(done.begin(), done.end()).size(), 40U);
  }
}

TEST(SampleLoop, TakesNoSampleThatWasStoppedBefore) {
  Callbacks callbacks;
  callbacks.stop = [] { return true; };
  for (int time = 0; time < 200; ++time) {  // another thread may be quicker than the caller's
    SampleLoop loop = loop_of(7, 40);
    loop.work = [](int, std::size_t n, const Sample&, const SampleLoop::Progress&) -> Status {
      return error("sample {} was taken", n);
    };
    ASSERT_TRUE(run_samples(loop, callbacks));
  }
}

TEST(SampleLoop, TellsTheFirstSamplesErrorOfMany) {
  for (const int workers : {1, 3}) {
    SampleLoop loop = loop_of(workers, 100);
    loop.work = [](int, std::size_t n, const Sample&, const SampleLoop::Progress&) -> Status {
      if (n >= 5) return error("sample {}", n);
      return {};
    };
    const Status ran = run_samples(loop, {});
    ASSERT_FALSE(ran);
    EXPECT_EQ(ran.error().message, "sample 5");
  }
}

TEST(SampleLoop, ASampleThatCannotBeMadeIsAnError) {
  SampleLoop loop = loop_of(2, 10);
  loop.sample = [](std::size_t n) -> Result<Sample> {
    if (n == 3) return error("no sample 3");
    return Sample();
  };
  loop.work = [](int, std::size_t, const Sample&, const SampleLoop::Progress&) -> Status { return {}; };
  EXPECT_EQ(run_samples(loop, {}).error().message, "no sample 3");
}

TEST(SampleLoop, AsManyWorkersAsSamplesOrThreads) {
  EXPECT_EQ(workers_for(10, 4), 4);
  EXPECT_EQ(workers_for(3, 4), 3);
  EXPECT_EQ(workers_for(0, 4), 1);
  EXPECT_EQ(workers_for(5, 0), 1);
}

TEST(CallersThread, NotesOfOtherThreadsWaitForTheCaller) {
  std::vector<std::string> said;
  Callbacks callbacks;
  callbacks.note = [&](const std::string& text) { said.push_back(text); };
  {
    const CallersThread caller(callbacks);
    std::thread([&] { caller.callbacks().say("other"); }).join();
    EXPECT_TRUE(said.empty());
    caller.callbacks().say("own");
    EXPECT_EQ(said, (std::vector<std::string>{"other", "own"}));
    std::thread([&] { caller.callbacks().say("last"); }).join();
  }
  EXPECT_EQ(said.size(), 3U);
}

}  // namespace
}  // namespace nputwin::sample_loop_test

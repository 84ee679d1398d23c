#include "base/callers_thread.h"

#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace nputwin {

class CallersThread::Queue {
 public:
  explicit Queue(const Callbacks& callbacks) : callbacks_(callbacks) {}

  void note(const std::string& text) {
    {
      const std::lock_guard one_at_a_time(mutex_);
      waiting_.push_back(text);
    }
    say_waiting();
  }
  /// By another thread: nothing.
  void say_waiting() {
    if (std::this_thread::get_id() != caller_) return;
    std::vector<std::string> now;
    {
      const std::lock_guard one_at_a_time(mutex_);
      now = std::exchange(waiting_, {});
    }
    for (const std::string& text : now) callbacks_.say(text);
  }
  [[nodiscard]] const Callbacks& callbacks() const { return callbacks_; }

 private:
  const Callbacks callbacks_;
  const std::thread::id caller_ = std::this_thread::get_id();
  std::mutex mutex_;
  std::vector<std::string> waiting_;
};

CallersThread::CallersThread(const Callbacks& callbacks) : queue_(std::make_shared<Queue>(callbacks)) {
  own_.note = [queue = queue_](const std::string& text) { queue->note(text); };
  own_.progress = [queue = queue_](std::size_t done, std::size_t all) {
    queue->say_waiting();
    queue->callbacks().at(done, all);
  };
  own_.stop = [queue = queue_] { return queue->callbacks().stopped(); };
}

CallersThread::~CallersThread() { queue_->say_waiting(); }

}  // namespace nputwin

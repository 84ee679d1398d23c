#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "session/session.h"

namespace nputwin {

/// Where a session's time goes. Medians over the timed runs: what else the machine does meets few of them.
struct LayerTimes {
  struct Layer {
    NodeId node;
    std::string type, output;  ///< the op's type, the name of its first output
    Shape shape;               ///< of that output
    std::optional<KernelForm> kernel;
    double milliseconds = 0;
    std::int64_t products = 0;  ///< that a multiply-accumulate layer adds up; 0: it is none
  };

  std::string isa;
  int threads = 1;
  std::size_t runs = 0;
  double milliseconds = 0;  ///< of a run
  std::vector<Layer> layers;

  /// Of the layers together: what shares are of. Medians do not add up to the median of the sums.
  [[nodiscard]] double of_layers() const;
};

/// Times a session's nodes one by one. Session::run itself reads no clock.
class LayerClock {
 public:
  explicit LayerClock(const Session& session) : nodes_(session.graph().nodes.size()) {}

  /// Runs all nodes once, from the variables' first values.
  [[nodiscard]] Status run(Session& session);
  [[nodiscard]] std::size_t runs() const { return run_times_.size(); }
  /// Of all runs so far.
  [[nodiscard]] std::chrono::nanoseconds spent() const { return spent_; }
  /// `options`: those of the session.
  [[nodiscard]] LayerTimes result(const Session& session, const SessionOptions& options) const;

 private:
  std::size_t nodes_;
  std::vector<std::chrono::nanoseconds> node_times_, run_times_;  // [run][node]
  std::chrono::nanoseconds spent_{0};
};

}  // namespace nputwin

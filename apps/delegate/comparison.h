#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "analysis/compare/diff.h"
#include "model/model.h"
#include "options.h"

namespace nputwin::delegate {

/// Compares the profile with another one while the application runs: each partition's ops in isolation, and accumulated
/// from the partition's inputs on, which are those of the application. One report tells of all partitions. It is
/// written after the runs 1, 2, 4, 8 and so on and at the end.
class Comparison {
 public:
  explicit Comparison(const Options& options) : options_(options) {}

  /// Another partition, by its number; `model` has its nodes. An error where the other profile does not compute it.
  [[nodiscard]] Status add_partition(int number, const std::shared_ptr<const Model>& model,
                                     const SessionOptions& session);
  /// A run of a partition.
  [[nodiscard]] Status add(int number, std::span<const Tensor> inputs);
  /// Says why nothing more is compared: the application goes on.
  void give_up(const Error& reason);
  /// Writes what has been added since the last time.
  void finish();

 private:
  struct Partition {
    Sides sides;
    std::vector<KnownOutput> outputs;
    std::unique_ptr<Diff> diff;
    std::size_t samples = 0;

    /// From the first sample on.
    void begin();
  };
  [[nodiscard]] std::size_t complete_runs() const;
  [[nodiscard]] Status write();
  void write_or_say();

  const Options options_;
  std::mutex mutex_;
  std::map<int, Partition> partitions_;
  bool given_up_ = false;
  std::size_t written_ = 0;
  bool failed_ = false;
};

}  // namespace nputwin::delegate

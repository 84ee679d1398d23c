#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "model/model.h"
#include "tensor/tensor.h"

namespace nputwin::delegate {

/// The inputs and outputs of all claimed ops, run by run, in an .npz that `nputwin diff` takes as a side: an array for
/// each tensor, the runs one behind the other. Constants are not in it. The file is written whole after the runs 1, 2,
/// 4, 8 and so on and at the end, so that an application that is killed leaves most of it.
class Trace {
 public:
  explicit Trace(std::string path) : path_(std::move(path)) {}

  /// Keys of a graph's tensors, as captures are named: by the tensor's name; where two share it, with #index behind it;
  /// tensor_INDEX for one without.
  [[nodiscard]] static std::vector<std::string> keys_of(const Graph& graph);

  /// Says that these tensors come in each run.
  void expect(const std::vector<std::string>& keys);
  void add(const std::string& key, const TensorView& values);
  /// A partition has added what it has.
  void end_of_partition();
  /// Writes what has been added since the last time.
  void finish();

 private:
  struct Runs {
    TensorSpec spec;  // of one run
    std::vector<std::byte> data;
    std::size_t count = 0;
  };
  [[nodiscard]] std::size_t complete_runs() const;
  void write();

  std::string path_;
  std::mutex mutex_;
  std::vector<std::string> order_;
  std::map<std::string, Runs> tensors_;
  std::size_t bytes_ = 0, written_ = 0;
  bool full_ = false, failed_ = false;
};

}  // namespace nputwin::delegate

#include "trace.h"

#include <algorithm>

#include "io/npz.h"
#include "say.h"

namespace nputwin::delegate {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 30;

}  // namespace

std::vector<std::string> Trace::keys_of(const Graph& graph) {
  std::map<std::string, int> uses;
  for (const ModelTensor& tensor : graph.tensors) ++uses[tensor.spec.name];
  std::vector<std::string> keys;
  for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
    const std::string& name = graph.tensors[t].spec.name;
    if (name.empty()) {
      keys.push_back(fmt::format("tensor_{}", t));
    } else {
      keys.push_back(uses[name] > 1 ? fmt::format("{}#{}", name, t) : name);
    }
  }
  return keys;
}

void Trace::expect(const std::vector<std::string>& keys) {
  const std::lock_guard lock(mutex_);
  for (const std::string& key : keys) {
    if (tensors_.try_emplace(key).second) order_.push_back(key);
  }
}

void Trace::add(const std::string& key, const TensorView& values) {
  const std::lock_guard lock(mutex_);
  if (full_) return;
  Runs& runs = tensors_[key];
  if (runs.count > 0 && runs.spec.shape != values.spec->shape) {
    say(fmt::format("trace: '{}' has another shape than before: the trace begins anew", key));
    for (auto& [name, other] : tensors_) other = {};
    bytes_ = written_ = 0;
  }
  if (bytes_ + values.bytes.size() > kMostBytes) {
    full_ = true;
    say(fmt::format("trace: more than {} MiB: runs from {} on are not kept", kMostBytes >> 20, complete_runs() + 1));
    return;
  }
  runs.spec = *values.spec;
  runs.data.insert(runs.data.end(), values.bytes.begin(), values.bytes.end());
  ++runs.count;
  bytes_ += values.bytes.size();
}

std::size_t Trace::complete_runs() const {
  std::size_t least = tensors_.empty() ? 0 : SIZE_MAX;
  for (const auto& [key, runs] : tensors_) least = std::min(least, runs.count);
  return least;
}

void Trace::end_of_partition() {
  const std::lock_guard lock(mutex_);
  const std::size_t runs = complete_runs();
  if (runs > written_ && (runs & (runs - 1)) == 0) write();
}

void Trace::finish() {
  const std::lock_guard lock(mutex_);
  if (complete_runs() > written_) write();
}

void Trace::write() {
  const std::size_t count = complete_runs();
  TensorSet set;
  for (const std::string& key : order_) {
    const Runs& runs = tensors_.at(key);
    Tensor& tensor = set[key];
    tensor.spec = runs.spec;
    if (tensor.spec.shape.empty()) tensor.spec.shape = {1};
    tensor.spec.shape[0] *= static_cast<std::int32_t>(count);
    tensor.data.assign(runs.data.begin(), runs.data.begin() + static_cast<std::ptrdiff_t>(count * runs.spec.bytes()));
  }
  written_ = count;
  if (auto status = write_npz(path_, set); !status && !failed_) {
    failed_ = true;
    say(fmt::format("trace: {}", status.error().message));
  }
}

}  // namespace nputwin::delegate

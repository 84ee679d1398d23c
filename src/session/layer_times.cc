#include "session/layer_times.h"

#include <algorithm>
#include <numeric>

#include "mac/mac_kernel.h"

namespace nputwin {
namespace {

double median_milliseconds(std::vector<std::chrono::nanoseconds> times) {
  if (times.empty()) return 0;
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  double ns = static_cast<double>(middle->count());
  if (times.size() % 2 == 0) ns = (ns + static_cast<double>(std::max_element(times.begin(), middle)->count())) / 2;
  return ns / 1e6;
}

}  // namespace

double LayerTimes::of_layers() const {
  return std::accumulate(layers.begin(), layers.end(), 0.0,
                         [](double sum, const Layer& layer) { return sum + layer.milliseconds; });
}

Status LayerClock::run(Session& session) {
  using Clock = std::chrono::steady_clock;
  session.reset_state();
  const std::size_t start = node_times_.size();
  node_times_.resize(start + nodes_);  // between two readings only what a node takes
  const auto first = Clock::now();
  auto before = first;
  for (std::size_t i = 0; i < nodes_; ++i) {
    if (auto status = session.step({0, i}); !status) {
      node_times_.resize(start);
      return status;
    }
    const auto after = Clock::now();
    node_times_[start + i] = after - before;
    before = after;
  }
  run_times_.push_back(before - first);
  spent_ += run_times_.back();
  return {};
}

LayerTimes LayerClock::result(const Session& session, const SessionOptions& options) const {
  LayerTimes times;
  times.isa = options.isa.name;
  times.threads = options.threads;
  times.runs = runs();
  times.milliseconds = median_milliseconds(run_times_);
  std::vector<std::chrono::nanoseconds> of_node(runs());
  for (std::size_t i = 0; i < nodes_; ++i) {
    if (session.graph().nodes[i].left_out) continue;
    const NodeId node{0, i};
    LayerTimes::Layer layer;
    layer.node = node;
    layer.type = session.graph().nodes[i].op;
    if (const auto outputs = session.node_outputs(node); !outputs.empty() && outputs[0].present()) {
      layer.output = outputs[0].spec->name;
      layer.shape = outputs[0].spec->shape;
      const Kernel* kernel = session.kernel(node);
      const MacKernel* mac = kernel == nullptr ? nullptr : mac_kernel_of(*kernel);
      if (mac != nullptr) layer.products = mac->layer().products(outputs[0].spec->elements());
    }
    if (const Kernel* kernel = session.kernel(node)) layer.kernel = kernel->form();
    for (std::size_t run = 0; run < runs(); ++run) of_node[run] = node_times_[run * nodes_ + i];
    layer.milliseconds = median_milliseconds(of_node);
    times.layers.push_back(std::move(layer));
  }
  return times;
}

}  // namespace nputwin

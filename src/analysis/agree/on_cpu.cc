#include "analysis/agree/on_cpu.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "mac/mac_kernel.h"

namespace nputwin {
namespace {

using Nodes = std::vector<std::size_t>;

std::int64_t products_of(Session& session, std::size_t node) {
  const Kernel* kernel = session.kernel(node);
  const MacKernel* mac = kernel == nullptr ? nullptr : mac_kernel_of(*kernel);
  if (mac == nullptr) return 0;
  return mac->layer().products(session.node_outputs(node)[0].spec->elements());
}

/// How far outputs are from what they should be: the noise of all of them, each in parts of its signal.
double harm_of(std::span<const DifferenceStats> outputs) {
  double harm = 0;
  for (const DifferenceStats& output : outputs) {
    if (output.mismatches() == 0) continue;
    const auto db = output.sqnr_db();
    harm += db ? std::pow(10, -*db / 10) : 1;
  }
  return harm;
}

class Search {
 public:
  Search(Session& cpu, Session& placed, const InputSet& inputs, const NearEnough& near_enough,
         const Callbacks& callbacks)
      : cpu_(cpu), placed_(placed), inputs_(inputs), near_enough_(near_enough), callbacks_(callbacks) {}

  Result<OnCpu> run() {
    NPUTWIN_ASSIGN_OR_RETURN(const std::vector<SideDistance> as_placed, measure({{}}));
    if (stopped_) {
      found_.stopped = true;
      return std::move(found_);
    }
    found_.before = as_placed[0].outputs;
    for (std::size_t node = 0; node < as_placed[0].isolated.size(); ++node) {
      if (is_on_chip(node)) found_.products += products_of(placed_, node);
      if (as_placed[0].isolated[node] > 0 && is_on_chip(node)) found_.differing.push_back(node);
    }
    found_.moved = {{}, found_.before};
    if (near_enough_(found_.before)) return std::move(found_);
    NPUTWIN_RETURN_IF_ERROR(rank());
    NPUTWIN_RETURN_IF_ERROR(take_most_harmful());
    NPUTWIN_RETURN_IF_ERROR(put_back());
    for (const std::size_t node : found_.moved.nodes) found_.moved_products += products_of(placed_, node);
    found_.stopped = stopped_;
    return std::move(found_);
  }

 private:
  [[nodiscard]] bool is_on_chip(std::size_t node) const {
    return placed_.kernel(node) != nullptr && placed_.preparation().rules(node).rejection.empty();
  }

  /// The distances from the CPU's outputs of placements that have these nodes on the CPU too, each. Empty where the
  /// callbacks said stop.
  Result<std::vector<SideDistance>> measure(const std::vector<Nodes>& on_cpu) {
    std::vector<NodeSessions> sides;
    sides.reserve(on_cpu.size());
    for (const Nodes& nodes : on_cpu) {
      NodeSessions& side = sides.emplace_back(cpu_.graph().nodes.size(), &placed_);
      for (const std::size_t node : nodes) side[node] = &cpu_;
    }
    DistanceSearch search(cpu_, std::move(sides), true);
    for (std::size_t n = 0; n < inputs_.size(); ++n) {
      stopped_ = stopped_ || callbacks_.stopped();
      if (stopped_) return std::vector<SideDistance>();
      NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, inputs_.sample(n));
      NPUTWIN_RETURN_IF_ERROR(search.add(sample, n));
      callbacks_.at(n + 1, inputs_.size());
    }
    for (const SideDistance& side : search.result()) {
      if (!side.failed.empty()) return error("{}", side.failed);
    }
    return search.result();
  }

  /// Those that differ, the one that does most harm alone on the chip first.
  Status rank() {
    std::vector<Nodes> all_but_one;
    all_but_one.reserve(found_.differing.size());
    for (const std::size_t left : found_.differing) {
      all_but_one.push_back(found_.differing);
      std::erase(all_but_one.back(), left);
    }
    NPUTWIN_ASSIGN_OR_RETURN(const std::vector<SideDistance> alone, measure(all_but_one));
    ranked_ = found_.differing;
    take(found_.differing, std::vector<DifferenceStats>(found_.before.size()));
    if (stopped_) return {};
    std::vector<double> harm(cpu_.graph().nodes.size());
    for (std::size_t i = 0; i < alone.size(); ++i) harm[found_.differing[i]] = harm_of(alone[i].outputs);
    std::ranges::stable_sort(ranked_, [&](std::size_t x, std::size_t y) { return harm[x] > harm[y]; });
    return {};
  }

  Status take_most_harmful() {
    if (stopped_) return {};
    std::vector<Nodes> first;  // one, two, ... of the ranked
    for (std::size_t k = 1; k <= ranked_.size(); ++k)
      first.emplace_back(ranked_.begin(), ranked_.begin() + static_cast<std::ptrdiff_t>(k));
    NPUTWIN_ASSIGN_OR_RETURN(const std::vector<SideDistance> distances, measure(first));
    for (std::size_t k = 0; k < distances.size(); ++k) {
      if (!near_enough_(distances[k].outputs)) continue;
      ranked_ = first[k];
      take(ranked_, distances[k].outputs);
      return {};
    }
    return {};
  }

  /// What was moved last is tried first.
  Status put_back() {
    while (!stopped_ && ranked_.size() > 1) {
      std::vector<Nodes> fewer;
      for (std::size_t i = ranked_.size(); i-- > 0;) {
        fewer.push_back(ranked_);
        fewer.back().erase(fewer.back().begin() + static_cast<std::ptrdiff_t>(i));
      }
      NPUTWIN_ASSIGN_OR_RETURN(const std::vector<SideDistance> distances, measure(fewer));
      const auto enough =
          std::ranges::find_if(distances, [&](const SideDistance& d) { return near_enough_(d.outputs); });
      if (enough == distances.end()) return {};
      ranked_ = fewer[static_cast<std::size_t>(enough - distances.begin())];
      take(ranked_, enough->outputs);
    }
    return {};
  }

  void take(Nodes nodes, std::vector<DifferenceStats> outputs) {
    std::ranges::sort(nodes);
    found_.moved = {std::move(nodes), std::move(outputs)};
  }

  Session &cpu_, &placed_;
  const InputSet& inputs_;
  const NearEnough& near_enough_;
  const Callbacks& callbacks_;
  bool stopped_ = false;
  Nodes ranked_;
  OnCpu found_;
};

}  // namespace

Result<OnCpu> search_on_cpu(Session& cpu, Session& placed, const InputSet& inputs, const NearEnough& near_enough,
                            const Callbacks& callbacks) {
  return Search(cpu, placed, inputs, near_enough, callbacks).run();
}

}  // namespace nputwin

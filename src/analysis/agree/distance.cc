#include "analysis/agree/distance.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "mac/mac_kernel.h"

namespace nputwin {
namespace {

bool same(const Kernel* a, const Kernel* b) {
  if (a == b || a == nullptr || b == nullptr) return a == b;
  return a->same_as(*b);
}

bool same_sums(const Kernel* a, const Kernel* b) {
  if (a == nullptr || b == nullptr) return false;
  const MacKernel *mac_a = mac_kernel_of(*a), *mac_b = mac_kernel_of(*b);
  return mac_a != nullptr && mac_b != nullptr && mac_a->layer() == mac_b->layer();
}

/// For each item the number of the first that is the same: `same` gets the numbers of two.
template <typename Same>
std::vector<std::size_t> numbered(std::size_t items, const Same& same) {
  std::vector<std::size_t> numbers;
  numbers.reserve(items);
  for (std::size_t item = 0; item < items; ++item) {
    std::size_t first = 0;
    while (first < item && !(numbers[first] == first && same(first, item))) ++first;
    numbers.push_back(first);
  }
  return numbers;
}

}  // namespace

std::int64_t SideDistance::isolated_mismatches() const {
  return std::accumulate(isolated.begin(), isolated.end(), std::int64_t{0});
}

std::int64_t SideDistance::output_mismatches() const {
  std::int64_t mismatches = 0;
  for (const DifferenceStats& output : outputs) mismatches += output.mismatches();
  return mismatches;
}

std::int64_t SideDistance::output_elements() const {
  std::int64_t elements = 0;
  for (const DifferenceStats& output : outputs) elements += output.elements();
  return elements;
}

std::optional<double> SideDistance::least_sqnr_db() const {
  std::optional<double> least;
  for (const DifferenceStats& output : outputs) {
    const auto db = output.sqnr_db();
    if (db) least = least ? std::min(*least, *db) : *db;
  }
  return least;
}

DistanceSearch::DistanceSearch(Session& to, std::span<Session* const> sides)
    : DistanceSearch(to, [&] {
        std::vector<NodeSessions> all;
        for (Session* side : sides) all.emplace_back(to.graph().nodes.size(), side);
        return all;
      }()) {}

DistanceSearch::DistanceSearch(Session& to, std::vector<NodeSessions> sides, bool to_is_a)
    : to_(&to), to_is_a_(to_is_a), sides_(std::move(sides)) {
  const Graph& graph = to.graph();
  const std::size_t nodes = graph.nodes.size();
  sides_.insert(sides_.begin(), NodeSessions(nodes, &to));
  std::set<Session*> sessions;
  for (const NodeSessions& side : sides_) sessions.insert(side.begin(), side.end());
  for (Session* session : sessions) session->reset_state();  // nothing that runs here changes variables
  result_.resize(sides_.size() - 1);
  equal_.assign(result_.size() * result_.size(), true);
  for (SideDistance& n : result_) {
    n.outputs.resize(graph.outputs.size());
    n.isolated.resize(nodes);
  }
  last_use_.resize(graph.tensors.size());
  for (std::size_t node = 0; node < nodes; ++node) {
    for (const int t : graph.nodes[node].inputs) {
      if (t >= 0) last_use_[static_cast<std::size_t>(t)] = node;
    }
    const auto kernel = [&](std::size_t side) { return session(side, node).kernel(node); };
    const auto& kernels = kernels_.emplace_back(
        numbered(sides_.size(), [&](std::size_t x, std::size_t y) { return same(kernel(x), kernel(y)); }));
    layers_.push_back(numbered(sides_.size(), [&](std::size_t x, std::size_t y) {
      return kernels[x] == kernels[y] || same_sums(kernel(x), kernel(y));
    }));
  }
  for (const int t : graph.outputs) {
    if (t >= 0) last_use_[static_cast<std::size_t>(t)] = nodes;
  }
}

Status DistanceSearch::add(std::span<const Tensor> inputs, std::size_t sample) {
  const Graph& graph = this->graph();
  NPUTWIN_RETURN_IF_ERROR(to_->set_inputs(inputs));  // checks them
  Run all;
  for (std::size_t side = 0; side < sides_.size(); ++side) {
    if (side == 0 || result_[side - 1].failed.empty()) all.sides.push_back(side);
  }
  for (std::size_t k = 0; k < graph.inputs.size(); ++k)
    all.values[graph.inputs[k]] = std::make_shared<Blob>(inputs[k].data);
  runs_.clear();
  runs_.push_back(std::move(all));
  for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
    if (!graph.nodes[node].left_out && to_->kernel(node) != nullptr) step(node);
  }
  count_outputs(sample);
  note_equal();
  return {};
}

void DistanceSearch::note_equal() {
  std::vector<const Run*> of_side(sides_.size());
  for (const Run& run : runs_) {
    for (const std::size_t side : run.sides) of_side[side] = &run;
  }
  const std::size_t n = result_.size();
  for (std::size_t x = 0; x < n; ++x) {
    for (std::size_t y = 0; y < n; ++y) {
      if (of_side[x + 1] != of_side[y + 1]) equal_[x * n + y] = false;
    }
  }
}

void DistanceSearch::step(NodeId node) {
  std::vector<Run> next;
  for (Run& run : runs_) {
    const bool has_to = run.sides.front() == 0;
    for (Run& part : step(node, std::move(run), has_to)) next.push_back(std::move(part));
  }
  runs_ = std::move(next);
}

std::vector<DistanceSearch::Run> DistanceSearch::step(NodeId node, Run run, bool isolated) {
  const std::vector<std::size_t>& kernel = kernels_[node.index];
  std::vector<Made> made;
  std::map<std::size_t, std::size_t> of_kernel;  // its place in `made`
  const auto want = [&](std::size_t side) {
    if (of_kernel.try_emplace(kernel[side], made.size()).second) made.push_back({kernel[side], {}, {}});
  };
  for (const std::size_t side : run.sides) want(side);
  if (isolated) {
    for (std::size_t side = 1; side < sides_.size(); ++side) {
      if (result_[side - 1].failed.empty()) want(side);
    }
  }
  make(node, inputs_of(node, run), made);
  if (isolated) {
    std::map<std::size_t, const Made*> by_kernel;
    for (const auto& [number, place] : of_kernel) by_kernel[number] = &made[place];
    count_isolated(node, by_kernel);
  }

  const Node& n = to_->model().node(node);
  std::erase_if(run.values,
                [&](const auto& value) { return last_use_[static_cast<std::size_t>(value.first)] <= node.index; });
  std::vector<Run> parts;
  std::vector<const Made*> of_part;
  for (const std::size_t side : run.sides) {
    const Made& own = made[of_kernel[kernel[side]]];
    if (!own.failed.empty()) {
      if (side > 0) result_[side - 1].failed = own.failed;
      continue;
    }
    std::size_t part = 0;
    while (part < parts.size() &&
           !std::ranges::equal(of_part[part]->outputs, own.outputs, [](const auto& x, const auto& y) {
             return x == y || std::ranges::equal(x->bytes(), y->bytes());
           }))
      ++part;
    if (part == parts.size()) {
      parts.push_back({{}, run.values});
      of_part.push_back(&own);
      for (std::size_t k = 0; k < n.outputs.size(); ++k) {
        if (n.outputs[k] >= 0) parts.back().values[n.outputs[k]] = own.outputs[k];
      }
    }
    parts[part].sides.push_back(side);
  }
  return parts;
}

std::vector<TensorView> DistanceSearch::inputs_of(NodeId node, const Run& run) const {
  const auto own = session(run.sides.front(), node).node_inputs(node);
  std::vector<TensorView> views(own.begin(), own.end());  // constants, and variables as they begin
  const Node& n = to_->model().node(node);
  for (std::size_t k = 0; k < views.size(); ++k) {
    const auto value = run.values.find(n.inputs[k]);
    if (value != run.values.end()) views[k].bytes = value->second->bytes();
  }
  return views;
}

void DistanceSearch::make(NodeId node, std::span<const TensorView> inputs, std::vector<Made>& made) const {
  std::vector<std::vector<MutableTensorView>> outputs(made.size());
  for (std::size_t i = 0; i < made.size(); ++i) {
    for (const TensorView& output : session(made[i].side, node).node_outputs(node)) {
      made[i].outputs.push_back(output.present() ? std::make_shared<Blob>(output.spec->bytes()) : nullptr);
      outputs[i].push_back(
          {output.spec, output.present() ? made[i].outputs.back()->mutable_bytes() : std::span<std::byte>()});
    }
  }
  std::vector<bool> done(made.size());
  for (std::size_t i = 0; i < made.size(); ++i) {
    if (done[i]) continue;
    Session& own = session(made[i].side, node);
    const MacKernel* mac = mac_kernel_of(*own.kernel(node));
    if (mac == nullptr) {
      const Status status = own.run_node(node, inputs, outputs[i]);
      if (!status) made[i].failed = status.error().message;
      continue;
    }
    std::vector<const Epilogue*> epilogues;
    std::vector<MutableTensorView> codes;
    for (std::size_t j = i; j < made.size(); ++j) {
      if (layers_[node.index][made[j].side] != layers_[node.index][made[i].side]) continue;
      done[j] = true;
      epilogues.push_back(&mac_kernel_of(*session(made[j].side, node).kernel(node))->epilogue());
      codes.push_back(outputs[j][0]);
    }
    RunContext context = own.context(node);
    context.inputs = inputs;
    mac->run(context, epilogues, codes);
  }
}

void DistanceSearch::count_isolated(NodeId node, const std::map<std::size_t, const Made*>& by_kernel) {
  const Made& of_to = *by_kernel.at(kernels_[node.index][0]);
  const auto specs = to_->node_outputs(node);
  std::map<std::size_t, std::int64_t> mismatches;
  std::int64_t elements = 0;
  for (const TensorView& spec : specs) elements += spec.present() ? spec.spec->elements() : 0;
  for (const auto& [number, made] : by_kernel) {
    std::int64_t& count = mismatches[number];
    for (std::size_t k = 0; k < specs.size() && made != &of_to && made->failed.empty() && of_to.failed.empty(); ++k) {
      if (!specs[k].present()) continue;
      const Bytes a = made->outputs[k]->bytes(), b = of_to.outputs[k]->bytes();
      const std::size_t size = size_of(specs[k].spec->type);
      for (std::size_t i = 0; i < a.size(); i += size)
        count += std::ranges::equal(a.subspan(i, size), b.subspan(i, size)) ? 0 : 1;
    }
  }
  for (std::size_t side = 1; side < sides_.size(); ++side) {
    const auto found = mismatches.find(kernels_[node.index][side]);
    if (found == mismatches.end()) continue;
    result_[side - 1].isolated[node.index] += found->second;
    result_[side - 1].isolated_elements += elements;
  }
}

void DistanceSearch::count_outputs(std::size_t sample) {
  const Graph& graph = to_->graph();
  const auto run_of = [&](std::size_t side) -> const Run* {
    const auto found =
        std::ranges::find_if(runs_, [&](const Run& r) { return std::ranges::find(r.sides, side) != r.sides.end(); });
    return found == runs_.end() ? nullptr : &*found;
  };
  const Run* to = run_of(0);
  if (to == nullptr) return;
  for (std::size_t side = 1; side < sides_.size(); ++side) {
    const Run* run = run_of(side);
    for (std::size_t k = 0; run != nullptr && k < graph.outputs.size(); ++k) {
      const int t = graph.outputs[k];
      const auto a = run->values.find(t), b = to->values.find(t);
      if (a == run->values.end() || b == to->values.end()) continue;  // a constant
      const TensorSpec& spec = to_->preparation().specs()[static_cast<std::size_t>(t)];
      TensorView of_side{&spec, a->second->bytes()}, of_to{&spec, b->second->bytes()};
      if (to_is_a_) std::swap(of_side, of_to);
      result_[side - 1].outputs[k].add(of_side, of_to, sample);
    }
  }
}

}  // namespace nputwin

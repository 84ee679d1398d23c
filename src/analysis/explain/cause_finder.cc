#include "analysis/explain/cause_finder.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>

#include "analysis/element.h"
#include "profile/families/families.h"
#include "profile/profile.h"
#include "session/node_runner.h"

namespace nputwin {
namespace {

// One sum by the plain definition takes as long as some dozens in a run of the whole op.
constexpr std::int64_t kManyPerFew = 64;
// One code by an op's definition takes as long as some hundred of the op whole.
constexpr std::int64_t kManyPerDefined = 256;

/// Calls f(element) for elements of `size` bytes, a power of two up to 8, whose bytes differ.
template <typename F>
void for_each_unequal(Bytes a, Bytes b, std::size_t size, F&& f) {
  constexpr std::size_t kWords = 8, kWord = sizeof(std::uint64_t);
  for (std::size_t begin = 0; begin < a.size(); begin += kWords * kWord) {
    const std::size_t count = std::min(kWords * kWord, a.size() - begin);
    std::uint64_t x[kWords] = {}, y[kWords] = {}, unequal = 0;
    if (count == sizeof x) {  // without a call; most blocks are equal
      std::memcpy(x, &a[begin], sizeof x);
      std::memcpy(y, &b[begin], sizeof y);
    } else {
      std::memcpy(x, &a[begin], count);
      std::memcpy(y, &b[begin], count);
    }
    for (std::size_t w = 0; w < kWords; ++w) unequal |= x[w] ^ y[w];
    if (unequal == 0) continue;
    for (std::size_t w = 0; w < kWords; ++w) {
      if (x[w] == y[w]) continue;
      for (std::size_t byte = 0; byte < kWord; byte += size) {
        const std::uint64_t bits = ~std::uint64_t{0} >> (64 - 8 * size) << (8 * byte);
        if (((x[w] ^ y[w]) & bits) != 0) f((begin + w * kWord + byte) / size);
      }
    }
  }
}

}  // namespace

class CauseFinder::Op {
 public:
  Op(const CauseFinder& finder, NodeId id, std::span<const TensorView> given, std::size_t which)
      : b(*finder.b_), node(id), inputs(given), k(which), path(finder.paths_->of(id)), kernel_(b.kernel(id)) {}

  const Session& b;
  NodeId node;
  std::span<const TensorView> inputs;
  std::size_t k;  ///< which output
  std::shared_ptr<const NodePath> path;

  [[nodiscard]] const TensorSpec& output() const { return *b.node_outputs(node)[k].spec; }
  [[nodiscard]] const MacKernel* summing(const NodeArithmetic& arithmetic) const { return arithmetic.summing(kernel_); }

  /// Makes ready for these elements: their sums where they are few, else nothing yet.
  void prepare(std::span<Element> open) {
    const MacKernel* mac = kernel_ == nullptr ? nullptr : mac_kernel_of(*kernel_);
    const bool few = static_cast<std::int64_t>(open.size()) <= output().elements() / kManyPerFew;
    whole_ = mac != nullptr && !few && open.size() > 1;
    const bool codes = std::ranges::all_of(
        inputs, [](const TensorView& input) { return !input.present() || input.spec->type != DType::kFloat32; });
    by_definition_ = codes && k == 0 && static_cast<std::int64_t>(open.size()) <= output().elements() / kManyPerDefined;
    if (mac == nullptr || whole_) return;
    for (Element& e : open) e.sum = mac->layer().sum(context(), static_cast<std::int64_t>(e.index));
  }
  /// The exact sum of an element.
  [[nodiscard]] std::int64_t sum(const NodeArithmetic& arithmetic, const Element& e) const {
    if (arithmetic.kernel == nullptr && !whole_) return e.sum;
    return summing(arithmetic)->layer().sum(context(), static_cast<std::int64_t>(e.index));
  }

  /// How a kernel that adds up no sums makes an element of its inputs' codes, where elements are few; else null.
  [[nodiscard]] std::unique_ptr<Definition> definition(const NodeArithmetic& arithmetic) const {
    if (!by_definition_) return nullptr;
    RunContext all = b.context(node);  // with the outputs' specs
    all.inputs = inputs;
    auto definition = arithmetic.kernel->definition(all);
    const bool is_of_codes = definition != nullptr && definition->of() != Definition::Of::kSum;
    return is_of_codes ? std::move(definition) : nullptr;
  }

  /// The output by each of these on one accumulation of all sums, where elements are many; else nothing is done.
  void make_whole(std::span<const NodePath::Arithmetic* const> wanted) {
    if (!whole_) return;
    std::vector<const Epilogue*> epilogues;
    std::vector<MutableTensorView> outputs;
    for (const NodePath::Arithmetic* a : wanted) {
      if (!*a || (*a)->epilogue == nullptr || made_.contains((*a)->epilogue.get())) continue;
      epilogues.push_back((*a)->epilogue.get());
      Blob& room = made_.try_emplace(epilogues.back(), output().bytes()).first->second;
      outputs.push_back({&output(), room.mutable_bytes()});
    }
    if (epilogues.empty()) return;
    RunContext whole = b.context(node);
    whole.inputs = inputs;
    mac_kernel_of(*kernel_)->run(whole, epilogues, outputs);
  }
  /// What make_whole has made by this.
  [[nodiscard]] std::optional<TensorView> made(const NodeArithmetic& arithmetic) const {
    const auto found = made_.find(arithmetic.epilogue.get());
    if (found == made_.end()) return std::nullopt;
    return TensorView{&output(), found->second.bytes()};
  }

 private:
  [[nodiscard]] RunContext context() const { return {inputs, {}, {}, {}, nullptr, nullptr}; }

  const Kernel* kernel_;  // B's own
  bool whole_ = false, by_definition_ = false;
  std::map<const Epilogue*, Blob> made_;
};

class CauseFinder::Codes {
 public:
  /// Nothing where the op refuses the rules, or does not allow the inputs' values.
  static std::optional<Codes> of(const Op& op, const NodePath::Arithmetic& arithmetic) {
    if (!arithmetic) return std::nullopt;
    Codes codes(op, *arithmetic);
    if (auto made = op.made(*arithmetic)) {
      codes.made_ = *made;
    } else if (const MacKernel* summing = op.summing(*arithmetic)) {
      codes.epilogue_ = &arithmetic->epilogue_of(*summing);
    } else {
      codes.definition_ = op.definition(*arithmetic);
    }
    if (!codes.made_.present() && codes.epilogue_ == nullptr && codes.definition_ == nullptr) {
      codes.runner_.emplace(op.b, op.node, arithmetic->kernel);
      const auto outputs = codes.runner_->run(op.inputs);
      if (!outputs) return std::nullopt;
      codes.made_ = (*outputs)[op.k];
    }
    return codes;
  }

  [[nodiscard]] double at(const Element& e) const {
    if (definition_ != nullptr) return defined(static_cast<std::int64_t>(e.index));
    if (epilogue_ == nullptr) return element_of(made_, e.index);
    return epilogue_->element(static_cast<std::int64_t>(e.index)).code(op_->sum(*arithmetic_, e));
  }

 private:
  Codes(const Op& op, const NodeArithmetic& arithmetic) : op_(&op), arithmetic_(&arithmetic) {}

  [[nodiscard]] double defined(std::int64_t element) const {
    std::int64_t codes[2] = {};
    const auto places = definition_->places(element);
    for (std::size_t i = 0; i < places.size(); ++i) {
      const auto at = static_cast<std::size_t>(places[i].element);
      codes[i] = static_cast<std::int64_t>(element_of(op_->inputs[places[i].input], at));
    }
    return definition_->function(element)(codes[0], codes[1]);
  }

  const Op* op_;
  const NodeArithmetic* arithmetic_;
  const Epilogue* epilogue_ = nullptr;      // of sums
  std::unique_ptr<Definition> definition_;  // of codes
  TensorView made_;                         // else
  std::optional<NodeRunner> runner_;        // which owns it
};

/// A second rounding whose sum is shifted out of its register is an overflow.
Cause CauseFinder::cause_of(const Op& op, const NodePath::Step& step, const Element& e) {
  const auto flat = static_cast<std::int64_t>(e.index);
  const auto shifts_too_far = [&](const NodePath::Arithmetic& arithmetic) {
    const MacKernel* summing = arithmetic ? op.summing(*arithmetic) : nullptr;
    if (summing == nullptr) return false;
    const ElementEpilogue epilogue = arithmetic->epilogue_of(*summing).element(flat);
    const int shift = epilogue.scale.fixed.exponent;
    if (epilogue.rule.method != RequantizeRule::Method::kTwoStep || shift <= 0) return false;
    const std::int64_t held = accumulator_register(epilogue.rule, op.sum(*arithmetic, e));
    return held != (static_cast<std::int64_t>(shift_left_wrapping(static_cast<std::int32_t>(held), shift)) >> shift);
  };
  return std::ranges::any_of(step.roundings, shifts_too_far) ? Cause::kOverflow : step.cause;
}

void CauseFinder::add(NodeId node, std::span<const TensorView> inputs, std::size_t k, const TensorView& a,
                      const TensorView& b, CauseCounts& counts) {
  std::vector<Element> open;
  for_each_unequal(a.bytes, b.bytes, size_of(a.spec->type), [&](std::size_t i) {
    const double x = element_of(a, i), y = element_of(b, i);
    if (differ(x, y)) open.push_back({i, x, y});
  });
  if (open.empty()) return;
  if (is_control_flow(b_->model().node(node).op))
    return counts.add(Cause::kUnknown, static_cast<std::int64_t>(open.size()));
  Op op(*this, node, inputs, k);
  op.prepare(open);
  find(op, std::move(open), counts);
}

void CauseFinder::find(Op& op, std::vector<Element> open, CauseCounts& counts) {
  const NodePath& path = *op.path;
  std::vector<const NodePath::Arithmetic*> wanted{&path.start};
  for (const NodePath::Step& step : path.steps) {
    if (step.changes) wanted.push_back(&step.after);
  }
  op.make_whole(wanted);
  std::vector<Element> by_rules;
  if (const auto start = Codes::of(op, path.start)) {
    std::erase_if(open, [&](const Element& e) {
      if (differ(start->at(e), e.a)) return false;
      by_rules.push_back(e);
      return true;
    });
  }
  for (const NodePath::Step& step : path.steps) {
    if (by_rules.empty()) break;
    if (!step.changes) continue;
    const auto made = Codes::of(op, step.after);
    if (!made) continue;
    const auto here =
        std::partition(by_rules.begin(), by_rules.end(), [&](const Element& e) { return !differ(made->at(e), e.a); });
    std::for_each(here, by_rules.end(), [&](const Element& e) { counts.add(cause_of(op, step, e)); });
    by_rules.erase(here, by_rules.end());
  }
  // No rule on the way moves these: B's methods do it.
  open.insert(open.end(), by_rules.begin(), by_rules.end());
  if (!open.empty()) by_exact_result(op, open, counts);
}

void CauseFinder::by_exact_result(Op& op, const std::vector<Element>& open, CauseCounts& counts) const {
  const NodePath& path = *op.path;
  const Family family = find_op(op.b.model().node(op.node).op)->family;
  const auto departure = facts_of(family).departure;
  const Cause departure_a = departure(*a_->preparation().rules(op.node).profile);
  const Cause departure_b = departure(*b_->preparation().rules(op.node).profile);
  op.make_whole(std::array{&path.down, &path.up});
  const auto down = Codes::of(op, path.down), up = Codes::of(op, path.up);
  if (!down || !up) {
    counts.add(departure_a != Cause::kSubstitution ? departure_a : departure_b, static_cast<std::int64_t>(open.size()));
    return;
  }
  for (const Element& e : open) {
    const double low = down->at(e), high = up->at(e);
    const bool a_nearest = e.a == low || e.a == high, b_nearest = e.b == low || e.b == high;
    counts.add(a_nearest && b_nearest ? Cause::kTie : a_nearest ? departure_b : departure_a);
  }
}

std::vector<CauseFinder::Passed> CauseFinder::steps_of(NodeId node, std::span<const TensorView> inputs, std::size_t k,
                                                       std::size_t element, double a, double b) {
  Op op(*this, node, inputs, k);
  Element e{element, a, b};
  op.prepare({&e, 1});
  std::vector<Passed> passed;
  const auto by_methods = [&](double to) {
    CauseCounts counts;
    by_exact_result(op, {e}, counts);
    counts.each([&](Cause cause, std::int64_t) { passed.push_back({cause, to, true}); });
  };
  double code = a;
  if (const auto start = Codes::of(op, op.path->start)) {
    if (differ(start->at(e), a)) by_methods(code = start->at(e));
    for (const NodePath::Step& step : op.path->steps) {
      const auto made = Codes::of(op, step.after);
      if (!made) continue;
      const double after = made->at(e);
      passed.push_back({differ(after, code) ? cause_of(op, step, e) : step.cause, after});
      code = after;
    }
  }
  if (differ(code, b)) by_methods(b);
  return passed;
}

std::optional<Cause> CauseFinder::first_cause(std::span<const Passed> steps, double a) {
  const auto first = std::ranges::find_if(steps, [&](const Passed& step) { return differ(step.code, a); });
  return first == steps.end() ? std::nullopt : std::optional(first->cause);
}

}  // namespace nputwin

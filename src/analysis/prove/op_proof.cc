#include "analysis/prove/op_proof.h"

#include <fmt/ranges.h>

#include <cmath>
#include <map>
#include <typeinfo>

#include "analysis/prove/element_kinds.h"
#include "analysis/prove/parts_proof.h"
#include "analysis/prove/steps_proof.h"
#include "analysis/prove/sum_proof.h"

namespace nputwin {
namespace {

using Of = Definition::Of;

/// Codes that constants have among the arguments of some elements: the first such element of each.
using ConstantCodes = std::map<std::int32_t, std::int64_t>;

/// Output elements that one function makes on either side.
struct Group {
  std::int64_t element = 0;                     // the first
  std::map<std::int64_t, std::int64_t> by_sum;  // sum number: the first element of it
  ConstantCodes constant_a, constant_b;
};

class Comparison {
 public:
  Comparison(const Definition& a, const Definition& b, const TensorSpec& output, std::span<const Codes> inputs,
             bool quick)
      : a_(a), b_(b), output_(output), inputs_(inputs), quick_(quick) {
    proof_.verdict = ProofVerdict::kEqual;
    any_constant_ = std::ranges::any_of(inputs, [](const Codes& codes) { return !codes.constant.empty(); });
  }

  OpProof run() {
    if (any_constant_ && a_.of() != Of::kSum) {  // each element may meet another code
      for (std::int64_t e = 0; e < output_.elements(); ++e) add(e);
    } else {
      for_each_kind(a_, b_, output_.elements(), [&](std::int64_t e) { add(e); });
    }
    proof_.by = a_.of() == Of::kSum ? ProofBy::kSums : a_.of() == Of::kPair ? ProofBy::kPairs : ProofBy::kCodes;
    for (const auto& [numbers, group] : groups_) {
      if (!compare(group)) return std::move(proof_);
      if (is_settled()) break;
    }
    if (proof_.differing > 0) {
      proof_.verdict = proof_.example ? ProofVerdict::kDiffers : ProofVerdict::kOpen;
      if (!proof_.example)
        proof_.why = fmt::format("{} differ, but no codes were found that make one of them", name(proof_.by));
    }
    return std::move(proof_);
  }

 private:
  void add(std::int64_t e) {
    const std::pair key{a_.function_number(e), b_.function_number(e)};
    if (last_ == groups_.end() || last_->first != key) last_ = groups_.try_emplace(key, Group{e, {}, {}, {}}).first;
    Group& group = last_->second;
    if (a_.of() == Of::kSum) {
      group.by_sum.try_emplace(a_.sum_number(e), e);
      return;
    }
    if (!any_constant_) return;
    const auto places = a_.places(e);
    for (std::size_t k = 0; k < places.size(); ++k) {
      const auto& constant = inputs_[places[k].input].constant;
      if (constant.empty()) continue;
      (k == 0 ? group.constant_a : group.constant_b)
          .try_emplace(constant[static_cast<std::size_t>(places[k].element)], e);
    }
  }

  [[nodiscard]] bool is_settled() const { return quick_ && proof_.differing > 0; }

  bool open(std::string why) {
    proof_.verdict = ProofVerdict::kOpen;
    proof_.why = std::move(why);
    proof_.example.reset();
    proof_.channels.clear();
    proof_.codes.reset();  // they are those of a part of the elements
    return false;
  }

  bool compare(const Group& group) {
    if (a_.of() == Of::kSum) return compare_sums(group);
    if (a_.places(group.element) != b_.places(group.element)) return open("the two sides read other elements");
    return a_.of() == Of::kCode ? compare_codes(group) : compare_pairs(group);
  }

  bool compare_sums(const Group& group) {
    const SumProof found = prove_sums(a_, b_, group.element, group.by_sum, inputs_);
    if (!found.open.empty()) return open(found.open);
    proof_.channels.push_back(found.of_function);
    proof_.arguments += found.sums;
    proof_.differing += found.of_function.differing;
    proof_.at_most = proof_.at_most || found.at_most;
    take_codes(found.codes);
    if (found.example && (!proof_.example || found.largest > proof_.largest)) proof_.example = found.example;
    proof_.largest = std::max(proof_.largest, found.largest);
    proof_.bound = std::max(proof_.bound, found.bound);
    return true;
  }

  /// The codes that an argument can have: those of the group's constants, or all of the input's range.
  [[nodiscard]] std::vector<std::int32_t> codes_of(std::size_t input, const ConstantCodes& constant) const {
    std::vector<std::int32_t> codes;
    for (const auto& [code, element] : constant) codes.push_back(code);
    if (!constant.empty()) return codes;
    codes.reserve(static_cast<std::size_t>(inputs_[input].count()));
    for (std::int32_t c = inputs_[input].range.lo; c <= inputs_[input].range.hi; ++c) codes.push_back(c);
    return codes;
  }

  bool compare_codes(const Group& group) {
    const std::size_t input = a_.places(group.element)[0].input;
    constexpr std::int64_t kMostCodes = std::int64_t{1} << 24;
    if (inputs_[input].count() > kMostCodes)
      return open(fmt::format("{} codes are too many to try", inputs_[input].count()));
    const auto in_a = a_.function(group.element), in_b = b_.function(group.element);
    for (const std::int32_t code : codes_of(input, group.constant_a))
      compare_values(group, code, 0, in_a(code, 0), in_b(code, 0));
    return true;
  }

  bool compare_pairs(const Group& group) {
    const auto places = a_.places(group.element);
    const auto in_a = a_.function(group.element), in_b = b_.function(group.element);
    if (inputs_[places[0].input].tensor == inputs_[places[1].input].tensor && places[0].element == places[1].element) {
      for (const std::int32_t x : codes_of(places[0].input, group.constant_a))
        compare_values(group, x, x, in_a(x, x), in_b(x, x));
      return true;
    }
    constexpr std::int64_t kMostPairs = std::int64_t{1} << 26;
    const auto first = codes_of(places[0].input, group.constant_a),
               second = codes_of(places[1].input, group.constant_b);
    if (static_cast<std::int64_t>(first.size()) * static_cast<std::int64_t>(second.size()) > kMostPairs)
      return compare_parts(group, first, second);
    for (const std::int32_t a : first) {
      for (const std::int32_t b : second) compare_values(group, a, b, in_a(a, b), in_b(a, b));
      if (is_settled()) break;
    }
    return true;
  }

  bool compare_parts(const Group& group, std::span<const std::int32_t> first, std::span<const std::int32_t> second) {
    const std::int64_t pairs = static_cast<std::int64_t>(first.size()) * static_cast<std::int64_t>(second.size());
    const auto in_a = a_.parts(group.element), in_b = b_.parts(group.element);
    if (!in_a || !in_b) return open(fmt::format("{} pairs of codes are too many to try", pairs));
    const PartsProof found = prove_parts(*in_a, *in_b, first, second);
    if (!found.open.empty()) return open(found.open);
    proof_.arguments += pairs;
    proof_.differing += found.differing;
    proof_.at_most = proof_.at_most || found.at_most;
    proof_.bound = std::max(proof_.bound, found.bound);
    take_codes(found.codes);
    if (!found.example || (proof_.example && found.largest <= proof_.largest)) return true;
    const auto& e = *found.example;
    take_example(group, e.first, e.second, e.a, e.b);
    return true;
  }

  /// One that gets these codes where other codes may be chosen.
  static std::int64_t element_of(const Group& group, std::int64_t argument, std::int64_t second) {
    if (!group.constant_a.empty()) return group.constant_a.at(static_cast<std::int32_t>(argument));
    if (!group.constant_b.empty()) return group.constant_b.at(static_cast<std::int32_t>(second));
    return group.element;
  }

  void compare_values(const Group& group, std::int64_t argument, std::int64_t second, double a, double b) {
    ++proof_.arguments;
    if (has_codes(output_.type))
      take_codes({static_cast<std::int32_t>(std::min(a, b)), static_cast<std::int32_t>(std::max(a, b))});
    if (a == b) return;
    ++proof_.differing;
    if (proof_.example && std::abs(a - b) <= proof_.largest) return;
    proof_.bound = std::max(proof_.bound, std::abs(a - b));
    take_example(group, argument, second, a, b);
  }

  void take_example(const Group& group, std::int64_t argument, std::int64_t second, double a, double b) {
    proof_.largest = std::abs(a - b);
    const std::int64_t element = element_of(group, argument, second);
    CounterExample example{element, argument, second, a, b, {}};
    const auto places = a_.places(element);
    example.codes.push_back({places[0], static_cast<std::int32_t>(argument)});
    if (places.size() > 1) example.codes.push_back({places[1], static_cast<std::int32_t>(second)});
    proof_.example = std::move(example);
  }

  void take_codes(CodeRange codes) { proof_.codes = proof_.codes ? hull(*proof_.codes, codes) : codes; }

  const Definition &a_, &b_;
  const TensorSpec& output_;
  std::span<const Codes> inputs_;
  bool quick_ = false;
  bool any_constant_ = false;  // else no element's places are asked for
  std::map<std::pair<std::int64_t, std::int64_t>, Group> groups_;
  decltype(groups_)::iterator last_ = groups_.end();
  OpProof proof_;
};

}  // namespace

OpProof prove_op(const Kernel& a, const Kernel& b, const RunContext& context_a, const RunContext& context_b,
                 std::span<const Codes> inputs, bool quick) {
  const auto of_a = a.definition(context_a), of_b = b.definition(context_b);
  const bool comparable = of_a && of_b && of_a->of() == of_b->of();
  OpProof proof;
  if (comparable) proof = Comparison(*of_a, *of_b, *context_a.outputs[0].spec, inputs, quick).run();
  if (proof.verdict == ProofVerdict::kOpen && a.same_as(b)) {
    proof.verdict = ProofVerdict::kEqual;
    proof.by = ProofBy::kSameRule;
    proof.why.clear();
    return proof;
  }
  if (comparable) return proof;
  const auto steps = typeid(a) == typeid(b) ? prove_steps(a.steps(context_a), b.steps(context_b)) : std::nullopt;
  if (!steps) {
    proof.why = "the two sides have other methods, and what they compute cannot be tried for all inputs";
  } else if (!steps->unequal.empty()) {
    proof.why = fmt::format("the two sides may differ in {}, which need not show at the output",
                            fmt::join(steps->unequal, ", "));
  } else {
    proof.verdict = ProofVerdict::kEqual;
    proof.by = ProofBy::kSteps;
    proof.arguments = steps->arguments;
  }
  return proof;
}

}  // namespace nputwin

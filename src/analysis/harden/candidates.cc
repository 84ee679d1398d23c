#include "analysis/harden/candidates.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/harden/channel.h"
#include "analysis/harden/multipliers.h"

namespace nputwin {
namespace {

constexpr double kWeightSteps = 255;  // of a chip that adds as a convolution with two weights of 8 bits

/// binary32 numbers next to x, the nearest first.
template <std::size_t N>
void add_next_to(std::vector<float>& list, double x, const std::array<int, N>& ulps) {
  for (const int ulp : ulps) {
    auto value = static_cast<float>(x);
    const float toward = ulp > 0 ? std::numeric_limits<float>::infinity() : 0.0F;
    for (int i = 0; i < std::abs(ulp); ++i) value = std::nextafter(value, toward);
    if (value > 0 && std::isfinite(value)) list.push_back(value);
  }
}

/// x * (1 + d * step) for d = 0, 1, -1, 2, ...
void add_steps(std::vector<float>& list, double x, double step, int most) {
  for (int d = 1; d <= most; ++d) {
    list.push_back(static_cast<float>(x * (1 + d * step)));
    list.push_back(static_cast<float>(x * (1 - d * step)));
  }
}

class Choices {
 public:
  Choices(const HardenBench& bench, const ScaleGroups& groups, std::size_t node)
      : bench_(bench), groups_(groups), n_(node), node_(bench.graph().nodes[node]), out_(groups.of(node_.outputs[0])) {
    for (const int t : node_.inputs) {
      if (bench.is_quantized(t)) inputs_.push_back(groups.of(t));
    }
  }

  std::vector<ScaleChoice> list() {
    if ((node_.op == "ADD" || node_.op == "SUB") && inputs_.size() == 2) {
      add_pairs();
    } else {
      add_outputs();
      add_inputs();
    }
    return std::move(choices_);
  }

 private:
  [[nodiscard]] bool movable(int group) const { return groups_.mover(group).has_value(); }
  [[nodiscard]] double scale(int group) const { return double{groups_.scale(group)}; }

  void add(int group, float scale) { choices_.push_back({{{group, scale}}}); }

  // ADD and SUB. Where the smaller scale is k/255 of the larger, a chip's weights 255 and k are exact, and every rule
  // is one of the same integer 255 * a + k * b. Where s_out = s_large * 2^shift / (255 * j), XNNPACK's two multipliers
  // are 255 * j and k * j, exact too.

  /// What one operand's group may get beside the other.
  struct Operand {
    int group = -1;  // -1: both stay
    double scale = 0;
    double loss = 0;
    int steps = 0;  // k
  };

  /// At 2/3 and 2/15 SUB's weights over the sum of both scales are exact, too.
  [[nodiscard]] bool is_exact(int steps) const { return node_.op == "SUB" && (steps == 170 || steps == 34); }

  /// A range that grows loses steps: by `to_next` at most, the way to the next k, or by a quarter where more are near.
  void add_operand(std::vector<Operand>& list, int group, Mover mover, double scale, int steps, double to_next) const {
    constexpr double kNegligible = 5e-4;  // by which a range may shrink: more clips what the file has
    constexpr std::array<double, 4> kOfMover{0, 0.01, 0.02, 0.04};  // as Mover lists them
    constexpr double kMostGrowth = 0.25;
    const bool from_file = mover == Mover::kLayer || mover == Mover::kConstant;
    const double ratio = scale / (from_file ? double{groups_.scale_before(group)} : this->scale(group));
    if (ratio < 1 - kNegligible || (!is_exact(steps) && ratio - 1 > std::max(kMostGrowth, to_next))) return;
    list.push_back({group, scale, std::abs(std::log(ratio)) + kOfMover[static_cast<std::size_t>(mover)], steps});
  }

  [[nodiscard]] std::vector<Operand> operands() const {
    std::vector<Operand> list;
    const int x = inputs_[0], y = inputs_[1];
    for (const int g : {x, y}) {
      const auto mover = groups_.mover(g);
      if (x == y || !mover) continue;
      const double other = scale(g == x ? y : x);
      for (int k = 1; k <= static_cast<int>(kWeightSteps); ++k) {
        // As the smaller one, from below 1/255 as far as it takes: it hardly counts.
        constexpr double kAnyWay = std::numeric_limits<double>::infinity();
        add_operand(list, g, *mover, other * k / kWeightSteps, k, k == 1 ? kAnyWay : 1.0 / (k - 1));
        if (k == static_cast<int>(kWeightSteps)) break;
        add_operand(list, g, *mover, other * kWeightSteps / k, k, 1.0 / k);
      }
    }
    std::ranges::stable_sort(list, {}, &Operand::loss);
    constexpr std::size_t kMost = 160, kNearest = 12;
    if (list.size() > kMost) list.resize(kMost);
    if (node_.op == "SUB" && list.size() > kNearest)  // exact ones soon after the nearest
      std::ranges::stable_sort(std::span(list).subspan(kNearest), std::greater<>(),
                               [this](const Operand& o) { return is_exact(o.steps); });
    const double ratio = scale(x) < scale(y) ? scale(x) / scale(y) : scale(y) / scale(x);
    const double k = ratio * kWeightSteps;
    constexpr double kExact = 1e-4;
    const bool exact = std::abs(k - std::nearbyint(k)) < kExact;
    list.insert(exact ? list.begin() : list.end(), Operand{});
    return list;
  }

  void add_pairs() {
    constexpr std::size_t kFirst = 3, kLikely = 24, kMore = 12;
    const auto list = operands();
    for (const Operand& operand : list) add_pair(operand, 0, kFirst);
    for (std::size_t i = 0; i < std::min(list.size(), kLikely); ++i) add_pair(list[i], kFirst, kMore);
  }

  /// With output scales `first` to `last` of those that may fit.
  void add_pair(const Operand& operand, std::size_t first, std::size_t last) {
    double larger = 0;
    for (const int g : inputs_) larger = std::max(larger, g == operand.group ? operand.scale : scale(g));
    ScaleChoice choice;
    if (operand.group >= 0) choice.moves.push_back({operand.group, static_cast<float>(operand.scale)});
    const bool out_moves = movable(out_) && std::ranges::find(inputs_, out_) == inputs_.end();
    if (!out_moves) {
      if (!choice.moves.empty() && first == 0) choices_.push_back(choice);
      return;
    }
    std::vector<float> scales{groups_.scale(out_)};
    add_on_grid(scales, larger);
    for (std::size_t i = first; i < std::min(scales.size(), last); ++i) {
      choices_.push_back(choice);
      choices_.back().moves.push_back({out_, scales[i]});
    }
  }

  void add_on_grid(std::vector<float>& list, double larger) const {
    constexpr int kBits = 20, kMostSteps = 8;  // XNNPACK's multipliers have 21 bits
    const int shift = kBits - static_cast<int>(std::floor(std::log2(larger / scale(out_))));
    const double nearest = std::nearbyint(std::ldexp(larger / scale(out_), shift) / kWeightSteps);
    for (int d = 0; d <= 2 * kMostSteps; ++d) {
      const double j = nearest + (d % 2 == 0 ? -d / 2 : (d + 1) / 2);
      if (j >= 1) add_next_to(list, std::ldexp(larger, shift) / (kWeightSteps * j), std::array{0, 1, -1});
    }
  }

  // All other ops.

  void add_outputs() {
    if (!movable(out_) || std::ranges::find(inputs_, out_) != inputs_.end()) return;
    std::vector<float> scales;
    const double now = scale(out_);
    if (node_.op == "MUL" && inputs_.size() == 2) {
      const double product = scale(inputs_[0]) * scale(inputs_[1]);
      for (const double m : multipliers(product / now)) add_next_to(scales, product / m, std::array{0, 1, -1});
    } else if (node_.op == "QUANTIZE" && inputs_.size() == 1) {
      add_in_256ths(scales, scale(inputs_[0]) / now, [&](double m) { return scale(inputs_[0]) * 256 / m; });
    }
    add_steps(scales, now, has_one_input() ? 0x1p-14 : 0x1p-15, has_one_input() ? 1500 : 150);
    for (const float s : scales) add(out_, s);
  }

  void add_inputs() {
    for (const int group : inputs_) {
      if (!movable(group) || group == out_) continue;
      std::vector<float> scales;
      const double now = scale(group);
      if (bench_.is_quantized(node_.outputs[0])) {  // not of DEQUANTIZE
        const double out = scale(out_);
        if (node_.op == "QUANTIZE") add_in_256ths(scales, now / out, [&](double m) { return out * m / 256; });
        if (node_.op == "MUL" && inputs_.size() == 2 && inputs_[0] != inputs_[1]) {
          const double other = scale(inputs_[group == inputs_[0] ? 1 : 0]);
          // Below even integers, too; few enough that both operands are tried.
          const auto some = candidate_multipliers({24, true}, now * other / out, kGainTolerance);
          for (std::size_t k = 0; k < std::min(some.size(), kMostMultipliers); ++k)
            add_next_to(scales, out * some[k] / other, std::array{0});
        }
        if (takes_one_scale()) scales.push_back(groups_.scale(out_));
      }
      add_steps(scales, now, 0x1p-14, has_one_input() ? 300 : 100);
      // Codes that go nowhere else lose nothing by having at once the coarser steps that they are about to get.
      const bool becomes_coarser = node_.op == "QUANTIZE" && bench_.is_quantized(node_.outputs[0]) && scale(out_) > now;
      if (becomes_coarser && groups_.feeds_only(group, n_)) scales.push_back(groups_.scale(out_));
      for (const float s : scales) add(group, s);
    }
  }

  [[nodiscard]] bool has_one_input() const { return inputs_.size() == 1; }
  /// Where all have one scale, codes only move.
  [[nodiscard]] bool takes_one_scale() const {
    static constexpr std::array<std::string_view, 5> kOps{"CONCATENATION", "PACK", "MAXIMUM", "MINIMUM", "RELU"};
    return std::ranges::find(kOps, node_.op) != kOps.end();
  }

  static constexpr std::size_t kMostMultipliers = 160;

  [[nodiscard]] static std::vector<double> multipliers(double target) {
    std::vector<double> list;
    for (const MultiplierNeeds needs :
         {MultiplierNeeds{24, true}, MultiplierNeeds{16, true}, MultiplierNeeds{16, false}}) {
      auto some = candidate_multipliers(needs, target, kGainTolerance);
      if (some.size() > kMostMultipliers) some.resize(kMostMultipliers);
      list.insert(list.end(), some.begin(), some.end());
    }
    return list;
  }

  /// XNNPACK keeps 8 bits of QUANTIZE's ratio.
  template <typename F>
  static void add_in_256ths(std::vector<float>& list, double ratio, F&& scale_of) {
    constexpr int kMostSteps = 6;
    const double nearest = std::nearbyint(256 * ratio);
    for (int d = 0; d <= 2 * kMostSteps; ++d) {
      const double m = nearest + (d % 2 == 0 ? -d / 2 : (d + 1) / 2);
      if (m >= 1) add_next_to(list, scale_of(m), std::array{0, 1, -1});
    }
  }

  const HardenBench& bench_;
  const ScaleGroups& groups_;
  std::size_t n_;
  const Node& node_;
  int out_;
  std::vector<int> inputs_;  // groups of those that are codes
  std::vector<ScaleChoice> choices_;
};

}  // namespace

std::vector<ScaleChoice> scale_choices(const HardenBench& bench, const ScaleGroups& groups, std::size_t node) {
  return Choices(bench, groups, node).list();
}

}  // namespace nputwin

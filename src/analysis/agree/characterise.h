#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/compare/diff.h"
#include "kernels/product/requantizer.h"
#include "session/isolated_step.h"
#include "session/session.h"

namespace nputwin {

/// Which exact sums of one channel become another code under B than under A.
///
/// Both epilogues are monotone, so each code k begins at one sum under A and at one under B; sums from the lower to
/// the higher of the two (excluded) differ.
struct DifferingSums {
  struct Interval {
    std::int32_t code;          ///< the code that begins here
    std::int64_t first, count;  ///< sums
  };
  std::vector<Interval> intervals;       ///< those that hold a sum, in rising order
  std::int64_t lowest = 0, highest = 0;  ///< what the channel's sum can be, whatever the inputs
  double multiplier = 0;                 ///< codes a sum is worth

  [[nodiscard]] std::int64_t sums() const;
  [[nodiscard]] bool contains(std::int64_t sum) const;
  /// Of all sums that can be, the share that differ.
  [[nodiscard]] double reachable_share() const;
};

/// For sums from `lowest` to `highest`, which neither register overflows. Both have one clamp.
[[nodiscard]] DifferingSums differing_sums(const ElementEpilogue& a, const ElementEpilogue& b, std::int64_t lowest,
                                           std::int64_t highest);

/// How often one layer is to be expected to differ in isolation.
struct LayerCharacter {
  NodeId node;
  std::string op, name;
  std::string unknown;  ///< why nothing is said; empty: something is
  std::vector<DifferingSums> channels;
  std::vector<double> expected;        ///< mismatches of each channel, once there were inputs
  std::vector<std::int64_t> measured;  ///< the same, counted
  std::int64_t elements = 0;           ///< that inputs have made

  [[nodiscard]] double expected_total() const;
  [[nodiscard]] std::int64_t measured_total() const;
  [[nodiscard]] double reachable_share() const;  ///< mean over channels
};

/// What inputs have made of one layer. Counts of parts of the samples merge to those of the whole, in any order.
struct LayerCounts {
  std::vector<std::unordered_map<std::int32_t, std::int64_t>> codes;  ///< a histogram a channel, without frequent sums
  std::vector<std::int64_t> frequent;                                 ///< mismatches of frequent sums, a channel
  std::vector<std::int64_t> measured;                                 ///< mismatches, a channel
  std::int64_t elements = 0;

  explicit LayerCounts(std::size_t channels) : codes(channels), frequent(channels), measured(channels) {}
  void merge(const LayerCounts& other);
};

/// The expected mismatches of every multiply-accumulate layer: for each code k of a channel, how many sums differ
/// where it begins, times how often sums lie there. That follows from how often A gives codes k-1 and k:
///
///   expected = sum over k of count_k * M * (n[k-1] + n[k]) / 2
///
/// with n the channel's histogram of codes; at an end of the range, which many sums share, the other neighbour counts
/// alone. That presumes that sums are spread evenly within two neighbouring codes. Sums of few products are not: a
/// background makes the same one again and again. So for layers of at most kFewProducts products a sum that makes up
/// kFrequent of a channel's elements is counted as it is, and the rest is spread.
class Characteriser {
 public:
  /// Both sessions outlive this. kAlongside is for a comparison of `samples` that is not to take much longer for it.
  /// Layers of int16 codes are left out with that reason: a channel takes some 10 ms, one of int8 codes 50 us. Of a
  /// layer kFewest samples are counted, or as many more as have kEnough elements, one every so many; in a sample
  /// frequent sums are looked for in at most kSums places. What was expected of all is then that of the counted
  /// elements, in proportion.
  enum class Effort : std::uint8_t { kAll, kAlongside };
  [[nodiscard]] static Result<Characteriser> of(Session& a, Session& b, Effort effort = Effort::kAll,
                                                std::size_t samples = 1);

  /// For other samples, by siblings of the two sessions, at the same time. With nothing counted yet; its counts are to
  /// be merged with those of this one, whose sessions outlive it too.
  [[nodiscard]] Characteriser sibling(Session& a, Session& b) const;

  /// One sample, run on both sides: counts codes and mismatches.
  [[nodiscard]] Status add(std::span<const Tensor> inputs);

  /// What one sample of one layer counts.
  struct LayerSample {
    /// A sum that one channel makes again and again, and how many elements it stands for.
    struct Frequent {
      std::size_t channel;
      std::int32_t code;
      std::int64_t elements;
      bool differs;
    };
    std::size_t node = 0;
    std::vector<std::int64_t> bytes;  ///< of 8-bit codes: a histogram a channel, by the code's byte, in `counts`' place
    bool is_signed = false;           ///< those bytes are int8
    LayerCounts counts;               ///< without `frequent`
    std::vector<Frequent> frequent;
  };
  /// The same for one op that has been run: its inputs, what A made of them and what B did. `position`: the how manieth
  /// sample it is. Nothing where none is to be counted. Several threads may ask at once.
  [[nodiscard]] std::optional<LayerSample> counted(NodeId node, std::size_t position,
                                                   std::span<const TensorView> inputs, const TensorView& a,
                                                   const TensorView& b) const;
  /// Adds it to the counts, in the order of the samples: of frequent sums no more are taken from a channel's codes than
  /// are there.
  void add(const LayerSample& sample);

  /// One a node, of what has been added so far.
  [[nodiscard]] const std::vector<LayerCounts>& counts() const { return counts_; }
  /// Adds the counts that a characteriser of the same two sides made of other samples.
  void merge(const std::vector<LayerCounts>& counts);

  /// With what has been added so far.
  [[nodiscard]] std::vector<LayerCharacter> result() const;

 private:
  static constexpr std::int64_t kFewProducts = 64;
  static constexpr double kFrequent = 1.0 / 200;
  static constexpr std::size_t kFewest = 4, kEnough = std::size_t{1} << 18;
  static constexpr std::size_t kSums = std::size_t{1} << 16;

  Characteriser(Session& a, Session& b, Effort effort, std::size_t samples)
      : effort_(effort), samples_(samples), a_(&a), b_(&b), isolated_step_(a, b) {}

  struct Layer {
    LayerCharacter character;  // as known without inputs
    CodeRange clamp{};
    const MacLayer* sums = nullptr;  // A's, where there are few products
  };
  /// Whether a sample of a layer is one of those that are counted.
  [[nodiscard]] bool takes(std::size_t position, std::int64_t elements) const;
  static void count_codes(const TensorView& a, const TensorView& b, LayerSample& sample);
  void find_frequent(const Layer& layer, std::span<const TensorView> inputs, const TensorView& output,
                     LayerSample& sample) const;

  Effort effort_;
  std::size_t samples_;
  Session* a_;
  Session* b_;
  IsolatedStep isolated_step_;
  std::shared_ptr<const std::vector<Layer>> layers_;  // one a node
  std::vector<LayerCounts> counts_;                   // likewise
  std::size_t added_ = 0;                             // samples, by add()
};

}  // namespace nputwin

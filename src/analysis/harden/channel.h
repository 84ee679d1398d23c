#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analysis/harden/calibration.h"
#include "analysis/harden/layer_rules.h"

namespace nputwin {

/// What was done to a channel so that all sides agree on it.
enum class ChannelWay : std::uint8_t {
  kAsItWas,      ///< its scale is the file's
  kScale,        ///< another scale of the weights, the same codes
  kCodesFollow,  ///< and codes that are nearest to the weights on it
  kReRounded,    ///< weights re-rounded on a coarser scale
  kEvenWeights,  ///< even codes, and a bias whose parity keeps the sums from the ties
  kFewerSides,   ///< one of these, for all sides but one: nothing that was tried makes all agree
  kLeft,         ///< nothing at all
};
template <>
inline constexpr std::array<std::string_view, 7> kEnumNames<ChannelWay> = {
    "as_it_was", "scale", "codes_follow", "re_rounded", "even_weights", "fewer_sides", "left"};

/// A channel of a layer whose activation scales are settled.
struct ChannelTask {
  const LayerRules* rules = nullptr;
  std::size_t channel = 0;
  std::vector<std::int32_t> weights;  ///< as in the file, without zero point
  std::int64_t bias = 0;              ///< as in the file
  float input_scale_before = 1;       ///< with which that bias goes
  LayerScales scales;                 ///< of activations as they are now; of the weights as in the file
  SumCodes codes;
  CodeRange input{};                     ///< what can come in
  CodeRange room{-127, 127};             ///< what weights can be without their zero point
  bool has_bias = true;                  ///< the bias may change
  std::vector<double> means;             ///< of the codes that each weight meets, without zero point; empty: not known
  double input_gain = 1;                 ///< by how much more the codes that come in count than they did
  bool passes_gain = false;              ///< what reads the output takes a gain of the channel back
  std::vector<double> numbers;           ///< the weights before they were quantized; empty: not known
  const Curvature* curvature = nullptr;  ///< how errors of the weights add up; null: not known
};

/// The channel as it is to be.
struct ChannelResult {
  ChannelWay way = ChannelWay::kLeft;
  float scale = 0;  ///< of the weights
  std::vector<std::int32_t> weights;
  std::int64_t bias = 0;
  std::size_t open = 0;  ///< rules that are not required and do not agree
  double gain = 1;       ///< by how much more the products of the same inputs count in the output
  double passed = 1;     ///< by how much more the whole output counts, for what reads it to take back
};

/// Finds the nearest scale on which all sides agree, and codes and bias to go with it.
[[nodiscard]] ChannelResult harden_channel(const ChannelTask& task);

/// The channel on a scale of the weights that all channels have; kLeft where the sides do not agree.
[[nodiscard]] ChannelResult channel_on_scale(const ChannelTask& task, float scale);

/// By how much the weights can grow as even codes before one of them leaves the room.
[[nodiscard]] double room_of_weights(const ChannelTask& task);

/// The weights' codes on a scale that is `factor` times the file's.
[[nodiscard]] std::vector<std::int32_t> channel_weights_on(const ChannelTask& task, double factor);
/// The channel re-rounded on a coarser scale; kLeft where the sides do not agree.
[[nodiscard]] ChannelResult re_rounded_channel(const ChannelTask& task, float scale);

/// The same with even weights and M = 1/n; kLeft where the sides do not agree.
[[nodiscard]] ChannelResult channel_with_even_weights(const ChannelTask& task, float scale, std::int64_t n);

/// What a channel's sums lose by the codes of a result: the mean square of what the calibration inputs say, or else the
/// sum of squares of the weights' errors, in the file's steps.
[[nodiscard]] double rounding_cost(const ChannelTask& task, const ChannelResult& result);

/// The share of a multiplier by which the nearest that helps may lie beside it.
inline constexpr double kGainTolerance = 0.02;

/// Calls f(scale) for binary32 numbers next to that with which s_in * scale / s_out is `multiplier`, up to `ulps` units
/// in the last place away, as long as it returns false.
template <typename F>
bool try_scales(double multiplier, float s_in, float s_out, F&& f, int ulps = 2) {
  const auto nearest = static_cast<float>(multiplier * double{s_out} / double{s_in});
  float above = nearest, below = nearest;
  if (f(nearest)) return true;
  for (int ulp = 0; ulp < ulps; ++ulp) {
    above = std::nextafter(above, std::numeric_limits<float>::infinity());
    below = std::nextafter(below, 0.0F);
    if (f(above) || f(below)) return true;
  }
  return false;
}

}  // namespace nputwin

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "mac/layer.h"
#include "session/session.h"
#include "sides/input_source.h"

namespace nputwin {

/// What the weights of a layer met in some places of its output: codes of the input, without zero point.
struct MetCodes {
  std::size_t width = 0;            ///< codes that a channel's sum meets
  std::size_t sources = 1;          ///< 1: all channels meet the same ones; else one for each channel
  std::vector<std::int16_t> codes;  ///< [place][source][code]
};

/// What calibration inputs make of a model.
struct Calibration {
  /// By tensor: the mean of its codes without zero point, for each index of the last dimension.
  std::map<int, std::vector<double>> means;
  /// By a layer's output: how much of each channel, by the squares of its codes, lies at an end where more is cut off.
  std::map<int, std::vector<double>> cut_off;
  /// By the tensor of a layer's weights: of layers whose sums are short enough.
  std::map<int, MetCodes> met;
};

/// Runs the model on all inputs.
[[nodiscard]] Result<Calibration> calibrate(const std::shared_ptr<const Model>& model, const std::string& profile,
                                            const InputSet& inputs, const SessionOptions& options);

/// How errors of a channel's weights add up at its output: the covariance of the codes that they meet, [width, width].
class Curvature {
 public:
  /// Of one source.
  [[nodiscard]] static Curvature of(const MetCodes& met, std::size_t source);

  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] double at(std::size_t i, std::size_t j) const { return double{values_[i * width_ + j]}; }
  [[nodiscard]] std::span<const float> row(std::size_t i) const { return {values_.data() + i * width_, width_}; }
  /// e * H * e: the mean square of what errors of the weights make of a sum, but for its mean.
  [[nodiscard]] double cost(std::span<const double> errors) const;

 private:
  std::size_t width_ = 0;
  std::vector<float> values_;
};

/// Moves codes by `step`, one after the other, as long as that lowers the cost of code * gain - exact: rounding errors
/// of inputs that go together then cancel. Codes stay within `room`.
void lower_cost(const Curvature& curvature, std::span<const double> exact, double gain, std::int32_t step,
                CodeRange room, std::vector<std::int32_t>& codes);

}  // namespace nputwin

#pragma once

#include <map>
#include <utility>
#include <vector>

#include "analysis/harden/layer.h"
#include "analysis/harden/scales.h"
#include "io/tflite/change.h"

namespace nputwin {

/// How a model is to be changed.
struct HardenSettings {
  std::vector<HardenSide> sides;  ///< the first is required: all others are compared with it
  SessionOptions session;
  bool change_io = false;                    ///< inputs and outputs may get other scales
  std::vector<int> free;                     ///< outputs that may all the same: a joint with the file behind this one
  std::map<int, float> given;                ///< scales of inputs: a joint with the file before
  const Calibration* calibration = nullptr;  ///< null: no calibration inputs
  const FloatWeights* numbers = nullptr;     ///< null: not known
  bool replace_averages = false;             ///< look for averages that are to be layers first
};

/// What was changed, and where that was not enough.
struct Hardening {
  /// Averages on which no scale makes all sides agree, and that can be written as layers. Where there are any, nothing
  /// else was looked at: averages_as_layers first.
  std::vector<std::size_t> averages;
  std::vector<ScaleOutcome> scales;                          ///< of ops that are no layers
  std::vector<std::pair<std::size_t, LayerOutcome>> layers;  ///< by node
  std::map<int, TensorChange> changes;                       ///< of the file's tensors
  ChannelGains passed;                                       ///< that depthwise layers take back
};

/// Changes scales, weights and biases of a model so that all sides give the same codes, as far as they can: the scales
/// of all activations first, in the order in which ops run, then each layer on these. What it claims rests on what it
/// tried; prove() on the file that is written has the last word.
[[nodiscard]] Result<Hardening> harden(const std::shared_ptr<const Model>& model, const HardenSettings& settings,
                                       const Callbacks& callbacks = {});

}  // namespace nputwin

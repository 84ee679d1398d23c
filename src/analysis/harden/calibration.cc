#include "analysis/harden/calibration.h"

#include <algorithm>
#include <cmath>

#include "analysis/harden/float_network.h"
#include "analysis/prove/codes.h"
#include "mac/mac_kernel.h"
#include "ops/activation.h"
#include "sides/side.h"

namespace nputwin {
namespace {

constexpr std::size_t kMostWidth = 1600;   // a matrix of its square
constexpr std::size_t kMostPlaces = 1024;  // over all samples

class Collector {
 public:
  Collector(const Session& session, std::size_t samples) : session_(session), samples_(samples) {}

  void add(const Numbers& numbers) {
    for (const auto& [t, values] : numbers) add_means(t, values);
    for (std::size_t n = 0; n < session_.graph().nodes.size(); ++n) {
      const Kernel* kernel = session_.kernel(n);
      const MacKernel* mac = kernel == nullptr ? nullptr : mac_kernel_of(*kernel);
      if (mac == nullptr || mac->layer().weights.computed) continue;
      add_met(n, mac->layer(), numbers);
      add_cut_off(session_.graph().nodes[n], numbers);
    }
    ++sample_;
  }

  Calibration take() {
    for (auto& [t, shares] : calibration_.cut_off) {
      for (std::size_t c = 0; c < shares.size(); ++c) shares[c] /= std::max(squares_[t][c], 1e-30);
    }
    return std::move(calibration_);
  }

 private:
  [[nodiscard]] const TensorSpec& spec(int t) const {
    return session_.preparation().specs()[static_cast<std::size_t>(t)];
  }

  void add_means(int t, const std::vector<float>& numbers) {
    const TensorSpec& own = spec(t);
    if (!has_codes(own.type) || own.shape.empty() || numbers.empty()) return;
    const auto last = static_cast<std::size_t>(own.shape.back());
    const std::size_t rows = numbers.size() / last;
    const double weight = 1 / (double{own.scale()} * static_cast<double>(rows) * static_cast<double>(samples_));
    auto& means = calibration_.means[t];
    means.resize(last);
    for (std::size_t i = 0; i < numbers.size(); ++i) means[i % last] += double{numbers[i]} * weight;
  }

  void add_cut_off(const Node& layer, const Numbers& numbers) {
    const int t = layer.outputs[0];
    const TensorSpec& own = spec(t);
    const auto values = numbers.find(t);
    const auto range = activation_range(own, layer.attributes);
    if (values == numbers.end() || !range || own.shape.empty()) return;
    const auto channels = static_cast<std::size_t>(own.shape.back());
    auto &cut_off = calibration_.cut_off[t], &squares = squares_[t];
    cut_off.resize(channels);
    squares.resize(channels);
    const auto at_end = [&](std::int32_t code) {
      return (static_cast<float>(code - own.zero_point()) - (code > own.zero_point() ? 0.5F : -0.5F)) * own.scale();
    };
    const float high = at_end(range->hi), low = at_end(range->lo);  // the zero point itself has no gain
    for (std::size_t i = 0; i < values->second.size(); ++i) {
      const float x = values->second[i];
      squares[i % channels] += double{x} * double{x};
      if ((x > high && x > 0) || (x < low && x < 0)) cut_off[i % channels] += double{x} * double{x};
    }
  }

  /// The codes that sums meet in a few places of the output, the same ones in every run of this.
  void add_met(std::size_t n, const MacLayer& layer, const Numbers& numbers) {
    const Node& node = session_.graph().nodes[n];
    const int input = node.inputs[layer.activations_input];
    const auto values = numbers.find(input);
    const bool of_channels = std::holds_alternative<DepthwiseTaps>(layer.taps);
    const auto* conv = std::get_if<ConvTaps>(&layer.taps);
    const bool of_all = std::holds_alternative<RowTaps>(layer.taps) || (conv != nullptr && conv->groups == 1);
    if (values == numbers.end() || !(of_channels || of_all)) return;
    const TensorSpec& out = spec(node.outputs[0]);
    const auto channels = static_cast<std::size_t>(out.shape.back());
    const std::size_t width = layer.weights.values.size() / channels;
    if (width > kMostWidth || width == 0 || out.elements() == 0) return;
    MetCodes& met = calibration_.met[node.inputs[layer.weights_input]];
    met.width = width;
    met.sources = of_channels ? channels : 1;
    const auto rows = static_cast<std::uint64_t>(out.elements()) / channels;
    const std::size_t places = std::clamp<std::size_t>(kMostPlaces / samples_, 1, rows);
    for (std::size_t k = 0; k < places; ++k) {
      const std::uint64_t row = splitmix64(n, sample_ * kMostPlaces + k) % rows;
      for (std::size_t c = 0; c < met.sources; ++c)
        add_place(layer, row * channels + c, values->second, spec(input), met);
    }
  }

  static void add_place(const MacLayer& layer, std::uint64_t element, const std::vector<float>& numbers,
                        const TensorSpec& input, MetCodes& met) {
    const std::size_t begin = met.codes.size();
    met.codes.resize(begin + met.width);  // 0 where a tap lies in the padding
    const std::size_t stride = met.sources;
    for (const TapRun& run : layer.runs(static_cast<std::int64_t>(element))) {
      for (std::int64_t i = 0; i < run.count; ++i) {
        const auto weight = static_cast<std::size_t>(run.weight + i * run.weight_step) / stride % met.width;
        const float number = numbers[static_cast<std::size_t>(run.input + i * run.input_step)];
        met.codes[begin + weight] = static_cast<std::int16_t>(std::nearbyint(number / input.scale()));
      }
    }
  }

  const Session& session_;
  std::size_t samples_, sample_ = 0;
  Calibration calibration_;
  std::map<int, std::vector<double>> squares_;  // of a layer's output, by channel
};

}  // namespace

Result<Calibration> calibrate(const std::shared_ptr<const Model>& model, const std::string& profile,
                              const InputSet& inputs, const SessionOptions& options) {
  NPUTWIN_ASSIGN_OR_RETURN(Session session, session_of_side(profile, model, options));
  Collector collector(session, inputs.size());
  for (std::size_t n = 0; n < inputs.size(); ++n) {
    NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, inputs.sample(n));
    NumberKeeper keeper(session.graph());
    session.reset_state();
    NPUTWIN_RETURN_IF_ERROR(session.set_inputs(sample));
    NPUTWIN_RETURN_IF_ERROR(session.run(&keeper));
    for (std::size_t k = 0; k < sample.size(); ++k)
      keeper.numbers[model->main().inputs[k]] = real_values(sample[k].view());
    collector.add(keeper.numbers);
  }
  return collector.take();
}

Curvature Curvature::of(const MetCodes& met, std::size_t source) {
  Curvature own;
  const std::size_t width = met.width, stride = met.width * met.sources;
  const std::size_t places = met.codes.size() / stride, first = met.sources == 1 ? 0 : source * width;
  own.width_ = width;
  std::vector<double> mean(width);
  for (std::size_t p = 0; p < places; ++p) {
    for (std::size_t i = 0; i < width; ++i) mean[i] += met.codes[p * stride + first + i];
  }
  for (double& m : mean) m /= static_cast<double>(places);
  std::vector<float> centred(width);
  own.values_.assign(width * width, 0);
  for (std::size_t p = 0; p < places; ++p) {
    for (std::size_t i = 0; i < width; ++i)
      centred[i] = static_cast<float>(met.codes[p * stride + first + i] - mean[i]);
    for (std::size_t i = 0; i < width; ++i) {
      const float x = centred[i];
      if (x == 0) continue;
      float* row = own.values_.data() + i * width;
      for (std::size_t j = 0; j < width; ++j) row[j] += x * centred[j];
    }
  }
  // What few places show of how inputs go together is in part chance: the more inputs, the less of it is believed.
  const auto believed = static_cast<float>(static_cast<double>(places) / static_cast<double>(places + width));
  constexpr double kDamping = 0.02;  // of the mean variance, where nothing was seen to vary
  double trace = 0;
  for (std::size_t i = 0; i < width; ++i) trace += own.at(i, i);
  const auto damping = static_cast<float>(kDamping * trace / static_cast<double>(width) + 1e-6);
  const auto scale = static_cast<float>(1 / static_cast<double>(places));
  for (std::size_t i = 0; i < width; ++i) {
    for (std::size_t j = 0; j < width; ++j) own.values_[i * width + j] *= i == j ? scale : believed * scale;
    own.values_[i * width + i] += damping * scale;
  }
  return own;
}

double Curvature::cost(std::span<const double> errors) const {
  double cost = 0;
  for (std::size_t i = 0; i < width_; ++i) {
    if (errors[i] == 0) continue;
    double sum = 0;
    for (std::size_t j = 0; j < width_; ++j) sum += at(i, j) * errors[j];
    cost += errors[i] * sum;
  }
  return cost;
}

void lower_cost(const Curvature& curvature, std::span<const double> exact, double gain, std::int32_t step,
                CodeRange room, std::vector<std::int32_t>& codes) {
  const std::size_t width = codes.size();
  std::vector<double> slope(width, 0);  // H * error
  for (std::size_t i = 0; i < width; ++i) {
    const double error = codes[i] * gain - exact[i];
    const auto row = curvature.row(i);
    for (std::size_t j = 0; j < width; ++j) slope[j] += error * double{row[j]};
  }
  constexpr int kMostSweeps = 12;
  bool any = true;
  for (int sweep = 0; any && sweep < kMostSweeps; ++sweep) {
    any = false;
    for (std::size_t i = 0; i < width; ++i) {
      const std::int32_t by = slope[i] > 0 ? -step : step;
      const double change = by * gain;
      if (codes[i] + by < room.lo || codes[i] + by > room.hi) continue;
      if (2 * change * slope[i] + change * change * curvature.at(i, i) >= -1e-9) continue;
      codes[i] += by;
      const auto row = curvature.row(i);
      for (std::size_t j = 0; j < width; ++j) slope[j] += change * double{row[j]};
      any = true;
    }
  }
}

}  // namespace nputwin

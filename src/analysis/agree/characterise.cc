#include "analysis/agree/characterise.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/element.h"
#include "analysis/prove/thresholds.h"
#include "mac/mac_kernel.h"

namespace nputwin {
namespace {

constexpr std::size_t kByteCodes = 256;

Thresholds thresholds_of(const ElementEpilogue& step, std::int64_t lowest, std::int64_t highest) {
  const auto code = [&](std::int64_t sum, std::int64_t) -> double { return step.code(sum); };
  return nputwin::thresholds_of(code, step.scale.binary64, lowest, highest, step.clamp.lo, step.clamp.hi);
}

bool fits(const ElementEpilogue& step, std::int64_t lowest, std::int64_t highest) {
  return accumulator_register(step.rule, lowest) == lowest && accumulator_register(step.rule, highest) == highest;
}

/// What the sum of an element can be for any codes of the input.
std::pair<std::int64_t, std::int64_t> reachable(const MacLayer& layer, const RunContext& context,
                                                std::int64_t element) {
  const TensorSpec& input = *context.inputs[layer.activations_input].spec;
  const CodeRange range = code_range(input.type);
  const std::int64_t least = range.lo - input.zero_point(), most = range.hi - input.zero_point();
  std::int64_t lowest = layer.bias(element), highest = lowest;
  for (const TapRun& run : layer.runs(element)) {
    for (std::int64_t i = 0; i < run.count; ++i) {
      const std::int64_t w = layer.factor(context, run.weight + i * run.weight_step);
      lowest += std::min(w * least, w * most);
      highest += std::max(w * least, w * most);
    }
  }
  return {lowest, highest};
}

/// An element of each channel whose window lies inside the input if any does: the middle one's.
std::int64_t middle_element(const Shape& shape, std::int64_t channel) {
  std::int64_t flat = 0;
  for (std::size_t d = 0; d + 1 < shape.size(); ++d) flat = flat * shape[d] + shape[d] / 2;
  return shape.empty() ? 0 : flat * shape.back() + channel;
}

/// Fills in the channels and gives A's layer, or says why it cannot.
Result<const MacLayer*> characterise_layer(const Session& a, const Session& b, NodeId node, LayerCharacter& character,
                                           CodeRange& clamp) {
  const Kernel *kernel_a = a.kernel(node), *kernel_b = b.kernel(node);
  if (kernel_a == nullptr || kernel_b == nullptr)
    return error("it does not run: it is left out, or its values are known before");
  const MacKernel *mac_a = mac_kernel_of(*kernel_a), *mac_b = mac_kernel_of(*kernel_b);
  if (mac_a == nullptr || mac_b == nullptr) return error("not a multiply-accumulate layer");
  const TensorView output = a.node_outputs(node)[0];
  if (output.spec->quantization.empty()) return error("output is not quantized");
  const auto inputs = a.node_inputs(node);
  const std::size_t weights = mac_a->layer().weights_input;
  if (!a.preparation().constant(static_cast<std::size_t>(a.model().node(node).inputs[weights])))
    return error("both operands are computed at run time");
  const RunContext context{inputs, {}, {}, {}, nullptr, nullptr};
  const std::int64_t channels = output.spec->shape.empty() ? 1 : output.spec->shape.back();
  for (std::int64_t c = 0; c < channels; ++c) {
    const std::int64_t element = middle_element(output.spec->shape, c);
    const auto range = reachable(mac_a->layer(), context, element);
    if (range != reachable(mac_b->layer(), context, element)) return error("the two sides accumulate different sums");
    const ElementEpilogue step_a = mac_a->epilogue().element(element), step_b = mac_b->epilogue().element(element);
    if (step_a.clamp != step_b.clamp) return error("the two sides clamp to other codes");
    if (!fits(step_a, range.first, range.second) || !fits(step_b, range.first, range.second))
      return error("sums can overflow the register");
    clamp = step_a.clamp;
    character.channels.push_back(differing_sums(step_a, step_b, range.first, range.second));
  }
  return &mac_a->layer();
}

/// How many mismatches of a channel to expect, of how often A gives the codes on either side of each interval.
double expected_mismatches(const DifferingSums& sums, const LayerCounts& counts, std::size_t channel, CodeRange clamp) {
  const auto count = [&](std::int32_t code) {
    const auto found = counts.codes[channel].find(code);
    return found == counts.codes[channel].end() ? 0.0 : static_cast<double>(found->second);
  };
  auto expected = static_cast<double>(counts.frequent[channel]);
  for (const auto& interval : sums.intervals) {
    const bool at_low = interval.code - 1 == clamp.lo, at_high = interval.code == clamp.hi;
    const double near = at_low && !at_high   ? count(interval.code)
                        : at_high && !at_low ? count(interval.code - 1)
                                             : (count(interval.code - 1) + count(interval.code)) / 2;
    expected += static_cast<double>(interval.count) * sums.multiplier * near;
  }
  return expected;
}

}  // namespace

std::int64_t DifferingSums::sums() const {
  return std::accumulate(intervals.begin(), intervals.end(), std::int64_t{0},
                         [](std::int64_t sum, const Interval& i) { return sum + i.count; });
}

bool DifferingSums::contains(std::int64_t sum) const {
  const auto after = std::upper_bound(intervals.begin(), intervals.end(), sum,
                                      [](std::int64_t s, const Interval& i) { return s < i.first; });
  return after != intervals.begin() && sum < std::prev(after)->first + std::prev(after)->count;
}

double DifferingSums::reachable_share() const {
  return static_cast<double>(sums()) / static_cast<double>(highest - lowest + 1);
}

DifferingSums differing_sums(const ElementEpilogue& a, const ElementEpilogue& b, std::int64_t lowest,
                             std::int64_t highest) {
  DifferingSums result{{}, lowest, highest, a.scale.binary64};
  const Thresholds of_a = thresholds_of(a, lowest, highest), of_b = thresholds_of(b, lowest, highest);
  for (std::size_t i = 0; i < of_a.first.size(); ++i) {
    const std::int64_t first_a = of_a.first[i], first_b = of_b.first[i];
    const std::int32_t code = a.clamp.lo + 1 + static_cast<std::int32_t>(i);
    if (first_a != first_b) result.intervals.push_back({code, std::min(first_a, first_b), std::abs(first_a - first_b)});
  }
  return result;
}

double LayerCharacter::expected_total() const { return std::accumulate(expected.begin(), expected.end(), 0.0); }
std::int64_t LayerCharacter::measured_total() const {
  return std::accumulate(measured.begin(), measured.end(), std::int64_t{0});
}
double LayerCharacter::reachable_share() const {
  double sum = 0;
  for (const DifferingSums& c : channels) sum += c.reachable_share();
  return channels.empty() ? 0 : sum / static_cast<double>(channels.size());
}

Result<Characteriser> Characteriser::of(Session& a, Session& b, Effort effort, std::size_t samples) {
  if (&a.graph() != &b.graph()) return error("both sides must run the same model");
  Characteriser characteriser(a, b, effort, samples);
  const Graph& graph = a.graph();
  std::vector<Layer> layers(graph.nodes.size());
  const ThreadPool pool(a.preparation().options().threads);
  pool.parallel(static_cast<std::int64_t>(layers.size()), [&](std::int64_t at, int) {
    const auto node = static_cast<std::size_t>(at);
    Layer& layer = layers[node];
    layer.character.node = node;
    layer.character.op = graph.nodes[node].op;
    const auto outputs = a.node_outputs(node);
    if (outputs.size() != 1) {
      layer.character.unknown = "not a multiply-accumulate layer";
    } else if (effort == Effort::kAlongside && outputs[0].spec->type == DType::kInt16) {
      layer.character.unknown = "codes of 16 bits";
    } else {
      layer.character.name = outputs[0].spec->name;
      auto sums = characterise_layer(a, b, node, layer.character, layer.clamp);
      if (!sums) {
        layer.character.unknown = sums.error().message;
        layer.character.channels.clear();
      } else if (!layer.character.channels.empty()) {
        std::int64_t products = 0;
        const std::int64_t middle = middle_element(outputs[0].spec->shape, 0);
        for (const auto& run : (*sums)->runs(middle)) products += run.count;
        if (products <= kFewProducts) layer.sums = *sums;
      }
    }
  });
  for (const Layer& layer : layers) characteriser.counts_.emplace_back(layer.character.channels.size());
  characteriser.layers_ = std::make_shared<const std::vector<Layer>>(std::move(layers));
  return characteriser;
}

Characteriser Characteriser::sibling(Session& a, Session& b) const {
  Characteriser made(a, b, effort_, samples_);
  made.layers_ = layers_;
  for (const Layer& layer : *layers_) made.counts_.emplace_back(layer.character.channels.size());
  return made;
}

Status Characteriser::add(std::span<const Tensor> inputs) {
  for (Session* side : {a_, b_}) {
    NPUTWIN_RETURN_IF_ERROR(side->set_inputs(inputs));
    side->reset_state();
  }
  for (std::size_t node = 0; node < layers_->size(); ++node) {
    if ((*layers_)[node].character.channels.empty()) {
      NPUTWIN_RETURN_IF_ERROR(a_->step(node));
      continue;
    }
    const TensorView output = a_->node_outputs(node)[0];
    Blob room(output.bytes.size());
    const MutableTensorView isolated{output.spec, room.mutable_bytes()};
    NPUTWIN_RETURN_IF_ERROR(isolated_step_.run(node, {&isolated, 1}));
    if (const auto sample = counted(node, added_, a_->node_inputs(node), output, read_only(isolated))) add(*sample);
  }
  ++added_;
  return {};
}

std::optional<Characteriser::LayerSample> Characteriser::counted(NodeId node, std::size_t position,
                                                                 std::span<const TensorView> inputs,
                                                                 const TensorView& a, const TensorView& b) const {
  const Layer& layer = (*layers_)[node.index];
  const std::size_t channels = layer.character.channels.size();
  if (channels == 0 || !takes(position, a.spec->elements())) return std::nullopt;
  LayerSample sample{node.index, {}, a.spec->type == DType::kInt8, LayerCounts(channels), {}};
  count_codes(a, b, sample);
  sample.counts.elements = a.spec->elements();
  if (layer.sums != nullptr) find_frequent(layer, inputs, a, sample);
  return sample;
}

bool Characteriser::takes(std::size_t position, std::int64_t elements) const {
  if (effort_ == Effort::kAll) return true;
  const auto each = std::max<std::size_t>(1, static_cast<std::size_t>(elements));
  const std::size_t wanted = std::max(kFewest, (kEnough + each - 1) / each);
  return position % std::max<std::size_t>(1, samples_ / wanted) == 0;
}

void Characteriser::count_codes(const TensorView& a, const TensorView& b, LayerSample& sample) {
  LayerCounts& counts = sample.counts;
  const std::size_t channels = counts.codes.size();
  const auto elements = static_cast<std::size_t>(a.spec->elements());
  if (is_8bit(a.spec->type)) {  // by bytes, for this runs along with comparisons
    sample.bytes.resize(channels * kByteCodes);
    for (std::size_t row = 0; row + channels <= elements; row += channels) {
      std::int64_t* histogram = sample.bytes.data();
      for (std::size_t c = 0; c < channels; ++c, histogram += kByteCodes) {
        ++histogram[static_cast<std::size_t>(a.bytes[row + c])];
        counts.measured[c] += a.bytes[row + c] != b.bytes[row + c];
      }
    }
    return;
  }
  for (std::size_t i = 0; i < elements; ++i) {
    const double code = element_of(a, i);
    ++counts.codes[i % channels][static_cast<std::int32_t>(code)];
    counts.measured[i % channels] += code != element_of(b, i);
  }
}

void Characteriser::find_frequent(const Layer& layer, std::span<const TensorView> inputs, const TensorView& output,
                                  LayerSample& sample) const {
  const RunContext context{inputs, {}, {}, {}, nullptr, nullptr};
  const std::size_t channels = sample.counts.codes.size();
  const auto elements = static_cast<std::size_t>(output.spec->elements());
  // Alongside, every stride-th row stands for that many.
  const std::size_t stride = effort_ == Effort::kAlongside ? std::max<std::size_t>(1, elements / kSums) : 1;
  const std::size_t rows = elements / channels / stride;
  const std::size_t frequent =
      std::max<std::size_t>(2, static_cast<std::size_t>(kFrequent * static_cast<double>(rows)));
  std::vector<std::pair<std::int64_t, std::size_t>> of_channel;  // sum, element
  of_channel.reserve(rows);
  for (std::size_t c = 0; c < channels; ++c) {
    const DifferingSums& differing = layer.character.channels[c];
    if (differing.intervals.empty()) continue;
    // What is expected depends on codes on either side of an interval alone.
    std::vector<bool> matters(static_cast<std::size_t>(layer.clamp.hi - layer.clamp.lo) + 1);
    for (const auto& interval : differing.intervals) {
      const auto index = static_cast<std::size_t>(interval.code - layer.clamp.lo);
      matters[index - 1] = matters[index] = true;
    }
    of_channel.clear();
    for (std::size_t r = 0; r < rows; ++r) {
      const std::size_t element = r * stride * channels + c;
      const auto code = static_cast<std::int32_t>(element_of(output, element));
      if (matters[static_cast<std::size_t>(code - layer.clamp.lo)])
        of_channel.emplace_back(layer.sums->sum(context, static_cast<std::int64_t>(element)), element);
    }
    std::sort(of_channel.begin(), of_channel.end());
    for (std::size_t first = 0, end = 0; first < of_channel.size(); first = end) {
      while (end < of_channel.size() && of_channel[end].first == of_channel[first].first) ++end;
      if (end - first < frequent) continue;
      const auto code = static_cast<std::int32_t>(element_of(output, of_channel[first].second));
      sample.frequent.push_back(
          {c, code, static_cast<std::int64_t>((end - first) * stride), differing.contains(of_channel[first].first)});
    }
  }
}

void Characteriser::add(const LayerSample& sample) {
  LayerCounts& counts = counts_[sample.node];
  counts.merge(sample.counts);
  for (std::size_t i = 0; i < sample.bytes.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(i % kByteCodes);
    const std::int32_t code = sample.is_signed ? static_cast<std::int8_t>(byte) : std::int32_t{byte};
    if (sample.bytes[i] != 0) counts.codes[i / kByteCodes][code] += sample.bytes[i];
  }
  for (const LayerSample::Frequent& frequent : sample.frequent) {
    std::int64_t& spread = counts.codes[frequent.channel][frequent.code];
    const std::int64_t stand_for = std::min(spread, frequent.elements);
    spread -= stand_for;
    if (frequent.differs) counts.frequent[frequent.channel] += stand_for;
  }
}

void LayerCounts::merge(const LayerCounts& other) {
  for (std::size_t c = 0; c < codes.size(); ++c) {
    for (const auto& [code, count] : other.codes[c]) codes[c][code] += count;
    frequent[c] += other.frequent[c];
    measured[c] += other.measured[c];
  }
  elements += other.elements;
}

void Characteriser::merge(const std::vector<LayerCounts>& counts) {
  for (std::size_t node = 0; node < counts_.size(); ++node) counts_[node].merge(counts[node]);
}

std::vector<LayerCharacter> Characteriser::result() const {
  std::vector<LayerCharacter> result;
  for (std::size_t node = 0; node < layers_->size(); ++node) {
    LayerCharacter& character = result.emplace_back((*layers_)[node].character);
    character.measured = counts_[node].measured;
    character.elements = counts_[node].elements;
    for (std::size_t c = 0; c < character.channels.size(); ++c)
      character.expected.push_back(
          expected_mismatches(character.channels[c], counts_[node], c, (*layers_)[node].clamp));
  }
  return result;
}

}  // namespace nputwin

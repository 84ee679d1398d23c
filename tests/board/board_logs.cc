#include "board/board_logs.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "io/npz.h"
#include "io/tflite/reader.h"
#include "sides/input_source.h"
#include "support/model_builder.h"

namespace nputwin::test {
namespace {

nlohmann::json read_case(const std::string& id) {
  std::ifstream file(kLogs + "cases.json");
  for (const auto& c : nlohmann::json::parse(file)) {
    if (c["id"] == id) return c;
  }
  return {};
}

std::vector<std::vector<std::byte>> run_file(const nlohmann::json& c, const Profile& profile) {
  Session session = Session::prepare(read_tflite(kLogs + c["model"].get<std::string>()).value(), profile, {}).value();
  const std::vector<TensorSpec> specs{session.input_spec(0)};
  const std::vector<std::string> sources{kLogs + c["input"].get<std::string>()};
  EXPECT_TRUE(session.set_inputs(make_inputs(specs, sources).value().sample(0).value()) && session.run());
  std::vector<std::vector<std::byte>> outputs;
  for (std::size_t k = 0; k < session.graph().outputs.size(); ++k)
    outputs.emplace_back(session.output(k).bytes.begin(), session.output(k).bytes.end());
  return outputs;
}

/// The log prints 7 or 8 significant digits: equal when one of the two prints as the log does.
bool prints_as(float value, double printed) {
  return std::stod(fmt::format("{:.8g}", value)) == printed || std::stod(fmt::format("{:.7g}", value)) == printed;
}

/// An integer array's values, whatever its width.
std::vector<std::int32_t> integers(const Tensor& tensor) {
  std::vector<std::int32_t> values;
  const auto append = [&](const auto& span) {
    for (const auto v : span) values.push_back(static_cast<std::int32_t>(v));
  };
  switch (tensor.spec.type) {
    case DType::kInt8:
      append(tensor.view().as<std::int8_t>());
      break;
    case DType::kInt16:
      append(tensor.view().as<std::int16_t>());
      break;
    case DType::kInt32:
      append(tensor.view().as<std::int32_t>());
      break;
    case DType::kInt64:
      append(tensor.view().as<std::int64_t>());
      break;
    default:
      break;
  }
  return values;
}

/// The classifier that the published features model lacks: one more 1x1 convolution and a softmax.
std::shared_ptr<const Model> classifier() {
  const TensorSet set = read_npz(kLogs + "mobilenet_v1_classifier.npz").value();
  const std::vector<std::int32_t> weights = integers(set.at("weights"));  // their zero point is taken off
  const auto [lo, hi] = std::minmax_element(weights.begin(), weights.end());
  std::vector<std::uint8_t> codes;
  for (const auto w : weights) codes.push_back(static_cast<std::uint8_t>(w - *lo));

  ModelBuilder b;
  const int x = b.tensor("features", DType::kUInt8, {1, 1, 1, 1024}, 0.023528477177023888F, 0);
  const int w = b.constant<std::uint8_t>("weights", {1001, 1, 1, 1024}, codes, {{0.004986600950360298F}, {-*lo}, 0});
  const int bb = b.constant<std::int32_t>("bias", {1001}, integers(set.at("bias")));
  const int y = b.tensor("logits", DType::kUInt8, {1, 1, 1, 1001}, 0.16609922051429749F, 66);
  b.op("CONV_2D", {x, w, bb}, {y}, {{"stride_h", 1}, {"stride_w", 1}});
  const int p = b.tensor("probabilities", DType::kUInt8, {1, 1, 1, 1001}, 1.0F / 256, 0);
  b.op("SOFTMAX", {y}, {p}, {{"beta", 1.0}});
  b.inputs({x}), b.outputs({p});
  return b.read();
}

}  // namespace

int ssd_numbers(const std::string& side, const Profile& profile) {
  const auto c = read_case("ssd_mobilenet_v1_0.75/dog");
  const auto outputs = run_file(c, profile);
  const auto boxes = from_bytes<float>(outputs[0]), classes = from_bytes<float>(outputs[1]),
             scores = from_bytes<float>(outputs[2]);
  int equal = 0;
  for (std::size_t i = 0; i < c[side].size(); ++i) {
    const auto& expected = c[side][i];
    equal += static_cast<int>(classes[i]) + 1 == expected["class"].get<int>();
    equal += prints_as(scores[i], expected["score"].get<double>());
    for (std::size_t k = 0; k < 4; ++k) equal += prints_as(boxes[4 * i + k], expected["box"][k].get<double>());
  }
  return equal;
}

int mobilenet_numbers(const std::string& side, const Profile& profile) {
  const auto c = read_case("mobilenet_v1_1.0_224/label_image_cpp");
  const auto features = run_file(c, profile);
  const auto out = run_model(classifier(), profile, {features[0]}, available_isas()[0]);
  auto codes = from_bytes<std::uint8_t>(out[0]);
  int equal = 0;
  // label_image prints the five largest; equal values may come in any order, so values are compared, and the
  // class where the log's class has that value.
  std::vector<std::uint8_t> sorted = codes;
  std::sort(sorted.rbegin(), sorted.rend());
  for (std::size_t i = 0; i < c[side].size(); ++i) {
    const auto index = c[side][i][0].get<std::size_t>();
    const auto value = c[side][i][1].get<int>();
    equal += sorted[i] == value && codes[index] == value;
  }
  return equal;
}

}  // namespace nputwin::test

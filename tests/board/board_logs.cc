#include "board/board_logs.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "io/npz.h"
#include "io/tflite/reader.h"
#include "sides/input_source.h"
#include "support/model_builder.h"

namespace nputwin::test {
namespace {

nlohmann::json read_case(const std::string& id) {
  std::ifstream first(kLogs + "cases.json"), second(kLogs + "cases2.json");
  for (const auto& list : {nlohmann::json::parse(first), nlohmann::json::parse(second)["cases"]}) {
    for (const auto& c : list) {
      if (c["id"] == id) return c;
    }
  }
  return {};
}

constexpr const char* kFeatures = "mobilenet_v1_1.0_224_quant_features.tflite";

std::vector<std::vector<std::byte>> run_file(const std::string& model, const std::string& input,
                                             const Profile& profile) {
  Session session = Session::prepare(read_tflite(kLogs + model).value(), profile, {}).value();
  const std::vector<TensorSpec> specs{session.input_spec(0)};
  const std::vector<InputArgument> sources{kLogs + input};
  const auto inputs = make_inputs(specs, sources).value().sample(0).value();
  if (!session.set_inputs(inputs) || !session.run()) throw std::runtime_error(model + " did not run");
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

/// The probabilities of MobileNet v1's 1,001 classes.
std::vector<std::uint8_t> mobilenet(const std::string& input, const Profile& profile) {
  const auto features = run_file(kFeatures, input, profile);
  return from_bytes<std::uint8_t>(run_model(classifier(), profile, {features[0]}, available_isas()[0])[0]);
}

/// A class and its value, as printed.
using Printed = std::pair<std::size_t, int>;

/// The pairs of a log; where it has a name instead of a class, the class of that name. `first`: the model's number of
/// the log's class 0.
std::vector<Printed> numbers(const nlohmann::json& list, std::size_t first = 0) {
  const std::map<std::string, std::size_t> classes = {
      {"military uniform", 653}, {"Windsor tie", 907}, {"mortarboard", 668}, {"bulletproof vest", 466}, {"sax", 777}};
  std::vector<Printed> result;
  for (const auto& item : list)
    result.emplace_back(item[0].is_string() ? classes.at(item[0]) : item[0].get<std::size_t>() + first, item[1]);
  return result;
}

/// How many of the largest values, which are codes less `zero_point`, come out as printed. Equal values may stand in
/// any order, so the values are compared, and at each the code of the class that the log has there.
int largest_as_printed(const std::vector<std::uint8_t>& codes, int zero_point, const std::vector<Printed>& printed) {
  std::vector<std::uint8_t> sorted = codes;
  std::sort(sorted.rbegin(), sorted.rend());
  int equal = 0;
  for (std::size_t i = 0; i < printed.size(); ++i) {
    const auto [index, value] = printed[i];
    equal += sorted[i] - zero_point == value && codes.at(index) - zero_point == value;
  }
  return equal;
}

}  // namespace

int ssd_numbers(const std::string& side, const Profile& profile) {
  const auto c = read_case("ssd_mobilenet_v1_0.75/dog");
  const auto outputs = run_file(c["model"], c["input"], profile);
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
  return largest_as_printed(mobilenet(c["input"], profile), 0, numbers(c[side]));
}

int mobilenet_python_numbers(const std::string& side, const Profile& profile) {
  const auto c = read_case(side == "npu" ? "imx8mp/mobilenet_v1/teflon_docs" : "cpu/mobilenet_v1/label_image_py");
  return largest_as_printed(mobilenet(c["input"]["file"], profile), 0, numbers(c[side]));
}

int goldfish_numbers(const Profile& profile) {
  const auto c = read_case("vs680/mobilenet_v2/goldfish");
  const auto out = run_file(c["model"]["file"].get<std::string>() + ".tflite", c["input"]["file"], profile);
  constexpr int kZeroPoint = 58;
  return largest_as_printed(from_bytes<std::uint8_t>(out[0]), kZeroPoint, numbers(c["npu"], 1));
}

}  // namespace nputwin::test

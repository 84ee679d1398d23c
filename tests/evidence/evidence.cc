#include "evidence/evidence.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "model/one_op_model.h"
#include "profile/profile.h"
#include "support/model_builder.h"

namespace nputwin::test {
namespace {

using nlohmann::json;

DType type_of(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::find_if(std::begin(kDTypes), std::end(kDTypes), [&](const DTypeInfo& d) { return d.name == name; })->type;
}

template <typename T>
std::vector<std::byte> bytes_of(const json& data) {
  return to_bytes(data.is_object() ? std::vector<T>(data["n"].get<std::size_t>(), data["fill"].get<T>())
                                   : data.get<std::vector<T>>());
}

std::vector<std::byte> bytes_of(const json& data, DType type) {
  switch (type) {
    case DType::kFloat32:
      return bytes_of<float>(data);
    case DType::kInt32:
      return bytes_of<std::int32_t>(data);
    case DType::kUInt8:
      return bytes_of<std::uint8_t>(data);
    default:
      return bytes_of<std::int8_t>(data);
  }
}

Quantization quantization_of(const json& tensor) {
  Quantization q;
  if (!tensor.contains("scale")) return q;
  q.scale = tensor["scale"].get<std::vector<float>>();
  q.zero_point = tensor["zp"].get<std::vector<std::int32_t>>();
  q.zero_point.resize(q.scale.size(), q.zero_point.at(0));
  q.axis = tensor.value("qdim", 0);
  return q;
}

void set_attributes(OneOpModel& op, const json& attributes) {
  const std::map<std::string, std::int64_t> words = {{"SAME", 0}, {"VALID", 1},        {"NONE", 0},
                                                     {"RELU", 1}, {"RELU_N1_TO_1", 2}, {"RELU6", 3}};
  for (const auto& [key, value] : attributes.items()) {
    if (value.is_string()) {
      op.attribute(key, words.at(value.get<std::string>()));
    } else if (value.is_number_float()) {
      op.attribute(key, value.get<double>());
    } else {
      op.attribute(key, value.is_boolean() ? std::int64_t{value.get<bool>()} : value.get<std::int64_t>());
    }
  }
}

EvidenceCase read_case(const json& c) {
  EvidenceCase result;
  result.id = c["id"];
  OneOpModel op(c["op"].get<std::string>());
  set_attributes(op, c["attrs"]);
  for (const json& t : c["inputs"]) {
    if (t.value("absent", false)) {
      op.absent();
      continue;
    }
    const TensorSpec spec{"", type_of(t["dtype"]), t["shape"].get<Shape>(), quantization_of(t)};
    const auto bytes = bytes_of(t["data"], spec.type);
    // The tests feed weights as inputs; their values decide, not how they come.
    const std::string role = t["role"];
    if (t["const"].get<bool>() || role == "filter" || role == "bias") {
      op.constant(spec, bytes);
    } else {
      op.input(spec);
      result.inputs.push_back(bytes);
    }
  }
  result.model = op.output(type_of(c["output"]["dtype"]), quantization_of(c["output"]));
  const json& expect = c["expect"];
  const std::string kind = expect["kind"];
  result.kind = kind == "exact"  ? EvidenceCase::Kind::kExact
                : kind == "near" ? EvidenceCase::Kind::kNear
                                 : EvidenceCase::Kind::kRelaxed;
  if (expect.contains("golden")) result.golden = expect["golden"].get<std::vector<std::int64_t>>();
  const auto bounds = [&](const char* key, std::vector<double>& to) {
    if (expect.contains(key)) to = expect[key].get<std::vector<double>>();
  };
  bounds("lo", result.lo), bounds("hi", result.hi);
  bounds("orig_lo", result.orig_lo), bounds("orig_hi", result.orig_hi);
  return result;
}

json read_json(const std::string& path) {
  std::ifstream file(path);
  return json::parse(file);
}

/// A layer whose input is its zero point everywhere: the accumulator of channel c is bias[c].
std::vector<EvidenceCase> bias_probe(const json& p) {
  const DType type = type_of(p["dtype"]);
  const auto bias = p["bias"].get<std::vector<std::int32_t>>();
  const int channels = static_cast<int>(bias.size());
  const float s_in = p["input"]["scale"].get<float>();
  const auto list = [](const json& v) {
    return v.is_array() ? v.get<std::vector<float>>() : std::vector{v.get<float>()};
  };
  const std::vector<float> s_w = list(p["filter"]["scale"]);
  std::vector<std::string> ops = {p["op"]};
  if (p.contains("also_as")) ops.insert(ops.end(), p["also_as"].begin(), p["also_as"].end());
  std::vector<EvidenceCase> result;
  for (const std::string& name : ops) {
    OneOpModel op(name);
    const int side = name == "FULLY_CONNECTED" ? 1 : p["input"]["shape"][1].get<int>();
    const int depth = name == "FULLY_CONNECTED" ? p["input"]["shape"].back().get<int>() : 1;
    const Shape activations = name == "FULLY_CONNECTED" ? Shape{1, depth} : Shape{1, side, side, 1};
    const TensorSpec input{"", type, activations, {{s_in}, {p["input"]["zp"].get<std::int32_t>()}, 0}};
    const bool depthwise = name == "DEPTHWISE_CONV_2D";
    const Shape weights = name == "FULLY_CONNECTED" ? Shape{channels, depth}
                          : depthwise               ? Shape{1, 1, 1, channels}
                                                    : Shape{channels, 1, 1, 1};
    Quantization wq{s_w, std::vector<std::int32_t>(s_w.size(), p["filter"]["zp"].get<std::int32_t>()),
                    depthwise ? 3 : 0};
    Quantization bq{s_w, std::vector<std::int32_t>(s_w.size(), 0), 0};
    for (float& s : bq.scale) s *= s_in;
    if (name == "TRANSPOSE_CONV") {
      op.constant<std::int32_t>({4}, {1, side, side, channels});
    } else {
      op.input(input);
    }
    const std::vector<std::int8_t> ones(static_cast<std::size_t>(channels * depth), 1);
    op.constant({"", type, weights, wq}, std::as_bytes(std::span(ones)));
    if (name == "TRANSPOSE_CONV") op.input(input);
    op.constant<std::int32_t>({channels}, bias, bq);
    op.attribute("stride_w", std::int64_t{1});
    op.attribute("stride_h", std::int64_t{1});
    op.attribute("depth_multiplier", std::int64_t{channels});
    EvidenceCase c;
    c.id = p["id"].get<std::string>() + " " + name;
    c.model = op.output(type, {{p["output"]["scale"].get<float>()}, {p["output"]["zp"].get<std::int32_t>()}, 0});
    c.inputs = {std::vector<std::byte>(input.bytes(), static_cast<std::byte>(input.zero_point()))};
    result.push_back(std::move(c));
  }
  return result;
}

EvidenceCase elementwise_probe(const json& p) {
  OneOpModel op(p["op"].get<std::string>());
  EvidenceCase c;
  c.id = p["id"];
  const bool quantize = p["op"] == "QUANTIZE";
  const DType to = type_of(quantize ? p["output"]["dtype"] : p["dtype"]);
  for (const json& in : quantize ? json::array({p["input"]}) : p["inputs"]) {
    const DType type = quantize ? type_of(in["dtype"]) : to;
    std::vector<std::int32_t> codes;
    if (quantize) {
      for (std::int32_t q = code_range(type).lo; q <= code_range(type).hi; ++q) codes.push_back(q);
    } else {
      codes = in["codes"].get<std::vector<std::int32_t>>();
    }
    op.input(
        {"", type, {static_cast<int>(codes.size())}, {{in["scale"].get<float>()}, {in["zp"].get<std::int32_t>()}, 0}});
    std::vector<std::uint8_t> bytes(codes.begin(), codes.end());
    c.inputs.push_back(to_bytes(bytes));
  }
  c.model = op.output(to, {{p["output"]["scale"].get<float>()}, {p["output"]["zp"].get<std::int32_t>()}, 0});
  return c;
}

/// Windows of 2x2 codes, side by side, with the sums that the probe says.
EvidenceCase window_probe(const json& p) {
  EvidenceCase c;
  c.id = p["id"];
  const DType type = type_of(p["dtype"]);
  const Quantization q{{0.5F}, {p["zp"].get<std::int32_t>()}, 0};
  const auto sums = p["code_sums"].get<std::vector<std::int32_t>>();
  const int count = static_cast<int>(sums.size());
  std::vector<std::uint8_t> codes(sums.size() * 4);
  for (std::size_t n = 0; n < sums.size(); ++n) {
    for (std::int32_t k = 0; k < 4; ++k)  // as even as can be
      codes[n * 4 + static_cast<std::size_t>(k)] =
          static_cast<std::uint8_t>((sums[n] + k - ((sums[n] + k) % 4 + 4) % 4) / 4);
  }
  c.inputs = {to_bytes(codes)};
  OneOpModel op(p["op"].get<std::string>());
  op.input({"", type, {count, 2, 2, 1}, q});
  if (p["op"] == "MEAN") {
    op.constant<std::int32_t>({2}, {1, 2});
    op.attribute("keep_dims", std::int64_t{1});
  } else {
    for (const char* key : {"filter_width", "filter_height", "stride_w", "stride_h"})
      op.attribute(key, std::int64_t{2});
    op.attribute("padding", std::int64_t{1});
  }
  c.model = op.output(type, q);
  return c;
}

}  // namespace

std::vector<EvidenceCase> read_cases(const std::string& path) {
  std::vector<EvidenceCase> result;
  for (const json& c : read_json(path)) result.push_back(read_case(c));
  return result;
}

std::vector<Probe> read_probes(const std::string& path) {
  std::vector<Probe> result;
  for (const json& p : read_json(path)) {
    if (p["predictions"].empty()) continue;
    std::vector<EvidenceCase> cases = p.contains("bias")        ? bias_probe(p)
                                      : p.contains("code_sums") ? std::vector{window_probe(p)}
                                                                : std::vector{elementwise_probe(p)};
    for (EvidenceCase& c : cases) {
      Probe& probe = result.emplace_back();
      probe.base = std::move(c);
      for (const auto& [rule, codes] : p["predictions"].items())
        probe.predictions.emplace_back(rule, codes.get<std::vector<std::int64_t>>());
    }
  }
  return result;
}

Result<std::vector<std::int64_t>> compute(const EvidenceCase& c, const Profile& profile) {
  NPUTWIN_ASSIGN_OR_RETURN(Session session, Session::prepare(c.model, profile, {}));
  for (std::size_t k = 0; k < c.inputs.size(); ++k)
    NPUTWIN_RETURN_IF_ERROR(session.set_input(k, {&session.input_spec(k), c.inputs[k]}));
  NPUTWIN_RETURN_IF_ERROR(session.run());
  const TensorView out = session.output(0);
  std::vector<std::int64_t> codes;
  for (const std::byte b : out.bytes) {
    const auto u = static_cast<std::uint8_t>(b);
    codes.push_back(out.spec->type == DType::kInt8 ? static_cast<std::int8_t>(u) : u);
  }
  return codes;
}

bool consistent(const EvidenceCase& c, const std::vector<std::int64_t>& codes) {
  const auto inside = [&](const std::vector<double>& lo, const std::vector<double>& hi) {
    if (lo.size() != codes.size()) return false;
    for (std::size_t i = 0; i < codes.size(); ++i) {
      if (static_cast<double>(codes[i]) < lo[i] || static_cast<double>(codes[i]) > hi[i]) return false;
    }
    return true;
  };
  switch (c.kind) {
    case EvidenceCase::Kind::kExact:
      return codes == c.golden;
    case EvidenceCase::Kind::kNear:
      return inside(c.lo, c.hi);
    case EvidenceCase::Kind::kRelaxed:
      break;
  }
  return inside(c.lo, c.hi) && (c.golden.empty() ? !inside(c.orig_lo, c.orig_hi) : codes != c.golden);
}

}  // namespace nputwin::test

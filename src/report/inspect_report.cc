#include "report/inspect_report.h"

#include <algorithm>
#include <map>

#include "base/plural.h"
#include "base/utf8.h"
#include "io/json.h"
#include "model/file_kind.h"
#include "report/kernel_report.h"
#include "report/text.h"
#include "session/placement/placement.h"

namespace nputwin::report {
namespace {

std::string quantization_text(const Quantization& q) {
  if (q.empty()) return {};
  if (q.per_tensor()) return fmt::format(" scale {:.9g} zero point {}", q.scale[0], q.zero_point[0]);
  const auto [lo, hi] = std::minmax_element(q.scale.begin(), q.scale.end());
  return fmt::format(" {} scales along axis {}, {:.4g} to {:.4g}", q.scale.size(), q.axis, *lo, *hi);
}

/// A line behind `before`; the name has the columns that the rest leaves. Scales stand below where they leave too few.
std::string tensor_text(const std::string& before, const Graph& graph, int t, std::size_t columns) {
  if (t < 0) return before + "omitted\n";
  const ModelTensor& tensor = graph.tensor(t);
  const std::string what = tensor.unsupported.empty() ? std::string(name(tensor.spec.type)) : "?";
  const std::string begun = fmt::format("{}{} '", before, t);
  const std::string kind = tensor.constant ? ", constant" : tensor.variable ? ", variable" : "";
  std::string quantization = quantization_text(tensor.spec.quantization);
  const std::string shape = fmt::format("' {} {}", what, to_string(tensor.spec.shape));
  constexpr std::size_t kLeastName = 24;
  std::size_t taken = begun.size() + shape.size() + kind.size();
  if (taken + quantization.size() + std::min(kLeastName, characters(tensor.spec.name)) > columns) {
    quantization = kind + "\n" + std::string(before.size() + 2, ' ') + quantization;  // below
  } else {
    taken += quantization.size();
    quantization += kind;
  }
  const std::string name = shortened(tensor.spec.name, std::max(columns - std::min(columns, taken), kLeastName));
  return begun + name + shape + quantization + "\n";
}

std::string attribute_text(const AttributeValue& value) {
  if (const auto* i = std::get_if<std::int64_t>(&value)) return std::to_string(*i);
  if (const auto* d = std::get_if<double>(&value)) return fmt::format("{:g}", *d);
  if (const auto* text = std::get_if<std::string>(&value)) return fmt::format("'{}'", *text);
  return to_string(std::get<std::vector<std::int32_t>>(value));
}

Json attribute_json(const AttributeValue& value) {
  return std::visit([](const auto& v) { return Json(v); }, value);
}

std::string title(Delegate delegate) {
  if (delegate == Delegate::kXnnpack) return "XNNPACK";
  return vx_release(delegate) != nullptr ? "the NPU" : "the CPU";
}

/// With the release where there are several.
std::string full_title(Delegate delegate) {
  const VxRelease* release = vx_release(delegate);
  return release == nullptr ? title(delegate) : fmt::format("the NPU (VX delegate of {})", release->title);
}

std::string coverage_text(const NodeCoverage& c, const std::string& profile) {
  if (!c.unsupported.empty()) return fmt::format("    NOT SUPPORTED: {}\n", c.unsupported);
  if (c.unreached) return "    not reached: it reads the output of an op that is not supported\n";
  std::string by;
  if (c.profile != profile) by += fmt::format(" as {}", c.profile);
  if (c.delegate != Delegate::kNone) by += fmt::format(" by {}", title(c.delegate));
  std::string text = fmt::format("    rule {}: {} ({}){}\n", name(c.evidence.family), c.evidence.rule,
                                 name(c.evidence.confidence), by);
  if (c.overridden) text += "    borrowed rule: the profile itself does not define this family\n";
  if (!c.rejection.empty()) text += fmt::format("    the delegate rejects it: {}\n", c.rejection);
  if (!c.caution.empty()) text += fmt::format("    note: {}\n", c.caution);
  return text;
}

bool is_computed(const NodeCoverage& c) { return c.unsupported.empty() && !c.unreached; }

/// TFLite's partitions, one on each line, if there is a delegate.
std::string partitions_text(const Graph& graph, const std::vector<NodeCoverage>& coverage) {
  std::vector<bool> claimed;
  claimed.reserve(coverage.size());
  for (const NodeCoverage& c : coverage) claimed.push_back(c.rejection.empty() && c.delegate != Delegate::kNone);
  const bool any = std::any_of(coverage.begin(), coverage.end(),
                               [](const auto& c) { return !c.rejection.empty() || c.delegate != Delegate::kNone; });
  if (!any) return {};
  std::string text = "partitions:\n";
  for (const auto& subset : partitions(graph, claimed)) {
    text += fmt::format("  {:<12} {:>4} ops:", claimed[subset[0]] ? title(coverage[subset[0]].delegate) : "the CPU",
                        subset.size());
    for (std::size_t i = 0; i < subset.size();) {
      std::size_t last = i;
      while (last + 1 < subset.size() && subset[last + 1] == subset[last] + 1) ++last;
      text += last > i ? fmt::format(" {}-{}", subset[i], subset[last]) : fmt::format(" {}", subset[i]);
      i = last + 1;
    }
    text += '\n';
  }
  return text;
}

/// Which ops are not supported, the first few with their reasons.
std::string unsupported_text(const Graph& graph, const std::vector<NodeCoverage>& coverage) {
  constexpr int kMost = 8;
  int unsupported = 0, unreached = 0;
  std::string list;
  for (const NodeCoverage& c : coverage) {
    if (c.unreached) ++unreached;
    if (c.unsupported.empty()) continue;
    if (++unsupported <= kMost)
      list += fmt::format("  {}: {}\n", node_name(c.node, graph.nodes[c.node.index]), c.unsupported);
  }
  if (unsupported == 0) return "all ops are supported\n";
  if (unsupported > kMost) list += fmt::format("  and {} more: NOT SUPPORTED above\n", unsupported - kMost);
  std::string text = counted(unsupported, "op") + (unsupported == 1 ? " is not supported" : " are not supported");
  if (unreached > 0)
    text += fmt::format(", {} more read what {} make{}", unreached, unsupported == 1 ? "it" : "they",
                        unsupported == 1 ? "s" : "");
  return text + ":\n" + list + "`nputwin ops` lists the ops that are, docs/ops.md with their types\n";
}

/// How many ops are computed by whom, with what confidence, and which are not supported.
std::string summary_text(const Graph& graph, const std::string& profile, const std::vector<NodeCoverage>& coverage) {
  std::map<Confidence, int> by_confidence;
  std::map<std::string, int> by;
  std::map<Confidence, std::map<std::string_view, int>> families;
  int covered = 0;
  for (const NodeCoverage& c : coverage) {
    if (!is_computed(c)) continue;
    ++covered, ++by_confidence[c.evidence.confidence], ++families[c.evidence.confidence][name(c.evidence.family)];
    if (c.delegate != Delegate::kNone) {
      ++by[full_title(c.delegate)];
    } else if (!c.rejection.empty()) {
      ++by["the runtime's own kernels"];
    }
  }
  std::string text = fmt::format("{}: {} of {} covered\n", profile, covered, counted(graph.nodes.size(), "op"));
  for (const auto& [confidence, count] : by_confidence) {
    text += fmt::format("  {:<9} {:>4}:", name(confidence), count);
    for (const auto& [family, n] : families[confidence]) text += fmt::format(" {} {}", n, family);
    text += '\n';
  }
  for (const auto& [who, count] : by) text += fmt::format("  {} by {}\n", count, who);
  return text + unsupported_text(graph, coverage);
}

/// What kind of file it is, where the profile refuses an op of it.
FileKind kind_of_refused(const Model& model, const std::vector<NodeCoverage>& coverage) {
  const bool refused = std::ranges::any_of(coverage, [](const NodeCoverage& c) { return !c.unsupported.empty(); });
  FileKind kind = refused ? file_kind(model) : FileKind{};
  return kind.name == "mixed" ? FileKind{} : kind;
}

}  // namespace

std::string inspect_text(const Model& model, const std::string& profile, const std::vector<NodeCoverage>& coverage,
                         bool kernels, std::size_t columns) {
  const Graph& graph = model.main();
  std::string text = fmt::format("{}{}{}\n", model.path, model.description.empty() ? "" : ": ", model.description);
  for (const int t : graph.inputs) text += tensor_text("input   ", graph, t, columns);
  for (const int t : graph.outputs) text += tensor_text("output  ", graph, t, columns);
  if (model.graphs.size() > 1) text += counted(model.graphs.size() - 1, "more subgraph") + ", not shown here\n";
  text += '\n';
  std::map<std::string, int> counts;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    ++counts[node.op];
    text += fmt::format("op {} {}", i, node.op);
    for (const auto& [key, value] : node.attributes.all()) text += fmt::format(" {}={}", key, attribute_text(value));
    text += '\n';
    for (const int t : node.inputs) text += tensor_text("    in   ", graph, t, columns);
    for (const int t : node.outputs) text += tensor_text("    out  ", graph, t, columns);
    text += coverage_text(coverage[i], profile);
    if (kernels && is_computed(coverage[i])) text += kernel_text(coverage[i].kernel);
  }
  text += fmt::format("\n{}:", counted(graph.nodes.size(), "op"));
  for (const auto& [op, count] : counts) text += fmt::format(" {} {}", count, op);
  text += '\n';
  text += partitions_text(graph, coverage);
  if (const FileKind kind = kind_of_refused(model, coverage); !kind.name.empty())
    return text + fmt::format("{}: not computed. The file {}\n", profile, kind.sentence);
  return text + summary_text(graph, profile, coverage);
}

std::string inspect_json(const Model& model, const std::string& profile, const std::vector<NodeCoverage>& coverage,
                         bool kernels) {
  const Graph& graph = model.main();
  Json json{{"model", model.path},
            {"profile", profile},
            {"description", model.description},
            {"inputs", graph.inputs},
            {"outputs", graph.outputs}};
  if (const FileKind kind = kind_of_refused(model, coverage); !kind.name.empty())
    json["kind"] = {{"name", kind.name}, {"what", kind.sentence}};
  auto& ops = json["ops"] = Json::array();
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    Json attributes = Json::object();
    for (const auto& [key, value] : node.attributes.all()) attributes[key] = attribute_json(value);
    Json op{{"index", i},
            {"type", node.op},
            {"version", node.version},
            {"attributes", std::move(attributes)},
            {"inputs", node.inputs},
            {"outputs", node.outputs}};
    const NodeCoverage& c = coverage[i];
    if (!c.unsupported.empty()) {
      op["unsupported"] = c.unsupported;
    } else if (c.unreached) {
      op["unreached"] = true;
    } else {
      op["rule"] = {{"family", name(c.evidence.family)},
                    {"confidence", name(c.evidence.confidence)},
                    {"rule", c.evidence.rule},
                    {"source", c.evidence.source},
                    {"profile", c.profile},
                    {"delegate", name(c.delegate)}};
      if (c.overridden) op["rule"]["substitute"] = true;
      if (!c.rejection.empty()) op["rule"]["left"] = c.rejection;
      if (!c.caution.empty()) op["rule"]["note"] = c.caution;
      op["shapes"] = c.shapes;
      if (kernels) op["kernel"] = kernel_json(c.kernel);
    }
    ops.push_back(std::move(op));
  }
  auto& tensors = json["tensors"] = Json::array();
  for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
    const ModelTensor& tensor = graph.tensors[t];
    Json item{{"index", t},
              {"name", tensor.spec.name},
              {"dtype", name(tensor.spec.type)},
              {"shape", tensor.spec.shape},
              {"constant", tensor.constant.has_value()},
              {"variable", tensor.variable}};
    if (!tensor.spec.quantization.empty()) {
      item["scale"] = tensor.spec.quantization.scale;
      item["zero_point"] = tensor.spec.quantization.zero_point;
      item["axis"] = tensor.spec.quantization.axis;
    }
    if (!tensor.unsupported.empty()) item["unsupported"] = tensor.unsupported;
    tensors.push_back(std::move(item));
  }
  return to_text(json);
}

}  // namespace nputwin::report

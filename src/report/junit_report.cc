#include <fmt/chrono.h>

#include <algorithm>

#include "report/gate.h"
#include "report/text.h"

namespace nputwin::report {
namespace {

/// Text in XML, which has no way to write most control characters.
std::string xml_text(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\n' && c != '\r') c = '?';
  }
  return markup_text(text);
}

struct Case {
  std::string class_name, name;
  double seconds = 0;
  std::string failure, error;  ///< why it fails, or cannot be told; empty: it passes
  std::string details;         ///< of a failure
  std::string output;          ///< what to do next
};

struct Suite {
  std::string name;
  std::vector<Case> cases;
};

/// Of a suite or of all: what the elements of both say in the same words.
struct Counts {
  std::size_t tests = 0, failures = 0, errors = 0;
  double seconds = 0;

  void add(const Suite& suite) {
    tests += suite.cases.size();
    for (const Case& c : suite.cases) {
      failures += c.failure.empty() ? 0 : 1;
      errors += c.error.empty() ? 0 : 1;
      seconds += c.seconds;
    }
  }
  [[nodiscard]] std::string attributes() const {
    return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.6f}\"", tests, failures, errors, seconds);
  }
};

/// The whole name is the class, so that the case's can be short.
Case case_of(const Report& report, const LayerDiff& layer, std::string name) {
  Case c;
  c.class_name = layer.name.empty() ? layer.op : layer.name;
  c.name = std::move(name);
  c.details =
      fmt::format("accumulated {} of {} elements differ ({:.4g} %){}; largest {:.4g}", layer.accumulated.mismatches(),
                  layer.accumulated.elements(), 100 * layer.accumulated.mismatch_rate(),
                  layer.has_isolated() ? fmt::format(", isolated {}", layer.isolated.mismatches()) : "",
                  layer.accumulated.largest());
  const auto index = static_cast<std::size_t>(&layer - report.result.layers.data());
  if (index < report.explain_layers.size()) c.output = report.explain_layers[index];
  if (c.output.empty()) c.output = report.explain;  // nothing to explain in this one: where differences begin
  return c;
}

/// An op's time is that of its first output: the others come with it.
Suite layers_suite(const Report& report, const std::vector<Failure>& failed) {
  Suite suite{"layers", {}};
  for (const LayerDiff& layer : report.result.layers) {
    Case& c = suite.cases.emplace_back(case_of(
        report, layer, fmt::format("op {} {} {}", layer.node.index, layer.op, shortened(layer.name, kNameColumns))));
    c.failure = failure_of(report, failed, layer);
    const auto& seconds = report.result.seconds;
    if (layer.output == 0 && layer.node.index < seconds.size()) c.seconds = seconds[layer.node.index];
  }
  return suite;
}

Suite outputs_suite(const Report& report, const std::vector<Failure>& failed) {
  Suite suite{"outputs", {}};
  for (const OutputDiff& output : report.result.outputs) {
    const LayerDiff& layer = report.result.layers[output.layer];
    Case& c = suite.cases.emplace_back(case_of(report, layer, "output " + shortened(output.name, kNameColumns)));
    c.failure = failure_of(report, failed, layer);
  }
  return suite;
}

Suite conditions_suite(const std::vector<Judgement>& judgements) {
  Suite suite{"conditions", {}};
  for (const Judgement& judgement : judgements) {
    Case& c = suite.cases.emplace_back();
    c.class_name = "--fail-if";
    c.name = judgement.condition->text();
    c.error = judgement.looks_at_nothing;
    if (judgement.failures.empty()) continue;
    c.failure = fmt::format("holds at {} of {} places", judgement.failures.size(), judgement.places.size());
    for (const Failure& failure : judgement.failures)
      c.details += fmt::format("{}: {}\n", place_text(failure.place), failure.found());
  }
  return suite;
}

std::string properties(const Report& report) {
  std::string text = "    <properties>\n";
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) text += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, xml_text(value));
  };
  add("model", report.result.model);
  add("model.sha256", report.model_sha256);
  add("A", report.result.a);
  add("B", report.result.b);
  for (const InputSource& input : report.inputs) add("input", input.source);
  add("samples", std::to_string(report.result.samples));
  add("nputwin", report.version);
  add("command", report.command);
  if (report.baseline) add("baseline", report.baseline->path());
  return text + "    </properties>\n";
}

std::string case_text(const Case& c) {
  std::string text = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.6f}\"", xml_text(c.class_name),
                                 xml_text(c.name), c.seconds);
  if (c.failure.empty() && c.error.empty()) return text + "/>\n";
  const char* element = c.error.empty() ? "failure" : "error";
  text += fmt::format(">\n      <{0} message=\"{1}\" type=\"{0}\">{2}</{0}>\n", element,
                      xml_text(c.error.empty() ? c.failure : c.error), xml_text(c.details));
  if (!c.output.empty()) text += fmt::format("      <system-out>{}</system-out>\n", xml_text(c.output));
  return text + "    </testcase>\n";
}

std::string suite_text(const Suite& suite, const Report& report) {
  Counts counts;
  counts.add(suite);
  std::string text = fmt::format("  <testsuite name=\"{}\" {} timestamp=\"{:%Y-%m-%dT%H:%M:%S}\">\n", suite.name,
                                 counts.attributes(), fmt::gmtime(std::chrono::system_clock::to_time_t(report.when)));
  text += properties(report);
  for (const Case& c : suite.cases) text += case_text(c);
  return text + "  </testsuite>\n";
}

}  // namespace

/// Three suites: a case for each condition that was set, for each of the model's outputs, for each layer. An output and
/// a layer fail where a condition holds for them; without conditions, where the accumulated values differ.
std::vector<ReportFile> junit_report(const Report& report) {
  const auto judgements = judge(report);
  const auto failed = failures(report);
  Counts counts;
  std::string suites;
  for (const Suite& suite :
       {conditions_suite(judgements), outputs_suite(report, failed), layers_suite(report, failed)}) {
    if (suite.cases.empty()) continue;
    counts.add(suite);
    suites += suite_text(suite, report);
  }
  return {{"", fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\" {}>\n{}</testsuites>\n",
                           xml_text(fmt::format("nputwin {} against {}", report.result.a, report.result.b)),
                           counts.attributes(), suites)}};
}

}  // namespace nputwin::report

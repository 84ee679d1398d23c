#include "golden/explain_questions.h"

#include <cmath>

#include "analysis/element.h"
#include "analysis/explain/explain.h"
#include "io/tflite/reader.h"
#include "profile/variant.h"
#include "report/explain_report.h"
#include "session/node_runner.h"
#include "sides/input_source.h"

namespace nputwin::test {
namespace {

/// A model by one profile, with its inputs.
struct Side {
  Session session;
  Sample inputs;
};

Result<Side> side_of(const std::string& path, const std::string& profile, const std::string& source) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, read_tflite(path));
  NPUTWIN_ASSIGN_OR_RETURN(const Profile rules, resolve_profile(profile));
  NPUTWIN_ASSIGN_OR_RETURN(Session session, Session::prepare(model, rules, {}));
  std::vector<TensorSpec> specs;
  for (std::size_t k = 0; k < session.graph().inputs.size(); ++k) specs.push_back(session.input_spec(k));
  const std::vector<InputArgument> sources{source};
  NPUTWIN_ASSIGN_OR_RETURN(const InputSet inputs, make_inputs(specs, sources));
  NPUTWIN_ASSIGN_OR_RETURN(Sample sample, inputs.sample(0));
  NPUTWIN_RETURN_IF_ERROR(session.set_inputs(sample));
  return Side{std::move(session), std::move(sample)};
}

Result<NodeRunner> runner_of(Session& session, NodeId node) {
  const Placement::Rules& rules = session.preparation().rules(node);
  return NodeRunner::make(session, node, *rules.profile, rules.fallback, scalar_isa());
}

/// Whether the node computes anything when the model runs.
bool runs(Session& session, NodeId node) {
  return session.kernel(node) != nullptr && !session.node_outputs(node).empty();
}

}  // namespace

Result<Json> told_steps(const std::string& model, const std::string& profile, const std::string& source,
                        std::int64_t most) {
  NPUTWIN_ASSIGN_OR_RETURN(Side side, side_of(model, profile, source));
  Session& session = side.session;
  Json told = Json::array(), silent = Json::object();
  for (std::size_t index = 0; index < session.graph().nodes.size(); ++index) {
    const NodeId node{0, index};
    if (runs(session, node)) {
      const std::string& op = session.graph().nodes[index].op;
      const auto inputs = session.node_inputs(node);
      NPUTWIN_ASSIGN_OR_RETURN(NodeRunner runner, runner_of(session, node));
      NPUTWIN_ASSIGN_OR_RETURN(const auto outputs, runner.run(inputs));
      NPUTWIN_ASSIGN_OR_RETURN(NodeRunner traced, runner_of(session, node));
      for (std::size_t k = 0; k < outputs.size(); ++k) {
        const std::int64_t elements = outputs[k].spec->elements();
        for (std::int64_t i = 0; i < std::min(most, elements); ++i) {
          const std::int64_t element = elements <= most ? i : i * (elements - 1) / std::max<std::int64_t>(most - 1, 1);
          const double code = element_of(outputs[k], static_cast<std::size_t>(element));
          const Trace trace = trace_element(traced, session.graph().nodes[index], inputs, k, element);
          const auto& steps = trace.steps();
          if (steps.empty()) silent[op] = silent.value(op, 0) + 1;
          if (steps.empty()) continue;
          const double last = std::ldexp(static_cast<double>(steps.back().digits), -steps.back().fraction_bits);
          told.push_back({{"op", op},
                          {"node", index},
                          {"element", element},
                          {"code", fmt::format("{}", code)},
                          {"last", fmt::format("{}", last)},
                          {"inputs", trace.inputs().size()},
                          {"python", trace.python()}});
        }
      }
    }
    NPUTWIN_RETURN_IF_ERROR(session.step(node));
  }
  return Json{{"told", told}, {"silent", silent}};
}

Result<Json> parted_elements(const std::string& model, const std::string& a, const std::string& b,
                             const std::string& source, std::int64_t most) {
  NPUTWIN_ASSIGN_OR_RETURN(Side side_a, side_of(model, a, source));
  NPUTWIN_ASSIGN_OR_RETURN(Side side_b, side_of(model, b, source));
  struct Parted {
    std::size_t node, output;
    std::int64_t element;
  };
  std::vector<Parted> parted;
  for (std::size_t index = 0; index < side_a.session.graph().nodes.size(); ++index) {
    const NodeId node{0, index};
    if (runs(side_a.session, node) && runs(side_b.session, node)) {
      const auto inputs = side_a.session.node_inputs(node);
      NPUTWIN_ASSIGN_OR_RETURN(NodeRunner by_a, runner_of(side_a.session, node));
      NPUTWIN_ASSIGN_OR_RETURN(NodeRunner by_b, runner_of(side_b.session, node));
      const auto of_a = by_a.run(inputs), of_b = by_b.run(inputs);
      if (!of_a || !of_b) break;
      for (std::size_t k = 0; k < of_a->size(); ++k) {
        std::int64_t found = 0;
        for (std::int64_t i = 0; i < (*of_a)[k].spec->elements() && found < most; ++i) {
          const auto at = static_cast<std::size_t>(i);
          if (!differ(element_of((*of_a)[k], at), element_of((*of_b)[k], at))) continue;
          parted.push_back({index, k, i});
          ++found;
        }
      }
    }
    if (!side_a.session.step(node)) break;
  }
  Json result = Json::array();
  for (const Parted& p : parted) {
    NPUTWIN_ASSIGN_OR_RETURN(const Explanation e, explain(side_a.session, &side_b.session, side_a.inputs,
                                                          NodeId{0, p.node}, p.output, p.element));
    result.push_back({{"op", e.op},
                      {"node", p.node},
                      {"element", p.element},
                      {"a", e.sides[0].code},
                      {"b", e.sides[1].code},
                      {"text", report::explanation_text(e, 3)}});
  }
  return Json{{"parted", result}};
}

}  // namespace nputwin::test

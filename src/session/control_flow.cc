#include "session/control_flow.h"

#include <algorithm>

#include "profile/profile.h"
#include "session/session.h"

namespace nputwin {
namespace {

bool is_true(const TensorView& condition) { return condition.as<bool>()[0]; }

Status check_condition(std::string_view what, const TensorSpec& spec) {
  if (spec.type == DType::kBool && spec.elements() == 1) return {};
  return error("{} is {} {}, expected one bool", what, name(spec.type), to_string(spec.shape));
}

/// The subgraph that an attribute names.
Result<int> subgraph_of(const Model& model, const Node& node, std::string_view attribute) {
  const std::int64_t g = node.attributes.integer(attribute);
  if (g >= 1 && g < static_cast<std::int64_t>(model.graphs.size())) return static_cast<int>(g);
  return error("{} is {}, expected the index of a subgraph, 1 to {}", attribute, g, model.graphs.size() - 1);
}

/// Sessions of subgraphs that take the same inputs.
class Branches {
 public:
  Branches(const Model& model, std::span<const InputSpec> inputs, const Profile& profile, const SessionOptions& options,
           const Nesting& nesting)
      : model_(model), inputs_(inputs), profile_(profile), options_(options), nesting_(nesting) {}

  Result<std::unique_ptr<Session>> open(int subgraph) const {
    if (std::ranges::find(nesting_.graphs, subgraph) != nesting_.graphs.end())
      return error("subgraph {} runs itself, which is not supported", subgraph);
    const Graph& graph = model_.graph(subgraph);
    if (graph.inputs.size() != inputs_.size())
      return error("subgraph {} takes {} inputs, and {} are given", subgraph, graph.inputs.size(), inputs_.size());
    std::vector<Shape> shapes;
    for (std::size_t k = 0; k < inputs_.size(); ++k) {
      if (!inputs_[k].present()) return error("input {} is left out", k);
      const TensorSpec &given = *inputs_[k].spec, &taken = graph.spec(graph.inputs[k]);
      if (given.type != taken.type)
        return error("subgraph {} takes {} as input {}, and {} is given", subgraph, name(taken.type), k,
                     name(given.type));
      shapes.push_back(given.shape);
    }
    for (const ModelTensor& tensor : graph.tensors) {
      if (tensor.variable) return error("subgraph {} has a variable, which is not supported", subgraph);
    }
    // The model outlives the sessions of its subgraphs.
    const std::shared_ptr<const Model> model(std::shared_ptr<const Model>(), &model_);
    NPUTWIN_ASSIGN_OR_RETURN(Session session,
                             Session::prepare_subgraph(model, subgraph, shapes, profile_, options_, nesting_));
    return std::make_unique<Session>(std::move(session));
  }

 private:
  const Model& model_;
  std::span<const InputSpec> inputs_;
  const Profile& profile_;
  const SessionOptions& options_;
  const Nesting& nesting_;
};

Shapes output_shapes(const Session& session) {
  Shapes shapes;
  for (std::size_t k = 0; k < session.graph().outputs.size(); ++k) shapes.push_back(session.output(k).spec->shape);
  return shapes;
}

/// Fails where what a subgraph makes does not fit into `expected`, one spec for each output.
Status check_outputs(const Session& session, std::string_view what, std::span<const TensorSpec* const> expected) {
  const std::size_t count = session.graph().outputs.size();
  if (count != expected.size()) return error("{} makes {} outputs, expected {}", what, count, expected.size());
  for (std::size_t k = 0; k < count; ++k) {
    const TensorSpec& made = *session.output(k).spec;
    if (made.type != expected[k]->type || made.shape != expected[k]->shape)
      return error("{} makes output {} {} {}, expected {} {}: shapes that depend on values are not supported", what, k,
                   name(made.type), to_string(made.shape), name(expected[k]->type), to_string(expected[k]->shape));
  }
  return {};
}

/// The evidence of what is known worst among the ops of the sessions.
std::optional<Evidence> weakest(std::initializer_list<const Session*> sessions) {
  std::optional<Evidence> worst;
  for (const Session* session : sessions) {
    for (std::size_t i = 0; session != nullptr && i < session->graph().nodes.size(); ++i) {
      Evidence evidence = session->preparation().evidence_of(i);
      if (!worst || evidence.confidence > worst->confidence) worst = std::move(evidence);
    }
  }
  return worst;
}

std::vector<const TensorSpec*> output_specs(const Session& session) {
  std::vector<const TensorSpec*> specs;
  specs.reserve(session.graph().outputs.size());
  for (std::size_t k = 0; k < session.graph().outputs.size(); ++k) specs.push_back(session.output(k).spec);
  return specs;
}

void copy(Bytes from, std::span<std::byte> to) { std::ranges::copy(from, to.begin()); }

/// Runs a session on inputs whose types and sizes have been checked; false where it failed, which the context is told.
bool run_on(Session& session, std::span<const TensorView> inputs, const RunContext& context) {
  Status status;
  for (std::size_t k = 0; k < inputs.size() && status; ++k) status = session.set_input(k, inputs[k]);
  if (status) status = session.run();
  if (!status) context.fail(status.error().message);
  return status.has_value();
}

class If final : public Kernel {
 public:
  /// A branch that is never taken may be null.
  If(std::unique_ptr<Session> yes, std::unique_ptr<Session> no) : yes_(std::move(yes)), no_(std::move(no)) {}

  void run(const RunContext& context) const override {
    Session& branch = is_true(context.inputs[0]) ? *yes_ : *no_;
    if (!run_on(branch, context.inputs.subspan(1), context)) return;
    for (std::size_t k = 0; k < context.outputs.size(); ++k) copy(branch.output(k).bytes, context.outputs[k].bytes);
  }

 private:
  std::unique_ptr<Session> yes_, no_;
};

class While final : public Kernel {
 public:
  While(std::unique_ptr<Session> condition, std::unique_ptr<Session> body, std::int64_t most)
      : condition_(std::move(condition)), body_(std::move(body)), most_(most) {}

  void run(const RunContext& context) const override {
    for (std::size_t k = 0; k < context.outputs.size(); ++k) copy(context.inputs[k].bytes, context.outputs[k].bytes);
    std::vector<TensorView> values;
    for (const MutableTensorView& output : context.outputs) values.push_back(read_only(output));
    for (std::int64_t i = 0;; ++i) {
      if (!run_on(*condition_, values, context) || !is_true(condition_->output(0))) return;
      if (i == most_) return context.fail(fmt::format("its condition still holds after {} iterations", most_));
      if (!run_on(*body_, values, context)) return;
      for (std::size_t k = 0; k < context.outputs.size(); ++k) copy(body_->output(k).bytes, context.outputs[k].bytes);
    }
  }

 private:
  std::unique_ptr<Session> condition_, body_;
  std::int64_t most_;
};

Result<ControlFlow> prepare_if(const Model& model, const Node& node, const NodeView& view, const Branches& branches) {
  NPUTWIN_RETURN_IF_ERROR(check_condition("the condition", view.input(0)));
  const auto& known = view.inputs[0].constant;
  const bool may_be_true = !known || is_true({&view.input(0), *known});
  const bool may_be_false = !known || !may_be_true;
  std::unique_ptr<Session> yes, no;
  if (may_be_true) {
    NPUTWIN_ASSIGN_OR_RETURN(const int graph, subgraph_of(model, node, "then_subgraph_index"));
    NPUTWIN_ASSIGN_OR_RETURN(yes, branches.open(graph));
  }
  if (may_be_false) {
    NPUTWIN_ASSIGN_OR_RETURN(const int graph, subgraph_of(model, node, "else_subgraph_index"));
    NPUTWIN_ASSIGN_OR_RETURN(no, branches.open(graph));
  }
  if (yes && no) NPUTWIN_RETURN_IF_ERROR(check_outputs(*no, "the branch for false", output_specs(*yes)));
  Shapes shapes = output_shapes(yes ? *yes : *no);
  auto evidence = weakest({yes.get(), no.get()});
  return ControlFlow{std::move(shapes), std::make_unique<If>(std::move(yes), std::move(no)), std::move(evidence)};
}

Result<ControlFlow> prepare_while(const Model& model, const Node& node, const NodeView& view, const Branches& branches,
                                  std::int64_t most) {
  NPUTWIN_ASSIGN_OR_RETURN(const int condition_graph, subgraph_of(model, node, "cond_subgraph_index"));
  NPUTWIN_ASSIGN_OR_RETURN(const int body_graph, subgraph_of(model, node, "body_subgraph_index"));
  NPUTWIN_ASSIGN_OR_RETURN(auto condition, branches.open(condition_graph));
  NPUTWIN_ASSIGN_OR_RETURN(auto body, branches.open(body_graph));
  if (condition->graph().outputs.size() != 1)
    return error("the condition makes {} outputs, expected one", condition->graph().outputs.size());
  NPUTWIN_RETURN_IF_ERROR(check_condition("what the condition makes", *condition->output(0).spec));
  std::vector<const TensorSpec*> taken;
  Shapes shapes;
  for (const InputSpec& input : view.inputs) {
    taken.push_back(input.spec);
    shapes.push_back(input.spec->shape);
  }
  NPUTWIN_RETURN_IF_ERROR(check_outputs(*body, "the body", taken));
  auto evidence = weakest({condition.get(), body.get()});
  return ControlFlow{std::move(shapes), std::make_unique<While>(std::move(condition), std::move(body), most),
                     std::move(evidence)};
}

}  // namespace

bool is_control_flow(std::string_view op) { return op == "IF" || op == "WHILE"; }

Result<ControlFlow> prepare_control_flow(const Model& model, const Node& node, const NodeView& view,
                                         const Profile& profile, const SessionOptions& options,
                                         const Nesting& nesting) {
  const bool is_if = node.op == "IF";
  if (view.inputs.empty() || !view.inputs[0].present()) return error("its first input is left out");
  const Branches branches(model, view.inputs.subspan(is_if ? 1 : 0), profile, options, nesting);
  NPUTWIN_ASSIGN_OR_RETURN(ControlFlow made, is_if
                                                 ? prepare_if(model, node, view, branches)
                                                 : prepare_while(model, node, view, branches, options.most_iterations));
  if (made.shapes.size() != view.outputs.size())
    return error("expected {} outputs, got {}", made.shapes.size(), view.outputs.size());
  return made;
}

}  // namespace nputwin

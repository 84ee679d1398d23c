// Twins: a model prepared for one profile.

#include "capi/handles.h"
#include "mac/mac_kernel.h"
#include "profile/variant.h"
#include "session/session.h"

namespace nputwin::capi {

/// Keeps the inputs and every op's outputs of the last run, by tensor.
class Keeper : public Observer {
 public:
  explicit Keeper(const Graph& graph) : graph_(graph) {}
  /// Forgets the run before; the inputs are those that this one reads.
  void begin(const Session& session) {
    kept_.clear();
    for (std::size_t k = 0; k < graph_.inputs.size(); ++k) {
      const Bytes values = session.input(k).bytes;
      kept_[graph_.inputs[k]].assign(values.begin(), values.end());
    }
  }
  void on_node(NodeId node, std::span<const TensorView> outputs) override {
    if (!node.in_main()) return;
    const auto& tensors = graph_.nodes[node.index].outputs;
    for (std::size_t k = 0; k < outputs.size(); ++k)
      if (tensors[k] >= 0) kept_[tensors[k]].assign(outputs[k].bytes.begin(), outputs[k].bytes.end());
  }
  [[nodiscard]] std::optional<Bytes> find(int tensor) const {
    const auto found = kept_.find(tensor);
    if (found == kept_.end()) return std::nullopt;
    return Bytes(found->second);
  }

 private:
  const Graph& graph_;
  std::map<int, std::vector<std::byte>> kept_;
};

}  // namespace nputwin::capi

struct nputwin_twin {
  nputwin_context* context;
  nputwin::Session session;
  std::unique_ptr<nputwin::capi::Keeper> keeper;  // null: nothing is kept
  std::vector<std::int64_t> sums;                 // what nputwin_twin_accumulators gives
  nputwin::TensorSpec sums_spec;

  [[nodiscard]] const nputwin::Graph& graph() const { return session.graph(); }
};

namespace nputwin::capi {
namespace {

/// A tensor's values in the last run, where they are still there.
std::optional<Bytes> values_in_run(const nputwin_twin& twin, int tensor) {
  if (const auto& constant = twin.session.preparation().constant(static_cast<std::size_t>(tensor))) return constant;
  if (twin.keeper) return twin.keeper->find(tensor);
  const auto& outputs = twin.graph().outputs;
  for (std::size_t k = 0; k < outputs.size(); ++k)
    if (outputs[k] == tensor) return twin.session.output(k).bytes;
  return std::nullopt;
}

/// The same; of an input what the next run reads.
std::optional<Bytes> values_of(const nputwin_twin& twin, int tensor) {
  const auto& inputs = twin.graph().inputs;
  for (std::size_t k = 0; k < inputs.size(); ++k)
    if (inputs[k] == tensor) return Bytes(twin.session.input(k).bytes);
  return values_in_run(twin, tensor);
}

const TensorSpec& spec_of(const nputwin_twin& twin, int tensor) {
  return twin.session.preparation().specs()[static_cast<std::size_t>(tensor)];
}

Status check_index(std::size_t index, std::size_t count, std::string_view what) {
  if (index < count) return {};
  return error("{} {}: expected an index below {}", what, index, count);
}

Status make(nputwin_context* context, const nputwin_model* model, const char* profile_text,
            const nputwin_option* options, std::size_t option_count, nputwin_twin** twin) {
  NPUTWIN_RETURN_IF_ERROR(check_given(twin, "twin"));
  *twin = nullptr;
  NPUTWIN_RETURN_IF_ERROR(check_given(model, "model"));
  NPUTWIN_RETURN_IF_ERROR(check_given(profile_text, "profile"));
  bool keep = false;
  NPUTWIN_ASSIGN_OR_RETURN(const SessionOptions session_options, capi::session_options(options, option_count, keep));
  NPUTWIN_ASSIGN_OR_RETURN(Profile profile, resolve_profile(profile_text));
  NPUTWIN_ASSIGN_OR_RETURN(Session session, Session::prepare(model->model, std::move(profile), session_options));
  const Callbacks callbacks = callbacks_of(*context);
  for (const std::string& caution : session.cautions()) callbacks.say(caution);
  auto made = std::make_unique<nputwin_twin>(nputwin_twin{context, std::move(session), nullptr, {}, {}});
  if (keep) made->keeper = std::make_unique<Keeper>(made->graph());
  *twin = made.release();
  return {};
}

Status sum_up(nputwin_twin& twin, std::size_t op) {
  NPUTWIN_RETURN_IF_ERROR(check_index(op, twin.graph().nodes.size(), "op"));
  const Node& node = twin.graph().nodes[op];
  const Kernel* kernel = twin.session.kernel(op);
  const MacKernel* mac = kernel == nullptr ? nullptr : mac_kernel_of(*kernel);
  if (mac == nullptr) return error("op {} {}: sums no products", op, node.op);
  std::vector<TensorView> inputs;
  for (const int t : node.inputs) {
    if (t < 0) {
      inputs.emplace_back();
      continue;
    }
    const auto values = values_in_run(twin, t);
    if (!values)
      return error("op {} {}: '{}' has no values; expected a twin with keep=yes that has run", op, node.op,
                   spec_of(twin, t).name);
    inputs.push_back({&spec_of(twin, t), *values});
  }
  const RunContext context{inputs, {}, {}, {}, nullptr, nullptr};
  twin.sums_spec = spec_of(twin, node.outputs[0]);
  twin.sums_spec.type = DType::kInt64;
  twin.sums_spec.quantization = {};
  twin.sums.resize(static_cast<std::size_t>(twin.sums_spec.elements()));
  for (std::size_t e = 0; e < twin.sums.size(); ++e)
    twin.sums[e] = mac->layer().sum(context, static_cast<std::int64_t>(e));
  return {};
}

}  // namespace
}  // namespace nputwin::capi

using namespace nputwin;
using namespace nputwin::capi;

extern "C" {

nputwin_status nputwin_twin_new(nputwin_context* context, const nputwin_model* model, const char* profile,
                                const nputwin_option* options, size_t option_count, nputwin_twin** twin) {
  return guarded(context, [&] { return make(context, model, profile, options, option_count, twin); });
}

void nputwin_twin_free(nputwin_twin* twin) { delete twin; }

size_t nputwin_twin_input_count(const nputwin_twin* twin) { return twin == nullptr ? 0 : twin->graph().inputs.size(); }

size_t nputwin_twin_output_count(const nputwin_twin* twin) {
  return twin == nullptr ? 0 : twin->graph().outputs.size();
}

nputwin_status nputwin_twin_input(nputwin_twin* twin, size_t k, nputwin_tensor* tensor) {
  if (twin == nullptr) return NPUTWIN_FAILED;
  return guarded(twin->context, [&]() -> Status {
    NPUTWIN_RETURN_IF_ERROR(check_index(k, twin->graph().inputs.size(), "input"));
    return give(twin->session.input_spec(k), twin->graph().inputs[k], twin->session.input(k).bytes, tensor);
  });
}

void* nputwin_twin_input_data(nputwin_twin* twin, size_t k) {
  return twin == nullptr || k >= twin->graph().inputs.size() ? nullptr : twin->session.input(k).bytes.data();
}

nputwin_status nputwin_twin_set_input(nputwin_twin* twin, size_t k, const void* data, size_t bytes) {
  if (twin == nullptr) return NPUTWIN_FAILED;
  return guarded(twin->context, [&]() -> Status {
    NPUTWIN_RETURN_IF_ERROR(check_index(k, twin->graph().inputs.size(), "input"));
    if (bytes > 0) NPUTWIN_RETURN_IF_ERROR(check_given(data, "data"));
    const TensorSpec& spec = twin->session.input_spec(k);
    if (bytes != spec.bytes())
      return error("input '{}': expected {} bytes ({} {}), got {}", spec.name, spec.bytes(), name(spec.type),
                   to_string(spec.shape), bytes);
    return twin->session.set_input(k, {&spec, {static_cast<const std::byte*>(data), bytes}});
  });
}

nputwin_status nputwin_twin_run(nputwin_twin* twin) {
  if (twin == nullptr) return NPUTWIN_FAILED;
  return guarded(twin->context, [&]() -> Status {
    if (twin->keeper) twin->keeper->begin(twin->session);
    return twin->session.run(twin->keeper.get());
  });
}

void nputwin_twin_reset(nputwin_twin* twin) {
  if (twin != nullptr) twin->session.reset_state();
}

nputwin_status nputwin_twin_output(nputwin_twin* twin, size_t k, nputwin_tensor* tensor) {
  if (twin == nullptr) return NPUTWIN_FAILED;
  return guarded(twin->context, [&]() -> Status {
    NPUTWIN_RETURN_IF_ERROR(check_index(k, twin->graph().outputs.size(), "output"));
    const TensorView view = twin->session.output(k);
    return give(*view.spec, twin->graph().outputs[k], view.bytes, tensor);
  });
}

nputwin_status nputwin_twin_tensor(nputwin_twin* twin, int32_t index, nputwin_tensor* tensor) {
  if (twin == nullptr) return NPUTWIN_FAILED;
  return guarded(twin->context, [&]() -> Status {
    NPUTWIN_RETURN_IF_ERROR(check_index(static_cast<std::size_t>(index), twin->graph().tensors.size(), "tensor"));
    return give(spec_of(*twin, index), index, values_of(*twin, index), tensor);
  });
}

nputwin_status nputwin_twin_accumulators(nputwin_twin* twin, size_t op, nputwin_tensor* tensor) {
  if (twin == nullptr) return NPUTWIN_FAILED;
  return guarded(twin->context, [&]() -> Status {
    NPUTWIN_RETURN_IF_ERROR(sum_up(*twin, op));
    return give(twin->sums_spec, twin->graph().nodes[op].outputs[0], std::as_bytes(std::span(twin->sums)), tensor);
  });
}

}  // extern "C"

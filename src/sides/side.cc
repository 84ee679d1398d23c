#include "sides/side.h"

#include <algorithm>
#include <functional>

#include "base/plural.h"
#include "profile/alias.h"
#include "profile/profile.h"
#include "profile/variant.h"
#include "session/shapes.h"
#include "session/shared_parts.h"

namespace nputwin {
namespace {

constexpr std::string_view kRuntime = "runtime:";

class ProfileSide final : public Side {
 public:
  explicit ProfileSide(Session session) : session_(std::move(session)) {}

  std::string name() const override { return session_.profile().name; }
  Status begin(std::size_t /*n*/, std::span<const Tensor> inputs) override {
    NPUTWIN_RETURN_IF_ERROR(session_.set_inputs(inputs));
    session_.reset_state();
    return {};
  }
  Status step(NodeId node) override { return session_.step(node); }
  Result<TensorView> output(NodeId node, std::size_t k) const override { return session_.node_outputs(node)[k]; }
  Session* session() override { return &session_; }
  Result<std::unique_ptr<Side>> sibling(int threads) const override {
    NPUTWIN_ASSIGN_OR_RETURN(Session session, session_.sibling(threads));
    return std::unique_ptr<Side>(std::make_unique<ProfileSide>(std::move(session)));
  }

 private:
  Session session_;
};

class Recording : public Side {
 public:
  /// `reference`: how a reference profile is made ready; nothing where the side is to have none.
  Recording(std::string text, std::shared_ptr<const Model> model, std::optional<SessionOptions> reference)
      : text_(std::move(text)), model_(std::move(model)), reference_options_(std::move(reference)) {}

  std::string name() const override {
    return capture_ == nullptr || capture_->source.empty() ? text_ : capture_->source;
  }
  Status begin(std::size_t n, std::span<const Tensor> inputs) override {
    NPUTWIN_ASSIGN_OR_RETURN(capture_, read(n, inputs));
    if (!reference_ && reference_options_ && !capture_->profile.empty()) make_reference();
    return {};
  }
  Result<TensorView> output(NodeId node, std::size_t k) const override;
  Session* reference() override { return reference_ ? &*reference_ : nullptr; }
  const Capture* recorded() const override { return capture_; }

 protected:
  /// A sample; the capture is valid until the next one is read.
  [[nodiscard]] virtual Result<const Capture*> read(std::size_t n, std::span<const Tensor> inputs) = 0;
  [[nodiscard]] const Model& model() const { return *model_; }

 private:
  /// There is none where the reference profile cannot run the model.
  void make_reference() {
    const auto profile = resolve_profile(capture_->profile);
    if (!profile) return;
    auto session = Session::prepare(model_, *profile, *reference_options_);
    if (session) reference_.emplace(std::move(*session));
  }

  std::string text_;
  std::shared_ptr<const Model> model_;
  std::optional<SessionOptions> reference_options_;
  const Capture* capture_ = nullptr;  // the sample at hand
  std::optional<Session> reference_;
};

Result<TensorView> Recording::output(NodeId node, std::size_t k) const {
  const Node& n = model_->node(node);
  const int t = n.outputs[k];
  if (t < 0) return TensorView{};
  const ModelTensor& tensor = model_->main().tensor(t);
  if (tensor.variable || !tensor.unsupported.empty()) return TensorView{};
  const auto found = capture_->tensors.find(t);
  if (found != capture_->tensors.end()) return found->second.view();
  if (capture_->partial) return TensorView{};
  return error("{}: output '{}' was not captured", node_name(node, n), tensor.spec.name);
}

class RuntimeSide final : public Recording {
 public:
  RuntimeSide(const std::string& text, std::shared_ptr<const Model> model, const SideOptions& options)
      : Recording(text, std::move(model), options.session),
        python_(text.substr(kRuntime.size())),
        mode_(options.mode) {}

 private:
  Result<const Capture*> read(std::size_t /*n*/, std::span<const Tensor> inputs) override {
    auto capture = capture_runtime(python_, model(), inputs, mode_);
    if (!capture) return in_context(fmt::format("{} on {}", python_, model().path), capture.error());
    sample_ = std::move(*capture);
    return &sample_;
  }

  std::string python_;
  RuntimeMode mode_;
  Capture sample_;
};

class CapturedSide final : public Recording {
 public:
  static Result<std::unique_ptr<Side>> open(const std::string& text, const std::shared_ptr<const Model>& model,
                                            const SideOptions& options) {
    auto side = std::make_unique<CapturedSide>(text, model, options.session);
    side->specs_ = tensor_specs(*model, options.session);
    NPUTWIN_ASSIGN_OR_RETURN(side->set_, open_captures(text, *model, side->specs_));
    return side;
  }
  using Recording::Recording;

  std::optional<std::size_t> size() const override { return set_.size(); }

 private:
  Result<const Capture*> read(std::size_t n, std::span<const Tensor> /*inputs*/) override {
    NPUTWIN_ASSIGN_OR_RETURN(sample_, set_.sample(n));
    return &sample_;
  }

  std::vector<TensorSpec> specs_;  // the set refers to them
  CaptureSet set_;
  Capture sample_;
};

class RecordedSample final : public Recording {
 public:
  RecordedSample(std::shared_ptr<const Model> model, const Capture& capture)
      : Recording(capture.source, std::move(model), std::nullopt), given_(&capture) {}

  std::optional<std::size_t> size() const override { return 1; }

 private:
  Result<const Capture*> read(std::size_t /*n*/, std::span<const Tensor> /*inputs*/) override { return given_; }

  const Capture* given_;
};

Status check_size(const Side& side, std::size_t samples) {
  const auto size = side.size();
  if (!size || *size == samples) return {};
  return error("{} holds {}, and the other side or the input {}", side.name(), counted(*size, "sample"), samples);
}

bool is_placement(const std::string& side) {
  if (is_recording(side)) return false;
  const auto profile = resolve_profile(side);
  return profile && vx_release(profile->delegate) != nullptr;
}

std::vector<TensorSpec> input_specs(const Sides& sides, const SessionOptions& options) {
  const Graph& graph = sides.model->main();
  for (Side* side : {sides.a.get(), sides.b.get()}) {
    const Session* session = side->session();
    if (session != nullptr) return inputs_of(graph, session->preparation().specs());
  }
  return inputs_of(graph, tensor_specs(*sides.model, options));
}

}  // namespace

bool is_recording(const std::string& text) {
  if (!text.starts_with(kRuntime) && !is_capture(text)) return false;
  return !is_profile_document(text) && find_alias(text) == nullptr &&
         std::ranges::none_of(builtin_profiles(), [&](const Profile& p) { return p.name == text; });
}

Result<Profile> profile_of_side(const std::string& text) {
  auto profile = resolve_profile(text);
  if (!profile && text.find_first_of("({/.") == std::string::npos)
    return error("'{}' is no file or folder, and {}", text, profile.error().message);
  return profile;
}

Result<Session> session_of_side(const std::string& text, std::shared_ptr<const Model> model,
                                const SessionOptions& options) {
  NPUTWIN_ASSIGN_OR_RETURN(Profile profile, profile_of_side(text));
  return Session::prepare(std::move(model), std::move(profile), options);
}

Result<std::unique_ptr<Side>> open_side(const std::string& text, std::shared_ptr<const Model> model,
                                        const SideOptions& options) {
  if (!is_recording(text)) {
    NPUTWIN_ASSIGN_OR_RETURN(Session session, session_of_side(text, std::move(model), options.session));
    return std::make_unique<ProfileSide>(std::move(session));
  }
  if (text.starts_with(kRuntime)) return std::make_unique<RuntimeSide>(text, std::move(model), options);
  return CapturedSide::open(text, model, options);
}

std::unique_ptr<Side> recorded_side(std::shared_ptr<const Model> model, const Capture& capture) {
  return std::make_unique<RecordedSample>(std::move(model), capture);
}

SideOptions options_for(const std::string& side, const std::string& other, SideOptions options) {
  if (is_recording(side) || (!is_placement(side) && is_placement(other))) options.session.on_cpu.clear();
  return options;
}

Result<Sides> Sides::sibling(int threads) const {
  Sides sides{model, nullptr, nullptr};
  NPUTWIN_ASSIGN_OR_RETURN(sides.a, a->sibling(threads));
  NPUTWIN_ASSIGN_OR_RETURN(sides.b, b->sibling(threads));
  return sides;
}

void Sides::use_threads(int threads) const {
  for (Side* side : {a.get(), b.get()}) {
    if (side->session() != nullptr) side->session()->use_threads(threads);
  }
}

std::vector<std::string> Sides::cautions() const {
  std::vector<std::string> lines;
  for (Side* side : {a.get(), b.get()}) {
    if (side->session() == nullptr) continue;
    for (std::string& line : side->session()->cautions()) lines.push_back(std::move(line));
  }
  return lines;
}

Result<Sides> open_sides(const std::shared_ptr<const Model>& model, const std::string& a, const std::string& b,
                         const SideOptions& options) {
  const auto& on_cpu = options.session.on_cpu;
  if (!on_cpu.empty() && is_recording(a) && is_recording(b))
    return error("--on-cpu {}: both sides are recordings, so no op can be moved to the CPU", on_cpu[0]);
  Sides sides{model, nullptr, nullptr};
  SideOptions both = options;
  if (!both.session.parts) both.session.parts = std::make_shared<SharedParts>();
  NPUTWIN_ASSIGN_OR_RETURN(sides.a, open_side(a, model, options_for(a, b, both)));
  NPUTWIN_ASSIGN_OR_RETURN(sides.b, open_side(b, model, options_for(b, a, both)));
  return sides;
}

Result<SideInputs> SideInputs::open(const Sides& sides, std::span<const InputArgument> arguments,
                                    const SessionOptions& options, const Callbacks& callbacks) {
  SideInputs inputs;
  const auto size_a = sides.a->size(), size_b = sides.b->size();
  if (!size_a || !size_b) {
    NPUTWIN_ASSIGN_OR_RETURN(inputs.set_, make_inputs(input_specs(sides, options), arguments, callbacks));
  }
  inputs.size_ = inputs.set_ ? inputs.set_->size() : *size_a;
  NPUTWIN_RETURN_IF_ERROR(check_size(*sides.a, inputs.size_));
  NPUTWIN_RETURN_IF_ERROR(check_size(*sides.b, inputs.size_));
  return inputs;
}

Result<Sample> sample_for(const Sides& sides, std::size_t n, std::span<const InputArgument> arguments,
                          const SessionOptions& options, const Callbacks& callbacks) {
  bool recorded = true;
  for (const Side* side : {sides.a.get(), sides.b.get()}) {
    const auto size = side->size();
    if (size && n >= *size) return error("{} holds {} samples: it has no sample {}", side->name(), *size, n);
    recorded = recorded && size.has_value();
  }
  if (recorded && !arguments.empty()) return error("both sides are recordings: expected no inputs");
  if (recorded) return Sample();
  NPUTWIN_ASSIGN_OR_RETURN(const InputSet inputs, make_inputs(input_specs(sides, options), arguments, callbacks));
  return inputs.only_sample();
}

Result<InputSet> session_inputs(const Session& session, std::span<const InputArgument> arguments,
                                const Callbacks& callbacks) {
  return make_inputs(inputs_of(session.graph(), session.preparation().specs()), arguments, callbacks);
}

std::vector<TensorSpec> tensor_specs(const Model& model, const SessionOptions& options) {
  if (auto specs = shapes_of(model, options)) return std::move(*specs);
  std::vector<TensorSpec> specs;
  specs.reserve(model.main().tensors.size());
  for (const ModelTensor& tensor : model.main().tensors) specs.push_back(tensor.spec);
  return specs;
}

}  // namespace nputwin

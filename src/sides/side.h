#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "profile/profile.h"
#include "session/session.h"
#include "sides/capture.h"
#include "sides/input_source.h"
#include "sides/runtime_capture.h"

namespace nputwin {

/// One side of a comparison: whoever gives the outputs of a model's ops, sample by sample. A profile computes them; a
/// recording has them, from a runtime that it runs or from files.
class Side {
 public:
  virtual ~Side() = default;

  /// Who computes: the profile's name, what a recording says of its origin.
  [[nodiscard]] virtual std::string name() const = 0;
  /// How many samples it holds; nothing where it takes whatever inputs it is given.
  [[nodiscard]] virtual std::optional<std::size_t> size() const { return std::nullopt; }

  /// Begins sample `n`, whose inputs these are. The error says what was wrong with which file or runtime.
  [[nodiscard]] virtual Status begin(std::size_t n, std::span<const Tensor> inputs) = 0;
  /// Goes on by one op, in order from 0.
  [[nodiscard]] virtual Status step(NodeId /*node*/) { return {}; }
  /// Output `k` of the op that has just been stepped, valid until the next one; absent where the side may lack it.
  [[nodiscard]] virtual Result<TensorView> output(NodeId node, std::size_t k) const = 0;

  /// A profile's session; null for a recording.
  [[nodiscard]] virtual Session* session() { return nullptr; }
  /// The session of the profile whose arithmetic the side has, or is said to have: a profile's own, a runtime's
  /// reference profile once a sample has begun. Null where nobody knows.
  [[nodiscard]] virtual Session* reference() { return session(); }
  /// A profile's side with a sibling of its session (Session::sibling), which runs other samples at the same time; null
  /// for a recording.
  [[nodiscard]] virtual Result<std::unique_ptr<Side>> sibling(int /*threads*/) const { return std::unique_ptr<Side>(); }
  /// The sample at hand as it was recorded; null for a profile.
  [[nodiscard]] virtual const Capture* recorded() const { return nullptr; }
};

struct SideOptions {
  SessionOptions session;                    ///< how profiles are made ready
  RuntimeMode mode = RuntimeMode::kDefault;  ///< which of a runtime's kernels
};

/// Whether `text` names a recording: runtime:PYTHON, or tensors that were saved. A profile's name never does; a folder
/// of that name is ./NAME.
[[nodiscard]] bool is_recording(const std::string& text);

/// The profile that a side's text names. The error says too that there is no file of that name.
[[nodiscard]] Result<Profile> profile_of_side(const std::string& text);
/// `model` prepared for that profile.
[[nodiscard]] Result<Session> session_of_side(const std::string& text, std::shared_ptr<const Model> model,
                                              const SessionOptions& options);

/// The side of `model` that a text stands for:
///
///   vip-v8, my-chip.json, …    a profile, as resolve_profile takes it
///   runtime:PYTHON             the runtime that this Python interpreter has, as capture_runtime takes it
///   FILE, FOLDER[,layout=…]    captured tensors, as open_captures takes them
[[nodiscard]] Result<std::unique_ptr<Side>> open_side(const std::string& text, std::shared_ptr<const Model> model,
                                                      const SideOptions& options);

/// One sample that is recorded already, which outlives the side. It has no reference profile.
[[nodiscard]] std::unique_ptr<Side> recorded_side(std::shared_ptr<const Model> model, const Capture& capture);

/// `options` for one of two sides: `on_cpu` is for the placements among them, never for a recording.
[[nodiscard]] SideOptions options_for(const std::string& side, const std::string& other, SideOptions options);

/// Two sides of one model.
struct Sides {
  std::shared_ptr<const Model> model;
  std::unique_ptr<Side> a, b;

  /// Both are profiles, which can run several samples at once.
  [[nodiscard]] bool are_profiles() const { return a->session() != nullptr && b->session() != nullptr; }
  /// Of both, where they are profiles.
  [[nodiscard]] Result<Sides> sibling(int threads) const;
  /// How many threads each profile's kernels share their loops among from now on.
  void use_threads(int threads) const;
  /// Session::cautions of those that are profiles.
  [[nodiscard]] std::vector<std::string> cautions() const;
};

/// Opens both, each with its options_for(). An error where `on_cpu` names ops and neither side is a placement.
[[nodiscard]] Result<Sides> open_sides(const std::shared_ptr<const Model>& model, const std::string& a,
                                       const std::string& b, const SideOptions& options);

/// Samples of what two sides are compared on.
class SideInputs {
 public:
  /// From input sources (make_inputs), which two recordings of files do without. Sides that hold another number of
  /// samples than the sources are an error.
  [[nodiscard]] static Result<SideInputs> open(const Sides& sides, std::span<const InputArgument> arguments,
                                               const SessionOptions& options, const Callbacks& callbacks = {});

  [[nodiscard]] std::size_t size() const { return size_; }
  /// Empty where nobody asks for inputs.
  [[nodiscard]] Result<Sample> sample(std::size_t n) const { return set_ ? set_->sample(n) : Sample(); }

 private:
  std::optional<InputSet> set_;
  std::size_t size_ = 0;
};

/// Sample n of two sides, from sources of one sample, which two recordings of files do without. An error where a side
/// holds no such sample.
[[nodiscard]] Result<Sample> sample_for(const Sides& sides, std::size_t n, std::span<const InputArgument> arguments,
                                        const SessionOptions& options, const Callbacks& callbacks = {});

/// What a session's inputs are, from sources.
[[nodiscard]] Result<InputSet> session_inputs(const Session& session, std::span<const InputArgument> arguments,
                                              const Callbacks& callbacks = {});

/// The specs of all tensors as ops make them of their inputs; where an op is not known, as the file declares them.
[[nodiscard]] std::vector<TensorSpec> tensor_specs(const Model& model, const SessionOptions& options);

}  // namespace nputwin

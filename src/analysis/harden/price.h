#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/harden/float_network.h"
#include "analysis/harden/passed_gains.h"
#include "session/session.h"
#include "sides/input_source.h"

namespace nputwin {

/// A signal and what stands between it and others, added up over samples.
struct Signal {
  double power = 0, noise = 0;

  void add(std::span<const float> reference, std::span<const float> values);
  /// In dB. Nothing without a signal, and where there is no noise.
  [[nodiscard]] std::optional<double> sqnr() const;
};

/// One tensor of three runs: the file's on the reference profile, the hardened file's there, and, as a control, the
/// file's on the other device: a loss that the control has, too, is the noise of rounding and no price.
struct TensorPrice {
  int tensor = 0;
  Signal before, after, control;                         ///< beside the network in numbers
  Signal after_to_before, control_to_before;             ///< beside the file's run on the reference profile
  std::size_t same_top_after = 0, same_top_control = 0;  ///< samples whose largest value is where the file's is
  double cosine_after = 0, cosine_control = 0;           ///< to the file's run: sums over samples
  std::size_t cosines = 0;

  /// SQNR beside the network in numbers: how much less it is after.
  [[nodiscard]] std::optional<double> loss() const;
  [[nodiscard]] std::optional<double> control_loss() const;
};

/// How far an embedding moves: distances of vectors, medians over samples.
struct TemplateDrift {
  int tensor = 0;
  double spread = 0;   ///< between two samples of the file's run
  double after = 0;    ///< of one sample, between the file's run and the hardened one's
  double control = 0;  ///< between the file's two runs
};

struct ModelPrice {
  std::size_t samples = 0;
  std::string reference, control;    ///< profiles
  std::string no_numbers;            ///< why the model has not been run in numbers; empty: it has
  std::vector<TensorPrice> tensors;  ///< that ops make, in order
  std::vector<int> outputs;          ///< of the model, where they are codes or numbers, and scores before a SOFTMAX
  std::optional<TemplateDrift> templates;

  [[nodiscard]] const TensorPrice* of(int tensor) const;
  /// Over the tensors; nothing where the model has not been run in numbers.
  [[nodiscard]] std::optional<double> median_loss() const;
  [[nodiscard]] std::optional<double> median_control_loss() const;
};

/// Measures hardened files beside the file that they were made of. What they are compared with is run once for each
/// sample, as far as memory for it lasts.
class PriceBench {
 public:
  /// `inputs`: of the file; they outlive this.
  [[nodiscard]] static Result<std::unique_ptr<PriceBench>> of(std::shared_ptr<const Model> file,
                                                              const std::string& reference, const std::string& control,
                                                              const InputSet& inputs, const SessionOptions& options);

  /// On the first `samples` of the inputs, or as many as there were when `callbacks` stopped it. Tensors of the file
  /// keep their numbers in the hardened one. `passed`: gains that its channels have between two layers; they are
  /// divided out before anything is compared.
  [[nodiscard]] Result<ModelPrice> price_of(const std::shared_ptr<const Model>& hardened, const ChannelGains& passed,
                                            std::size_t samples, const Callbacks& callbacks = {});

 private:
  /// What tensors are in the runs that stay the same.
  struct Runs {
    Numbers file, control;
    Numbers exact;  ///< of the network in numbers; empty: there is none
  };

  PriceBench(std::shared_ptr<const Model> file, const InputSet& inputs, const SessionOptions& options)
      : file_(std::move(file)), inputs_(inputs), options_(options) {}
  [[nodiscard]] Result<std::shared_ptr<const Runs>> runs(std::size_t n, const Sample& sample);

  std::shared_ptr<const Model> file_;
  const InputSet& inputs_;
  SessionOptions options_;
  std::string reference_, control_, no_numbers_;
  std::unique_ptr<Session> in_reference_, in_control_;
  std::unique_ptr<FloatNetwork> network_;
  std::map<std::size_t, std::shared_ptr<const Runs>> kept_;  // by sample
  std::size_t bytes_kept_ = 0;
};

/// The sample as a model of other input scales takes it.
[[nodiscard]] Sample for_model(const Sample& sample, const Graph& graph);

}  // namespace nputwin

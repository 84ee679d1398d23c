#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/harden/hardened.h"
#include "api/harden.h"
#include "base/callbacks.h"
#include "base/file.h"
#include "sides/input_source.h"

namespace nputwin::api {

/// An output of a file that is an input of the one behind it: one tensor with one scale.
struct Joint {
  std::size_t output = 0, input = 0;
  std::string name;  ///< of the input
};
/// For each input of a file an output of the one before, in order: of one type, shape and quantization. Empty where an
/// input has none.
[[nodiscard]] std::vector<Joint> joints_of(const Graph& before, const Graph& after);

/// One file of the system, on its way to be another. `options` and `callbacks` outlive it.
class FileHardening {
 public:
  FileHardening(const HardenOptions& options, const Callbacks& callbacks) : options_(options), callbacks_(callbacks) {}

  [[nodiscard]] Status read(const ModelFile& model);
  /// Scales that its inputs get, as the file before gives them.
  void give(std::map<int, float> scales) { given_ = std::move(scales); }
  /// `before`: the samples of the file before, where it makes all that this one takes. `profiles`: those that are asked
  /// for.
  [[nodiscard]] Status open_inputs(std::optional<InputSet> before, const std::vector<std::string>& profiles);

  /// Hardens for profiles. What was done before for fewer is undone. `free`: outputs whose scales may change.
  [[nodiscard]] Status harden_for(const std::vector<std::string>& profiles, const std::vector<int>& free);
  /// The price on so many samples.
  [[nodiscard]] Status measure(std::size_t samples);
  /// What adding the last of the profiles made of the price, on few samples.
  [[nodiscard]] Status add_step(const std::string& added);

  /// Whether the file as it is hardened now is equal on one more profile, but for ops on which the others differ:
  /// that profile then changes nothing.
  [[nodiscard]] bool has_already(const std::string& profile) const;
  /// Adds such a profile; its step is `like`.
  void add_for_nothing(const std::string& profile, const PriceStep& like);

  /// What is made for the profiles that it is hardened for.
  struct State {
    std::vector<std::string> profiles;
    std::shared_ptr<const Model> after;
    Hardening hardening;
    std::vector<std::size_t> averages, biases;
    std::vector<std::byte> bytes;
  };
  [[nodiscard]] State state() const {
    return {model_.profiles, model_.after, model_.hardening, model_.averages, model_.biases, bytes_};
  }
  /// Makes it as it was. The steps stay.
  void restore(State state);

  /// Proves what is written, and adds what follows from it.
  [[nodiscard]] Status finish();

  /// What the file makes of its samples, as inputs of the one behind it.
  [[nodiscard]] Result<InputSet> outputs_as_inputs(const std::vector<Joint>& joints);
  /// The scales that inputs of `next` get from what the hardened file makes.
  [[nodiscard]] std::map<int, float> scales_of(const std::vector<Joint>& joints, const Graph& next) const;

  [[nodiscard]] const Graph& file() const { return model_.before->main(); }
  [[nodiscard]] HardenedModel& model() { return model_; }
  [[nodiscard]] const std::vector<std::byte>& bytes() const { return bytes_; }
  [[nodiscard]] Status stop_if_interrupted() const {
    return callbacks_.stopped() ? Status(error("interrupted: nothing was written")) : Status();
  }

 private:
  const HardenOptions& options_;
  const Callbacks& callbacks_;
  HardenedModel model_;
  std::shared_ptr<const Blob> file_;
  std::map<int, float> given_;
  std::optional<InputSet> inputs_;
  std::optional<Calibration> calibration_;
  std::unique_ptr<PriceBench> price_;
  FloatWeights numbers_;
  std::vector<std::byte> bytes_;
};

}  // namespace nputwin::api
